"""Passes that fail as a whole: one miss is none, a kind that lasts is told at the second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ingest.health.causes import advice_for_poll, is_passing
from ingest.health.state import Finding
from ingest.health.words import moment, times
from storage.health.evidence import Evidence, Poll

__all__ = ["failing"]

#: Failures in a row that make a source broken: of a kind that lasts, and of one that may pass.
LASTING, PASSING = 2, 3
#: Polls, the share of them that fails now and then, which is told, and how often it has to come.
ENOUGH, OFTEN, SPELLS = 20, 0.3, 3
#: Failures whose kinds decide: the latest.
_LATEST = 5


def failing(evidence: Evidence, told: str | None) -> Iterator[Finding]:
    """What is wrong with the passes; ``told``: the reason that is told now."""
    polls = evidence.polls
    row = _failed_in_a_row(polls)
    if not row:
        yield from _now_and_then(polls, told)
        return
    cause = _chief(row, told)
    needed = PASSING if is_passing(cause) else LASTING
    worked = evidence.last_success_at
    if worked is None:
        needed -= 1  # it never worked: less to be patient for
    # Failures of backfills are in the count, so it is asked only where the polls do not tell.
    failures = len(row) if len(row) < len(polls) else max(len(row), evidence.failures)
    if failures < needed:
        yield from _now_and_then(polls, told)
        return
    newest = next((poll for poll in row if poll.cause == cause), row[0])
    until = f"; it worked until {moment(worked)}" if worked is not None else "; it never worked"
    often = "its last poll failed" if failures == 1 else f"its last {failures} polls failed"
    yield Finding(
        reason=cause,
        severity="broken",
        since=row[-1].started_at,
        why=f"{often}: {newest.error or 'nobody noted why'}{until}",
        advice=advice_for_poll(cause),
        polls=failures,
    )


def _failed_in_a_row(polls: Sequence[Poll]) -> Sequence[Poll]:
    for place, poll in enumerate(polls):
        if not poll.has_failed:
            return polls[:place]
    return polls


def _chief(row: Sequence[Poll], told: str | None) -> str:
    """The word for them; the one that is told goes on: two kinds that take turns are one trouble."""
    latest = [poll.cause or "other" for poll in row[:_LATEST]]
    if told in latest:
        return str(told)
    (cause, _), *_ = Counter(latest).most_common(1)
    return cause


def _now_and_then(polls: Sequence[Poll], told: str | None) -> Iterator[Finding]:
    failed = [poll for poll in polls if poll.has_failed]
    recent = [poll for poll in polls[:_LATEST] if poll.has_failed]
    # A trouble that came once and went is over, however long it was.
    spells = sum(
        poll.has_failed and not older.has_failed
        for poll, older in zip(polls, polls[1:], strict=False)
    )
    if len(polls) < ENOUGH or not recent or len(failed) < OFTEN * len(polls) or spells < SPELLS:
        return
    cause = _chief(failed, told)
    since: datetime | None = failed[-1].started_at
    yield Finding(
        reason=cause,
        severity="degraded",
        since=since,
        why=f"{len(failed)} of its last {times(len(polls), 'poll')} failed; the last time:"
        f" {failed[0].error or 'nobody noted why'}",
        advice=advice_for_poll(cause),
        polls=len(failed),
    )
