import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.errors import AlreadyRunning

ROOT = Path(__file__).resolve().parents[2]

HOLDER = (
    "import sys; from storage.database import Database\n"
    "with Database.open(sys.argv[1]).lock(sys.argv[2]):\n"
    "    print('held', flush=True); sys.stdin.readline()\n"
)


@pytest.fixture
def hold(ready_address):
    processes = []

    def start(name):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, ready_address, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_one_process_holds_a_lock_and_a_kill_sets_it_free(database, hold):
    other = hold("daemon")
    with pytest.raises(AlreadyRunning, match="'daemon'"), database.lock("daemon"):
        pytest.fail("both hold it")
    with database.lock("source:gazette"):
        pass
    other.kill()
    other.wait()
    deadline = time.monotonic() + 20  # PostgreSQL notices the broken connection a moment later
    while True:
        try:
            with database.lock("daemon"):
                return
        except AlreadyRunning:
            assert time.monotonic() < deadline, "the lock of a dead process was never free"
            time.sleep(0.01)


def test_one_process_holds_a_lock_once_and_many_locks_at_once(ready_address, database):
    with Database.open(ready_address) as again, database.lock("daemon"):
        for same in (database, again):
            with pytest.raises(AlreadyRunning), same.lock("daemon"):
                pytest.fail("held twice")
    names = [f"source:{n}" for n in range(100)]
    for _ in range(2):
        with ExitStack() as stack:
            for name in names:
                stack.enter_context(database.lock(name))


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "é" * 300, "A", ".."])
def test_any_name_names_a_lock(sqlite, sqlite_path, name):
    with sqlite.lock(name):
        locks = list((sqlite_path.parent / (sqlite_path.name + "-locks")).iterdir())
    assert len(locks) == 1


def test_locks_are_taken_again_after_the_server_dropped_their_connection(postgres_address):
    engine = sa.create_engine(postgres_address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with Database.open(postgres_address) as database:
        with database.lock("source:gazette"):
            pass
        with engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with (
            database.lock("source:gazette"),
            Database.open(postgres_address) as other,
            pytest.raises(AlreadyRunning),
            other.lock("source:gazette"),
        ):
            pytest.fail("both hold it")
