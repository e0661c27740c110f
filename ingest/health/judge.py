"""Judging a source where its evidence is, and keeping what came of it.

Called at the end of each pass, in the transaction that books it, and where somebody pauses or resumes
a source.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ingest.health.judgement import judge
from ingest.health.kept import kept_health, to_keep
from ingest.health.state import SourceHealth
from storage.health.evidence import evidence_of
from storage.health.kept import keep_health

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["judge_source"]


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
    keep_health(connection, source, to_keep(health, now), before=was.state if changed else None)
    return health
