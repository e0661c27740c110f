"""Days of other calendars: every one is the day after the one before, and known days are where they belong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.metadata.times.calendars import (
    ethiopian_day,
    hebrew_day,
    islamic_day,
    solar_hijri_day,
)
from ingest.extract.metadata.times.visible_dates import dates_in

#: Months of a Hebrew year in their order: Adar I, Adar II, Nisan.
_HEBREW = (1, 2, 3, 4, 5, 6, 13, 7, 8, 9, 10, 11, 12)


@pytest.mark.parametrize(
    ("found", "day"),
    [
        (solar_hijri_day(1405, 1, 1), date(2026, 3, 21)),
        (solar_hijri_day(1403, 12, 30), date(2025, 3, 20)),
        (solar_hijri_day(1357, 11, 22), date(1979, 2, 11)),
        (islamic_day(1447, 1, 1), date(2025, 6, 27)),
        (ethiopian_day(2019, 1, 1), date(2026, 9, 11)),
        (ethiopian_day(2015, 13, 6), date(2023, 9, 11)),
        (hebrew_day(5787, 1, 1), date(2026, 9, 12)),
        (hebrew_day(5786, 7, 15), date(2026, 4, 2)),
        (hebrew_day(5784, 13, 14), date(2024, 3, 24)),
        (hebrew_day(5708, 8, 5), date(1948, 5, 14)),
    ],
)
def test_known_days_are_where_calendars_have_them(found: date, day: date) -> None:
    assert found == day


def _days_of_year(convert, year: int, months: tuple[int, ...], longest: int) -> list[date]:  # type: ignore[no-untyped-def]
    found = []
    for month in months:
        for day in range(1, longest + 1):
            try:
                found.append(convert(year, month, day))
            except ValueError:
                continue
    return found


@given(st.integers(1300, 1500))
def test_solar_hijri_years_have_every_day_once(year: int) -> None:
    days = _days_of_year(solar_hijri_day, year, tuple(range(1, 13)), 31)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert solar_hijri_day(year + 1, 1, 1) == days[-1] + timedelta(days=1)


@given(st.integers(1900, 2100))
def test_ethiopian_years_have_every_day_once(year: int) -> None:
    days = _days_of_year(ethiopian_day, year, tuple(range(1, 14)), 30)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert ethiopian_day(year + 1, 1, 1) == days[-1] + timedelta(days=1)


@given(st.integers(5650, 5850))
def test_hebrew_years_have_every_day_once(year: int) -> None:
    days = sorted(set(_days_of_year(hebrew_day, year, _HEBREW, 30)))
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) in (353, 354, 355, 383, 384, 385)
    assert hebrew_day(year + 1, 1, 1) == days[-1] + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("۲۳ آبان ۱۴۰۵", "fa", "2026-11-14"),
        ("شنبه ۲۳ آبان ۱۴۰۵ - ۱۰:۱۵", "fa", "2026-11-14T10:15:00"),
        ("۱۴۰۵/۰۸/۲۳", "fa", "2026-11-14"),
        ("۲۳ عقرب ۱۴۰۵", "fa", "2026-11-14"),
        ("۲۳ لړم ۱۴۰۵", "ps", "2026-11-14"),
        ("4 جمادى الآخرة 1448", "ar", "2026-11-15"),
        ("4 جمادى الآخرة 1448 - 14 نوفمبر 2026", "ar", "2026-11-14"),
        ("ኅዳር 5 2019", "am", "2026-11-14"),
        ("ד' בכסלו תשפ\"ז", "he", "2026-11-14"),
        ("令和8年11月14日", "ja", "2026-11-14"),
        ("令和元年5月1日", "ja", "2019-05-01"),
        ("R8.11.14", "ja", "2026-11-14"),
        ("民國115年11月14日", "zh", "2026-11-14"),
        ("二〇二六年十一月十四日", "zh", "2026-11-14"),
        ("14 พฤศจิกายน 2569", "th", "2026-11-14"),
        ("۳۲ آبان ۱۴۰۵", "fa", None),
        ("1405/08/23", "en", None),
    ],
)
def test_dates_of_other_calendars_in_lines(text: str, language: str, day: str | None) -> None:
    found = dates_in(text, language)
    assert (found[0].stated if found else None) == day
