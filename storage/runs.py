"""Runs and passes: what was at work when, and what came of each pass over a source.

A run is one command's or daemon's work. A pass is one source collected once: a daemon's one run has
thousands of them, and each keeps a row of its own, for ever.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.engine.statements import run, time_value
from storage.publishers import ensure_source
from storage.schema import passes, runs, sources
from storage.transaction import may_be_done

__all__ = [
    "EMPTY",
    "GAP",
    "MAX_ERRORS",
    "PassNotes",
    "RunCounts",
    "StartedBy",
    "close_interrupted",
    "finish_run",
    "finish_source",
    "interrupt_pass",
    "start_run",
    "start_source",
]

#: What began a pass: the daemon's timetable, somebody's ``copydesk run`` or ``poll``, ``copydesk backfill``.
StartedBy = Literal["schedule", "command", "backfill"]
#: What begins the passes of a run, by its kind.
_STARTED_BY: dict[str, StartedBy] = {"daemon": "schedule", "backfill": "backfill"}
#: What may be wrong with an endpoint that answers: it announces nothing; it announces nothing that was
#: known, though it was read before.
EMPTY, GAP = "empty", "gap"
#: Single errors kept of one pass.
MAX_ERRORS = 20
#: What an hour of a source sums up of its passes.
_SUMMED = (
    "requests", "links_new", "filed", "revised", "duplicate", "refused", "gone", "robots", "failed",
)  # fmt: skip
_OF_HOUR = ("passes", "passes_failed", *_SUMMED)
_COUNT_HOUR = (
    f"INSERT INTO source_hours (source, hour, {', '.join(_OF_HOUR)})"  # noqa: S608
    f" VALUES (?, ?{', ?' * len(_OF_HOUR)}) ON CONFLICT (source, hour) DO UPDATE SET "
    + ", ".join(f"{name} = source_hours.{name} + excluded.{name}" for name in _OF_HOUR)
)
#: A run of another machine, which we cannot look at, counts as dead after this time.
_REMOTE_AGE = timedelta(days=1)

#: Tells this process from an earlier one of the same number, as in a container that restarts.
_PROCESS = secrets.token_hex(8)


@dataclass(slots=True)
class RunCounts:
    """What one pass over a source has come to so far; counted up while it goes on.

    A link of which a page was wanted adds to exactly one of ``filed``, ``revised``, ``unchanged``,
    ``duplicate``, ``refused``, ``gone``, ``robots``, ``failed`` and ``withdrawn``.
    """

    #: Documents of endpoints that were asked for, and those of them that had not changed (304).
    documents: int = 0
    not_modified: int = 0
    #: Links recorded for the first time.
    links_new: int = 0
    #: Pages that came, whatever they were.
    fetched: int = 0
    #: New articles.
    filed: int = 0
    #: Articles whose publisher changed their text.
    revised: int = 0
    #: Articles looked at again that were the same.
    unchanged: int = 0
    #: Texts that were articles of the source already.
    duplicate: int = 0
    #: Pages that were no articles, and addresses that are not asked, but for the next two.
    refused: int = 0
    #: Links whose page is not there (404, 410), and never was an article.
    gone: int = 0
    #: Links left alone because robots.txt says so.
    robots: int = 0
    #: Links that brought nothing this time and may the next; also looks at articles that did so.
    failed: int = 0
    #: Articles whose page was found gone.
    withdrawn: int = 0
    #: Requests made, redirects, retries and robots.txt included, and bytes of the bodies that came,
    #: as they were on the wire.
    requests: int = 0
    bytes: int = 0


@dataclass(slots=True)
class PassNotes:
    """What a pass has shown of how its source is; counted up while it goes on.

    ``None``: nothing was seen that could tell. Of ``filed`` articles (``RunCounts``) all counts from
    ``words`` on are said.
    """

    #: Links that feeds, listings and APIs show now (behind a 304: showed last), and those of them that
    #: were known before. Not those of sitemaps, which may be empty where there are no news.
    announced: int | None = None
    known: int | None = None
    #: New links of documents that had been read before by the same rules: what has appeared since.
    appeared: int = 0
    #: Links that were dealt with for the first time, and the reasons of those that brought nothing.
    tried: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    #: What was wrong with an endpoint, by its address: a kind of failure, ``empty``, ``gap``.
    troubles: dict[str, str] = field(default_factory=dict)
    words: int = 0
    untitled: int = 0
    undated: int = 0
    authorless: int = 0
    by_template: int = 0
    #: Lines that were struck from them.
    struck: int = 0
    #: Articles whose text has signs that stand for others.
    garbled: int = 0
    #: Articles of which the page shows that text is missing: a paywall, a teaser.
    incomplete: int = 0
    #: Articles that say precisely when they were published, and the seconds from then to their filing
    #: that half of them took.
    delays: int = 0
    delay: int | None = None


def start_run(connection: sa.Connection, kind: str, now: datetime) -> int:
    """Begin a run (``kind`` such as ``"poll"`` or ``"backfill"``); its number."""
    if may_be_done(connection):
        for row in connection.execute(sa.select(runs).order_by(runs.c.id.desc()).limit(10)):
            if (row.process, row.started_at, row.kind) == (_PROCESS, now, kind):
                return int(row.id)
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


def start_source(
    connection: sa.Connection,
    run_id: int,
    source: str,
    now: datetime,
    *,
    started_by: StartedBy | None = None,
) -> int:
    """Begin a pass over ``source`` in a run; its number, for :func:`finish_source`.

    ``started_by``: where left out, what runs of that kind are begun by.
    """
    ensure_source(connection, source, now)
    if started_by is None:
        kind = connection.execute(sa.select(runs.c.kind).where(runs.c.id == run_id)).scalar()
        started_by = _STARTED_BY.get(kind or "", "command")
    if may_be_done(connection):
        begun = connection.execute(
            sa.select(passes.c.id).where(
                passes.c.run_id == run_id, passes.c.source == source, passes.c.started_at == now
            )
        ).scalar()
        if begun is not None:
            return int(begun)
    result = connection.execute(
        sa.insert(passes).values(
            run_id=run_id,
            source=source,
            started_by=started_by,
            started_at=now,
            outcome="running",
            errors=[],
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def finish_source(
    connection: sa.Connection,
    run_id: int,
    source: str,
    counts: RunCounts,
    error: str | None,
    now: datetime,
    *,
    errors: Sequence[str] = (),
    pass_id: int | None = None,
    blame: bool = True,
    interrupted: bool = False,
    cause: str | None = None,
    notes: PassNotes | None = None,
) -> None:
    """End a pass over ``source``: ``failed`` where there is an ``error``, else ``ok``.

    ``cause``: the kind of the error in a word; ``notes``: what the pass has shown of its source.

    ``blame`` false: what ended the pass early was not its source, whose health stays as it is.
    ``interrupted``: it was nothing that failed either; the database went away.
    ``errors`` are single misfortunes on the way, of which the first :data:`MAX_ERRORS` are kept.
    ``pass_id``: which pass; the last that the run began over the source where left out.
    """
    if pass_id is None:
        pass_id = connection.execute(
            sa.select(sa.func.max(passes.c.id)).where(
                passes.c.run_id == run_id, passes.c.source == source
            )
        ).scalar()
    outcome = "interrupted" if interrupted else "failed" if error else "ok"
    if may_be_done(connection):
        ended = connection.execute(sa.select(passes.c.finished_at).where(passes.c.id == pass_id))
        if ended.scalar() == now:
            return
    connection.execute(
        sa.update(passes)
        .where(passes.c.id == pass_id)
        .values(
            finished_at=now,
            outcome=outcome,
            error=error,
            errors=list(errors[:MAX_ERRORS]),
            cause=cause if error else None,
            **asdict(counts),
            **(_noted(notes) if notes is not None else {}),
        )
    )
    if not interrupted:
        _count_hour(connection, pass_id, source, counts, now, failed=error is not None)
    if not blame:
        return
    health: dict[str, Any] = {
        "last_run_at": now,
        "last_error": error,
        "last_cause": cause if error else None,
    }
    if error:
        health["failures"] = sources.c.failures + 1
    else:
        health |= {"failures": 0, "last_success_at": now}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(health))


def _noted(notes: PassNotes) -> dict[str, Any]:
    noted = asdict(notes)
    return noted | {name: noted[name] or None for name in ("reasons", "troubles")}


def _count_hour(
    connection: sa.Connection,
    pass_id: int | None,
    source: str,
    counts: RunCounts,
    now: datetime,
    *,
    failed: bool,
) -> None:
    """Add a pass that has ended to the hour in which it did; backfills say nothing of a source's pace."""
    begun_by = run(connection, "SELECT started_by FROM passes WHERE id = ?", (pass_id,)).scalar()
    if begun_by in (None, "backfill"):
        return
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    summed = [getattr(counts, name) for name in _SUMMED]
    run(
        connection,
        _COUNT_HOUR,
        (source, time_value(connection, hour), 1, int(failed), *summed),
    )


def finish_run(
    connection: sa.Connection,
    run_id: int,
    now: datetime,
    *,
    state: Literal["ok", "failed", "interrupted"] = "ok",
) -> None:
    """End a run; passes of it that never ended are ``interrupted``."""
    connection.execute(
        sa.update(runs).where(runs.c.id == run_id).values(state=state, finished_at=now)
    )
    _interrupt_passes(connection, run_id, now)


def interrupt_pass(connection: sa.Connection, run_id: int, source: str, now: datetime) -> None:
    """End the pass over ``source`` whose process died, as nobody else will."""
    connection.execute(
        sa.update(passes)
        .where(passes.c.run_id == run_id, passes.c.source == source, passes.c.outcome == "running")
        .values(outcome="interrupted", finished_at=now)
    )


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


def _interrupt_passes(connection: sa.Connection, run_id: int, now: datetime) -> None:
    connection.execute(
        sa.update(passes)
        .where(passes.c.run_id == run_id, passes.c.outcome == "running")
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
