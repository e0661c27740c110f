"""Judging a source where its evidence is, and keeping what came of it.

Called at the end of each pass, in the transaction that books it, and where somebody pauses or resumes
a source.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.health.judgement import judge
from ingest.health.state import Finding, SourceHealth
from storage.engine.moments import utc_text
from storage.health.evidence import evidence_of
from storage.health.kept import KeptHealth, health_of, health_of_sources, keep_health

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa

__all__ = ["judge_source", "kept_health", "kept_healths"]


def judge_source(connection: sa.Connection, source: str, now: datetime) -> SourceHealth:
    """How ``source`` is now; kept, and noted as a change where state or chief reason is another.

    Args:
        connection: to a database, within the writer's transaction.
        source: its name.
        now: aware.
    """
    evidence = evidence_of(connection, source)
    if evidence is None:
        return SourceHealth()
    before = kept_health(connection, source)
    health = judge(evidence, before, None, now, home=evidence.home or "")
    was = before or SourceHealth()
    changed = (health.state, health.reason) != (was.state, was.reason)
    keep_health(connection, source, _to_keep(health, now), before=was.state if changed else None)
    return health


def kept_health(connection: sa.Connection, source: str) -> SourceHealth | None:
    """How ``source`` was when it was judged last; ``None`` where it never was."""
    kept = health_of(connection, source)
    return None if kept is None else _of_kept(kept)


def kept_healths(connection: sa.Connection, sources: Collection[str]) -> dict[str, SourceHealth]:
    """The same of several, by name; without those that were never judged."""
    return {name: _of_kept(kept) for name, kept in health_of_sources(connection, sources).items()}


def _to_keep(health: SourceHealth, now: datetime) -> KeptHealth:
    return KeptHealth(
        state=health.state,
        since=health.since,
        reason=health.reason,
        why=health.why,
        advice=health.advice,
        judged_at=now,
        findings=[
            asdict(each) | {"since": None if each.since is None else utc_text(each.since)}
            for each in health.findings
        ],
    )


def _of_kept(kept: KeptHealth) -> SourceHealth:
    state: Any = kept.state
    return SourceHealth(
        state,
        kept.since,
        kept.reason,
        kept.why,
        kept.advice,
        tuple(_finding(each) for each in kept.findings),
    )


def _finding(value: dict[str, Any]) -> Finding:
    since = value.get("since")
    return Finding(
        reason=value["reason"],
        severity=value["severity"],
        since=None if since is None else datetime.fromisoformat(since),
        why=value["why"],
        advice=value["advice"],
        polls=value.get("polls", 1),
    )
