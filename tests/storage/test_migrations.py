import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import migrations
from storage.database import Database
from storage.schema import metadata


def ours(name, kind, parents):
    """The search index is each database's own, and not among the tables that both have."""
    return not (kind == "table" and name.startswith("article_search"))


def test_the_migrations_make_exactly_the_schema(database):
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_server_default": True, "include_name": ours}
        )
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_that_opening_looks_for():
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]


def test_a_migration_that_fails_leaves_nothing_behind(address, monkeypatch):
    def fail(*_):
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", fail)
        with pytest.raises(RuntimeError, match="the power went"):
            Database.open(address)
    with Database.open(address) as database, database.reading() as connection:
        assert set(metadata.tables) < set(sa.inspect(connection).get_table_names())


def _open(address, gate, results):
    gate.wait()
    try:
        Database.open(address).close()
        results.put("opened")
    except Exception as error:
        results.put(repr(error))


def test_several_processes_may_open_a_new_database_at_once(address):
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(4), context.Queue()
    workers = [context.Process(target=_open, args=(address, gate, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    said = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert said == ["opened"] * 4
    with Database.open(address, create=False) as database, database.reading() as connection:
        versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
        assert versions.all() == [migrations.HEAD]
