"""The days on which a source publishes: of which it keeps them, how often one brings nothing after all.

A source that publishes each working day, or each Thursday, is silent in days, not in hours: within a day
its articles come as they please. So for weekdays on which it nearly always published it is counted how
often one brought nothing (a holiday of the house, a strike), how often that was so twice running, and by
what hour the first article of a day is there. A pause of weeks counts as one pause, however long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

__all__ = ["Days", "learn_days"]

DAY = 86400
#: 1970-01-01 as ``date.toordinal`` counts.
_EPOCH = 719163
#: A weekday is kept where it brought something so often, of at least so many.
_KEPT, _FEWEST = 0.75, 3.0
#: Before any was seen: days that bring nothing, and how often the next does so too; and what these words
#: weigh, in days and in pauses.
_EMPTY, _WORD = 0.01, 30.0
_AGAIN, _WORD_AGAIN = 0.03, 3.0
#: With more articles a day than this, empty days are the rarer.
_FEW_A_DAY = 8.0
#: Holidays on which less than this share of the usual comes are no days of work.
_QUIET = 0.75
_HOURS = 48


@dataclass(frozen=True, slots=True)
class Days:
    """The weekdays that a source keeps, and how well."""

    #: Monday first.
    kept: tuple[bool, ...]
    #: How often a kept day brings nothing although the one before did not; and how often, the one before
    #: having brought nothing either.
    empty: float
    again: float
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
        share = sum(self.kept) / 7
        again = self.again
        return share * self.empty * again ** (missed - 1) * (again + (1 - again) * still)

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
            tuple(float(each) for each in kept["later"]),
            bool(kept["works_on_holidays"]),
        )
        if (len(found.kept), len(found.later)) != (7, _HOURS):
            raise ValueError("expected seven days and forty-eight half hours")
        return found


def learn_days(
    begins: Sequence[float],
    end: float,
    weight: Callable[[float], float],
    holidays: Collection[int],
    on_holidays: float,
    a_day: float,
) -> Days | None:
    """What is to be said of days; ``None`` where a source keeps none.

    Args:
        begins: when articles appeared, in seconds of the source's own clock, sorted.
        end: of the watch, in the same.
        weight: of a moment; what is long ago weighs less.
        holidays: ordinals of days.
        on_holidays: what share of the usual comes on one.
        a_day: articles, or issues, on its busiest day.
    """
    works = on_holidays >= _QUIET
    firsts: dict[int, float] = {}
    for at in begins:
        firsts.setdefault(int(at // DAY), at % DAY)
    off = set() if works else _about_holidays(holidays)
    # The first day and the last were seen in part.
    days = [
        day for day in range(int(begins[0] // DAY) + 1, int(end // DAY)) if _EPOCH + day not in off
    ]
    weights = {day: weight(day * DAY) for day in days}
    watched, came = [0.0] * 7, [0.0] * 7
    for day in days:
        watched[(day + 3) % 7] += weights[day]
        came[(day + 3) % 7] += weights[day] * (day in firsts)
    kept = tuple(n >= _FEWEST * 0.7 and c >= _KEPT * n for n, c in zip(watched, came, strict=True))
    if not any(kept):
        return None
    scheduled = [day for day in days if kept[(day + 3) % 7]]
    pauses = _pauses(scheduled, firsts)
    longest = max(pauses, key=lambda pause: pause[1], default=(0, 0))
    if longest[1] >= 2:
        # It may have been a pipe that had burst: once is no way of the source's.
        pauses.remove(longest)
    began = sum(weights[first] for first, _ in pauses)
    again = sum(weights[first] for first, length in pauses if length >= 2)
    usual = _EMPTY * min(1.0, _FEW_A_DAY / max(a_day, 1e-9)) ** 2
    seen = sum(weights[day] for day in scheduled)
    hours = sorted(firsts[day] for day in scheduled if day in firsts)
    later = tuple(
        (len(hours) - bisect_right(hours, (n + 1) * DAY / _HOURS) + 0.5) / (len(hours) + 1)
        for n in range(_HOURS)
    )
    return Days(
        kept,
        min(0.5, (began + usual * _WORD) / (seen + _WORD)),
        min(0.9, (again + _AGAIN * _WORD_AGAIN) / (began + _WORD_AGAIN)),
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
