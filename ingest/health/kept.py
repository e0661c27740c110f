"""How sources were when they were judged last: from the database, without judging anew."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.health.state import Finding, SourceHealth
from storage.engine.moments import utc_text
from storage.health.kept import KeptHealth, health_of, health_of_sources

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa

__all__ = ["kept_health", "kept_healths", "to_keep"]


def kept_health(connection: sa.Connection, source: str) -> SourceHealth | None:
    """How ``source`` was when it was judged last; ``None`` where it never was."""
    kept = health_of(connection, source)
    return None if kept is None else _of_kept(kept)


def kept_healths(connection: sa.Connection, sources: Collection[str]) -> dict[str, SourceHealth]:
    """The same of several, by name; without those that were never judged."""
    return {name: _of_kept(kept) for name, kept in health_of_sources(connection, sources).items()}


def to_keep(health: SourceHealth, now: datetime) -> KeptHealth:
    """How a source is, as it was judged at ``now``, for the table."""
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
