"""What the writer does for an operation before the transaction that everything else waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from storage.engine.engines import BEGIN
from storage.errors import StorageError
from storage.transaction import once

__all__ = ["Ahead", "Lookout", "Once"]

T = TypeVar("T")

#: See ``Transaction.once``.
Once = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True, slots=True)
class Ahead(Generic[T]):
    """What is done for operations before the transaction that holds the lock begins.

    It only reads, and remembers (``Once``): whatever it gives, and whether it was called at all, the
    operation comes to the same, sooner. Its errors are nobody's.
    """

    work: Callable[[sa.Connection, Once, Sequence[T]], object]
    #: What ``work`` is given of this operation, with what the others of the same ``work`` bring.
    thing: T


class Lookout:
    """Does what is to be done ahead, on a connection of its own. Of one thread at a time."""

    def __init__(self, engine: sa.Engine, memory: dict[Any, Any]) -> None:
        """Connect when something is to be done; ``memory``: see ``Transaction.once``."""
        self._engine = engine
        self._memory = memory
        self._connection: sa.Connection | None = None

    def look(self, aheads: Sequence[Ahead[Any]]) -> None:
        """Do these, those of one kind together."""
        things: dict[Any, list[Any]] = {}
        for ahead in aheads:
            things.setdefault(ahead.work, []).append(ahead.thing)
        try:
            if self._connection is None:
                # Each statement stands by itself: to begin and end costs more than to ask.
                self._connection = self._engine.connect().execution_options(**{BEGIN: None})
            for work, some in things.items():
                work(self._connection, lambda make: once(self._memory, make), some)
        except (sa.exc.SQLAlchemyError, StorageError):
            # The transaction will meet the same, and knows what to do.
            self.close()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                connection.close()
