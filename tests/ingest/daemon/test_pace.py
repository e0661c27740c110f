"""How often a source without a schedule is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.daemon.pace import next_wait

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FASTEST = timedelta(minutes=5)
SLOWEST = timedelta(hours=6)


def wait(ages_in_hours: list[float], failures: int = 0) -> timedelta:
    published = [NOW - timedelta(hours=age) for age in ages_in_hours]
    return next_wait(published, failures, NOW, fastest=FASTEST, slowest=SLOWEST)


def test_a_source_that_we_know_nothing_of_is_asked_every_half_hour() -> None:
    assert wait([]) == timedelta(minutes=30)


def test_a_source_is_asked_twice_for_each_article_that_it_publishes() -> None:
    ten_a_day = [n * 2.4 for n in range(70)]
    assert wait(ten_a_day) == timedelta(minutes=72)


def test_a_wire_is_asked_no_faster_and_a_quiet_blog_no_slower_than_the_operator_says() -> None:
    assert wait([n / 100 for n in range(10_000)]) == FASTEST
    assert wait([24 * 30]) == SLOWEST


def test_a_source_that_fails_is_asked_less_and_less_often_but_never_forgotten() -> None:
    waits = [wait([1.0] * 84, failures) for failures in range(12)]
    assert waits == sorted(waits)
    assert waits[1] == 2 * waits[0]
    assert waits[-1] == 4 * SLOWEST


def test_dates_from_the_future_do_not_count() -> None:
    assert wait([-24.0] * 1000) == SLOWEST


@given(st.lists(st.floats(-1e5, 1e5)), st.integers(0, 10_000))
def test_every_wait_is_within_bounds(ages: list[float], failures: int) -> None:
    assert FASTEST <= wait(ages, failures) <= 4 * SLOWEST
