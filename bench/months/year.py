"""A simulated year of all sources, each polled by itself, on as many processes as there are cores."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.months.polling import BOUNDS, Watched, watch
from bench.months.publishers import make_publishers
from ingest.rhythm.price import PRICE, Demand, price_within

__all__ = ["BEGIN", "Year", "budget_price", "live"]

#: A Wednesday in winter; the year holds both changes of the clock and a Christmas.
BEGIN = datetime(2026, 2, 4, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Year:
    """What is asked of a simulation."""

    days: int
    sources: int
    seed: int
    price: float = PRICE
    alarms: bool = True


def live(year: Year) -> list[Watched]:
    """The year of every source."""
    with ProcessPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
        # The slow ones first.
        order = sorted(range(year.sources), key=lambda n: n * 7919 % 97)
        found = dict(zip(order, pool.map(_one, [(year, n) for n in order]), strict=True))
    return [found[n] for n in sorted(found)]


def _one(task: tuple[Year, int]) -> Watched:
    year, number = task
    publisher = make_publishers(year.sources, year.days, BEGIN, year.seed, only=number)[0]
    return watch(
        publisher,
        BEGIN,
        year.days,
        year.price,
        alarms=year.alarms,
        seed=year.seed * 1000 + number,
    )


def budget_price(watched: list[Watched], polls_a_day: float) -> float:
    """The price at which these sources, by what was learned of them, are polled so often in all."""
    demands = [Demand.of(each.rhythm, 1.0) for each in watched]
    return price_within(
        polls_a_day,
        demands,
        fastest=BOUNDS.fastest.total_seconds(),
        slowest=BOUNDS.slowest.total_seconds(),
    )
