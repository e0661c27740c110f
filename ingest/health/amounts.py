"""How much comes, and how late: far more than ever, or far later than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil
from statistics import median

from ingest.health.state import Finding
from ingest.health.words import times
from ingest.periods import duration
from storage.health.evidence import Evidence, Poll

__all__ = ["delays", "floods"]

#: New links at a poll that are a flood: so many times the most of the polls before, and so many; where
#: one poll alone shows it, more is asked for.
_TIMES, _LEAST = 3, 30
_TIMES_AT_ONCE, _LEAST_AT_ONCE = 8, 60
#: Polls before; and those without one that end it.
_BEFORE, _CALM = 6, 2
#: Times are later where half of the articles took so many times as long, and so much longer.
_LATER, _LEAST_LATER = 4, timedelta(hours=1)
_LATE_POLLS, _LATE_ARTICLES = 3, 6


def floods(evidence: Evidence) -> Iterator[Finding]:
    """Whether its endpoints announce many times what they used to."""
    polls = [poll for poll in evidence.polls if not poll.has_failed and poll.appeared is not None]
    if max((poll.appeared or 0 for poll in polls[:_CALM]), default=0) < _LEAST:
        return  # nearly always
    marked = _marked(polls)
    latest = next((place for place, (flood, _) in enumerate(marked) if flood), None)
    if latest is None or latest >= _CALM:
        return
    begun = latest
    for place in range(latest, len(marked)):
        if marked[place][0]:
            begun = place
        elif place - begun >= _CALM:
            break
    since, highest = polls[begun], marked[begun][1]
    lately = [p.appeared or 0 for p in polls[: begun + 1]]
    number = sum(flood for flood, _ in marked[: begun + 1])
    if number < 2 and max(lately) < max(_LEAST_AT_ONCE, _TIMES_AT_ONCE * highest):
        return
    bad = sum(p.bad for p in polls[: begun + 1])
    tried = sum(p.tried or 0 for p in polls[: begun + 1])
    useless = f"; {bad} of {tried} pages looked at were no articles" if bad else ""
    yield Finding(
        reason="flood",
        severity="degraded",
        since=since.started_at,
        why=f"it announced {sum(lately)} new links at {times(len(lately), 'poll')}, {max(lately)} at"
        f" one; before it never was more than {highest}{useless}",
        advice="see which (`copydesk status {name}`): calendars, tags and searches are left out by"
        " [links] exclude in its source file",
        polls=number,
    )


def _marked(polls: Sequence[Poll]) -> list[tuple[bool, int]]:
    """Whether each poll is a flood, and the most that one brought before that was none.

    What is asked for late brings what has gathered meanwhile: counts are those of a usual distance.
    """
    gaps = [_gap(polls, place) for place in range(len(polls) - 1)]
    usual_gap = median(gaps) if gaps else 0.0
    before: list[float] = []
    found = []
    for place in range(len(polls) - 1, -1, -1):
        gap = _gap(polls, place)
        came = (polls[place].appeared or 0) * (min(1.0, usual_gap / gap) if gap else 1.0)
        highest = max(before, default=0.0)
        most = max(_LEAST, _TIMES * highest, 2 * _TIMES * median(before or [0]))
        flood = len(before) >= _BEFORE and came >= most
        if not flood:
            before.append(came)
        found.append((flood, ceil(highest)))
    return found[::-1]


def _gap(polls: Sequence[Poll], place: int) -> float:
    """Seconds between a poll and the one before it."""
    if place + 1 >= len(polls):
        return 0.0
    return (polls[place].started_at - polls[place + 1].started_at).total_seconds()


def delays(evidence: Evidence) -> Iterator[Finding]:
    """Whether articles come much later after their publication than they used to."""
    told = [(p.delay, p.delays or 0, p) for p in evidence.worked if p.delay is not None]
    lately = told[:_LATE_POLLS]
    before = told[_LATE_POLLS:]
    if sum(n for _, n, _ in lately) < _LATE_ARTICLES or len(before) < 2 * _LATE_POLLS:
        return
    usual = median(delay for delay, _, _ in before)
    least = min(delay for delay, _, _ in lately)
    worst = sorted(delay for delay, _, _ in before)[int(0.95 * (len(before) - 1))]
    if least < max(_LATER * usual, usual + _LEAST_LATER.total_seconds(), worst):
        return
    now = median(delay for delay, _, _ in lately)
    yield Finding(
        reason="delay",
        severity="degraded",
        since=lately[-1][2].started_at,
        why=f"articles of its last {len(lately)} polls came {duration(now)} after their publication;"
        f" before it was {duration(usual)}",
        advice="see whether its endpoints are late themselves (a cache); poll more often"
        " (daemon.fastest, [schedule] every), or add a faster endpoint",
        polls=len(lately),
    )
