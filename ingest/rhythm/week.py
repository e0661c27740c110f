"""A week by half hours: how much of what a source publishes falls into each, learned and shrunk.

Times here are seconds of the source's own clock since 1970, so that a week is a week whatever its
clock does in spring. Each event spreads over the hour before and the hour after it: a source that
publishes at two minutes to six must look like one that does so at two minutes past.

Where data are few the halves of hours are shrunk towards the product of hour of the day and day of the
week, and these towards a flat line: the ratio of what came to what was to be expected has a gamma
distribution, whose width is that of the ratios seen (Gamma-Poisson, by the method of moments).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

__all__ = ["BIN", "BINS", "DAY", "FLAT", "WEEK", "Exposure", "Week", "learn_week", "weekday_bins"]

BIN = 1800.0
BINS = 336
PER_DAY = 48
DAY = 86400
WEEK = 7 * DAY
#: 1970 began on a Thursday; bins are counted from Monday.
_FROM_MONDAY = 3 * DAY
#: Half the width, in seconds, over which an event spreads (a triangle).
_REACH = 3600.0
#: Evidence in favour of the flatter line, in squared expected events.
_DOUBT = 0.2
_WIDEST = 40.0


def bin_of(local: float) -> float:
    """Where in the week an instant of the local clock falls, in bins from Monday 00:00."""
    return ((local + _FROM_MONDAY) % WEEK) / BIN


def weekday_bins(weekday: int) -> range:
    """The bins of a day, Monday being 0."""
    return range(weekday * PER_DAY, (weekday + 1) * PER_DAY)


@dataclass(frozen=True, slots=True)
class Week:
    """Shares of a week, mean 1, and their running sum."""

    shares: tuple[float, ...]
    #: ``running[i]`` seconds at mean rate lie before bin i.
    running: tuple[float, ...]

    @classmethod
    def of(cls, shares: Sequence[float]) -> Week:
        """From shares of any mean; flat where they are none or not finite."""
        total = math.fsum(shares)
        if len(shares) != BINS or not math.isfinite(total) or total <= 0 or min(shares) < 0:
            return FLAT
        scaled = tuple(share * BINS / total for share in shares)
        return cls(scaled, (0.0, *accumulate(share * BIN for share in scaled)))

    def until(self, local: float) -> float:
        """Seconds at mean rate from a Monday long ago to ``local``; differences have a meaning."""
        weeks, rest = divmod(local + _FROM_MONDAY, WEEK)
        place = rest / BIN
        number = min(int(place), BINS - 1)
        return weeks * WEEK + self.running[number] + (place - number) * BIN * self.shares[number]

    def until_each(self, locals_: Sequence[float]) -> list[float]:
        """:meth:`until`, of many."""
        running, shares, last, found = self.running, self.shares, BINS - 1, []
        for local in locals_:
            seconds = local + _FROM_MONDAY
            weeks = seconds // WEEK
            place = (seconds - weeks * WEEK) / BIN
            number = int(place)
            number = min(number, last)
            found.append(weeks * WEEK + running[number] + (place - number) * BIN * shares[number])
        return found

    def at(self, local: float) -> float:
        """The share at an instant."""
        return self.shares[min(int(bin_of(local)), BINS - 1)]

    def of_day(self, weekday: int) -> float:
        """Share of a day, mean 1."""
        bins = weekday_bins(weekday)
        return (self.running[bins.stop] - self.running[bins.start]) / DAY

    def quietest(self) -> float:
        """Share of the three hours of the day in which least comes, mean 1."""
        hours = _by_hour(self.shares)
        return min(hours[n - 2] + hours[n - 1] + hours[n] for n in range(24)) * 8 / BINS


FLAT = Week((1.0,) * BINS, tuple(BIN * n for n in range(BINS + 1)))


class Exposure:
    """For how many (weighted) seconds each bin of the week was looked at."""

    def __init__(self) -> None:
        self._parts = [0.0] * BINS
        self._days = [0.0] * 7
        self.total = 0.0

    @property
    def bins(self) -> list[float]:
        """Seconds by bin."""
        return [part + BIN * self._days[n // PER_DAY] for n, part in enumerate(self._parts)]

    def add(self, begin: float, end: float, weight: float) -> None:
        """Add the part of one day from ``begin`` to ``end`` (local seconds)."""
        if end <= begin:
            return
        self.total += weight * (end - begin)
        first = bin_of(begin)
        if end - begin == DAY and not first % PER_DAY:
            self._days[int(first) // PER_DAY] += weight
            return
        last = first + (end - begin) / BIN
        number = int(first)
        while number < last:
            part = min(last, number + 1) - max(first, number)
            self._parts[number % BINS] += weight * part * BIN
            number += 1


def learn_week(locals_: Sequence[float], weights: Sequence[float], exposure: Exposure) -> Week:
    """What a week looks like, from weighted events and how long each bin was looked at.

    ``weights`` in events: a batch of five that always come together weighs as one.
    """
    counts = [0.0] * BINS
    for local, weight in zip(locals_, weights, strict=True):
        _spread(counts, bin_of(local), weight)
    total = math.fsum(counts)
    if total <= 0 or exposure.total <= 0:
        return FLAT
    per_second = total / exposure.total
    expected = [seconds * per_second for seconds in exposure.bins]
    hours = _ratios(_by_hour(counts), _by_hour(expected))
    days = _ratios(_by_day(counts), _by_day(expected))
    product = [hours[n % PER_DAY // 2] * days[n // PER_DAY] for n in range(BINS)]
    scale = total / max(math.fsum(e * p for e, p in zip(expected, product, strict=True)), 1e-300)
    product = [p * scale for p in product]
    ratios = _ratios(counts, [e * p for e, p in zip(expected, product, strict=True)])
    return Week.of([r * p for r, p in zip(ratios, product, strict=True)])


def _spread(counts: list[float], place: float, weight: float) -> None:
    """Lay an event as a triangle over the bins around it."""
    number = int(place)
    first = number - _AROUND
    for more, share in enumerate(_KERNELS[int((place - number) * _PLACES)]):
        counts[(first + more) % BINS] += weight * share


def _triangle(x: float) -> float:
    """How much of a triangle from -1 to 1 lies below ``x``."""
    return 0.5 * (1 + x) ** 2 if x < 0 else 1 - 0.5 * (1 - x) ** 2


def _kernel(place: float) -> tuple[float, ...]:
    """What of a triangle around ``place`` within a bin falls into the bins about it."""
    reach = _REACH / BIN
    edges = [max(-1.0, min(1.0, (n - place) / reach)) for n in range(-_AROUND, _AROUND + 2)]
    return tuple(_triangle(high) - _triangle(low) for low, high in pairwise(edges))


#: Bins to either side that an event may reach, and places within a bin that are told apart.
_AROUND, _PLACES = math.ceil(_REACH / BIN), 30
_KERNELS = tuple(_kernel((n + 0.5) / _PLACES) for n in range(_PLACES))


def _ratios(counts: Sequence[float], expected: Sequence[float]) -> list[float]:
    """Ratios of counts to what was expected, shrunk towards 1 by how far chance alone explains them."""
    excess = math.fsum((n - e) ** 2 - e for n, e in zip(counts, expected, strict=True))
    squares = math.fsum(e * e for e in expected)
    width = min(excess / (squares + _DOUBT * _DOUBT), _WIDEST)
    if width <= 1e-9:
        return [1.0] * len(counts)
    shape = 1 / width
    return [(n + shape) / (e + shape) for n, e in zip(counts, expected, strict=True)]


def _by_hour(bins: Sequence[float]) -> list[float]:
    found = [0.0] * 24
    for number, value in enumerate(bins):
        found[number % PER_DAY // 2] += value
    return found


def _by_day(bins: Sequence[float]) -> list[float]:
    return [math.fsum(bins[day * PER_DAY : (day + 1) * PER_DAY]) for day in range(7)]
