"""The schema's history, as Alembic revisions in ``versions/``, applied when a database is opened.

A new revision: one more file in ``versions/``, its name in :data:`HEAD`, the tables in ``schema``,
``docs/database.md`` and the changelog. All pending revisions run in one transaction; of several
processes that open a database at once, one migrates and the others wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.engine.engines import BEGIN
from storage.errors import SchemaError
from storage.locks import advisory_key

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["HEAD", "check", "is_pending", "upgrade"]

#: The newest revision; kept here so that opening a database need not import Alembic.
HEAD = "0011"

_VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.Text))


def is_pending(engine: sa.Engine, database: str) -> bool:
    """Whether there is something to migrate; ``SchemaError`` for a schema that is not ours."""
    with engine.connect() as connection:
        return _is_pending(connection, database)


def check(engine: sa.Engine, database: str) -> None:
    """Raise ``SchemaError`` unless the schema is exactly this version's."""
    with engine.connect() as connection:
        if _is_pending(connection, database):
            raise SchemaError(
                f"{database}: was made by an older Copydesk, or is empty;"
                " run `copydesk run` once to bring it up to date"
            )


def upgrade(engine: sa.Engine, database: str) -> None:
    """Bring the schema up to :data:`HEAD`, in one transaction, once."""
    from alembic import command

    with engine.connect() as connection:
        connection.execution_options(**{BEGIN: "IMMEDIATE"})  # the lock on SQLite
        with connection.begin():
            if connection.dialect.name == "postgresql":
                key = advisory_key("migrate")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
            if not _is_pending(connection, database):
                return  # another process was first
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _is_pending(connection: sa.Connection, database: str) -> bool:
    revision = _revision(connection, database)
    if revision == HEAD:
        return False
    if revision is not None and not _is_known(revision):
        raise SchemaError(
            f"{database}: was written by a newer Copydesk (revision {revision},"
            f" this one knows up to {HEAD}); install that version or name another database"
        )
    return True


def _revision(connection: sa.Connection, database: str) -> str | None:
    names = set(sa.inspect(connection).get_table_names())
    if _VERSIONS.name in names:
        revision = connection.execute(sa.select(_VERSIONS.c.version_num)).scalar()
        if revision is not None and "articles" not in names:
            raise SchemaError(f"{database}: holds another program's tables; name another database")
        return None if revision is None else str(revision)
    from storage.schema import metadata

    # A PostgreSQL database may be shared with other programs, a file may not.
    foreign = names if connection.dialect.name == "sqlite" else names & metadata.tables.keys()
    if foreign:
        raise SchemaError(
            f"{database}: holds tables that are not Copydesk's"
            f" ({', '.join(sorted(foreign)[:3])}); name another database"
        )
    return None


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    # Doubled, since a configuration file would take "%" for a reference.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _is_known(revision: str) -> bool:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return any(script.revision == revision for script in scripts.walk_revisions())
