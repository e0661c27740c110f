"""The days on which a source publishes: of which it keeps them, how often one brings nothing after all.

A source that publishes each working day, or each Thursday, is silent in days, not in hours: within a day
its articles come as they please. So for weekdays on which it nearly always published it is counted how
often one brought nothing (a holiday of the house, a strike), how often that was so twice running, and by
what hour the first article of a day is there. A pause of weeks counts as one pause, however long.

How often a pause lasts is known from a few pauses, so that each further day makes the next likelier
(Polya's urn, which is what a beta distribution predicts): it may be of the long kind. And who publishes
now and then on other days too keeps these, for a part, by chance.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

__all__ = ["Days", "day_off_of", "learn_days"]

DAY = 86400
#: 1970-01-01 as ``date.toordinal`` counts.
_EPOCH = 719163
#: A weekday is kept where no more of its days brought nothing, half a day that did and half a one that did
#: not added: two of two, five of six.
_MISSED = 0.25
#: Before any was seen: days that bring nothing, and how often the next does so too; and what these words
#: weigh, in days and in pauses.
_EMPTY, _WORD = 0.01, 20.0
_AGAIN, _WORD_AGAIN = 0.02, 3.0
#: How much oftener than that, where days that are not kept bring something every other time.
_BY_CHANCE = 0.25
#: With more articles a day than this, empty days are the rarer: far rarer where somebody is there at night
#: (where more than that share of the usual comes in the quietest hours), less so where all go home.
_FEW_A_DAY, _NIGHT = 8.0, 0.1
#: But never rarer than that: a house that publishes eighty a day has its burst pipe once in three years too.
_RAREST = 0.001
#: Who keeps no more days of a week than this has had a pause behind it by the next: what that is held to be.
_SELDOM, _AGAIN_SELDOM = 2, 0.01
#: A pause of at least so many days, alone of its kind, may have been a pipe that had burst.
_LONG = 3
#: Holidays on which less than this share of the usual comes are no days of work; nor are they before so
#: many were seen.
_QUIET, _HOLIDAYS = 0.75, 3
_HOURS = 48
#: Days in a row after which more of them say nothing new.
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Days:
    """The weekdays that a source keeps, and how well."""

    #: Monday first.
    kept: tuple[bool, ...]
    #: How often a kept day brings nothing although the one before did not; and how often, the one before
    #: having brought nothing either.
    empty: float
    again: float
    #: From how many pauses that is known, the word from before any was seen among them.
    pauses: float
    #: How often the first article of a day comes after the end of each half hour.
    later: tuple[float, ...]
    #: Whether public holidays are days like others.
    works_on_holidays: bool

    def chance(self, last: float, now: float, holidays: Sequence[int]) -> float:
        """The share of days on which a silence begins like that from ``last`` to ``now``.

        Both are seconds of the source's own clock; ``holidays`` are ordinals of days, sorted.
        """
        first, today = int(last // DAY), int(now // DAY)
        if today <= first:
            return 1.0
        missed = self._between(first + 1, today, holidays)
        still = self._still(now) if self._between(today, today + 1, holidays) else 1.0
        if not missed:
            return min(1.0, self.empty + still)
        share, lasted = self.empty * sum(self.kept) / 7, self.again * self.pauses
        for day in range(min(missed, _LONGEST) - 1):
            share *= (lasted + day) / (self.pauses + day)
        again = (lasted + missed - 1) / (self.pauses + missed - 1)
        return share * (again + (1 - again) * still)

    def _between(self, first: int, end: int, holidays: Sequence[int]) -> int:
        """Kept days from ``first`` to before ``end`` (days since 1970)."""
        weeks, rest = divmod(end - first, 7)
        count = weeks * sum(self.kept)
        count += sum(self.kept[(day + 3) % 7] for day in range(end - rest, end))
        if not self.works_on_holidays:
            low, high = (bisect_left(holidays, _EPOCH + day) for day in (first, end))
            count -= sum(self.kept[(ordinal - 1) % 7] for ordinal in holidays[low:high])
        return max(0, count)

    def _still(self, now: float) -> float:
        number = int(now % DAY / DAY * _HOURS)
        return self.later[number - 1] if number else 1.0

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "kept": [int(each) for each in self.kept],
            "empty": self.empty,
            "again": self.again,
            "pauses": self.pauses,
            "later": [round(each, 4) for each in self.later],
            "works_on_holidays": self.works_on_holidays,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Days:
        """What :meth:`as_json` gave.

        Raises:
            KeyError, TypeError, ValueError: anything else.
        """
        found = cls(
            tuple(bool(each) for each in kept["kept"]),
            float(kept["empty"]),
            float(kept["again"]),
            float(kept["pauses"]),
            tuple(float(each) for each in kept["later"]),
            bool(kept["works_on_holidays"]),
        )
        if not found.pauses > 0:
            raise ValueError("expected some weight of pauses")
        if (len(found.kept), len(found.later)) != (7, _HOURS):
            raise ValueError("expected seven days and forty-eight half hours")
        return found


def day_off_of(a_day: float, quietest: float) -> float:
    """How often a day brings nothing, before any was seen, of whom so many issues a day are known.

    ``quietest``: share of the usual in its quietest hours.
    """
    fewer = min(1.0, _FEW_A_DAY / max(a_day, 1e-9))
    return _EMPTY * (fewer if quietest < _NIGHT else fewer * fewer)


def learn_days(
    begins: Sequence[float],
    end: float,
    weight: Callable[[float], float],
    holidays: Collection[int],
    on_holidays: float,
    usual: float,
) -> Days | None:
    """What is to be said of days; ``None`` where a source keeps none.

    Args:
        begins: when articles appeared, in seconds of the source's own clock, sorted.
        end: of the watch, in the same.
        weight: of a moment; what is long ago weighs less.
        holidays: ordinals of days.
        on_holidays: what share of the usual comes on one.
        usual: how often a day is held to bring nothing before any was seen.
    """
    first_day, end_day = int(begins[0] // DAY), int(end // DAY)
    known = sum(first_day < ordinal - _EPOCH < end_day for ordinal in holidays)
    works = on_holidays >= _QUIET and known >= _HOLIDAYS
    firsts: dict[int, float] = {}
    for at in begins:
        firsts.setdefault(int(at // DAY), at % DAY)
    off = set() if works else _about_holidays(holidays)
    # The first day and the last were seen in part.
    days = [day for day in range(first_day + 1, end_day) if _EPOCH + day not in off]
    weights = {day: weight(day * DAY) for day in days}
    watched, came = [0.0] * 7, [0.0] * 7
    for day in days:
        watched[(day + 3) % 7] += weights[day]
        came[(day + 3) % 7] += weights[day] * (day in firsts)
    kept = tuple(n - c + 0.5 <= _MISSED * (n + 1) for n, c in zip(watched, came, strict=True))
    if not any(kept):
        return None
    scheduled = [day for day in days if kept[(day + 3) % 7]]
    pauses = _pauses(scheduled, firsts)
    longer = [pause for pause in pauses if pause[1] >= 2]
    if len(longer) == 1 and longer[0][1] >= _LONG:
        # It may have been a pipe that had burst: once is no way of the source's.
        pauses.remove(longer[0])
    began = sum(weights[first] for first, _ in pauses)
    again = sum(weights[first] for first, length in pauses if length >= 2)
    usual = max(usual, _RAREST)
    for n, c, keeps in zip(watched, came, kept, strict=True):
        if n and not keeps:
            usual += _BY_CHANCE / 7 * (c / n) * (1 - c / n)
    seen = sum(weights[day] for day in scheduled)
    hours = sorted(firsts[day] for day in scheduled if day in firsts)
    later = tuple(
        (len(hours) - bisect_right(hours, (n + 1) * DAY / _HOURS) + 0.5) / (len(hours) + 1)
        for n in range(_HOURS)
    )
    empty = min(0.5, (began + usual * _WORD) / (seen + _WORD))
    # Were days empty by chance alone, the next would be so as often.
    lasts = max(_AGAIN, min(0.5, 2 * (empty - _EMPTY)))
    if sum(kept) <= _SELDOM:
        lasts = _AGAIN_SELDOM
    return Days(
        kept,
        empty,
        min(0.9, (again + lasts * _WORD_AGAIN) / (began + _WORD_AGAIN)),
        began + _WORD_AGAIN,
        later,
        works,
    )


def _pauses(scheduled: Sequence[int], firsts: Mapping[int, float]) -> list[tuple[int, int]]:
    """Kept days in a row that brought nothing: the first of them, and how many."""
    found: list[tuple[int, int]] = []
    before = True
    for day in scheduled:
        there = day in firsts
        if not there and before:
            found.append((day, 1))
        elif not there:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        before = there
    return found


def _about_holidays(holidays: Collection[int]) -> set[int]:
    """Holidays, and the days between two that are less than eight days apart, as at the turn of the year."""
    found = set(holidays)
    for before, after in pairwise(sorted(holidays)):
        if after - before < 8:
            found.update(range(before, after))
    return found
