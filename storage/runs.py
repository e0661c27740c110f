"""Runs: when something passed over which sources, what it did and how it ended."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.engine.upsert import insert_or_update
from storage.publishers import ensure_source
from storage.schema import run_sources, runs, sources

__all__ = [
    "MAX_ERRORS",
    "RunCounts",
    "close_interrupted",
    "finish_run",
    "finish_source",
    "start_run",
    "start_source",
]

#: Single errors kept of one source's part in one run.
MAX_ERRORS = 20
#: A run of another machine, which we cannot look at, counts as dead after this time.
_REMOTE_AGE = timedelta(days=1)

#: Tells this process from an earlier one of the same number, as in a container that restarts.
_PROCESS = secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What one source's part in a run came to."""

    #: Documents of endpoints that were fetched, and those of them that had not changed.
    documents: int = 0
    not_modified: int = 0
    links_new: int = 0
    #: Pages fetched, and what saving them came to.
    fetched: int = 0
    filed: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicate: int = 0
    refused: int = 0
    failed: int = 0
    #: Links left alone because robots.txt says so.
    robots: int = 0
    #: Articles whose page is gone.
    withdrawn: int = 0


def start_run(connection: sa.Connection, kind: str, now: datetime) -> int:
    """Begin a run (``kind`` such as ``"poll"`` or ``"backfill"``); its number."""
    result = connection.execute(
        sa.insert(runs).values(
            kind=kind,
            started_at=now,
            state="running",
            host=socket.gethostname(),
            pid=os.getpid(),
            process=_PROCESS,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def start_source(connection: sa.Connection, run_id: int, source: str, now: datetime) -> None:
    """Begin the part of ``source`` in a run."""
    ensure_source(connection, source, now)
    values: dict[str, Any] = {
        "started_at": now,
        "finished_at": None,
        "outcome": "running",
        "errors": [],
    }
    connection.execute(
        insert_or_update(connection, run_sources, ["run_id", "source"], values),
        {"run_id": run_id, "source": source, **values},
    )


def finish_source(
    connection: sa.Connection,
    run_id: int,
    source: str,
    counts: RunCounts,
    error: str | None,
    now: datetime,
    *,
    errors: Sequence[str] = (),
) -> None:
    """End the part of ``source`` in a run: ``failed`` where there is an ``error``, else ``ok``.

    ``errors`` are single misfortunes on the way, of which the first :data:`MAX_ERRORS` are kept.
    """
    connection.execute(
        sa.update(run_sources)
        .where(run_sources.c.run_id == run_id, run_sources.c.source == source)
        .values(
            finished_at=now,
            outcome="failed" if error else "ok",
            error=error,
            errors=list(errors[:MAX_ERRORS]),
            **asdict(counts),
        )
    )
    health: dict[str, Any] = {"last_run_at": now, "last_error": error}
    if error:
        health["failures"] = sources.c.failures + 1
    else:
        health |= {"failures": 0, "last_success_at": now}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(health))


def finish_run(
    connection: sa.Connection,
    run_id: int,
    now: datetime,
    *,
    state: Literal["ok", "failed", "interrupted"] = "ok",
) -> None:
    """End a run; parts of it that never ended are ``interrupted``."""
    connection.execute(
        sa.update(runs).where(runs.c.id == run_id).values(state=state, finished_at=now)
    )
    _interrupt_parts(connection, [run_id], now)


def close_interrupted(
    connection: sa.Connection,
    now: datetime,
    *,
    is_alive: Callable[[int], bool] | None = None,
) -> int:
    """Mark runs whose process is dead as ``interrupted``; how many there were.

    Runs of other live processes (a backfill beside the daemon) are left alone. ``is_alive`` tells
    whether a process number of this machine is in use.
    """
    is_alive = is_alive or _is_alive
    host, pid = socket.gethostname(), os.getpid()
    dead = []
    for row in connection.execute(sa.select(runs).where(runs.c.state == "running")):
        if row.host != host:
            alive = now - row.started_at < _REMOTE_AGE
        elif row.pid == pid:
            alive = row.process == _PROCESS
        else:
            alive = is_alive(row.pid)
        if not alive:
            dead.append(row.id)
    for run_id in dead:
        finish_run(connection, run_id, now, state="interrupted")
    return len(dead)


def _interrupt_parts(connection: sa.Connection, run_ids: Sequence[int], now: datetime) -> None:
    connection.execute(
        sa.update(run_sources)
        .where(run_sources.c.run_id.in_(run_ids), run_sources.c.outcome == "running")
        .values(outcome="interrupted", finished_at=now)
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
