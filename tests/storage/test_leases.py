"""Leases: who holds one, how it is kept, and when another may take it over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.leases import DAEMON, LEASE_FOR, Lease, beat, lease_of, release, take_lease
from storage.process_mark import HOST, ProcessMark, is_gone, this_process
from storage.schema import leases

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROOT = Path(__file__).resolve().parents[2]


def put(database: Database, **changes: Any) -> Lease:
    """A lease of another process, on another machine where not told otherwise."""
    lease = replace(
        Lease(DAEMON, "someone", "elsewhere", 7, NOW, 3, NOW, NOW + LEASE_FOR), **changes
    )
    values = {field: getattr(lease, field) for field in Lease.__slots__}
    database.write(lambda c: c.execute(sa.insert(leases).values(values)))
    return lease


def read(database: Database, now: datetime = NOW) -> Lease | None:
    with database.reading() as connection:
        return lease_of(connection, DAEMON, now)


def test_a_lease_tells_who_holds_it_and_is_gone_when_it_is_given_back(database: Database) -> None:
    assert read(database) is None
    ours = database.write(lambda c: take_lease(c, DAEMON, NOW))
    assert ours.is_ours
    assert read(database) == ours
    assert (ours.host, ours.pid, ours.since) == (HOST, os.getpid(), NOW)
    database.write(lambda c: release(c, ours))
    assert read(database) is None


def test_a_beat_keeps_it_and_without_one_it_has_run_out(database: Database) -> None:
    ours = database.write(lambda c: take_lease(c, DAEMON, NOW))
    later = NOW + 50 * SECOND
    assert ours.is_live(later)
    assert not ours.is_live(NOW + 60 * SECOND)
    kept = database.write(lambda c: beat(c, ours, later))
    assert (kept.beats, kept.beat_at, kept.since) == (1, later, NOW)
    assert kept.is_live(NOW + 60 * SECOND)


def test_a_clock_that_was_set_back_is_told_from_one_who_lives(database: Database) -> None:
    ours = database.write(lambda c: take_lease(c, DAEMON, NOW))
    before = NOW - timedelta(days=1)
    assert not ours.is_live(before)
    kept = database.write(lambda c: beat(c, ours, before))
    assert kept.is_live(before)
    found = read(database, before)
    assert found is not None
    assert found.since == before


def test_anothers_lease_stays_anothers_whatever_its_times_say(database: Database) -> None:
    theirs = put(database, expires_at=NOW - timedelta(days=3))
    assert database.write(lambda c: take_lease(c, DAEMON, NOW)) == theirs


def test_a_lease_whose_beats_did_not_grow_is_taken_over_and_one_beat_more_saves_it(
    database: Database,
) -> None:
    theirs = put(database)
    earlier = replace(theirs, beats=theirs.beats - 1)
    for seen in (earlier, replace(theirs, holder="a third one")):
        found = database.write(lambda c, seen=seen: take_lease(c, DAEMON, NOW, instead_of=seen))  # type: ignore[misc]
        assert found == theirs
    assert database.write(lambda c: take_lease(c, DAEMON, NOW, instead_of=theirs)).is_ours


def test_who_lost_its_lease_learns_who_has_it_and_leaves_it_alone(database: Database) -> None:
    ours = database.write(lambda c: take_lease(c, DAEMON, NOW))
    database.write(lambda c: c.execute(sa.delete(leases)))
    theirs = put(database)
    assert database.write(lambda c: beat(c, ours, NOW)) == theirs
    database.write(lambda c: release(c, ours))
    assert read(database) == theirs


def test_a_lease_that_vanished_is_taken_anew_by_the_next_beat(database: Database) -> None:
    ours = database.write(lambda c: take_lease(c, DAEMON, NOW))
    database.write(lambda c: c.execute(sa.delete(leases)))
    assert database.write(lambda c: beat(c, ours, NOW)).is_ours
    assert read(database) is not None


# Processes


MARK = "from storage.process_mark import this_process; print(this_process(), flush=True);"


@pytest.fixture
def other() -> Iterator[tuple[subprocess.Popen[str], ProcessMark]]:
    """A process that lives, and what it says of itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", MARK + "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    yield process, ProcessMark.parse(process.stdout.readline().strip())
    process.kill()
    process.communicate()


def test_a_process_of_this_machine_is_gone_once_it_was_killed_and_waited_for_or_not(
    other: tuple[subprocess.Popen[str], ProcessMark],
) -> None:
    process, mark = other
    assert not is_gone(HOST, process.pid, mark)
    process.kill()
    # Until somebody asks for its end it is there still, as a zombie.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(HOST, process.pid, mark)
    process.wait()
    assert is_gone(HOST, process.pid, mark)


def test_a_number_that_was_given_again_is_another_process(
    other: tuple[subprocess.Popen[str], ProcessMark],
) -> None:
    process, mark = other
    assert is_gone(HOST, process.pid, replace(mark, began="1"))
    # A daemon in a container has the same number after each start.
    assert is_gone(HOST, os.getpid(), replace(this_process(), token="earlier", began="1"))
    assert not is_gone(HOST, os.getpid(), this_process())


FAR = ProcessMark("t", "machine-a", "boot-1", "pid:[4026531836]", "77")


@pytest.mark.parametrize(
    ("mark", "gone"),
    [
        (replace(FAR, boot="boot-0"), True),  # the machine was started since
        (replace(FAR, boot="boot-0", machine="machine-b"), False),
        (replace(FAR, boot="boot-0", machine=""), False),
        (replace(FAR, boot="boot-0", space="pid:[4026532201]"), False),  # of a container
        (replace(FAR, space="pid:[4026532201]"), False),
    ],
)
def test_what_nobody_here_can_see_is_not_called_dead(mark: ProcessMark, gone: bool) -> None:
    assert is_gone(HOST, 2**22 + 1, mark, here=replace(FAR, token="us")) is gone
    assert not is_gone("elsewhere", 2**22 + 1, mark, here=replace(FAR, token="us"))


def test_where_the_system_says_nothing_the_number_and_the_name_of_the_machine_do(
    other: tuple[subprocess.Popen[str], ProcessMark],
) -> None:
    process, _ = other
    bare = ProcessMark.parse("a-word")
    assert not is_gone(HOST, process.pid, bare)
    process.kill()
    process.wait()
    assert is_gone(HOST, process.pid, bare)
    assert not is_gone("elsewhere", process.pid, bare)


def test_a_dead_ones_lease_is_taken_over_at_once(
    database: Database, other: tuple[subprocess.Popen[str], ProcessMark]
) -> None:
    process, mark = other
    theirs = put(database, holder=str(mark), host=HOST, pid=process.pid)
    assert theirs.is_live(NOW)
    assert database.write(lambda c: take_lease(c, DAEMON, NOW)) == theirs
    process.kill()
    process.wait()
    assert not theirs.is_live(NOW)
    assert database.write(lambda c: take_lease(c, DAEMON, NOW)).is_ours
