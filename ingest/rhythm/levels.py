"""How much days differ beyond chance: news comes in runs of busy days and of slow ones.

A week of an agency has a thousand gaps and seven levels, and the gaps of its busy days say little of how
long one may be on a slow day: what counts is the number of days.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.rhythm.week import DAY, Week

__all__ = ["MANY_A_DAY", "level_deviation"]

#: Issues a day from which days have a level of their own.
MANY_A_DAY = 8.0
#: The variance of a day's level before any was seen, and what that word weighs, in days; and before a whole
#: week was seen, of whose weekend nobody knows.
_VARIANCE, _WORD = 0.16, 10.0
_FIRST_WEEK, _DAYS = 0.6, 6


def level_deviation(
    begins: Sequence[float],
    days: Iterable[tuple[float, float, float, float]],
    week: Week,
    rate: float,
) -> float:
    """Standard deviation of the logarithm of a day's level.

    Args:
        begins: when issues began, in seconds of the source's own clock.
        days: begin and end of each, what it weighs, and another weight; those cut off do not count, nor do
            those that brought nothing: days off are counted elsewhere.
        week: of the issues.
        rate: issues a second.
    """
    came = Counter(int(at // DAY) for at in begins)
    excess = squares = weights = 0.0
    seen = 0
    for low, high, weight, _ in days:
        count = came[int(low // DAY)]
        if count and high - low >= DAY:
            due = rate * (week.until(high) - week.until(low))
            excess += weight * ((count - due) ** 2 - due)
            squares += weight * due * due
            weights += weight
            seen += 1
    found = max(0.0, excess / squares) if squares else 0.0
    word = _VARIANCE if seen >= _DAYS else _FIRST_WEEK
    return math.sqrt(math.log1p((found * weights + word * _WORD) / (weights + _WORD)))
