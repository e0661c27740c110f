"""What a supervisor is told, over a real datagram socket."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.daemon.systemd import Supervisor
from tests.ingest.daemon.conftest import PATIENCE, polls, wait_for


class Listener:
    """As systemd listens."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(PATIENCE)
        self.heard: list[str] = []

    def next(self) -> str:
        self.heard.append(self.socket.recv(4096).decode())
        return self.heard[-1]

    def until(self, word: str) -> str:
        while not (said := self.next()).startswith(word):
            pass
        return said


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    # An address of a socket has a hundred letters; a folder of a test may have more.
    monkeypatch.chdir(tmp_path)
    opened = Listener("notify")
    yield opened
    opened.socket.close()


def place(listener: Listener, folder: Path) -> str:
    """The absolute path of its socket, shorter than paths of tests are."""
    link = Path(f"/tmp/copydesk-test-{os.getpid()}-{folder.name[-20:]}")
    link.unlink(missing_ok=True)
    link.symlink_to(folder / listener.socket.getsockname())
    return str(link)


def test_each_message_is_a_datagram(listener: Listener, tmp_path: Path) -> None:
    path = place(listener, tmp_path)
    supervisor = Supervisor({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000"})
    assert supervisor.watchdog == 30.0
    supervisor.ready()
    supervisor.status("two\nlines")
    supervisor.status("two lines")
    supervisor.reloading()
    supervisor.alive()
    supervisor.starting(90)
    supervisor.stopping()
    heard = [listener.next() for _ in range(6)]
    supervisor.close()
    Path(path).unlink()
    assert heard[:2] == ["READY=1", "STATUS=two lines"]
    reloading, at = heard[2].split("\n")
    assert reloading == "RELOADING=1"
    assert at.removeprefix("MONOTONIC_USEC=").isdigit()
    assert heard[3:] == ["WATCHDOG=1", "EXTEND_TIMEOUT_USEC=90000000", "STOPPING=1"]


def test_a_name_in_no_folder_is_reached_too() -> None:
    name = f"copydesk-test-{os.getpid()}"
    opened = Listener("\0" + name)
    Supervisor({"NOTIFY_SOCKET": "@" + name}).ready()
    assert opened.next() == "READY=1"
    opened.socket.close()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"NOTIFY_SOCKET": ""},
        {"NOTIFY_SOCKET": "relative"},
        {"NOTIFY_SOCKET": "/nonexistent/socket", "WATCHDOG_USEC": "10"},
    ],
)
def test_nobody_to_tell_is_no_error(environment: dict[str, str]) -> None:
    supervisor = Supervisor(environment)
    supervisor.ready()
    supervisor.close()
    supervisor.ready()


@pytest.mark.parametrize(
    "watchdog",
    [{"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "9", "WATCHDOG_PID": "1"}],
)
def test_a_watchdog_that_is_none_of_ours_is_not_fed(watchdog: dict[str, str]) -> None:
    assert Supervisor({"NOTIFY_SOCKET": "/run/x", **watchdog}).watchdog is None


@pytest.mark.long
def test_a_daemon_is_ready_when_it_works_shows_life_and_says_that_it_stops(
    listener: Listener, tmp_path: Path, config: Path, daemon_of: Callable[..., Any]
) -> None:
    path = place(listener, tmp_path)
    daemon = daemon_of(NOTIFY_SOCKET=path, WATCHDOG_USEC="1000000")
    assert listener.next().startswith("EXTEND_TIMEOUT_USEC=")
    listener.until("READY=1")
    assert daemon.told("daemon started")
    assert "1 source, " in listener.until("STATUS=")
    listener.until("WATCHDOG=1")
    listener.until("WATCHDOG=1")
    wait_for(lambda: polls(config) == 1)
    daemon.process.send_signal(signal.SIGHUP)
    listener.until("RELOADING=1")
    listener.until("READY=1")
    daemon.process.send_signal(signal.SIGTERM)
    listener.until("STOPPING=1")
    assert daemon.process.wait(PATIENCE) == 0
    Path(path).unlink()
