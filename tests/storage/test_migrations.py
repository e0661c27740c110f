import gzip
import json
import multiprocessing
import sqlite3
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade as real_upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import migrations
from storage.article import Credit
from storage.articles.backlog import work_off
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.database import Database
from storage.engine.column_types import UtcDateTime
from storage.reading.queries import read_articles
from storage.runs import start_source
from storage.schema import metadata, passes, run_sources
from storage.search.search import search
from storage.stories.queries import list_stories

RELEASED = Path(__file__).resolve().parents[2] / "fixtures" / "databases"


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


# Every schema that was ever released, with the articles of a demo in it


@pytest.fixture(
    params=sorted(RELEASED.glob("schema-*.sqlite3.gz")), ids=lambda path: path.name[:11]
)
def released(request, tmp_path):
    path = tmp_path / "released.sqlite3"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def contents(engine):
    """Rows of every table, by table."""
    old = sa.MetaData()
    with engine.connect() as connection:
        names = [
            name
            for name in sa.inspect(connection).get_table_names()
            if not name.startswith(("article_search", "alembic"))
        ]
        old.reflect(connection, only=names)
        return old, {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in old.sorted_tables
        }


def assert_whole(database, before):
    """All rows are there as they were, and the newer parts hold the old articles too."""
    while database.write(work_off):
        pass
    with database.reading() as connection:
        for name, rows in before.items():
            table = sa.table(name)
            found = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            assert found == len(rows), name
        assert_passes(connection, before)
        assert_credits(connection, before)
        texts = set(connection.execute(sa.select(metadata.tables["articles"].c.text)).scalars())
        assert texts == {row["text"] for row in before["articles"]}
        assert len(search(connection, "ferry", limit=50)) > 1
        assert [story.articles for story in list_stories(connection)] == [2] * 4
        assert [change.kind for change in read_changes(connection, 0)].count("filed") == 42
    with database.snapshot() as connection:
        assert [each.name for each in check_database(connection) if each.problems] == []


def assert_credits(connection, before):
    """Each credit says what it said, and nothing of what nobody knew then."""
    found = {}
    for stored in read_articles(connection):
        found |= {(stored.id, place): each for place, each in enumerate(stored.article.credits)}
    assert found == {
        (row["article_id"], row["position"]): Credit(
            *(row[name] for name in ("role", "name", "evidence", "place")),
            *(row.get(name) for name in ("stated", "house", "probability", "cue")),
        )
        for row in before["credits"]
    }


def assert_passes(connection, before):
    """What came of each source in each run reads as it did, and is in the history of the source."""
    if "run_sources" not in before:
        return
    told = connection.execute(sa.select(run_sources)).all()
    key = ("run_id", "source")
    found = {tuple(getattr(row, name) for name in key): row for row in told}
    for row in before["run_sources"]:
        now = found[tuple(row[name] for name in key)]._mapping
        for name, value in row.items():
            assert now[name] == _typed("passes", name, value), name
    assert {row["source"] for row in before["run_sources"]} == set(
        connection.execute(sa.select(passes.c.source)).scalars()
    )
    moved = connection.execute(sa.select(passes).order_by(passes.c.id)).all()
    assert [row.started_at for row in moved] == sorted(row.started_at for row in moved)
    assert {(row.started_by, row.requests, row.gone) for row in moved} == {("command", None, 0)}


def test_a_daemons_and_a_backfills_rows_become_passes_that_say_what_began_them(
    address, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HEAD", "0005")
        patch.setattr("alembic.command.upgrade", partial(_upgrade_to, "0005"))
        Database.open(address).close()
    old = sa.create_engine(_engine_address(address), poolclass=sa.NullPool)
    at = "2026-11-20T06:00:00.000000Z"
    with old.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO sources (name, first_seen_at) VALUES ('gazette', '{at}')"
        )
        for number, kind in enumerate(("daemon", "backfill", "run"), 1):
            connection.exec_driver_sql(
                "INSERT INTO runs (id, kind, started_at, state, host, pid, process) VALUES"
                f" ({number}, '{kind}', '{at}', 'ok', 'h', 1, 'p')"
            )
            connection.exec_driver_sql(
                "INSERT INTO run_sources (run_id, source, started_at, outcome, filed, errors)"
                f" VALUES ({number}, 'gazette', '{at}', 'ok', {number}, '[]')"
            )
    with Database.open(address) as database:
        with database.reading() as connection:
            rows = connection.execute(sa.select(passes).order_by(passes.c.run_id)).all()
        # The numbers go on after those of the rows that were moved.
        added = database.write(lambda c: start_source(c, 1, "gazette", rows[0].started_at))
    assert [(row.started_by, row.filed) for row in rows] == [
        ("schedule", 1),
        ("backfill", 2),
        ("command", 3),
    ]
    assert added > max(row.id for row in rows)


def _engine_address(address):
    return address if "://" in str(address) else f"sqlite:///{address}"


def test_a_released_sqlite_file_upgrades_with_its_articles(released):
    _, before = contents(sa.create_engine(f"sqlite:///{released}", poolclass=sa.NullPool))
    assert len(before["articles"]) == 42
    with Database.open(released) as database:
        assert_whole(database, before)


def test_a_released_schema_upgrades_on_postgresql_with_its_articles(
    released, postgres_address, monkeypatch
):
    old, before = contents(sa.create_engine(f"sqlite:///{released}", poolclass=sa.NullPool))
    with sqlite3.connect(released) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HEAD", revision)
        patch.setattr("alembic.command.upgrade", partial(_upgrade_to, revision))
        Database.open(postgres_address).close()
    engine = sa.create_engine(postgres_address, poolclass=sa.NullPool)
    there = sa.MetaData()
    there.reflect(engine)
    with engine.begin() as connection:
        for table in old.sorted_tables:
            # As the types of today write them: times, JSON, flags.
            typed = [
                {name: _typed(table.name, name, value) for name, value in row.items()}
                for row in before[table.name]
            ]
            if typed:
                connection.execute(sa.insert(there.tables[table.name]), typed)
            if "id" in table.c:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" (SELECT coalesce(max(id), 1) FROM {table.name}))"
                )
        if "index_backlogs" in there.tables:
            # The search index is each database's own: here it is made of the rows.
            last = max(row["id"] for row in before["articles"])
            backlog = {"name": "search", "done_id": 0, "last_id": last}
            connection.execute(sa.insert(there.tables["index_backlogs"]), backlog)
    with Database.open(postgres_address) as database:
        assert_whole(database, before)


def _upgrade_to(revision, config, _target):
    real_upgrade(config, revision)


def _typed(table, column, value):
    table = "passes" if table == "run_sources" else table
    kind = metadata.tables[table].c[column].type
    if value is None:
        return None
    if isinstance(kind, sa.JSON):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value
