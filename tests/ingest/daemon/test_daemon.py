"""The daemon as a real process: collects, stops when told, admits no second one."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.conftest import HOST, article_page, feed
from tests.ingest.daemon.conftest import PATIENCE, articles, wait_for

pytestmark = pytest.mark.long


def test_it_collects_and_ends_with_0_at_sigterm(
    config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    daemon = start("daemon", "--json")
    wait_for(lambda: articles(config) == 1)
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, log
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert events[0] == "daemon started"
    assert events[-1] == "daemon stopped"
    with contextlib.closing(sqlite3.connect(config.with_name("copydesk.sqlite3"))) as database:
        passes = database.execute("select started_by, outcome, filed, requests from passes")
        assert passes.fetchall() == [("schedule", "ok", 1, 3)]
        assert database.execute("select kind, state from runs").fetchall() == [("daemon", "ok")]


def test_a_second_daemon_on_the_same_database_refuses_to_start(
    config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start("daemon")
    wait_for(lambda: articles(config) == 1)
    second = start("daemon")
    _, error = second.communicate(timeout=PATIENCE)
    assert second.returncode == 5
    (line,) = error.splitlines()
    assert "copydesk.sqlite3" in line
    assert f"host {socket.gethostname()}, pid {first.pid}, since 20" in line
    assert "last beat" in line
    assert first.poll() is None


def test_a_page_in_flight_is_finished_before_it_stops(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    from tests.conftest import Answer

    def slow() -> Answer:
        time.sleep(2)
        return Answer(article_page("The bridge", 1).encode(), headers={"content-type": "text/html"})

    site.answer(f"{HOST}/1", slow)
    daemon = start("daemon")
    wait_for(lambda: bool(site.asked("/1")))
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, log
    assert articles(config) == 1


def test_a_page_that_never_ends_is_left_and_taken_up_by_the_next_start(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    from tests.conftest import Answer

    def hanging() -> Answer:
        time.sleep(15)
        return Answer()

    site.answer(f"{HOST}/1", hanging)
    daemon = start("daemon")
    wait_for(lambda: bool(site.asked("/1")))
    daemon.send_signal(signal.SIGTERM)
    # The documented ten seconds, with room for a loaded machine; the page would take 15.
    daemon.communicate(timeout=13)
    assert daemon.returncode == 0
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    run = start("run")
    run.communicate(timeout=PATIENCE)
    assert run.returncode == 0
    assert articles(config) == 1


def test_settings_are_read_anew_at_sighup(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    daemon = start("daemon", "--json")
    wait_for(lambda: articles(config) == 1)
    more = config.with_name("publishers") / "mill-lane-sport.toml"
    site.put(f"{HOST}/sport", feed("/2"))
    site.put(f"{HOST}/2", article_page("The regatta", 2))
    more.write_text(
        f'name = "mill-lane-sport"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/sport"\n[fetch]\ndelay = 0\n'
    )
    config.write_text(
        config.read_text().replace('["mill-lane"]', '["mill-lane", "mill-lane-sport"]')
    )
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: articles(config) == 2)
    assert daemon.poll() is None


def test_a_source_may_be_switched_off_while_it_is_collected(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    from tests.conftest import Answer

    may_end = threading.Event()

    def slow() -> Answer:
        may_end.wait(PATIENCE)
        return Answer(article_page("The bridge", 1).encode(), headers={"content-type": "text/html"})

    site.answer(f"{HOST}/1", slow)
    daemon = start("daemon", "--json")
    wait_for(lambda: bool(site.asked("/1")))
    other = config.with_name("publishers") / "mill-lane-sport.toml"
    site.put(f"{HOST}/sport", feed("/2"))
    site.put(f"{HOST}/2", article_page("The regatta", 2))
    other.write_text(
        f'name = "mill-lane-sport"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/sport"\n[fetch]\ndelay = 0\n'
    )
    config.write_text(config.read_text().replace('["mill-lane"]', '["mill-lane-sport"]'))
    daemon.send_signal(signal.SIGHUP)
    try:
        wait_for(lambda: bool(site.asked("/sport")))  # the rest of the new settings is in force
    finally:
        may_end.set()
    wait_for(lambda: articles(config) == 2)
    daemon.send_signal(signal.SIGTERM)
    _, error = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0
    assert "Traceback" not in error


def test_ctrl_c_ends_a_run_with_130_after_what_is_in_flight(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    from tests.conftest import Answer

    def slow() -> Answer:
        time.sleep(1)
        return Answer(article_page("The bridge", 1).encode(), headers={"content-type": "text/html"})

    site.answer(f"{HOST}/1", slow)
    run = start("run")
    wait_for(lambda: bool(site.asked("/1")))
    run.send_signal(signal.SIGINT)
    _, error = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130, error
    assert articles(config) == 1


@pytest.mark.parametrize("slip", ["a broken file", "a name that is gone"])
def test_one_slip_at_sighup_costs_one_source_and_the_rest_of_the_settings_holds(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]], slip: str
) -> None:
    daemon = start("daemon")
    wait_for(lambda: articles(config) == 1)
    old = config.with_name("publishers") / "mill-lane.toml"
    if slip == "a broken file":
        old.write_text(old.read_text() + "\n[[endpoint]]\nkind = 7\n")
    else:
        old.unlink()
    more = config.with_name("publishers") / "mill-lane-sport.toml"
    site.put(f"{HOST}/sport", feed("/2"))
    site.put(f"{HOST}/2", article_page("The regatta", 2))
    more.write_text(
        f'name = "mill-lane-sport"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/sport"\n[fetch]\ndelay = 0\n'
    )
    config.write_text(
        config.read_text().replace('["mill-lane"]', '["mill-lane", "mill-lane-sport"]')
    )
    daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: articles(config) == 2)
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, log
    # A broken file leaves its source as it was before.
    assert f"sources={2 if slip == 'a broken file' else 1}" in log
    assert ("mill-lane.toml" if slip == "a broken file" else "'mill-lane'") in log
    assert "Traceback" not in log


def test_settings_that_cannot_be_read_at_sighup_change_nothing(
    site: Any, config: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    daemon = start("daemon")
    wait_for(lambda: articles(config) == 1)
    config.write_text("[select\n")
    daemon.send_signal(signal.SIGHUP)
    time.sleep(1)
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, log
    assert "settings not reloaded" in log
    assert "Traceback" not in log
