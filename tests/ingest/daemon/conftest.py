"""A daemon as a real process, over a loopback newspaper: what several tests of it share."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.conftest import HOST, article_page, feed

#: Within which a loaded machine gets everything done; only a hang takes longer.
PATIENCE = 90.0


@pytest.fixture
def config(site: Any, tmp_path: Path) -> Path:
    """Settings of a daemon that reads the loopback site."""
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    publishers = tmp_path / "publishers"
    publishers.mkdir()
    (publishers / "mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n'
        "[fetch]\ndelay = 0\n"
    )
    path = tmp_path / "copydesk.toml"
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    path.write_text(
        f'[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n[client]\nretries = 0\n[client.connect_to]\n{targets}\n'
    )
    return path


@pytest.fixture
def start(config: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts commands; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "--config", str(config), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def articles(config: Path) -> int:
    path = config.with_name("copydesk.sqlite3")
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        try:
            return int(database.execute("select count(*) from articles").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
        finally:
            database.rollback()


def second_source(site: Any, config: Path, name: str = "mill-lane-sport") -> Path:
    """The file of another source, with an article of its own; not switched on."""
    site.put(f"{HOST}/{name}", feed(f"/{name}/2"))
    site.put(f"{HOST}/{name}/2", article_page("The regatta", 2))
    path = config.with_name("publishers") / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\n'
        f'url = "{HOST}/{name}"\n[fetch]\ndelay = 0\n'
    )
    return path


class Daemon:
    """A daemon that runs, and what it has logged so far, as JSON lines on a file."""

    def __init__(self, config: Path, **environment: str) -> None:
        self.log = config.with_name(f"daemon-{time.monotonic_ns()}.log")
        self._stream = self.log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest", "--config", str(config), "daemon", "--json"],
            stdout=self._stream,
            stderr=self._stream,
            env={**os.environ, **environment},
        )

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = self.log.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def told(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        """The lines of an event, those with these fields."""
        return [
            line
            for line in self.events
            if line["event"] == event and all(line.get(k) == v for k, v in fields.items())
        ]

    def stop(self) -> str:
        """End it as a supervisor does; all that it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        return self.log.read_text()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stream.close()


@pytest.fixture
def daemon_of(config: Path) -> Iterator[Callable[..., Daemon]]:
    """Starts daemons; those that still run at the end are killed."""
    running: list[Daemon] = []

    def run(**environment: str) -> Daemon:
        running.append(Daemon(config, **environment))
        return running[-1]

    yield run
    for daemon in running:
        daemon.close()


@pytest.fixture
def copydesk(config: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command to its end."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ingest", "--config", str(config), *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


def polls(config: Path, source: str = "mill-lane") -> int:
    """How many passes over a source have ended."""
    with contextlib.closing(sqlite3.connect(config.with_name("copydesk.sqlite3"))) as database:
        try:
            found = database.execute(
                "select count(*) from passes where source = ? and outcome = 'ok'", (source,)
            )
            return int(found.fetchone()[0])
        except sqlite3.OperationalError:
            return 0
