"""Statements as the driver takes them, for the way that every article goes.

SQLAlchemy's compiler, typed parameters and results cost 60 to 100 microseconds a statement, the
database itself a tenth of that. Here a statement is a constant with ``?`` for its parameters, right
for both databases, and its values are given as the driver stores them: texts that are clean
(``storage.engine.stored_text``), JSON as its text, times by :func:`time_value`; rows that are
described by names come in by ``storage.engine.inserts``.

In a transaction such a statement sees what has been written, not what waits to be written
(``storage.transaction``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storage.engine.stored_text import encode_json

__all__ = ["on_server", "run", "run_listed", "run_many", "stored_time", "time_text", "time_value"]


def on_server(connection: sa.Connection) -> bool:
    """Whether this is PostgreSQL."""
    return connection.dialect.name == "postgresql"


def run(
    connection: sa.Connection, statement: str, values: tuple[Any, ...]
) -> sa.CursorResult[*tuple[Any, ...]]:
    """Run ``statement`` once."""
    return _run(connection, _spelled(connection.dialect.name, statement), values)


def run_many(connection: sa.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``statement`` for each of ``rows``."""
    if rows:
        _run(connection, _spelled(connection.dialect.name, statement), list(rows))


def run_listed(
    connection: sa.Connection, statement: str, values: Collection[Any]
) -> sa.CursorResult[*tuple[Any, ...]]:
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


#: As any connection does, though it were a ``Transaction``: nothing is written first.
_run = sa.Connection.exec_driver_sql


@lru_cache(maxsize=256)
def _spelled(dialect: str, statement: str) -> str:
    return statement.replace("?", "%s") if dialect == "postgresql" else statement
