"""INSERT as the driver takes it, its columns and what they hold read off the schema.

The text is made once for a table and some of its columns. Rows by names have their times as
``datetime`` and JSON as values, or as its text already; texts are clean, as for every statement of
``storage.engine.statements``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storage.engine.column_types import UtcDateTime
from storage.engine.statements import on_server, run, run_many, time_text
from storage.engine.stored_text import encode_json

__all__ = ["insert_all", "insert_of", "insert_row", "insert_rows"]


@lru_cache(maxsize=256)
def insert_of(
    table: sa.Table,
    *columns: str,
    skip: bool = False,
    adding: tuple[str, ...] = (),
    replacing: tuple[str, ...] = (),
    returning: str | None = None,
) -> str:
    """The statement that inserts ``columns`` into ``table``, in their order, for ``run``.

    ``skip``: a row is left out where a unique constraint has one already. ``adding``: where its
    primary key is there these columns are added to what the row has. ``replacing``: these are set there.
    ``returning``: a column that it answers with. ``KeyError`` where the table has no such column.
    """
    names = ", ".join(table.c[name].name for name in columns)
    places = ", ".join("?" * len(columns))
    parts = ["INSERT INTO", table.name, f"({names})", f"VALUES ({places})"]
    if skip:
        parts.append("ON CONFLICT DO NOTHING")
    if adding or replacing:
        key = ", ".join(column.name for column in table.primary_key)
        sets = [f"{name} = {table.name}.{name} + excluded.{name}" for name in adding]
        sets += [f"{name} = excluded.{name}" for name in replacing]
        parts.append(f"ON CONFLICT ({key}) DO UPDATE SET {', '.join(sets)}")
    if returning is not None:
        parts.append(f"RETURNING {table.c[returning].name}")
    return " ".join(parts)


def insert_all(
    connection: sa.Connection,
    table: sa.Table,
    names: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    skip: bool = False,
    adding: tuple[str, ...] = (),
    replacing: tuple[str, ...] = (),
) -> None:
    """Insert ``rows``, values of the columns ``names`` as the driver stores them; see :func:`insert_of`.

    A server is given all of them in one statement: it takes one apart in less time than it takes the
    next. Each key once, where rows are ``adding`` or ``replacing``.
    """
    if len(rows) < _FEW or not on_server(connection):
        statement = insert_of(table, *names, skip=skip, adding=adding, replacing=replacing)
        run_many(connection, statement, rows)
        return
    given = tuple(list(column) for column in zip(*rows, strict=True))
    run(connection, _insert_lists(connection.dialect, table, names, skip, adding, replacing), given)


#: Rows that are not worth a statement of their own kind.
_FEW = 3


@lru_cache(maxsize=64)
def _insert_lists(
    dialect: sa.Dialect,
    table: sa.Table,
    names: tuple[str, ...],
    skip: bool,
    adding: tuple[str, ...],
    replacing: tuple[str, ...],
) -> str:
    one = insert_of(table, *names, skip=skip, adding=adding, replacing=replacing)
    types = (table.c[name].type.compile(dialect) for name in names)
    lists = ", ".join(f"CAST(? AS {kind}[])" for kind in types)
    places = f"VALUES ({', '.join('?' * len(names))})"
    return one.replace(places, " ".join(("SELECT * FROM", f"unnest({lists})")))


def insert_row(
    connection: sa.Connection,
    table: sa.Table,
    row: Mapping[str, Any],
    *,
    skip: bool = False,
    returning: str = "id",
) -> Any:
    """Insert ``row``, values by their columns; what it has in the column ``returning``.

    ``None`` where there is such a row already and ``skip`` allows for it.
    """
    names = tuple(row)
    values = list(row.values())
    for place, store in _stored(connection.dialect.name, table, names):
        values[place] = store(values[place])
    statement = insert_of(table, *names, skip=skip, returning=returning)
    return run(connection, statement, tuple(values)).scalar()


def insert_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert ``rows``, each with the same columns, values by their columns."""
    if not rows:
        return
    names = tuple(rows[0])
    stored = _stored(connection.dialect.name, table, names)
    given: list[tuple[Any, ...]] = []
    for row in rows:
        values = [row[name] for name in names]
        for place, store in stored:
            values[place] = store(values[place])
        given.append(tuple(values))
    run_many(connection, insert_of(table, *names), given)


_Store = Callable[[Any], Any]


@lru_cache(maxsize=256)
def _stored(
    dialect: str, table: sa.Table, columns: tuple[str, ...]
) -> tuple[tuple[int, _Store], ...]:
    """Which of ``columns`` are stored otherwise than they are given, and how."""
    found: list[tuple[int, _Store]] = []
    for place, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, sa.JSON):
            found.append((place, _json))
        elif isinstance(kind, UtcDateTime) and dialect == "sqlite":
            found.append((place, time_text))
    return tuple(found)


def _json(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else encode_json(value)
