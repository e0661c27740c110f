"""One daemon a database, and the takeover of a dead one's lease."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from ingest.daemon.clock import Clock
from ingest.daemon.tenure import Tenure
from storage.async_store import AsyncStore
from storage.database import Database
from storage.errors import AlreadyRunning
from storage.leases import DAEMON, LEASE_FOR, Lease, beat, lease_of
from storage.schema import leases
from tests.ingest.daemon.conftest import PATIENCE, articles, wait_for

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
THEIRS = Lease(DAEMON, "someone", "elsewhere", 7, NOW, 3, NOW, NOW + LEASE_FOR)


@asynccontextmanager
async def store_of(database: Database) -> AsyncIterator[AsyncStore]:
    store = AsyncStore(database)
    yield store
    store.close()


def put(database: Database, lease: Lease, stopped: int | None = None) -> None:
    """Put ``lease`` in the place of all; the process ``stopped`` stops while it is in no transaction."""
    values = {field: getattr(lease, field) for field in Lease.__slots__}

    def replace_all(connection: sa.Connection) -> None:
        if stopped is not None:
            os.kill(stopped, signal.SIGSTOP)
        connection.execute(sa.delete(leases))
        connection.execute(sa.insert(leases).values(values))

    database.write(replace_all)


def held(database: Database) -> Lease | None:
    with database.reading() as connection:
        return lease_of(connection, DAEMON, datetime.now(UTC))


def tenure(database: Database, **given: Any) -> Tenure:
    return Tenure(database, **{"lasts": timedelta(seconds=0.2), **given})


def test_another_machines_lease_that_had_no_beat_for_its_time_is_taken_over_and_that_is_said(
    database: Database,
) -> None:
    put(database, THEIRS)

    async def begin() -> None:
        ours = tenure(database)
        async with store_of(database) as store:
            await ours.begin(store)
        found = held(database)
        assert found is not None
        assert found.is_ours
        ours.end()

    with capture_logs() as logged:
        asyncio.run(begin())
    assert [line["event"] for line in logged] == [
        "waiting for a lease to run out",
        "lease taken over",
    ]
    assert {line["host"] for line in logged} == {"elsewhere"}
    assert held(database) is None


@pytest.mark.parametrize("clock", [NOW - timedelta(days=2), NOW + timedelta(days=2)])
def test_a_beat_saves_anothers_lease_whatever_our_clock_says(
    database: Database, clock: datetime
) -> None:
    put(database, THEIRS)

    async def begin() -> None:
        ours = tenure(database, lasts=timedelta(minutes=1), clock=Clock(now=lambda: clock))
        async with store_of(database) as store:
            taking = asyncio.create_task(ours.begin(store))
            await asyncio.sleep(0)
            await store.write(lambda c: beat(c, THEIRS, NOW))
            with pytest.raises(AlreadyRunning, match="host elsewhere, pid 7"):
                await asyncio.wait_for(taking, PATIENCE)

    asyncio.run(begin())
    found = held(database)
    assert found is not None
    assert found.holder == THEIRS.holder


def test_a_daemon_whose_lease_was_taken_over_learns_by_whom(database: Database) -> None:
    async def lose() -> None:
        ours = tenure(database)
        async with store_of(database) as store:
            await ours.begin(store)
            await ours.keep(store)
            put(database, THEIRS)
            with pytest.raises(AlreadyRunning, match="host elsewhere, pid 7"):
                await ours.keep(store)
        ours.end()

    asyncio.run(lose())
    assert held(database) == THEIRS


def test_a_database_that_takes_no_beat_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "locked.sqlite3"

    async def keep(database: Database) -> list[str]:
        ours = tenure(database)
        async with store_of(database) as store:
            await ours.begin(store)
            engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
            with capture_logs() as logged, engine.connect() as other:
                other.exec_driver_sql("BEGIN IMMEDIATE")
                await ours.keep(store)
                await ours.keep(store)
                other.rollback()
            await ours.keep(store)
        ours.end()
        return [line["event"] for line in logged]

    with Database.open(path, lock_timeout=0.1) as database:
        assert asyncio.run(keep(database)) == ["lease not kept"]


# As real processes


@pytest.mark.long
def test_a_killed_daemon_is_followed_at_once_by_the_next_one(
    config: Path, daemon_of: Callable[..., Any]
) -> None:
    first = daemon_of()
    wait_for(lambda: articles(config) == 1)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    second = daemon_of()
    wait_for(lambda: bool(second.told("daemon started")))
    assert not second.told("waiting for a lease to run out")
    second.stop()
    with Database.open(config.with_name("copydesk.sqlite3")) as database:
        assert held(database) is None


@pytest.mark.long
def test_where_locks_do_not_reach_the_lease_keeps_the_second_daemon_out(
    config: Path, daemon_of: Callable[..., Any]
) -> None:
    """Two paths to one file, as two machines see a share that has no locks: only the lease is common."""
    first = daemon_of()
    wait_for(lambda: articles(config) == 1)
    shutil.rmtree(config.with_name("copydesk.sqlite3-locks"))
    second = daemon_of()
    assert second.process.wait(PATIENCE) == 5
    said = second.log.read_text()
    assert f"pid {first.process.pid}" in said
    assert "Traceback" not in said
    assert first.process.poll() is None


@pytest.mark.long
def test_a_daemon_that_waits_for_anothers_lease_stops_when_it_is_told_to(
    config: Path, daemon_of: Callable[..., Any]
) -> None:
    with Database.open(config.with_name("copydesk.sqlite3")) as database:
        put(database, THEIRS)
        daemon = daemon_of()
        wait_for(lambda: bool(daemon.told("waiting for a lease to run out", host="elsewhere")))
        daemon.stop()
        assert daemon.process.returncode == 0
        assert held(database) == THEIRS


@pytest.mark.long
def test_a_daemon_that_was_stopped_for_too_long_ends_when_another_has_begun(
    config: Path, daemon_of: Callable[..., Any]
) -> None:
    daemon = daemon_of()
    wait_for(lambda: articles(config) == 1)
    with Database.open(config.with_name("copydesk.sqlite3")) as database:
        put(database, replace(THEIRS, beats=0), stopped=daemon.process.pid)
        os.kill(daemon.process.pid, signal.SIGCONT)
        assert daemon.process.wait(PATIENCE) == 5
        said = daemon.log.read_text()
        assert "host elsewhere, pid 7" in said
        assert "Traceback" not in said
        assert held(database) == replace(THEIRS, beats=0)


def test_no_traceback_for_a_second_daemon(copydesk: Callable[..., Any], config: Path) -> None:
    with (
        Database.open(config.with_name("copydesk.sqlite3")) as database,
        database.lock(DAEMON),
    ):
        done: subprocess.CompletedProcess[str] = copydesk("daemon")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
