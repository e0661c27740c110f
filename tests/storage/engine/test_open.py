import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.errors import DatabaseReadOnly, DatabaseUnavailable, SchemaError
from storage.migrations import HEAD
from storage.publishers import ensure_source
from storage.schema import sources

ROOT = Path(__file__).resolve().parents[3]


def test_a_new_database_is_made_and_opened_again(address, now):
    with Database.open(address) as database:
        database.write(lambda connection: ensure_source(connection, "gazette", now))
    with Database.open(address) as database, database.reading() as connection:
        assert connection.execute(sa.select(sources.c.name)).scalars().all() == ["gazette"]


def test_a_sqlite_file_is_in_wal_mode_and_keeps_references(sqlite):
    with sqlite.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DatabaseUnavailable, match=r"folder .*nowhere does not exist"):
        Database.open(tmp_path / "nowhere" / "news.sqlite3")


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(DatabaseUnavailable, match="is a folder"):
        Database.open(tmp_path)


@pytest.mark.parametrize("size", [10, 511, 512, 100_000])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, size):
    path = tmp_path / "photo.jpg"
    content = bytes(range(1, 251)) * 400
    path.write_bytes(content[:size])
    with pytest.raises(DatabaseUnavailable, match=r"not a (SQLite )?database"):
        Database.open(path)
    assert path.read_bytes() == content[:size]


def test_another_programs_file_is_left_as_it_is(tmp_path):
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE invoices (id INTEGER)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="invoices"):
        Database.open(path)
    assert path.read_bytes() == before


def test_a_shared_postgresql_database_is_taken_but_not_with_our_names(postgres_address):
    engine = sa.create_engine(postgres_address)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE invoices (id INTEGER)")
    Database.open(postgres_address).close()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()
    with pytest.raises(SchemaError, match="articles"):
        Database.open(postgres_address)


def test_a_schema_of_a_newer_version_is_refused_with_both_revisions(address):
    with Database.open(address) as database:
        database.write(
            lambda connection: (
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
                and None
            )
        )
    with pytest.raises(SchemaError, match=rf"newer Copydesk \(revision 9999, .* {HEAD}\)"):
        Database.open(address)
    with pytest.raises(SchemaError, match="newer Copydesk"):
        Database.open(address, read_only=True)


def test_a_reader_is_told_to_run_first(tmp_path):
    for options in ({"create": False}, {"read_only": True}):
        with pytest.raises(DatabaseUnavailable, match=r"no database at .*run `copydesk run` first"):
            Database.open(tmp_path / "news.sqlite3", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_does_not_make_tables(address):
    if "://" not in address:
        Path(address).touch()
    with pytest.raises(SchemaError, match="older Copydesk, or is empty"):
        Database.open(address, read_only=True)


def test_a_reader_cannot_write(ready_address, now):
    with Database.open(ready_address, read_only=True) as reader:
        with pytest.raises(DatabaseReadOnly):
            _ = reader.writer
        with pytest.raises(DatabaseReadOnly), reader.reading() as connection:
            ensure_source(connection, "gazette", now)


def test_a_file_that_takes_no_writes_is_said_so_when_opened(tmp_path):
    # mode=ro is what SQLite makes of a read-only mount; file modes would not stop root.
    path = tmp_path / "news.sqlite3"
    Database.open(path).close()
    with pytest.raises(DatabaseReadOnly, match="does not take writes"):
        Database.open(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_server_that_takes_no_writes_is_said_so_when_opened(postgres_address):
    Database.open(postgres_address).close()
    engine = sa.create_engine(postgres_address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        name = sa.make_url(postgres_address).database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    engine.dispose()
    with pytest.raises(DatabaseReadOnly, match="standby"):
        Database.open(postgres_address)


@pytest.mark.parametrize(
    "address",
    ["mysql://u:secret@h/d", "postgresql://u:secret@127.0.0.1:1/d", "://secret", "sqlite://"],
)
def test_an_address_that_cannot_be_used_fails_in_one_line_without_its_password(address):
    with pytest.raises(DatabaseUnavailable) as caught:
        Database.open(address)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_postgresql_database_is_said_so(postgres_address):
    url = sa.make_url(postgres_address).set(database="nowhere")
    with pytest.raises(DatabaseUnavailable, match='database "nowhere" does not exist'):
        Database.open(url.render_as_string(hide_password=False))


def test_odd_file_names_are_only_names(tmp_path, now):
    path = tmp_path / "news 100%?#é.sqlite3"
    with Database.open(path) as database:
        database.write(lambda connection: ensure_source(connection, "gazette", now))
    with Database.open(path, read_only=True) as reader, reader.reading() as connection:
        assert connection.execute(sa.select(sources.c.name)).scalar() == "gazette"


def test_values_and_errors_come_without_the_database_library():
    code = (
        "import sys, storage, storage.article, storage.errors;sys.exit('sqlalchemy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_nothing_is_left_running(address, now):
    with Database.open(address) as database:
        database.write(lambda connection: ensure_source(connection, "gazette", now))
    assert "copydesk-writer" not in [thread.name for thread in threading.enumerate()]
    if "://" not in address:  # the last to close folds the log into the file
        beside = [Path(address).name, f"{Path(address).name}-locks"]
        assert sorted(os.listdir(Path(address).parent)) == beside
