"""Times as people write them: one reader for every command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ingest.errors import InputError
from ingest.periods import read_begin, read_end, read_period, read_span

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def at(stated: str) -> datetime:
    moment = datetime.fromisoformat(stated)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-12", "2024-12-01", "2025-01-01"),
        ("2024-5", "2024-05-01", "2024-06-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("20240229", "2024-02-29", "2024-03-01"),
        (" 2024-02-29 ", "2024-02-29", "2024-03-01"),
        ("today", "2026-11-20", "2026-11-21"),
        ("Yesterday", "2026-11-19", "2026-11-20"),
        ("10d", "2026-11-10", "2026-11-11"),
        ("6h", "2026-11-20T09:30", "2026-11-20T09:30"),
        ("45m", "2026-11-20T14:45", "2026-11-20T14:45"),
        ("2024-05-03T12:00Z", "2024-05-03T12:00", "2024-05-03T12:00"),
        ("2024-05-03t12:00z", "2024-05-03T12:00", "2024-05-03T12:00"),
        ("2024-05-03T12:00", "2024-05-03T12:00", "2024-05-03T12:00"),
        ("2024-05-03 12:00+02:00", "2024-05-03T10:00", "2024-05-03T10:00"),
        ("2024-05-03T12:00:00.000000Z", "2024-05-03T12:00", "2024-05-03T12:00"),
    ],
)
def test_times_are_years_months_days_instants_or_ages(text: str, begin: str, end: str) -> None:
    found = read_period(text, NOW)
    assert (found.begin, found.end) == (at(begin), at(end))
    assert found.begin.tzinfo is UTC
    assert read_begin("--since", text, NOW) == at(begin)
    assert read_end("--until", text, NOW) == at(end)


def test_days_are_counted_in_utc_wherever_the_clock_is() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=12)))
    assert read_period("today", there) == read_period("today", NOW)


def test_a_command_that_goes_on_later_takes_the_day_of_an_hour() -> None:
    found = read_period("6h", NOW, by_day=True)
    assert (found.begin, found.end) == (at("2026-11-20"), at("2026-11-21"))
    assert read_period("2024-05-03T12:00Z", NOW, by_day=True).begin == at("2024-05-03T12:00")


@pytest.mark.parametrize(
    "text",
    [
        "", "last year", "202", "20245", "202405", "1714694400", "2024-13", "2024-00", "0000", "9999",
        "2024-02-30", "20240230", "2024-W05", "2024-W05-1", "2024-05-03T25:00", "-5d", "+2024", "5y",
        "d", "٢٠٢٤", "9" * 30 + "d", "999999999d", "2024-05-03T12:00+99:00", "0001-01-01T00:00+05:00",
        "12:00", "2024/05/03", "03.05.2024", "1e3", "nan",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="expected a year, month, day or time such as 2024"):
        read_period(text, NOW)
    with pytest.raises(InputError, match=r"^--since .*: expected a year.*90d, 6h, today"):
        read_begin("--since", text, NOW)


def test_a_span_has_to_have_a_length() -> None:
    assert read_span(None, None) == (None, None)
    assert read_span("2024", "2024") == (at("2024-01-01"), at("2025-01-01"))
    with pytest.raises(InputError, match="--since 2025 is not before --until 2024"):
        read_span("2025", "2024")
