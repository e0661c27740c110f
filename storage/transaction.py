"""One transaction of the writer: a connection, and what it writes later than it is told to.

A statement costs ten times what a row in it costs, and nobody needs most rows of an article before
the commit. So operations hand rows to :meth:`Transaction.gather`, and one statement writes those of
many operations. Whoever asks the database in the plain way (``execute``, ``scalar``, ...) does not
have to know of it: what waits is written first. Only the few statements on the way of every article
(``storage.engine.statements``) see no more than what has been written; what they would miss is said
with ``about``, and asked for with :meth:`Transaction.waits`.

The order of the end: the rows gathered, then what happens :meth:`at the end <Transaction.at_end>`
(stories are found, the change feed is written), then the rows that were to be the last. On a server
the last go before the end, which begins with a lock that all its writers want.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

import sqlalchemy as sa

from storage.engine.statements import on_server

__all__ = ["Transaction", "may_be_done", "once"]

T = TypeVar("T")


class Transaction(sa.Connection):
    """What the writer hands to an operation: a connection in the one transaction of a batch.

    Functions that only read or write take any connection, so this one too. Those that put something
    off until the end take a ``Transaction``: a connection for reading has none.
    """

    def __init__(
        self, engine: sa.Engine, memory: dict[Any, Any] | None = None, *, repeated: bool = False
    ) -> None:
        super().__init__(engine)
        #: See :func:`may_be_done`.
        self.repeated = repeated
        self._memory: dict[Any, Any] = {} if memory is None else memory
        self._rows: dict[Any, list[Any]] = {}
        self._last: dict[Any, list[Any]] = {}
        self._about: set[Hashable] = set()
        self._at_end: dict[Any, list[Any]] = {}
        #: Whether statements run without what waits being written before them.
        self._beside = False
        self._failed: BaseException | None = None

    def gather(
        self,
        write: Callable[[Transaction, Sequence[T]], Any],
        rows: Iterable[T],
        *,
        about: Iterable[Hashable] = (),
        last: bool = False,
    ) -> None:
        """Have ``write`` write ``rows``, with others of the same kind, when they are needed.

        ``about``: what statements that do not wait for rows may ask for, see :meth:`waits`. ``last``:
        they are written after all others, at the end after what follows from those.
        """
        (self._last if last else self._rows).setdefault(write, []).extend(rows)
        self._about.update(about)

    def at_end(self, write: Callable[[Transaction, Sequence[T]], Any], things: Iterable[T]) -> None:
        """Have ``write`` deal with ``things``, all of the transaction's at once, before the commit."""
        self._at_end.setdefault(write, []).extend(things)

    def once(self, make: Callable[[], T]) -> T:
        """What ``make`` makes, the same in all transactions of one writer.

        For what is quicker to remember than to ask. What a transaction leaves there stays when it is
        rolled back, and what another process changes is not seen: so only for what stays true.
        """
        return once(self._memory, make)

    def waits(self, *things: Hashable) -> bool:
        """Whether something about one of ``things`` is gathered and not written yet."""
        return not self._about.isdisjoint(things)

    @contextmanager
    def seeing(self, *things: Hashable) -> Iterator[None]:
        """Let statements of the block see what there is about ``things``; the rest goes on waiting."""
        if self.waits(*things):
            self.write_waiting()
        before, self._beside = self._beside, True
        try:
            yield
        finally:
            self._beside = before

    def write_waiting(self) -> None:
        """Write what is gathered, as every statement does that is run in the plain way.

        Raises what a database says of a row, now and whenever it is called again: rows are those of
        several operations, so whichever meets the error cannot make it good.
        """
        self._write_rows()

    def _write_rows(self, *, but_last: bool = False) -> None:
        if self._beside:
            return
        if self._failed is not None:
            raise self._failed
        if not (self._rows or self._last):
            return
        self._beside = True
        try:
            # By name: in one order in all processes, so that none waits for one that waits for it.
            for write in sorted(self._rows, key=lambda each: each.__name__):
                _write(self, write, self._rows.pop(write))
            if not but_last:
                for write in list(self._last):
                    _write(self, write, self._last.pop(write))
                self._about.clear()
        except BaseException as error:
            self._failed = error
            raise
        finally:
            self._beside = False

    def finish(self) -> None:
        """Do all that was put off; the writer calls it before the commit."""
        self._write_rows(but_last=not on_server(self))
        self._beside = True
        try:
            for write in list(self._at_end):
                _write(self, write, self._at_end.pop(write))
        finally:
            self._beside = False
        self._write_rows()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself where the block raises.

        What the block put off is its own: written in it, forgotten with it.
        """
        self._write_rows()
        before = {write: len(things) for write, things in self._at_end.items()}
        with self.begin_nested():
            try:
                yield
                self._write_rows()
            except BaseException:
                # First of all: going back is a statement too.
                self._forget_since(before)
                raise

    def _forget_since(self, before: dict[Any, int]) -> None:
        self._rows.clear()
        self._last.clear()
        self._about.clear()
        self._failed = None
        for write, things in self._at_end.items():
            del things[before.get(write, 0) :]

    if not TYPE_CHECKING:  # their types are SQLAlchemy's

        def execute(self, *given: Any, **named: Any) -> Any:
            """As of any connection, after what waits has been written."""
            self._write_rows()
            return super().execute(*given, **named)

        def scalar(self, *given: Any, **named: Any) -> Any:
            """As of any connection, after what waits has been written."""
            self._write_rows()
            return super().scalar(*given, **named)

        def scalars(self, *given: Any, **named: Any) -> Any:
            """As of any connection, after what waits has been written."""
            self._write_rows()
            return super().scalars(*given, **named)

        def exec_driver_sql(self, *given: Any, **named: Any) -> Any:
            """As of any connection, after what waits has been written."""
            self._write_rows()
            return super().exec_driver_sql(*given, **named)

    def begin_nested(self) -> sa.NestedTransaction:
        """As of any connection; what waits is written first, and not undone with it."""
        self._write_rows()
        return super().begin_nested()


def once(memory: dict[Any, Any], make: Callable[[], T]) -> T:
    """What ``make`` makes, the same whenever it is asked for with the same ``memory``."""
    if make not in memory:
        memory[make] = make()
    return cast("T", memory[make])


def may_be_done(connection: sa.Connection) -> bool:
    """Whether what is done here may have been done and committed before, by the same operation.

    So it is where the connection broke while the answer to the commit was under way. What inserts a
    row without a key of its own, or counts something up, then looks first; the operation's own moment
    (``now``) tells what it did from what others did.
    """
    return isinstance(connection, Transaction) and connection.repeated


def _write(transaction: Transaction, write: Any, rows: list[Any]) -> None:
    if rows:
        write(transaction, rows)
