"""What was judged of each source, and each time that it changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.statements import run, run_listed, stored_time, time_value

__all__ = ["KeptHealth", "health_of", "health_of_sources", "keep_health"]


@dataclass(frozen=True, slots=True)
class KeptHealth:
    """How one source is, as ``health`` has it."""

    state: str
    since: datetime | None
    reason: str | None
    why: str | None
    advice: str | None
    judged_at: datetime
    #: Objects with ``reason``, ``severity``, ``since``, ``why``, ``advice``, ``polls``.
    findings: Sequence[dict[str, Any]]


_COLUMNS = "source, state, since, reason, why, advice, judged_at, findings"
_OF_ONE = f"SELECT {_COLUMNS} FROM health WHERE source = ?"  # noqa: S608
_OF_SOME = f"SELECT {_COLUMNS} FROM health WHERE source IN (??)"  # noqa: S608
_KEEP = (
    f"INSERT INTO health ({_COLUMNS})"  # noqa: S608
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (source) DO UPDATE SET state = excluded.state, since = excluded.since,"
    " reason = excluded.reason, why = excluded.why, advice = excluded.advice,"
    " judged_at = excluded.judged_at, findings = excluded.findings"
)
_CHANGED = (
    "INSERT INTO health_changes (source, at, before, state, since, reason, why, advice)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def health_of(connection: sa.Connection, source: str) -> KeptHealth | None:
    """How ``source`` was when it was judged last; ``None`` where it never was."""
    row = run(connection, _OF_ONE, (source,)).first()
    return None if row is None else _kept(row)


def health_of_sources(connection: sa.Connection, sources: Collection[str]) -> dict[str, KeptHealth]:
    """The same of several, by name; those that were never judged are left out."""
    return {row[0]: _kept(row) for row in run_listed(connection, _OF_SOME, sources)}


def keep_health(
    connection: sa.Connection, source: str, health: KeptHealth, *, before: str | None
) -> None:
    """Keep how ``source`` is; ``before``: the state until now, where there is a change to tell."""
    said = (health.state, time_value(connection, health.since), health.reason, health.why)
    at = time_value(connection, health.judged_at)
    findings = json.dumps(list(health.findings), ensure_ascii=False)
    run(connection, _KEEP, (source, *said, health.advice, at, findings))
    if before is not None:
        run(connection, _CHANGED, (source, at, before, *said, health.advice))


def _kept(row: Iterable[Any]) -> KeptHealth:
    _, state, since, reason, why, advice, judged, findings = row
    return KeptHealth(
        state=state,
        since=None if since is None else stored_time(since),
        reason=reason,
        why=why,
        advice=advice,
        judged_at=stored_time(judged),
        findings=json.loads(findings) if isinstance(findings, str) else findings,
    )
