from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.engine.moments import Moment, is_later, moment


@pytest.mark.parametrize(
    ("stated", "at", "precision"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("20261120", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("2026-11-20T10:00:00", datetime(2026, 11, 20, 10, tzinfo=UTC), "local"),
        ("2026-11-20T10:00:00+04:00", datetime(2026, 11, 20, 6, tzinfo=UTC), "instant"),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC), "instant"),
        (" 2026-11-20T10:00Z\n", datetime(2026, 11, 20, 10, tzinfo=UTC), "instant"),
    ],
)
def test_a_stated_time_gives_an_instant_and_says_how_much_of_it_was_stated(stated, at, precision):
    assert moment(stated) == Moment(at, precision)


@pytest.mark.parametrize(
    "stated",
    [
        None,
        "",
        "yesterday",
        "2026-13-40",
        "2026-11",
        "0001-01-01T00:00:00+14:00",  # before the calendar's first instant, in UTC
        "9999-12-31T23:59:59-12:00",
        "2026-11-20T10:00:00" + "0" * 100_000,
    ],
)
def test_a_time_that_cannot_be_read_gives_none(stated):
    assert moment(stated) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_times(text):
    found = moment(text)
    assert found is None or found.at.tzinfo is UTC


@given(
    st.datetimes(
        timezones=st.timezones(),
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 -- the strategy adds the zone
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    )
)
def test_an_instant_survives_its_own_statement(at):
    found = moment(at.isoformat())
    assert found is not None
    assert found.precision == "instant"
    assert abs((found.at - at).total_seconds()) < 1  # ISO 8601 offsets of old zones have seconds


def test_later_is_never_finer_than_the_coarser_statement():
    assert is_later("2026-11-21", "2026-11-20T23:00:00Z")
    assert not is_later("2026-11-20T10:00:00Z", "2026-11-20")
    assert not is_later("2026-11-20", "2026-11-20T10:00:00Z")
    assert is_later("2026-11-20T10:00:01Z", "2026-11-20T10:00:00Z")
    assert not is_later("soon", "2026-11-20")
