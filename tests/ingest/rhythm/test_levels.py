"""How much days differ beyond chance."""

from __future__ import annotations

import random

from ingest.rhythm.levels import level_deviation
from ingest.rhythm.week import DAY, FLAT


def deviation(counts: list[int], whole: float = 1.0) -> float:
    """Of days with so many issues, at moments drawn."""
    chance = random.Random(3)
    begins = sorted(
        day * DAY + chance.random() * DAY for day, n in enumerate(counts) for _ in range(n)
    )
    days = [(day * DAY, (day + whole) * DAY, 1.0, 1.0) for day in range(len(counts))]
    return level_deviation(begins, days, FLAT, sum(counts) / len(counts) / DAY)


def test_days_that_are_alike_vary_little_once_many_were_seen() -> None:
    assert deviation([100] * 60) < 0.2 < deviation([100] * 8)


def test_busy_days_and_slow_ones_are_expected_to_come_again() -> None:
    assert deviation([60, 180] * 30) > 2 * deviation([120] * 60)


def test_before_a_whole_week_nobody_knows_its_weekend() -> None:
    assert deviation([100] * 4) > 1.4 * deviation([100] * 8)


def test_days_that_were_seen_in_part_and_days_off_say_nothing() -> None:
    assert deviation([100, 30] * 10, whole=0.5) == deviation([100] * 20, whole=0.5)
    assert deviation([100] * 40 + [0] * 2) < deviation([100] * 40 + [5] * 2)
