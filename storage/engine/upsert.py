"""INSERT … ON CONFLICT, which SQLAlchemy spells once per dialect."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert

__all__ = ["insert_ignoring", "insert_or_replace", "insert_or_update"]


def insert_ignoring(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """INSERT into ``table`` that leaves a row alone where a unique constraint has one already."""
    return _insert_ignoring(connection.dialect.name, table)


@lru_cache(maxsize=64)
def _insert_ignoring(dialect: str, table: sa.Table) -> sa.Insert:
    # Made once: an article is filed by a dozen statements, and making them costs as much as running.
    if dialect == "postgresql":
        return _on_server(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def insert_or_update(
    connection: sa.Connection, table: sa.Table, key: Sequence[str], changes: dict[str, Any]
) -> sa.Insert:
    """INSERT into ``table`` that sets ``changes`` where the unique columns ``key`` exist."""
    if connection.dialect.name == "postgresql":
        return _on_server(table).on_conflict_do_update(index_elements=key, set_=changes)
    return sqlite.insert(table).on_conflict_do_update(index_elements=key, set_=changes)


def insert_or_replace(connection: sa.Connection, table: sa.Table, key: Sequence[str]) -> sa.Insert:
    """INSERT into ``table`` that takes the place of the row where the unique columns ``key`` exist."""
    others = [column.name for column in table.columns if column.name not in key]
    if not others:
        return insert_ignoring(connection, table)
    if connection.dialect.name == "postgresql":
        on_server = _on_server(table)
        changes = {name: on_server.excluded[name] for name in others}
        return on_server.on_conflict_do_update(index_elements=key, set_=changes)
    in_file = sqlite.insert(table)
    changes = {name: in_file.excluded[name] for name in others}
    return in_file.on_conflict_do_update(index_elements=key, set_=changes)


def _on_server(table: sa.Table) -> Insert:
    # All of that dialect, which a process with a SQLite file does without.
    from sqlalchemy.dialects.postgresql import insert

    return insert(table)
