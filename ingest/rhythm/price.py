"""When it pays to ask again: the price of a poll, in seconds that one article waits to be found.

Asked every T seconds, a source that publishes ``r`` articles a second has them wait T/2 on average.
The cost of both, ``r*T/2 + price/T`` a second, is least at ``T = sqrt(2*price/r)``: the rate of polls goes
as the root of the rate of articles, over the hours of a week as over sources, and one price for all of
them is what makes their mean delay least at a given number of polls. Where the rate changes, the next
poll comes when the integral of ``sqrt(r/(2*price))`` has grown by one.

The rate is the one that holds now: that of the hour of the week, times how much the next issue is due
so long after the last one (``Spread.due``). A weekly that came this morning is hardly asked until its
next Thursday, then often; an agency is due always. The slowest and fastest pace bound the rate of polls.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ingest.rhythm.rhythm import Rhythm
from ingest.rhythm.silence import FEWEST
from ingest.rhythm.week import BIN, BINS

__all__ = ["PRICE", "Demand", "price_within", "wait"]

#: What a poll is worth where no budget says otherwise: a source of one article an hour is then asked
#: every quarter of an hour, so that an article waits seven minutes and every fourth poll brings one.
PRICE = 900.0**2 / 3600 / 2
#: How much less and more than usual a source may be due: its spread is learned, not known.
_DUE = (0.08, 6.0)
#: Issues in half an hour beyond which it makes no sense to ask when the last one was.
_OFTEN = 0.7


def wait(
    rhythm: Rhythm,
    now: datetime,
    *,
    price: float,
    fastest: float,
    slowest: float,
    last: datetime | None = None,
) -> float:
    """Seconds until the next poll, between ``fastest`` and ``slowest``.

    Args:
        rhythm: of the source.
        now: aware.
        price: of a poll, in seconds that one article waits.
        fastest: bound, in seconds.
        slowest: the same.
        last: when its newest article appeared; ``None`` where that is not known.
    """
    low, high = 1 / slowest, 1 / fastest
    local = rhythm.local(now.timestamp())
    passed = rhythm.issues_between(last, now) if last is not None and last < now else 0.0
    knows_due = last is not None and rhythm.issues >= FEWEST and rhythm.batches
    done, elapsed = 0.0, 0.0
    while elapsed < slowest:
        step = min(BIN - (local + elapsed) % BIN, slowest - elapsed)
        middle = local + elapsed + step / 2
        off = rhythm.on_holidays if rhythm.holidays and rhythm.is_holiday(middle) else 1.0
        rate = rhythm.article_rate * rhythm.week.at(middle) * off
        coming = rhythm.issue_rate * rhythm.issue_week.at(middle) * off * step
        if knows_due and coming < _OFTEN:
            rate *= min(max(rhythm.spread.due(passed + coming / 2), _DUE[0]), _DUE[1])
        passed += coming
        density = min(max(math.sqrt(rate / (2 * price)), low), high)
        if done + density * step >= 1:
            elapsed += (1 - done) / density
            break
        done += density * step
        elapsed += step
    return min(max(elapsed, fastest), slowest)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a source asks of the budget."""

    #: Articles a second, each with the share of time in which it is so.
    rates: tuple[tuple[float, float], ...]
    #: Requests that a poll of it takes.
    requests: float

    @classmethod
    def of(cls, rhythm: Rhythm | None, requests: float) -> Demand:
        """Of a source with that rhythm, or one that is not known yet: twelve articles a day."""
        if rhythm is None:
            return cls(((12 / 86400, 1.0),), requests)
        thrift = rhythm.spread.thrift() if rhythm.issues >= FEWEST and rhythm.batches else 1.0
        often = rhythm.issue_rate * BIN
        counted: dict[int, tuple[float, int]] = {}
        for share, of_issues in zip(rhythm.week.shares, rhythm.issue_week.shares, strict=True):
            rate = rhythm.article_rate * share
            if often * of_issues < _OFTEN:
                rate *= thrift * thrift
            # A tenth more or less is the same for a sum over all sources.
            step = round(math.log(max(rate, 1e-12)) * 10)
            total, number = counted.get(step, (0.0, 0))
            counted[step] = (total + rate, number + 1)
        rates = tuple((total / number, number / BINS) for total, number in counted.values())
        return cls(rates, requests)

    def polls_a_day(self, price: float, fastest: float, slowest: float) -> float:
        """Polls that such a price comes to."""
        return 86400 * math.fsum(
            share * min(max(math.sqrt(rate / (2 * price)), 1 / slowest), 1 / fastest)
            for rate, share in self.rates
        )


def price_within(
    budget: float, demands: Iterable[Demand], *, fastest: float, slowest: float
) -> float:
    """The price at which polls come to ``budget`` requests a day, or as near as the bounds let them."""
    wanted = list(demands)

    def asked(price: float) -> float:
        return math.fsum(
            each.requests * each.polls_a_day(price, fastest, slowest) for each in wanted
        )

    low, high = math.log(1e-6), math.log(1e12)
    if not wanted or asked(math.exp(low)) <= budget:
        return math.exp(low)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if asked(math.exp(middle)) > budget else (low, middle)
    return math.exp(high)
