"""Whether a silence means something: how likely so long a one is in a source that lives.

What is asked is not how likely one gap is to be so long, but how likely a day is on which such a gap
begins: an agency has two hundred gaps a day, a weekly one in seven days. To the gaps come whole days off
(the house's own holidays, a strike): of a source that publishes many times a day, a day without anything
is no gap like the others, and how often it has one is learned apart. A source that keeps certain days is
looked at by days too; the less likely of the two counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.rhythm.rhythm import Rhythm

__all__ = ["ALARM", "FEWEST", "USUAL", "Silence", "chance_of", "silence_of"]

#: So unlikely a silence is an alarm: once in ten thousand days of a source that lives.
ALARM = 1e-4
#: Fewer issues than this are no rhythm yet, only a rate.
FEWEST = 4
#: Gaps longer than the usual one: one in twenty.
USUAL = 0.05
_DAYS_OFF = 6
#: A history of fewer seconds holds no two nights, and tells of silences only as long as a part of it.
_NIGHTS, _OF_SPAN = 2 * 86400, 0.25


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing came, and what that means."""

    #: Seconds since the newest article.
    seconds: float
    #: Of a source that lives: the share of days on which so long a silence begins.
    probability: float
    #: Articles to be expected meanwhile.
    expected: float
    #: Seconds within which, after an article at that time of its week, nineteen times out of twenty
    #: the next came; infinite where nothing is known.
    usual_gap: float

    @property
    def is_alarming(self) -> bool:
        """Whether it is less likely than one in ten thousand."""
        return self.probability < ALARM


def silence_of(rhythm: Rhythm, last: datetime, now: datetime) -> Silence:
    """What the silence since ``last`` means.

    Args:
        rhythm: of the source.
        last: when its newest article appeared.
        now: until when it is known that nothing came: the beginning of the last pass that could read
            the source's endpoints.
    """
    seconds = max(0.0, (now - last).total_seconds())
    expected = max(0.0, rhythm.expected(last, now))
    if rhythm.issues < FEWEST:
        # A rate is no rhythm.
        return Silence(seconds, 1.0, expected, math.inf)
    until = now
    if rhythm.span < _NIGHTS:
        # It may be going home for the first time since it is known.
        until = min(now, last + timedelta(seconds=rhythm.span * _OF_SPAN))
    issues = rhythm.issues_between(last, until) if seconds else 0.0
    usual = rhythm.after(last, rhythm.usual_issues) - last
    probability = chance_of(rhythm, issues)
    if rhythm.days is not None:
        here, there = (rhythm.local(each.timestamp()) for each in (last, now))
        probability = min(probability, rhythm.days.chance(here, there, rhythm.holidays))
    return Silence(seconds, probability, expected, usual.total_seconds())


def chance_of(rhythm: Rhythm, issues: float) -> float:
    """The share of days on which a gap begins that is longer than ``issues`` (rescaled time)."""
    # In ten minutes a source cannot have shown what it does in a day.
    gaps = min(rhythm.issues_a_day, rhythm.issues - 1.0)
    spread = rhythm.spread
    probability = gaps * spread.longer(issues)
    off, busiest = 1.0, rhythm.busiest
    if rhythm.day_off > 0:
        for days in range(1, _DAYS_OFF + 1):
            off *= rhythm.day_off
            probability += off * spread.longer(issues - days * busiest)
            if issues <= days * busiest:
                break
    return min(1.0, probability)
