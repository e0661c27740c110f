"""When a source is collected next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.daemon.schedule import first_time, next_time
from ingest.errors import SettingsError
from ingest.settings import DaemonSettings
from sources.source import Schedule

NOW = datetime(2026, 11, 23, 12, 7, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BOUNDS = DaemonSettings(fastest=5 * MINUTE, slowest=6 * HOUR, jitter=2 * MINUTE)
BY_ITSELF = Schedule()


def first(schedule: Schedule = BY_ITSELF, due: datetime | None = None, **given: float) -> timedelta:
    sources = int(given.get("sources", 1))
    return first_time(schedule, due, NOW, sources=sources, chance=given.get("chance", 0.5)) - NOW


def after(
    schedule: Schedule = BY_ITSELF,
    published: tuple[datetime, ...] = (),
    failures: int = 0,
    chance: float = 0.0,
) -> timedelta:
    return next_time(schedule, published, failures, NOW, BOUNDS, chance=chance) - NOW


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


def test_a_crontab_is_kept_to_the_minute_at_start_and_after() -> None:
    hourly = Schedule(cron="30 * * * *")
    assert first(hourly, due=NOW + MINUTE, sources=181) == 23 * MINUTE
    assert after(hourly, failures=9, chance=0.9) == 23 * MINUTE
    # In UTC, on the days that it names: the 23rd of November 2026 is a Monday.
    assert after(Schedule(cron="0 6 * * tue")) == timedelta(hours=17, minutes=53)


@pytest.mark.parametrize("reckon", [first, after])
def test_a_crontab_that_never_comes_is_said_to(reckon: object) -> None:
    with pytest.raises(SettingsError, match="never comes"):
        reckon(Schedule(cron="0 0 30 2 *"))  # type: ignore[operator]


def test_every_so_often_is_kept_but_for_a_tenth_of_jitter() -> None:
    assert after(Schedule(every=15 * MINUTE)) == 15 * MINUTE
    assert after(Schedule(every=15 * MINUTE), chance=0.5) == 16 * MINUTE
    assert after(Schedule(every=5 * MINUTE), chance=0.999) == 5.5 * MINUTE
    assert after(Schedule(every=15 * MINUTE), failures=9) == 15 * MINUTE


def test_without_a_schedule_the_pace_decides_and_failures_slow_it_down() -> None:
    assert after() == 30 * MINUTE
    assert after(chance=0.5) == 31 * MINUTE
    hourly = tuple(NOW - n * HOUR for n in range(7 * 24))
    assert after(published=hourly) == 30 * MINUTE
    assert after(published=hourly, failures=2) == 2 * HOUR
