"""What the writer does for an operation before the transaction that everything else waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

__all__ = ["Ahead", "Once"]

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
