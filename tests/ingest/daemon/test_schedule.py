"""When a source is collected next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.daemon.schedule import LASTING, first_time, next_time
from ingest.errors import SettingsError
from ingest.rhythm.learning import learn
from ingest.rhythm.rhythm import Rhythm
from ingest.settings import DaemonSettings
from sources.source import Schedule

NOW = datetime(2026, 11, 23, 12, 7, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = DaemonSettings(fastest=5 * MINUTE, slowest=6 * HOUR, jitter=2 * MINUTE)
BY_ITSELF = Schedule()
HOURLY = learn([NOW - n * HOUR for n in range(14 * 24)], NOW)


def first(schedule: Schedule = BY_ITSELF, due: datetime | None = None, **given: float) -> timedelta:
    sources = int(given.get("sources", 1))
    chance = given.get("chance", 0.5)
    return first_time(schedule, due, NOW, BOUNDS, sources=sources, chance=chance) - NOW


def after(
    schedule: Schedule = BY_ITSELF,
    rhythm: Rhythm | None = None,
    failures: int = 0,
    cause: str | None = None,
    chance: float = 0.0,
) -> timedelta:
    when = next_time(schedule, rhythm, NOW, BOUNDS, failures=failures, cause=cause, chance=chance)
    return when - NOW


def test_a_single_source_is_collected_at_once_when_the_daemon_starts() -> None:
    assert first(chance=0.99) == timedelta()


def test_many_sources_are_spread_over_a_minute_at_most() -> None:
    assert first(sources=11, chance=0.5) == timedelta(seconds=10)
    assert first(sources=181, chance=0.5) == timedelta(seconds=30)
    assert first(sources=181, chance=0.0) == timedelta()


def test_a_restart_takes_up_the_time_that_was_noted_before_it() -> None:
    assert first(due=NOW + 3 * HOUR, sources=181) == 3 * HOUR
    # What came due while no daemon ran is made up for now.
    assert first(due=NOW - 3 * HOUR, sources=11) == timedelta(seconds=10)
    # And what comes due within the spread keeps to the spread.
    assert first(due=NOW + timedelta(seconds=1), sources=181) == timedelta(seconds=30)


def test_a_time_further_off_than_the_source_ever_waits_is_not_believed() -> None:
    """A clock was set back by a day, or a schedule made shorter."""
    assert first(due=NOW + 25 * HOUR) == timedelta()
    assert first(due=NOW + 23 * HOUR) == 23 * HOUR
    assert first(Schedule(every=HOUR), due=NOW + 3 * HOUR) == timedelta()
    assert first(Schedule(every=7 * DAY), due=NOW + 6 * DAY) == 6 * DAY


def test_a_crontab_is_kept_to_the_minute_at_start_and_after() -> None:
    hourly = Schedule(cron="30 * * * *")
    assert first(hourly, due=NOW + MINUTE, sources=181) == 23 * MINUTE
    assert after(hourly, failures=9, chance=0.9) == 23 * MINUTE
    # In UTC, on the days that it names: the 23rd of November 2026 is a Monday.
    assert after(Schedule(cron="0 6 * * tue")) == timedelta(hours=17, minutes=53)
    assert after(Schedule(cron="0 6 * * 2", zone="Asia/Tokyo")) == timedelta(hours=8, minutes=53)


@pytest.mark.parametrize("reckon", [first, after])
def test_a_crontab_that_never_comes_is_said_to(reckon: object) -> None:
    with pytest.raises(SettingsError, match="never comes"):
        reckon(Schedule(cron="0 0 30 2 *"))  # type: ignore[operator]


def test_every_so_often_is_kept_but_for_a_tenth_of_jitter() -> None:
    assert after(Schedule(every=15 * MINUTE)) == 15 * MINUTE
    assert after(Schedule(every=15 * MINUTE), chance=0.5) == 15.75 * MINUTE
    assert after(Schedule(every=5 * MINUTE), chance=0.5) == 5.25 * MINUTE
    assert after(Schedule(every=15 * MINUTE), failures=9) == 15 * MINUTE


def test_without_a_schedule_the_rhythm_decides() -> None:
    assert after() == 30 * MINUTE
    assert after(chance=0.5) == 31 * MINUTE
    # One article an hour is worth four polls.
    assert 12 * MINUTE < after(rhythm=HOURLY) < 19 * MINUTE


def test_what_may_pass_is_asked_again_at_the_slowest_pace_at_least() -> None:
    assert after(failures=2, cause="timeout") == 2 * HOUR
    for cause in ("timeout", "dns", "connection", "http_5xx", "http_429", None):
        assert after(failures=50, cause=cause) == 6 * HOUR


def test_what_lasts_is_asked_four_times_less_often_and_never_not_at_all() -> None:
    for cause in LASTING:
        assert after(failures=50, cause=cause) == 24 * HOUR
        assert after(failures=1, cause=cause) == HOUR


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 90 * 86400), max_size=60),
    st.integers(-10, 100_000),
    st.sampled_from([None, "timeout", "http_404", "robots"]),
    st.floats(0, 0.999),
    st.floats(1e-6, 1e9),
    st.sampled_from([BOUNDS, DaemonSettings(HOUR, HOUR, HOUR), DaemonSettings(HOUR, MINUTE, DAY)]),
)
def test_the_next_poll_is_always_within_bounds(
    ages: list[int],
    failures: int,
    cause: str | None,
    chance: float,
    price: float,
    bounds: DaemonSettings,
) -> None:
    instants = [NOW - timedelta(seconds=age) for age in ages]
    rhythm = learn(instants, NOW)
    when = next_time(
        BY_ITSELF,
        rhythm,
        NOW,
        bounds,
        last=max(instants, default=None),
        failures=failures,
        cause=cause,
        price=price,
        chance=chance,
    )
    most = max(bounds.slowest, bounds.fastest) * (4 if failures > 0 and cause in LASTING else 1)
    slack = timedelta(microseconds=1)
    assert bounds.fastest - slack <= when - NOW <= most + slack
