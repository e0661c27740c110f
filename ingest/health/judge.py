"""Judging a source where its evidence is, and keeping what came of it.

Called at the end of each pass, in the transaction that books it, and where somebody pauses or resumes
a source.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.health.judgement import judge
from ingest.health.kept import kept_health, to_keep
from ingest.health.silence import is_silent
from ingest.health.state import SourceHealth
from storage.health.evidence import evidence_of
from storage.health.kept import keep_health
from storage.rhythms import kept_rhythm

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ingest.rhythm.silence import Silence
    from storage.health.evidence import Evidence

__all__ = ["judge_source"]

#: A rhythm that a daemon has not learned anew for so long may be stale: none runs.
_STALE = timedelta(days=1)


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
    silence = _silence(connection, evidence, now) if is_silent(evidence) else None
    health = judge(evidence, before, silence, now, home=evidence.home or "")
    was = before or SourceHealth()
    changed = (health.state, health.reason) != (was.state, was.reason)
    keep_health(connection, source, to_keep(health, now), before=was.state if changed else None)
    return health


def _silence(connection: sa.Connection, evidence: Evidence, now: datetime) -> Silence | None:
    """What its silence means by its rhythm; ``None`` where it has shown none."""
    # Learning takes what few passes need.
    from ingest.rhythm.kept import keep_rhythm, last_appeared, read_kept, rhythm_of
    from ingest.rhythm.silence import silence_of

    source = evidence.name
    rhythm = read_kept(kept_rhythm(connection, source))
    if rhythm is None or now - rhythm.learned_at > _STALE:
        rhythm = rhythm_of(connection, source, now)
        if rhythm is not None and rhythm.learned_at == now:
            keep_rhythm(connection, source, rhythm)
    last = last_appeared(connection, source)
    if rhythm is None or last is None:
        return None
    # What a long break brought at its end says not when it appeared, but that it came.
    came = next((poll.started_at for poll in evidence.polls if poll.links_new or poll.filed), last)
    last = max(last, came)
    # Until when it is known that nothing came.
    return silence_of(rhythm, last, evidence.polls[0].started_at)
