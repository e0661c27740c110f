"""The real ``copydesk daemon`` over loopback papers, killed with SIGKILL at random moments again and again.

Sources are polled five seconds after their last poll ended. Of the passes that the database has of all
lives together no two of a source are nearer than that (no double poll), and each that came due while a
daemon ran was begun, at the latest within the spread of a start and some seconds for a loaded machine
(no lost poll). A next daemon takes over a killed one's lease at once. Part of ``bench.months.driver``.
"""

from __future__ import annotations

import http.server
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["kill", "print_kills"]

_SOURCES, _WAIT = 6, 5.0
#: Seconds of the spread of a start, and for a loaded machine.
_SPREAD, _PATIENCE = 2.0 * (_SOURCES - 1), 10.0
_FEED = b"<rss version='2.0'><channel><title>x</title></channel></rss>"


class _Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        body = _FEED if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml" if found else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _papers() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _settings(folder: Path, port: int) -> Path:
    (folder / "publishers").mkdir()
    names = [f"paper-{n}" for n in range(_SOURCES)]
    for name in names:
        (folder / "publishers" / f"{name}.toml").write_text(
            f'name = "{name}"\nhome = "http://{name}.example"\n'
            '[[endpoint]]\nkind = "feed"\nurl = "/feed.xml"\n[fetch]\ndelay = 0\n'
        )
    path = folder / "copydesk.toml"
    path.write_text(
        f"[select]\nnames = {json.dumps(names)}\n[collect]\nworkers = 0\n"
        f'[daemon]\nfastest = "{_WAIT:.0f}s"\nslowest = "{_WAIT:.0f}s"\njitter = "0s"\n'
        "[client.connect_to]\n"
        + "".join(f'"{name}.example" = "127.0.0.1:{port}"\n' for name in names)
    )
    return path


@dataclass(slots=True)
class _Lived:
    began: float
    ended: float
    problem: str | None = None


def _live(config: Path, seconds: float) -> _Lived:
    """One daemon, killed so many seconds after it began to work."""
    log = config.with_suffix(".log")
    with log.open("w") as stream:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "ingest", "--config", str(config), "daemon", "--json"],
            stdout=stream,
            stderr=stream,
        )
        try:
            deadline = time.monotonic() + 90
            while '"daemon started"' not in log.read_text():
                if daemon.poll() is not None or time.monotonic() > deadline:
                    return _Lived(time.time(), time.time(), f"no start: {log.read_text()[-300:]}")
                time.sleep(0.02)
            began = time.time()
            time.sleep(seconds)
        finally:
            daemon.kill()
            daemon.wait()
    said = log.read_text()
    wrong = [word for word in ("Traceback", "waiting for a lease") if word in said]
    return _Lived(began, time.time(), f"its log has {wrong}" if wrong else None)


def _judge(database: Path, lives: list[_Lived]) -> dict[str, Any]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select source, started_at, finished_at, outcome from passes order by id"
        ).fetchall()
    polls: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for source, began, ended, outcome in rows:
        if outcome == "ok":
            polls[source].append((_seconds(began), _seconds(ended)))
    double, lost, longest = [], [], 0.0
    for source, times in sorted(polls.items()):
        for (_, ended), (began, _) in zip(times, times[1:], strict=False):
            if began - ended < _WAIT - 0.05:
                double.append(f"{source}: {began - ended:.2f} s after the poll before")
        for life in lives:
            due = max(
                [life.began, *(ended + _WAIT for began, ended in times if began < life.began)]
            )
            for began, ended in [
                *((b, e) for b, e in times if life.began <= b <= life.ended),
                (life.ended, life.ended),
            ]:
                longest = max(longest, began - due)
                if began - due > _SPREAD + _PATIENCE:
                    lost.append(f"{source}: due for {began - due:.1f} s in a daemon's life")
                due = ended + _WAIT
    missing = [f"paper-{n}: never polled" for n in range(_SOURCES) if f"paper-{n}" not in polls]
    return {
        "kills": len(lives),
        "polls": sum(map(len, polls.values())),
        "cut_short": sum(row[3] != "ok" for row in rows),
        "lost": len(lost) + len(missing),
        "double": len(double),
        "longest_due_s": round(longest, 1),
        "problems": [*lost, *missing, *double, *(life.problem for life in lives if life.problem)],
    }  # fmt: skip


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def kill(kills: int = 30, *, seed: int = 1) -> dict[str, Any]:
    """Start and kill the daemon so often; figures, with ``problems`` where anything is wrong."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, _papers() as port:
        config = _settings(Path(folder), port)
        lives = [_live(config, chance.uniform(0.0, 12.0)) for _ in range(kills)]
        return _judge(config.with_name("copydesk.sqlite3"), lives)


def print_kills(figures: dict[str, Any]) -> None:
    """One line for people, and what is wrong."""
    print(
        f"{figures['kills']} kills of the daemon: {figures['polls']} polls,"
        f" {figures['cut_short']} cut short, {figures['lost']} lost, {figures['double']} double;"
        f" due for {figures['longest_due_s']} s at the longest"
    )
    for problem in figures["problems"][:20]:
        print(f"wrong: {problem}")
