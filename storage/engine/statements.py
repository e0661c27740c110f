"""Statements as the driver takes them, for the way that every article goes.

SQLAlchemy's compiler, typed parameters and results cost 60 to 100 microseconds a statement, its
execution of plain text 30 to 50, SQLite itself a tenth of that. Here a statement is a constant with
``?`` for its parameters, right for both databases, and its values are given as the driver stores them:
texts that are clean (``storage.engine.stored_text``), JSON as its text, times by :func:`time_value`;
rows that are described by names come in by ``storage.engine.inserts``. Within a transaction SQLite's
driver is asked directly; a server is so far away that it makes no difference.

In a transaction such a statement sees what has been written, not what waits to be written
(``storage.transaction``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storage.engine.stored_text import encode_json

__all__ = [
    "Rows",
    "on_server",
    "run",
    "run_listed",
    "run_many",
    "stored_time",
    "time_text",
    "time_value",
]


def on_server(connection: sa.Connection) -> bool:
    """Whether this is PostgreSQL."""
    return connection.dialect.name == "postgresql"


class Rows:
    """What a statement gave, all of it; none for one that only writes."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Any] = ()) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """The rows."""
        return self._rows

    def first(self) -> Any:
        """The first row, if there is any."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The row; ``ValueError`` where there is none, or another."""
        (row,) = self._rows
        return row

    def scalar(self) -> Any:
        """The first value of the first row; ``None`` where there is none."""
        return self._rows[0][0] if self._rows else None

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self._rows]


def run(connection: sa.Connection, statement: str, values: tuple[Any, ...]) -> Rows:
    """Run ``statement`` once."""
    direct = _sqlite(connection)
    if direct is not None:
        try:
            cursor = direct.execute(statement, values)
            # To the end, since what is not read through holds up a commit.
            return Rows(cursor.fetchall()) if cursor.description else _NOTHING
        except sqlite3.Error as error:
            raise _as_sqlalchemy(connection, statement, error) from error
    spelled = _spelled(connection.dialect.name, statement)
    result = sa.Connection.exec_driver_sql(connection, spelled, values)
    return Rows(result.all()) if result.returns_rows else _NOTHING


def run_many(connection: sa.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``statement`` for each of ``rows``."""
    if not rows:
        return
    direct = _sqlite(connection)
    if direct is not None:
        try:
            direct.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _as_sqlalchemy(connection, statement, error) from error
        return
    spelled = _spelled(connection.dialect.name, statement)
    sa.Connection.exec_driver_sql(connection, spelled, list(rows))


def run_listed(connection: sa.Connection, statement: str, values: Collection[Any]) -> Rows:
    """Run ``statement``, whose ``IN (??)`` stands for any number of ``values``."""
    some = sorted(values)
    if on_server(connection):
        return run(connection, statement.replace("IN (??)", "= ANY(?)"), (some,))
    listed = statement.replace("??", "SELECT value FROM json_each(?)")
    return run(connection, listed, (encode_json(some),))


def time_value(connection: sa.Connection, at: datetime | None) -> Any:
    """``at`` as its column holds it (``storage.engine.column_types.UtcDateTime``)."""
    return at if on_server(connection) else time_text(at)


def time_text(at: datetime | None) -> str | None:
    """``at`` as SQLite holds it."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def stored_time(value: datetime | str) -> datetime:
    """What a column of times gave, as such a statement gives it."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(UTC)


_NOTHING = Rows()


def _sqlite(connection: sa.Connection) -> sqlite3.Connection | None:
    """The driver's own connection, where its transaction has been begun and it may be asked directly."""
    if connection.dialect.name != "sqlite" or not connection.in_transaction():
        return None
    own = connection.connection.driver_connection
    return own if isinstance(own, sqlite3.Connection) else None


def _as_sqlalchemy(
    connection: sa.Connection, statement: str, error: sqlite3.Error
) -> BaseException:
    """``error`` as SQLAlchemy would have raised it, without what was to be stored."""
    return sa.exc.DBAPIError.instance(
        statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
    )


@lru_cache(maxsize=256)
def _spelled(dialect: str, statement: str) -> str:
    return statement.replace("?", "%s") if dialect == "postgresql" else statement
