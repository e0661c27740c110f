"""The days that a source keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ingest.rhythm.days import DAY, Days, day_off_of, learn_days

#: A Monday, in seconds since 1970.
MONDAY = datetime(2026, 8, 3, tzinfo=UTC).timestamp()
CHRISTMAS = date(2026, 12, 25).toordinal()


def learned(
    weekdays: tuple[int, ...], weeks: int, without: tuple[int, ...] = (), usual: float = 0.01
) -> Days | None:
    """Of a source that publishes at nine on these weekdays, but for some of its days."""
    days = [7 * week + day for week in range(weeks) for day in weekdays]
    begins = [
        MONDAY + day * DAY + 9 * 3600 for number, day in enumerate(days) if number not in without
    ]
    return learn_days(begins, MONDAY + 7 * weeks * DAY, lambda _: 1.0, (), 0.1, usual)


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


def test_a_pause_of_two_days_counts_though_it_is_the_only_one() -> None:
    once, never = (learned((0, 1, 2, 3, 4), 20, without=without) for without in ((30, 31), ()))
    assert once is not None
    assert never is not None
    assert once.again > 5 * never.again


def test_each_further_day_of_a_pause_makes_the_next_likelier() -> None:
    """How long pauses last is known from a few of them: it may be of the long kind."""
    days = learned(tuple(range(7)), 20, without=(15, 40, 63, 90))
    assert days is not None
    odds = [days.chance(at(139, 9), at(139 + n, 23), ()) for n in range(1, 7)]
    further = [after / before for before, after in zip(odds, odds[1:], strict=False)]
    assert further == sorted(further)
    assert further[-1] > 5 * further[0]


def test_who_comes_on_other_days_too_keeps_the_others_for_a_part_by_chance() -> None:
    begins = {
        only: [
            MONDAY + day * DAY + 9 * 3600
            for day in range(84)
            if day % 7 < 4 or (not only and day // 7 % 2)
        ]
        for only in (True, False)
    }
    strict, loose = (
        learn_days(begins[only], MONDAY + 84 * DAY, lambda _: 1.0, (), 0.1, 0.01)
        for only in (True, False)
    )
    assert strict is not None
    assert loose is not None
    assert strict.kept == loose.kept
    assert loose.empty > 3 * strict.empty


def test_a_house_where_all_go_home_may_take_a_day_off_however_much_it_publishes() -> None:
    assert day_off_of(40, 0.0) > 3 * day_off_of(40, 0.5)
    assert day_off_of(5, 0.0) == day_off_of(5, 0.5) > day_off_of(40, 0.0)


def test_a_weekday_is_no_habit_where_one_of_four_was_empty() -> None:
    assert learned((2,), 4, without=(1,)) is None
    assert learned((2,), 12, without=(1,)) is not None


def test_a_house_works_on_holidays_when_that_was_seen() -> None:
    """Two that were no days off may have been those that it does not keep."""
    begins = [MONDAY + day * DAY + 9 * 3600 for day in range(70)]
    first = date(2026, 8, 10).toordinal()
    few, many = (
        learn_days(begins, MONDAY + 70 * DAY, lambda _: 1.0, off, 1.0, 0.01)
        for off in ((first, first + 20), (first, first + 20, first + 40))
    )
    assert few is not None
    assert many is not None
    assert (few.works_on_holidays, many.works_on_holidays) == (False, True)


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
