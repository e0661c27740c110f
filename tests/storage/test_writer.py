import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import writer as writer_module
from storage.ahead import Ahead
from storage.database import Database
from storage.engine.engines import open_engine
from storage.engine.location import locate
from storage.errors import (
    DatabaseFull,
    DatabaseLocked,
    DatabaseReadOnly,
    DatabaseUnavailable,
    StorageError,
)
from storage.publishers import ensure_source
from storage.schema import sources
from storage.writer import Writer

ROOT = Path(__file__).resolve().parents[2]


def add(name, now):
    return lambda connection: ensure_source(connection, name, now)


def names(database):
    with database.reading() as connection:
        return set(connection.execute(sa.select(sources.c.name)).scalars())


def test_what_a_future_acknowledges_is_committed(database, now):
    futures = [database.writer.submit(add(f"s{n}", now)) for n in range(300)]
    futures[0].result()
    assert "s0" in names(database)
    for future in futures:
        future.result()
    assert names(database) == {f"s{n}" for n in range(300)}


def test_an_operations_result_and_its_own_failure_are_its_own(database, now):
    def fail(connection):
        ensure_source(connection, "half", now)
        raise ValueError("no such thing")

    def clash(connection):
        ensure_source(connection, "half", now)
        connection.execute(sa.insert(sources).values(name="half", first_seen_at=now))

    gate = threading.Event()
    held = database.writer.submit(lambda connection: gate.wait())
    before = database.writer.submit(add("before", now))
    failing = database.writer.submit(fail)
    clashing = database.writer.submit(clash)
    after = database.writer.submit(lambda connection: ensure_source(connection, "after", now) or 7)
    gate.set()  # so that all of them stand in one transaction
    assert held.result() is True
    before.result()
    assert after.result() == 7
    with pytest.raises(ValueError, match="no such thing"):
        failing.result()
    with pytest.raises(StorageError, match=r"(?i)unique"):
        clashing.result()
    assert names(database) == {"before", "after"}


def test_operations_run_in_the_order_of_their_submission(database):
    seen = []
    futures = [database.writer.submit(lambda connection, n=n: seen.append(n)) for n in range(500)]
    for future in futures:
        future.result()
    assert seen == list(range(500))


def test_articles_wait_for_those_that_are_being_read_and_are_written_at_once(
    database, now, monkeypatch
):
    monkeypatch.setattr(writer_module, "_GATHERING", 600)
    monkeypatch.setattr(writer_module, "_ENOUGH", 4)
    looks = Ahead(lambda *_: None, None)
    commits = []
    sa.event.listen(database._engine, "commit", commits.append)
    with database.writer.expecting():
        waiting = [database.writer.submit(add(f"s{n}", now), looks) for n in range(3)]
        assert not any(future.done() for future in waiting)
        # One that is in a hurry, or enough of them, end the waiting.
        database.writer.submit(add("hurried", now)).result()
        assert all(future.done() for future in waiting)
        more = [database.writer.submit(add(f"t{n}", now), looks) for n in range(4)]
        for future in more:
            future.result()
        last = database.writer.submit(add("last", now), looks)
        assert not last.done()
    last.result()
    assert len(commits) == 3
    assert len(names(database)) == 9


def test_a_full_queue_holds_the_submitter_back(sqlite_path, now):
    Database.open(sqlite_path).close()
    engine = open_engine(locate(sqlite_path), read_only=False, lock_timeout=1)
    writer = Writer(engine, "db", queue_size=2, batch_size=1)
    gate = threading.Event()
    running = threading.Event()

    def hold(connection):
        running.set()
        gate.wait()

    futures = [writer.submit(hold)]
    running.wait()
    futures += [writer.submit(add("a", now)), writer.submit(add("b", now))]
    third = threading.Thread(target=lambda: futures.append(writer.submit(add("c", now))))
    third.start()
    third.join(0.1)
    assert third.is_alive()
    assert len(futures) == 3
    gate.set()
    third.join()
    for future in futures:
        future.result()
    writer.close()
    engine.dispose()


def test_a_cancelled_operation_is_not_run(database, now):
    gate = threading.Event()
    held = database.writer.submit(lambda connection: gate.wait())
    unwanted = database.writer.submit(add("unwanted", now))
    assert unwanted.cancel()
    gate.set()
    held.result()
    with pytest.raises(CancelledError):
        unwanted.result()
    assert names(database) == set()


def test_closing_writes_what_is_queued_and_then_refuses(address, now):
    database = Database.open(address)
    writer = database.writer
    futures = [writer.submit(add(f"s{n}", now)) for n in range(50)]
    database.close()
    assert all(future.done() for future in futures)
    with pytest.raises(StorageError, match="is closed"):
        writer.submit(add("late", now)).result()
    with pytest.raises(StorageError, match="is closed"):
        _ = database.writer
    with Database.open(address) as again:
        assert len(names(again)) == 50


def test_a_program_that_ends_without_closing_has_written_everything(sqlite_path):
    code = (
        "import sys; from datetime import UTC, datetime\n"
        "from storage.database import Database\n"
        "from storage.publishers import ensure_source\n"
        "database = Database.open(sys.argv[1])\n"
        "for n in range(500):\n"
        "    database.writer.submit(\n"
        "        lambda c, n=n: ensure_source(c, f's{n}', datetime.now(UTC)))\n"
    )
    subprocess.run([sys.executable, "-c", code, sqlite_path], check=True, cwd=ROOT, timeout=60)
    with Database.open(sqlite_path) as database:
        assert len(names(database)) == 500


HOLDER = (
    "import sqlite3, sys\n"
    "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "connection.execute('BEGIN IMMEDIATE'); print('held', flush=True)\n"
    "sys.stdin.readline()\n"
    "connection.execute('ROLLBACK')\n"
)


@pytest.fixture
def holder(sqlite_path):
    """Another process that holds the write lock until it reads a line."""
    Database.open(sqlite_path).close()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, sqlite_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_lock_held_for_too_long_is_said_so(sqlite_path, holder, now):
    with Database.open(sqlite_path, lock_timeout=0.1) as database:
        with pytest.raises(DatabaseLocked, match="another process keeps it locked"):
            database.write(add("gazette", now))
        assert names(database) == set()  # readers are not held up


def test_a_lock_that_is_let_go_in_time_is_waited_for(sqlite_path, holder, now):
    with Database.open(sqlite_path, lock_timeout=30) as database:
        future = database.writer.submit(add("gazette", now))
        holder.stdin.write("\n")
        holder.stdin.flush()
        future.result()
        assert names(database) == {"gazette"}


def test_a_row_lock_of_another_session_is_said_so(postgres_address, now):
    with Database.open(postgres_address, lock_timeout=0.1) as database:
        database.write(add("gazette", now))
        engine = sa.create_engine(postgres_address)
        with engine.begin() as other:
            other.execute(sa.select(sources).with_for_update())
            with pytest.raises(DatabaseLocked):
                database.write(
                    lambda connection: connection.execute(sa.update(sources).values(title="x"))
                )
        engine.dispose()


def test_a_full_disk_fails_the_operation_and_writing_goes_on_once_there_is_space(sqlite, now):
    add_many = [add(f"s{n}-" + "x" * 5000, now) for n in range(100)]
    # SQLite's own limit on the file's size raises the very error that a full disk raises.
    with sqlite._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    failed = sqlite.writer.submit(lambda connection: [op(connection) for op in add_many])
    with pytest.raises(DatabaseFull, match="no space left"):
        failed.result()
    assert names(sqlite) == set()
    with sqlite._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    sqlite.write(add("gazette", now))
    assert names(sqlite) == {"gazette"}


def test_a_database_that_stops_taking_writes_is_said_so(sqlite, now):
    with sqlite._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseReadOnly):
        sqlite.write(add("gazette", now))


def test_a_broken_connection_is_replaced_and_the_work_repeated(postgres_address, now):
    engine = sa.create_engine(postgres_address, isolation_level="AUTOCOMMIT")
    attempts = []

    def broken_once(connection):
        ensure_source(connection, "gazette", now)
        attempts.append(1)
        if len(attempts) == 1:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with engine.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        connection.exec_driver_sql("SELECT 1")
        return "done"

    with Database.open(postgres_address) as database:
        assert database.write(broken_once) == "done"
        assert len(attempts) == 2
        assert names(database) == {"gazette"}
    engine.dispose()


def test_a_server_that_stays_away_fails_what_is_queued(postgres_address, now):
    engine = sa.create_engine(postgres_address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    waits = []
    clock = iter(range(1000)).__next__

    def break_it(connection):
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        connection.exec_driver_sql("SELECT 1")

    Database.open(postgres_address).close()
    writer_engine = open_engine(locate(postgres_address), read_only=False, lock_timeout=1)
    writer = Writer(writer_engine, "db", patience=20, clock=clock, sleep=waits.append)
    with pytest.raises(DatabaseUnavailable):
        writer.submit(break_it).result()
    assert waits == sorted(waits)
    assert waits
    assert (
        writer.submit(lambda connection: connection.exec_driver_sql("SELECT 7").scalar()).result()
        == 7
    )
    writer.close()
    writer_engine.dispose()
    engine.dispose()


def test_a_transaction_that_an_operation_ends_is_not_acknowledged(sqlite, now):
    def meddle(connection):
        ensure_source(connection, "gazette", now)
        connection.connection.dbapi_connection.rollback()

    with pytest.raises(StorageError):
        sqlite.write(meddle)
    sqlite.write(add("after", now))
    assert names(sqlite) == {"after"}


def test_a_sqlite_error_keeps_its_cause(sqlite):
    with pytest.raises(StorageError) as caught:
        sqlite.write(lambda connection: connection.exec_driver_sql("SELEKT"))
    assert isinstance(caught.value.__cause__.orig, sqlite3.Error)
