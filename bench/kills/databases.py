"""Databases to kill commands on: new ones as copies of a template, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from storage import migrations
from storage.database import Database
from storage.engine.column_types import UtcDateTime
from storage.schema import metadata

__all__ = ["Databases", "Files", "ServerDatabases", "old_database"]

#: The oldest schema that has articles without a place in search and stories.
_OLD = Path(__file__).resolve().parents[2] / "fixtures" / "databases" / "schema-0003.sqlite3.gz"


class Databases(Protocol):
    """Where databases are made; an address is what ``--database`` takes."""

    name: str

    def new(self, template: str | None = None) -> str:
        """A new one, a copy of ``template`` where that is given."""

    def drop(self, address: str) -> None:
        """Delete one."""


class Files:
    """SQLite files in a folder."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    def new(self, template: str | None = None) -> str:
        """A new file."""
        path = self._folder / f"news-{next(self._numbers)}.sqlite3"
        if template is not None:
            shutil.copy(template, path)
        return str(path)

    def drop(self, address: str) -> None:
        """Delete a file with what lies beside it."""
        for path in self._folder.glob(f"{Path(address).name}*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


class ServerDatabases:
    """Databases of one PostgreSQL server."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        self._url = sa.make_url(address).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count()

    def new(self, template: str | None = None) -> str:
        """A new database."""
        name = f"copydesk_kills_{next(self._numbers)}"
        copied = f" TEMPLATE {sa.make_url(template).database}" if template is not None else ""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {name}{copied}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        """Delete a database."""
        self._run(f"DROP DATABASE {sa.make_url(address).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def old_database(address: str) -> None:
    """Make a database of an old schema at ``address``, with the 42 articles of a demo in it."""
    if "://" not in address:
        Path(address).write_bytes(gzip.decompress(_OLD.read_bytes()))
        return
    with contextlib.closing(sqlite3.connect(":memory:")) as file:
        file.deserialize(gzip.decompress(_OLD.read_bytes()))
        file.row_factory = sqlite3.Row
        (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
        _empty_old(address, revision)
        engine = sa.create_engine(address, poolclass=sa.NullPool)
        there = sa.MetaData()
        there.reflect(engine)
        with engine.begin() as connection:
            for table in there.sorted_tables:
                if table.name.startswith(("alembic", "article_search", "index_backlogs")):
                    continue
                rows = [dict(row) for row in file.execute(f"SELECT * FROM {table.name}")]
                _insert(connection, table, rows)


def _empty_old(address: str, revision: str) -> None:
    """Open a database as the Copydesk of that revision did."""
    from alembic import command

    upgrade: Callable[..., None] = command.upgrade
    newest = migrations.HEAD
    migrations.HEAD = revision
    command.upgrade = partial(_upgrade_to, upgrade, revision)
    try:
        Database.open(address).close()
    finally:
        migrations.HEAD, command.upgrade = newest, upgrade


def _upgrade_to(upgrade: Callable[..., None], revision: str, config: Any, _target: str) -> None:
    upgrade(config, revision)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        typed = [{name: _typed(table.name, name, row[name]) for name in row} for row in rows]
        connection.execute(sa.insert(table), typed)
    if "id" in table.c:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
            f" (SELECT coalesce(max(id), 1) FROM {table.name}))"
        )


def _typed(table: str, column: str, value: Any) -> Any:
    """A value of SQLite as the type of its column writes it."""
    kind = metadata.tables["passes" if table == "run_sources" else table].c[column].type
    if value is None:
        return None
    if isinstance(kind, sa.JSON):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value
