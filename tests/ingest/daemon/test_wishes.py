"""``copydesk pause | resume | poll``: what an operator asks of a running daemon through its database."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Answer
from tests.ingest.conftest import HOST, feed
from tests.ingest.daemon.conftest import PATIENCE, articles, polls, second_source, wait_for

pytestmark = pytest.mark.long


def column(config: Path, name: str, source: str = "mill-lane") -> Any:
    with contextlib.closing(sqlite3.connect(config.with_name("copydesk.sqlite3"))) as database:
        found = database.execute(f"select {name} from sources where name = ?", (source,))
        return found.fetchone()[0]


def test_a_poll_that_is_asked_for_is_made_at_once_and_its_wish_taken_down(
    config: Path, daemon_of: Callable[..., Any], copydesk: Callable[..., Any]
) -> None:
    daemon = daemon_of()
    wait_for(lambda: polls(config) == 1)
    asked = copydesk("poll", "mill-lane")
    assert (asked.returncode, asked.stderr) == (0, "")
    wait_for(lambda: polls(config) == 2)
    wait_for(lambda: column(config, "poll_asked_at") is None)
    with contextlib.closing(sqlite3.connect(config.with_name("copydesk.sqlite3"))) as database:
        begun = database.execute("select started_by from passes order by id").fetchall()
    assert begun == [("schedule",), ("command",)]
    assert "Traceback" not in daemon.stop()


def test_a_wish_made_during_a_pass_is_kept_until_after_it(
    site: Any, config: Path, daemon_of: Callable[..., Any], copydesk: Callable[..., Any]
) -> None:
    may_end = threading.Event()
    under_way: list[int] = []
    most: list[int] = []

    def slow() -> Answer:
        under_way.append(1)
        most.append(len(under_way))
        may_end.wait(PATIENCE)
        under_way.pop()
        return Answer(feed("/1").encode(), headers={"content-type": "application/rss+xml"})

    site.answer(f"{HOST}/feed", slow)
    daemon_of()
    wait_for(lambda: len(site.asked("/feed")) == 1)
    try:
        assert copydesk("poll", "mill-lane").returncode == 0
    finally:
        may_end.set()
    wait_for(lambda: polls(config) == 2)
    assert max(most) == 1
    assert column(config, "poll_asked_at") is None


def test_a_paused_source_is_left_alone_over_restarts_and_polled_when_that_is_asked_for(
    site: Any, config: Path, daemon_of: Callable[..., Any], copydesk: Callable[..., Any]
) -> None:
    second_source(site, config)
    quick = '[daemon]\nfastest = "1s"\nslowest = "1s"\njitter = "0s"\n'
    config.write_text(
        quick + config.read_text().replace('["mill-lane"]', '["mill-lane", "mill-lane-sport"]')
    )
    first = daemon_of()
    wait_for(lambda: polls(config) >= 2)
    assert copydesk("pause", "mill-lane").stdout == "mill-lane: paused\n"
    wait_for(lambda: bool(first.told("source paused", source="mill-lane")))
    first.stop()
    before = polls(config)
    second = daemon_of()
    wait_for(lambda: bool(second.told("daemon started")))
    # Whatever is asked of the other one is done, and this one, due every second, is not polled.
    sport = polls(config, "mill-lane-sport")
    wait_for(lambda: polls(config, "mill-lane-sport") >= sport + 3)
    assert polls(config) == before
    assert copydesk("poll", "mill-lane").returncode == 0
    wait_for(lambda: polls(config) == before + 1)
    assert copydesk("pause", "mill-lane").stdout == "mill-lane: was paused already\n"
    assert copydesk("resume", "mill-lane").stdout == "mill-lane: resumed\n"
    wait_for(lambda: polls(config) >= before + 3)
    assert bool(second.told("source resumed", source="mill-lane"))
    with contextlib.closing(sqlite3.connect(config.with_name("copydesk.sqlite3"))) as database:
        states = database.execute("select before, state from health_changes order by id").fetchall()
    assert states == [("healthy", "paused"), ("paused", "healthy")]


def test_a_wish_is_honoured_by_the_daemon_that_starts_next(
    config: Path, daemon_of: Callable[..., Any], copydesk: Callable[..., Any]
) -> None:
    first = daemon_of()
    wait_for(lambda: polls(config) == 1 and column(config, "next_due_at") is not None)
    assert copydesk("pause", "mill-lane").returncode == 0
    wait_for(lambda: bool(first.told("source paused")))
    first.stop()
    resumed = copydesk("resume", "mill-lane")
    assert resumed.returncode == 0
    assert "no daemon runs" in resumed.stderr
    daemon_of()
    wait_for(lambda: polls(config) == 2)


def test_without_a_daemon_a_poll_says_so_and_what_to_do(
    config: Path, copydesk: Callable[..., Any]
) -> None:
    assert copydesk("run").returncode == 0
    asked = copydesk("poll", "mill-lane")
    assert asked.returncode == 1
    assert "no daemon runs" in asked.stderr
    assert "run mill-lane`" in asked.stderr
    assert column(config, "poll_asked_at") is None


@pytest.mark.parametrize("command", ["pause", "resume", "poll"])
def test_an_unknown_name_is_one_line_with_the_nearest(
    config: Path, copydesk: Callable[..., Any], command: str
) -> None:
    assert copydesk("run").returncode == 0
    asked = copydesk(command, "mill-lan")
    assert asked.returncode == 3
    (line,) = asked.stderr.splitlines()
    assert "did you mean mill-lane?" in line


def test_a_run_leaves_paused_sources_out_and_says_so_but_for_those_that_are_named(
    config: Path, copydesk: Callable[..., Any]
) -> None:
    assert copydesk("pause", "mill-lane").returncode == 0
    run = copydesk("run")
    assert run.returncode == 0
    assert "paused, so left out: mill-lane" in run.stderr
    assert articles(config) == 0
    assert copydesk("run", "mill-lane").returncode == 0
    assert articles(config) == 1
    assert column(config, "paused_at") is not None
