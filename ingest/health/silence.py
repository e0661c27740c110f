"""A source that announces nothing new for longer than one that lives would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from ingest.health.chances import chance_of_none, dispersion_of_counts
from ingest.health.state import Finding
from ingest.health.words import age, moment, times
from storage.health.evidence import Evidence, Poll

if TYPE_CHECKING:
    from ingest.rhythm.silence import Silence

__all__ = ["is_silent", "silence_of_source"]

#: Below this chance a silence is told, and below that it is an alarm.
UNUSUAL, ALARMING = 1e-3, 1e-4
#: One that was told as an alarm goes on being one below this.
STILL = 0.05
#: The word for an alarm.
FROZEN = "frozen"
#: A source that is known for less has shown no rhythm yet: not one night of it.
_YOUNG = timedelta(days=2)
#: Of such a one a stop is told that came within so long: no newsroom goes home in that.
_ABRUPT = timedelta(minutes=20)
#: Polls without news that have to show it; polls before.
_QUIET, _BEFORE = 2, 8
_ADVICE = (
    "open its site with a browser: where there is news, `copydesk sources check {name}` shows what"
    " each endpoint announces, and `copydesk add {home}` where articles are announced now"
)


def silence_of_source(
    evidence: Evidence, told: str | None, silence: Silence | None, now: datetime
) -> Iterator[Finding]:
    """Whether its silence is beyond its rhythm.

    ``told``: the reason that is told now; ``silence``: by its rhythm, ``None`` where nothing has been
    learned of that.
    """
    if not is_silent(evidence):
        return
    polls = [poll for poll in evidence.polls if not poll.has_failed]
    quiet = _quiet(polls)
    last = evidence.last_filed_at
    if now - evidence.first_seen_at < _YOUNG or silence is None:
        yield from _stopped(polls, quiet, told, last, now)
        return
    # The rhythm is learned anew meanwhile, from the silence too: what was told ends with news.
    knows = isfinite(silence.usual_gap)
    still = told == FROZEN and (silence.probability < STILL or not knows)
    alarming = silence.is_alarming or still
    if silence.probability >= UNUSUAL and not alarming:
        return
    yield Finding(
        reason=FROZEN if alarming else "silence",
        severity="broken" if alarming else "quiet",
        since=last,
        why=f"its endpoints answer, and nothing new has come for {age(last, now)}, since"
        f" {moment(last)}; by its rhythm about {silence.expected:.1f} articles were due meanwhile"
        f" (chance of so long a silence: {silence.probability:.2g})",
        advice=_ADVICE,
        polls=len(quiet),
    )


def is_silent(evidence: Evidence) -> bool:
    """Whether its last polls could read its endpoints, and nothing was new."""
    if not evidence.polls or evidence.polls[0].has_failed:
        return False  # who fails says nothing
    quiet = _quiet([poll for poll in evidence.polls if not poll.has_failed])
    return len(quiet) >= _QUIET and quiet[0].announced != 0


def _stopped(
    polls: Sequence[Poll],
    quiet: Sequence[Poll],
    told: str | None,
    last: datetime | None,
    now: datetime,
) -> Iterator[Finding]:
    """Whether what came all the time has stopped at once."""
    before = [poll for poll in polls[len(quiet) :] if poll.appeared is not None]
    if len(before) < _BEFORE:
        if told == FROZEN:
            yield Finding(
                reason=FROZEN,
                severity="broken",
                since=None,
                why=f"its endpoints answer, and nothing new has come for {age(last, now)}, since"
                f" {moment(last)}, at more than {times(len(quiet), 'poll')}; before, it came at"
                " nearly each",
                advice=_ADVICE,
                polls=len(quiet),
            )
        return
    # Its first poll brings what there was.
    counts = [poll.appeared or 0 for poll in before]
    ended = before[0].started_at
    span = (ended - before[-1].started_at).total_seconds()
    silent = (quiet[0].started_at - ended).total_seconds()
    chance = chance_of_none(
        sum(counts),
        span,
        min(silent, _ABRUPT.total_seconds()),
        dispersion_of_counts(counts),
    )
    if chance >= ALARMING:
        return
    mean = sum(counts) / len(counts)
    yield Finding(
        reason=FROZEN,
        severity="broken",
        since=quiet[-1].started_at,
        why=f"its endpoints answer, and nothing new has come at its last"
        f" {times(len(quiet), 'poll')}, for {age(ended, now)}; at each of the {len(before)} before"
        f" it was {mean:.1f} on average",
        advice=_ADVICE,
        polls=len(quiet),
    )


def _quiet(polls: Sequence[Poll]) -> Sequence[Poll]:
    for place, poll in enumerate(polls):
        if poll.links_new or poll.filed or poll.revised:
            return polls[:place]
    return polls
