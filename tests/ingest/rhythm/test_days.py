"""The days that a source keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ingest.rhythm.days import DAY, Days, learn_days

#: A Monday, in seconds since 1970.
MONDAY = datetime(2026, 8, 3, tzinfo=UTC).timestamp()
CHRISTMAS = date(2026, 12, 25).toordinal()


def learned(
    weekdays: tuple[int, ...], weeks: int, without: tuple[int, ...] = (), a_day: float = 1.0
) -> Days | None:
    """Of a source that publishes at nine on these weekdays, but for some of its days."""
    days = [7 * week + day for week in range(weeks) for day in weekdays]
    begins = [
        MONDAY + day * DAY + 9 * 3600 for number, day in enumerate(days) if number not in without
    ]
    return learn_days(begins, MONDAY + 7 * weeks * DAY, lambda _: 1.0, (), 0.1, a_day)


def at(day: int, hour: float) -> float:
    return MONDAY + day * DAY + hour * 3600


def test_days_that_are_kept_are_told_from_those_that_are_not() -> None:
    days = learned((0, 1, 2, 3, 4), 8)
    assert days is not None
    assert days.kept == (True,) * 5 + (False,) * 2
    weekly = learned((3,), 8)
    assert weekly is not None
    assert weekly.kept.index(True) == 3
    assert sum(weekly.kept) == 1


def test_who_comes_now_and_then_keeps_none() -> None:
    days = learned((0, 1, 2, 3, 4), 8, without=tuple(n for n in range(40) if n % 3))
    assert days is None


def test_a_weekend_is_no_silence_and_two_working_days_are() -> None:
    days = learned((0, 1, 2, 3, 4), 20)
    assert days is not None
    friday = at(4, 9)
    assert days.chance(friday, at(4, 23), ()) == 1
    # Monday morning, before its hour: nothing was missed.
    assert days.chance(friday, at(7, 8), ()) > 0.9
    monday, tuesday = (days.chance(friday, at(day, 23), ()) for day in (7, 8))
    assert monday > 1e-3
    assert tuesday < 1e-3
    assert days.chance(friday, at(9, 12), ()) < 1e-4


def test_public_holidays_are_no_days_of_work() -> None:
    days = learned((0, 1, 2, 3, 4), 20)
    assert days is not None
    thursday = datetime(2026, 12, 24, 9, tzinfo=UTC).timestamp()
    evening = datetime(2026, 12, 28, 23, tzinfo=UTC).timestamp()
    holiday, none = (days.chance(thursday, evening, each) for each in ((CHRISTMAS,), ()))
    assert holiday > 10 * none


def test_a_source_that_skips_days_is_given_more_of_them() -> None:
    reliable, careless = (
        learned((0, 1, 2, 3, 4), 20, without=without)
        for without in ((), (11, 27, 28, 44, 61, 62, 83))
    )
    assert reliable is not None
    assert careless is not None
    assert careless.empty > 3 * reliable.empty
    assert careless.again > 3 * reliable.again


def test_one_long_pause_counts_when_it_has_come_again() -> None:
    once = learned((0, 1, 2, 3, 4), 20, without=tuple(range(30, 40)))
    twice = learned((0, 1, 2, 3, 4), 20, without=(*range(30, 40), *range(60, 70)))
    never = learned((0, 1, 2, 3, 4), 20)
    assert once is not None
    assert twice is not None
    assert never is not None
    assert once.again == pytest.approx(never.again)
    assert twice.again > 5 * never.again


def test_a_longer_silence_is_never_likelier() -> None:
    days = learned((0, 2, 4), 12)
    assert days is not None
    odds = [days.chance(at(4, 9), at(4, 9) + n * 3600, ()) for n in range(1000)]
    # Within a day on which nothing is due, and from one to the next, it stays or falls.
    assert all(after <= before * 1.0001 for before, after in zip(odds, odds[1:], strict=False))


def test_what_is_kept_is_what_was_learned() -> None:
    days = learned((0, 1, 2, 3, 4), 20)
    assert days is not None
    again = Days.from_json(days.as_json())
    assert again.chance(at(4, 9), at(8, 14), ()) == pytest.approx(
        days.chance(at(4, 9), at(8, 14), ()), rel=0.01
    )
    with pytest.raises(ValueError, match="forty-eight"):
        Days.from_json(days.as_json() | {"later": [0.5]})
