"""What a transaction writes at its end, of all its operations together.

A statement costs ten times what a row in it costs, and nobody needs most rows of an article before
the commit: they are handed to :func:`gather` and written by one statement for the whole batch.
Only operations that were submitted as gathering ones do so, since whoever reads in between does not
see what waits; everywhere else rows are written at once, by the same functions.

The writer calls :func:`begin` and :func:`flush`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

__all__ = ["at_once", "begin", "flush", "gather", "waits", "write_about"]

T = TypeVar("T")

_GATHERED = "copydesk.gathered"
_Write = Callable[[sa.Connection, Sequence[Any]], Any]


class _Gathered:
    def __init__(self) -> None:
        self.rows: dict[_Write, list[Any]] = {}
        self.last: dict[_Write, list[Any]] = {}
        self.about: set[Hashable] = set()


def begin(connection: sa.Connection) -> None:
    """From here on rows are gathered, with those that wait already."""
    if _of(connection) is None:
        # Not in ``connection.info``, which outlives the transaction.
        connection.execution_options(**{_GATHERED: _Gathered()})


def _of(connection: sa.Connection) -> _Gathered | None:
    found: _Gathered | None = connection.get_execution_options().get(_GATHERED)
    return found


def gather(
    connection: sa.Connection,
    write: Callable[[sa.Connection, Sequence[T]], Any],
    rows: Iterable[T],
    *,
    about: Iterable[Hashable] = (),
    last: bool = False,
) -> None:
    """Have ``write`` write ``rows``: with others at the end, or now where nothing is gathered.

    ``about``: what a later operation of the transaction may ask for, see :func:`waits`. ``last``:
    they are written after all others and after what follows from them.
    """
    gathered = _of(connection)
    if gathered is None:
        some = list(rows)
        if some:
            write(connection, some)
    else:
        (gathered.last if last else gathered.rows).setdefault(write, []).extend(rows)
        gathered.about.update(about)


def waits(connection: sa.Connection, *things: Hashable) -> bool:
    """Whether something about one of ``things`` is gathered and not written yet."""
    gathered = _of(connection)
    return gathered is not None and not gathered.about.isdisjoint(things)


def flush(connection: sa.Connection, *, but_last: bool = False) -> None:
    """Write what is gathered; from here on nothing is gathered.

    ``but_last``: what is to be written last waits for another call.
    """
    gathered = _of(connection)
    if gathered is None:
        return
    # By name: in one order in all processes, so that none waits for one that waits for it.
    for write in sorted(gathered.rows, key=lambda each: each.__name__):
        _write(connection, write, gathered.rows.pop(write))
    if not but_last:
        connection.execution_options(**{_GATHERED: None})
        for write, rows in gathered.last.items():
            _write(connection, write, rows)


def _write(connection: sa.Connection, write: _Write, rows: list[Any]) -> None:
    if rows:
        write(connection, rows)


def write_about(connection: sa.Connection, *things: Hashable) -> None:
    """Write what is gathered, where something about one of ``things`` is; then go on gathering."""
    if waits(connection, *things):
        with at_once(connection):
            pass


@contextmanager
def at_once(connection: sa.Connection) -> Iterator[None]:
    """Write what is gathered, and what the block writes at once."""
    gathering = _of(connection) is not None
    flush(connection)
    yield
    if gathering:
        begin(connection)
