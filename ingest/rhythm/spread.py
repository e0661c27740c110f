"""How gaps between issues are spread, in rescaled time, and how likely a longer one is.

Rescaled time counts what the source's week makes likely, so that nights and weekends have no length;
there gaps have a mean of one. What is learned is their spread: from that of a clock over that of a
Poisson process (agencies nearly are) to bursts between long pauses, with a heavy tail where the
source's days differ, and with issues left out now and then. Many such spreads are held likely or
unlikely by the gaps seen (a Bayesian mixture over a grid), so that what is predicted is wide where the
history is short.

A spread has three numbers: ``k``, how regular gaps are (gamma: 1 is Poisson, 300 a clock); ``a``, how
much the level varies (its inverse is gamma distributed: a Pareto tail with that exponent); ``e``, how
often an issue is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import mul

__all__ = ["UNKNOWN", "Spread", "learn_spread"]

_REGULAR = (
    (0.4, 1.0),
    (0.7, 1.5),
    (1, 2),
    (1.5, 1.5),
    (2.5, 1),
    (5, 1),
    (10, 1),
    (25, 1),
    (80, 1),
    (300, 0.7),
    (1500, 0.5),
)
_VARIES = ((2, 0.3), (3.5, 0.7), (7, 1.5), (15, 2), (50, 2), (1000, 1.5))
_LEFT_OUT = ((0.002, 3), (0.005, 3), (0.015, 2.5), (0.05, 1), (0.15, 0.5))

#: Gaps are told apart by these logarithms, up to e^4 = 55 issues; longer ones count as the last.
_EDGES = tuple(-3 + 0.1 * n for n in range(71))
#: At these logarithms of rescaled time survival is kept.
NODES = tuple(-2 + 0.1 * n for n in range(81))
_STEP = 0.1
#: Gaps are no independent draws, and the week was learned from them: each counts for less ...
_WORTH = 0.7
#: ... and more than so many say nothing new.
_MOST = 400.0
#: The level of today is not quite the one learned, however much was seen: standard deviation of its
#: logarithm, where issues come as news does; and where they come by a clock (as regular as that and
#: more), which has no level. A normal distribution's nodes and weights.
_DRIFT, _CLOCK_DRIFT, _CLOCK, _STEADY = 0.12, 0.01, 25, 50
_NORMAL = (
    (-2.857, 0.01126),
    (-1.3556, 0.22208),
    (0.0, 0.53333),
    (1.3556, 0.22208),
    (2.857, 0.01126),
)
_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Spread:
    """Probability that a gap is longer, over rescaled time."""

    #: Natural logarithms of it at ``NODES``.
    logs: tuple[float, ...]

    def longer(self, issues: float) -> float:
        """Probability that a gap is longer than ``issues``."""
        return math.exp(self.log_longer(issues))

    def log_longer(self, issues: float) -> float:
        """Its natural logarithm."""
        logs = self.logs
        if issues <= 0:
            return 0.0
        place = (math.log(issues) - NODES[0]) / _STEP
        if place <= 0:
            return logs[0] * issues / math.exp(NODES[0])
        number = min(int(place), len(logs) - 2)
        return logs[number] + (place - number) * (logs[number + 1] - logs[number])

    def due(self, issues: float) -> float:
        """How many times as likely as usual the next issue comes now, ``issues`` after the last.

        The hazard: one for a Poisson process, for a clock near none until its time comes.
        """
        logs = self.logs
        if issues <= math.exp(NODES[0]):
            return -logs[0] / math.exp(NODES[0])
        number = min(int((math.log(issues) - NODES[0]) / _STEP), len(logs) - 2)
        return max(0.0, (logs[number] - logs[number + 1]) / _STEP / issues)

    def usual(self, share: float) -> float:
        """The gap, in issues, than which ``share`` of all are longer."""
        wanted = math.log(share)
        low, high = 1e-3, 1e5
        for _ in range(50):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if self.log_longer(middle) > wanted else (low, middle)
        return high

    def thrift(self) -> float:
        """The share of polls that knowing how long the last issue is ago leaves, at most 1."""
        edges = [0.0, *(math.exp(node) for node in NODES)]
        total = 0.0
        for low, high in pairwise(edges):
            middle = (low + high) / 2
            total += (high - low) * self.longer(middle) * math.sqrt(self.due(middle))
        return min(1.0, max(0.1, total))


def learn_spread(
    gaps: Sequence[float], weights: Sequence[float], varies: float = 0.0
) -> tuple[Spread, float]:
    """What gaps between issues say of those to come: their spread about their mean, and that mean.

    ``varies``: standard deviation of the logarithm of a day's level, where a day has many gaps. These were
    seen on a few days, and the next may be a slow one.

    A single gap that no spread of the others explains (a pipe that had burst, a house on holiday)
    teaches nothing: it must come again before it is taken for the source's way.
    """
    kept = sorted((g, w) for g, w in zip(gaps, weights, strict=True) if g >= 0 and w > 0)
    spread, mean = _learn(kept, varies)
    if len(kept) < 8 or kept[-1][0] < 3 * mean:
        return spread, mean
    if len(kept) > 60 and spread.longer(kept[-1][0] / mean) * len(kept) > 0.2:
        return spread, mean  # too many others for one of them to have bent all of it
    without, mean_without = _learn(kept[:-1], varies)
    if without.longer(kept[-1][0] / mean_without) * len(kept) > 1e-3:
        return spread, mean
    return without, mean_without


def _learn(given: Sequence[tuple[float, float]], varies: float) -> tuple[Spread, float]:
    total = math.fsum(weight for _, weight in given)
    mean = math.fsum(gap * weight for gap, weight in given) / total if total else 1.0
    mean = max(mean, 1e-6)
    gaps = [(gap / mean, weight) for gap, weight in given]
    counts = [0.0] * (len(_EDGES) + 1)
    low, last, log = _EDGES[0], len(_EDGES), math.log
    for gap, weight in gaps:
        place = int((log(gap) - low) / _STEP) + 1 if gap > 0.05 else 0
        counts[min(place, last)] += weight
    seen = math.fsum(counts)
    worth = min(_WORTH, _MOST / seen) if seen else 0.0
    said = [count * worth for count in counts]
    likely = [kind.prior + sum(map(mul, said, kind.masses)) for kind in _kinds()]
    best = max(likely)
    shares = [math.exp(value - best) for value in likely]
    total = math.fsum(shares)
    blurred = [0.0] * len(NODES)
    for clock in (False, True):
        mixed, part = [0.0] * len(NODES), 0.0
        for kind, share in zip(_kinds(), shares, strict=True):
            if kind.is_clock is clock and share > 1e-13 * total:
                part += share / total
                for number, longer in enumerate(kind.longer):
                    mixed[number] += share * longer
        if part > 1e-9:
            logs = tuple(math.log(max(value / total / part, _LEAST)) for value in mixed)
            deviation = _off_clock(gaps, seen) if clock else _uncertainty(gaps, seen, varies)
            for number, value in enumerate(_blurred(logs, deviation)):
                blurred[number] += part * value
    return Spread(tuple(round(math.log(max(value, _LEAST)), 4) for value in blurred)), mean


def _uncertainty(gaps: Sequence[tuple[float, float]], seen: float, varies: float) -> float:
    """Standard deviation of the logarithm of the level, so many gaps of such a spread seen."""
    if seen < 2:
        return 0.8
    # Few gaps look more alike than they are: two of a Poisson process are added.
    spread = (_squares(gaps, seen) * seen + 2) / (seen + 2)
    return min(0.8, math.hypot(_DRIFT, varies, math.sqrt(min(spread, 4.0) / seen)))


def _off_clock(gaps: Sequence[tuple[float, float]], seen: float) -> float:
    """The same of issues that come by a clock, those left out aside."""
    kept = [(gap, weight) for gap, weight in gaps if gap < 1.5]
    spread = _squares(kept, math.fsum(weight for _, weight in kept)) if kept else 1.0
    return min(0.8, math.hypot(_CLOCK_DRIFT, math.sqrt(max(spread, 0.0005) / max(seen, 1.0))))


def _squares(gaps: Sequence[tuple[float, float]], seen: float) -> float:
    """Variance over the square of the mean."""
    mean = math.fsum(g * w for g, w in gaps) / seen
    return math.fsum(w * (g - mean) ** 2 for g, w in gaps) / seen / max(mean * mean, 1e-12)


def _blurred(logs: Sequence[float], deviation: float) -> list[float]:
    """:meth:`Spread.longer` at the nodes, the level being uncertain."""
    exp, first, last = math.exp, logs[0], len(logs) - 2
    found = [0.0] * len(logs)
    for z, weight in _NORMAL:
        shift = deviation * z / _STEP
        for node in range(len(logs)):
            place = node + shift
            if place <= 0:
                log = first * exp(place * _STEP)
            else:
                number = min(int(place), last)
                log = logs[number] + (place - number) * (logs[number + 1] - logs[number])
            found[node] += weight * exp(log)
    return found


@dataclass(frozen=True, slots=True)
class _Kind:
    """One spread of the grid."""

    prior: float
    is_clock: bool
    #: Logarithms of the share of gaps between the edges, first below them all, last above.
    masses: tuple[float, ...]
    longer: tuple[float, ...]


@cache
def _kinds() -> tuple[_Kind, ...]:
    # A tenth of a second, once a process, and only where something is learned.
    found = []
    for k, weight_k in _REGULAR:
        for a, weight_a in _VARIES:
            body = _Body(k, a)
            for e, weight_e in _LEFT_OUT:
                at_edges = [1.0, *(body.longer(math.exp(edge), e) for edge in _EDGES), 0.0]
                masses = [math.log(max(low - high, 1e-12)) for low, high in pairwise(at_edges)]
                longer = tuple(body.longer(math.exp(node), e) for node in NODES)
                prior = math.log(weight_k * weight_a * weight_e)
                found.append(_Kind(prior, k >= _CLOCK and a >= _STEADY, tuple(masses), longer))
    return tuple(found)


class _Body:
    """Gaps without issues left out: gamma over gamma (a beta prime distribution), mean 1."""

    _FINE = 0.02
    _FIRST, _LAST = -6.0, 7.0

    def __init__(self, k: float, a: float) -> None:
        scale = math.log((a - 1) / k)
        norm = math.lgamma(k + a) - math.lgamma(k) - math.lgamma(a)
        count = round((self._LAST - self._FIRST) / self._FINE)
        logs = [self._FIRST + self._FINE * n for n in range(count + 1)]
        densities = []
        for x in logs:
            y = x - scale
            densities.append(math.exp(norm + k * y - (k + a) * math.log1p(math.exp(y))))
        # Summed from the far end, where the small ones are.
        total = densities[-1] / a
        longer = [total]
        for high, low in pairwise(reversed(densities)):
            total += (low + high) / 2 * self._FINE
            longer.append(total)
        self._longer = [min(1.0, value / total) for value in reversed(longer)]

    def longer(self, issues: float, left_out: float) -> float:
        """Probability that a gap is longer than ``issues``, each issue left out that often."""
        unit = 1 - left_out
        units, rest, weight, total = issues / unit, 0, unit, 0.0
        while units - rest > 0 and weight > 1e-16:
            total += weight * self._plain(units - rest)
            rest, weight = rest + 1, weight * left_out
        # All that begin later than now.
        return min(1.0, total + weight / unit)

    def _plain(self, issues: float) -> float:
        place = (math.log(issues) - self._FIRST) / self._FINE
        if place <= 0:
            return 1.0
        number = int(place)
        if number >= len(self._longer) - 1:
            return self._longer[-1]
        low, high = self._longer[number], self._longer[number + 1]
        return low + (place - number) * (high - low)


#: What is held likely of a source of which nothing is known.
UNKNOWN = Spread(tuple(round(-math.log1p(math.exp(node) / 1.5) * 1.5, 4) for node in NODES))
