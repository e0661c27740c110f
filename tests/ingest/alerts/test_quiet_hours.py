"""Nobody is woken between two times of the wall's clock, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alerts.quiet_hours import read_quiet_hours

VIENNA = ZoneInfo("Europe/Vienna")


def until(hours: str, now: str) -> str | None:
    over = read_quiet_hours(hours, VIENNA).until(datetime.fromisoformat(now))
    return over.astimezone(VIENNA).isoformat(timespec="minutes") if over else None


def test_quiet_goes_over_midnight() -> None:
    assert until("22:00-07:00", "2026-11-27T21:59+01:00") is None
    assert until("22:00-07:00", "2026-11-27T22:00+01:00") == "2026-11-28T07:00+01:00"
    assert until("22:00-07:00", "2026-11-28T06:59+01:00") == "2026-11-28T07:00+01:00"
    assert until("22:00-07:00", "2026-11-28T07:00+01:00") is None
    assert until("12:00-13:30", "2026-11-28T12:10+01:00") == "2026-11-28T13:30+01:00"
    assert until("20:00-24:00", "2026-11-28T23:10+01:00") == "2026-11-29T00:00+01:00"


def test_it_ends_by_the_clock_on_the_wall_on_the_days_that_it_changes() -> None:
    assert until("22:00-07:00", "2026-03-28T23:00+01:00") == "2026-03-29T07:00+02:00"
    assert until("22:00-07:00", "2026-10-24T23:00+02:00") == "2026-10-25T07:00+01:00"
    # The hour that comes twice, and the one that does not come.
    assert until("22:00-02:30", "2026-10-25T02:10+01:00") is not None
    assert until("22:00-02:30", "2026-03-29T03:00+02:00") is None


@given(st.times(), st.times(), st.integers(0, 50_000_000), st.booleans())
def test_what_is_held_is_held_for_a_day_at_most_and_into_the_future(begin, end, at, local) -> None:
    begin, end = (each.replace(second=0, microsecond=0, fold=0) for each in (begin, end))
    if begin == end:
        return
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=at)
    hours = read_quiet_hours(f"{begin:%H:%M}-{end:%H:%M}", VIENNA if local else UTC)
    over = hours.until(now)
    if over is not None:
        assert now < over <= now + timedelta(hours=26)


@pytest.mark.parametrize("text", ["", "22-7", "22:00", "25:00-07:00", "22:00-22:00", "22:61-07:00"])
def test_what_says_no_hours_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-07:00"):
        read_quiet_hours(text, None)
