"""When a crontab expression comes next, also on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.times.crontab import check_crontab, check_zone, next_after


def times(expression: str, zone: str, begin: datetime, count: int) -> list[str]:
    found, at = [], begin
    for _ in range(count):
        following = next_after(expression, at, zone)
        assert following is not None
        assert following > at
        at = following
        found.append(at.astimezone(ZoneInfo(zone)).strftime("%d %H:%M"))
    return found


#: Zone, a time on the eve of the day on which the clock is put forward, the hole in it (a time, and when
#: that comes), a time on the eve of the day on which it is put back, and a time that exists twice then.
CHANGES = [
    ("Europe/Berlin", (2026, 3, 28), "30 2", "03:30", (2026, 10, 24), "30 2", "02:30"),
    ("Europe/London", (2026, 3, 28), "30 1", "02:30", (2026, 10, 24), "15 1", "01:15"),
    ("America/New_York", (2026, 3, 7), "5 2", "03:05", (2026, 10, 31), "30 1", "01:30"),
    # Half an hour, in the south.
    ("Australia/Lord_Howe", (2026, 10, 3), "15 2", "02:45", (2026, 4, 4), "45 1", "01:45"),
    ("Australia/Sydney", (2026, 10, 3), "0 2", "03:00", (2026, 4, 4), "59 2", "02:59"),
    # The hole is midnight itself.
    ("America/Santiago", (2026, 9, 5), "0 0", "01:00", (2026, 4, 4), "30 23", "23:30"),
]


@pytest.mark.parametrize("change", CHANGES, ids=[change[0] for change in CHANGES])
def test_a_time_that_the_clock_jumps_over_is_not_lost(change: tuple) -> None:
    zone, eve, fields, instead, *_ = change
    noon = datetime(*eve, 12, tzinfo=ZoneInfo(zone))
    minute, hour = fields.split()
    usual = f"{int(hour):02}:{int(minute):02}"
    assert [at[3:] for at in times(f"{fields} * * *", zone, noon, 3)] == [instead, usual, usual]
    # And asked on the way, at any minute before it, it still comes.
    due = next_after(f"{fields} * * *", noon, zone)
    assert due is not None
    for minutes in range(1, 300, 7):
        assert next_after(f"{fields} * * *", due - timedelta(minutes=minutes), zone) == due


@pytest.mark.parametrize("change", CHANGES, ids=[change[0] for change in CHANGES])
def test_a_time_that_exists_twice_comes_once(change: tuple) -> None:
    zone, *_, eve, fields, usual = change
    begin = datetime(*eve, 12, tzinfo=ZoneInfo(zone))
    found = times(f"{fields} * * *", zone, begin, 4)
    assert [at[3:] for at in found] == [usual] * 4
    assert len({at[:2] for at in found}) == 4
    # Also where the pass that it began ends within the second of the two.
    first = next_after(f"{fields} * * *", begin, zone)
    assert first is not None
    for minutes in range(0, 150, 7):
        following = next_after(f"{fields} * * *", first + timedelta(minutes=minutes), zone)
        assert following is not None
        assert following - first > timedelta(hours=20)


@pytest.mark.parametrize("zone", [change[0] for change in CHANGES])
def test_what_comes_every_so_many_minutes_does_so_all_year(zone: str) -> None:
    """An hour that exists twice is two hours, and none is skipped in spring."""
    for month, days in ((3, 31), (4, 30), (9, 30), (10, 31), (11, 30)):
        at = datetime(2026, month, 1, tzinfo=UTC)
        end = at + timedelta(days=days)
        while at < end:
            following = next_after("*/30 * * * *", at, zone)
            assert following is not None
            assert following - at == timedelta(minutes=30)
            at = following


def test_hours_that_are_named_are_named_by_the_clock_on_the_wall() -> None:
    eve = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert times("0 6,18 * * *", "Europe/Berlin", eve, 3) == ["28 18:00", "29 06:00", "29 18:00"]
    # Two times that fall on one instant are one.
    assert times("0 2,3 * * *", "Europe/Berlin", eve, 3) == ["29 03:00", "30 02:00", "30 03:00"]


def test_without_a_zone_the_clock_is_utc() -> None:
    now = datetime(2026, 3, 28, 23, 7, tzinfo=ZoneInfo("Europe/Berlin"))
    assert next_after("30 2 * * *", now) == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


def test_weekdays_are_numbered_as_cron_numbers_them() -> None:
    """APScheduler begins with Monday."""
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def days(weekday: str) -> list[str]:
        found, at = [], friday
        for _ in range(3):
            at = next_after(f"0 6 * * {weekday}", at) or at
            found.append(at.strftime("%a"))
        return found

    assert days("0") == days("7") == days("sun") == ["Sun"] * 3
    assert days("1-5") == days("mon-fri") == ["Mon", "Tue", "Wed"]
    assert days("5-7") == ["Sat", "Sun", "Fri"]
    assert days("*/3") == ["Sat", "Sun", "Wed"]
    assert days("1,sat") == ["Sat", "Mon", "Sat"]


def test_a_day_of_the_month_and_a_weekday_are_either_of_them() -> None:
    """As cron reads them; APScheduler wants both."""
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert times("0 6 1 * 0", "UTC", friday, 3) == ["29 06:00", "01 06:00", "06 06:00"]


@pytest.mark.parametrize(
    "wrong", ["", "* * * *", "* * * * * *", "61 * * * *", "0 6 * * 8", "0 6 * * 5-1", "a b c d e"]
)
def test_what_is_no_crontab_is_said_to_be_none(wrong: str) -> None:
    with pytest.raises(ValueError, match="five crontab fields"):
        check_crontab(wrong)


@pytest.mark.parametrize("wrong", ["", "Berlin", "CEST", "/etc/passwd", "../UTC", "Europe", "a\0b"])
def test_what_is_no_zone_is_said_to_be_none(wrong: str) -> None:
    with pytest.raises(ValueError, match="Europe/Berlin"):
        check_zone(wrong)


def test_a_crontab_that_never_comes_has_no_next_time() -> None:
    assert next_after("0 0 30 2 *", datetime(2026, 3, 28, tzinfo=UTC), "Europe/Berlin") is None


BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


@given(
    st.integers(0, 10 * 365 * 24 * 3600).map(lambda n: BEGIN + timedelta(seconds=n)),
    st.sampled_from([change[0] for change in CHANGES]),
    st.integers(0, 59),
    st.integers(0, 23),
)
def test_a_daily_time_comes_once_a_day(now: datetime, zone: str, minute: int, hour: int) -> None:
    expression = f"{minute} {hour} * * *"
    first = next_after(expression, now, zone)
    assert first is not None
    second = next_after(expression, first, zone)
    assert second is not None
    assert timedelta() < first - now <= timedelta(hours=25)
    assert timedelta(hours=22) < second - first < timedelta(hours=26)
