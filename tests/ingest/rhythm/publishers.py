"""Instants at which sources publish, drawn for tests; by no distribution that the rhythm is made of."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def weekly(weeks: int, seed: int = 1, until: datetime = NOW) -> list[datetime]:
    """Five articles each Thursday at six, give or take a quarter of an hour; the newest is yesterday's."""
    chance = random.Random(seed)
    found = []
    for week in range(weeks):
        thursday = (until - DAY).replace(hour=6, minute=0) - week * 7 * DAY
        begin = thursday + chance.uniform(-15, 15) * MINUTE
        found += [begin + chance.uniform(0, 20) * MINUTE for _ in range(5)]
    return [each for each in found if each <= until]


def daily(days: int, seed: int = 1, until: datetime = NOW) -> list[datetime]:
    """Twenty articles about four in the morning, eight over the day, nothing at night."""
    chance = random.Random(seed)
    found = []
    for day in range(days):
        midnight = until.replace(hour=0, minute=0) - day * DAY
        begin = midnight + 4 * HOUR + chance.uniform(-15, 15) * MINUTE
        found += [begin + chance.uniform(0, 40) * MINUTE for _ in range(20)]
        found += [midnight + chance.uniform(7, 20) * HOUR for _ in range(8)]
    return [each for each in found if each <= until]


def agency(days: int, seed: int = 1, until: datetime = NOW) -> list[datetime]:
    """Round the clock, eight an hour by day and two by night, by the minute."""
    chance = random.Random(seed)
    found, at = [], until - days * DAY
    while at < until:
        if chance.random() < (8 if 5 <= at.hour < 20 else 2) / 60:
            found.append(at + chance.random() * MINUTE)
        at += MINUTE
    return found


def every(seconds: float, count: int, seed: int = 1, until: datetime = NOW) -> list[datetime]:
    """As a machine does, a little uneven."""
    chance = random.Random(seed)
    return [until - timedelta(seconds=seconds * (n + chance.random() / 4)) for n in range(count)]
