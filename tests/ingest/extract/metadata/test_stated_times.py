"""Times in markup: whatever way a moment is written, it is the same moment; nothing that is sent raises."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.data import load_data
from ingest.extract.metadata.times.stated_times import stated_time
from ingest.extract.metadata.times.statements import read_time
from ingest.extract.metadata.times.visible_dates import dates_in, visible_time
from ingest.extract.metadata.times.zones import offset_of

_MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2060, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
_OFFSETS = st.integers(-48, 56).map(lambda quarters: timedelta(minutes=15 * quarters))


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("2024-03-12t10:15:00z", "2024-03-12T10:15:00+00:00"),
        ("2024-03-12T10:15:00 +0200", "2024-03-12T10:15:00+02:00"),
        ("2024-03-12T10:15:00+02", "2024-03-12T10:15:00+02:00"),
        ("2024-03-12 10:15 GMT+3", "2024-03-12T10:15:00+03:00"),
        ("2024-03-12 10:15 EST", "2024-03-12T10:15:00-05:00"),
        ("2024-03-12T10:15:00.250+01:00", "2024-03-12T10:15:00.250+01:00"),
        ("2024-03-12T10:15:00+01:00[Europe/Berlin]", "2024-03-12T10:15:00+01:00"),
        ("2024-03-12T24:00:00Z", "2024-03-13T00:00:00+00:00"),
        ("2024-02-29 10:15 PM", "2024-02-29T22:15:00"),
        ("2024/03/12", "2024-03-12"),
        ("20240312T101500+0100", "2024-03-12T10:15:00+01:00"),
        ("1710238500", "2024-03-12T10:15:00+00:00"),
        ("1710238500000", "2024-03-12T10:15:00+00:00"),
        ("Tue, 12 Mar 2024 10:15:00 +0100", "2024-03-12T10:15:00+01:00"),
        ("Tue Mar 12 10:15:00 UTC 2024", "2024-03-12T10:15:00+00:00"),
        ("2024-02-30", None),
        ("2024-13-01T00:00:00Z", None),
        ("2024-03", None),
        ("yesterday", None),
    ],
)
def test_markup_states_times_in_many_ways(text: str, stated: str | None) -> None:
    assert stated_time(text) == stated


@pytest.mark.parametrize(
    ("text", "language", "stated"),
    [
        ("March 12, 2024", "en", "2024-03-12"),
        ("12. März 2024, 10:15 Uhr", "de", "2024-03-12T10:15:00"),
        (
            '<time datetime="2024-03-12T10:15:00Z">12 March</time>',
            "en",
            "2024-03-12T10:15:00+00:00",
        ),
        ("<span>12 March 2024</span>", "en", "2024-03-12"),
        ("<b>", "en", None),
    ],
)
def test_words_and_tags_in_markup_are_read(text: str, language: str, stated: str | None) -> None:
    assert read_time(text, language) == stated


@given(_MOMENTS, _OFFSETS)
def test_a_moment_with_an_offset_is_read_back(moment: datetime, offset: timedelta) -> None:
    zoned = moment.replace(tzinfo=timezone(offset))
    iso = zoned.isoformat()
    sign, digits = iso[19], iso[20:].replace(":", "")
    for text in (
        iso,
        iso.lower(),
        iso[:19] + sign + digits,
        f"{iso[:10]} {iso[11:19]} {sign}{digits}",
        f"{iso[:10]} {iso[11:19]} GMT{iso[19:]}",
        zoned.strftime("%a, %d %b %Y %H:%M:%S ") + sign + digits,
    ):
        found = stated_time(text)
        assert found is not None
        # RFC 822 has a zone that is none.
        if not text.endswith("-0000"):
            assert datetime.fromisoformat(found) == zoned


@given(_MOMENTS, st.sampled_from(["de", "fr", "it", "ru", "fi", "es"]))
def test_a_day_in_numbers_is_read_back(moment: datetime, language: str) -> None:
    clock = f"{moment:%H:%M}"
    for text in (
        f"{moment:%d.%m.%Y}, {clock}",
        f"{moment:%d/%m/%Y} {clock}",
        f"{moment:%Y-%m-%d} {clock}",
        f"{moment.day}.{moment.month}.{moment.year} {clock}",
        f"{clock} {moment:%d.%m.%Y}",
    ):
        assert visible_time(text, language) == f"{moment:%Y-%m-%dT%H:%M}:00"


@given(_MOMENTS.filter(lambda moment: moment.day > 12 and moment.year < 2060))
def test_years_of_two_digits_are_read_where_nothing_else_can_be_meant(moment: datetime) -> None:
    for text in (f"{moment:%d.%m.%y}", f"{moment:%d/%m/%y}", f"{moment:%d-%m-%y}"):
        assert visible_time(text, "fr") == f"{moment:%Y-%m-%d}"
    assert visible_time(f"{moment:%m/%d/%y}", "en") == f"{moment:%Y-%m-%d}"


@pytest.mark.parametrize("language", sorted(load_data("months")))
def test_every_name_of_a_month_is_read_in_a_date(language: str) -> None:
    for number, names in enumerate(load_data("months")[language], 1):
        for name in names.split():
            assert visible_time(f"12 {name.replace('_', ' ')} 2026", language) == (
                f"2026-{number:02}-12"
            ), name


@pytest.mark.parametrize(
    ("text", "language", "stated"),
    [
        ("2026ko martxoaren 12a", "eu", "2026-03-12"),
        ("2026. gada 12. martā", "lv", "2026-03-12"),
        ("2026-yil 12-mart", "uz", "2026-03-12"),
        ("2026 жылғы 12 наурыз", "kk", "2026-03-12"),
        ("2026 оны 3 сарын 12", "mn", "2026-03-12"),
        ("ngày 12 tháng 3 năm 2026", "vi", "2026-03-12"),
        ("12 มี.ค. 2569 10:15 น.", "th", "2026-03-12T10:15:00"),
        ("15 تشرين الأول/أكتوبر 2026", "ar", "2026-10-15"),
        ("ថ្ងៃទី១២ ខែមីនា ឆ្នាំ២០២៦", "km", "2026-03-12"),
        ("မတ် ၁၂၊ ၂၀၂၆", "my", "2026-03-12"),
        ("12 ta' Marzu 2026", "mt", "2026-03-12"),
        ("2026年3月12日 下午3:05", "zh", "2026-03-12T15:05:00"),
        ("2026년 3월 12일 오후 3시 5분", "ko", "2026-03-12T15:05:00"),
        ("March 12, 2026, 10:28 p.m. ET", "en", "2026-03-12T22:28:00-04:00"),
        ("December 12, 2026 at 3 pm PT", "en", "2026-12-12T15:00:00-08:00"),
        ("12 mars 2026 à 10h", "fr", "2026-03-12T10:00:00"),
        ("12-Mar-26", "en", "2026-03-12"),
        ("12 Mar ’26", "en", "2026-03-12"),
        ("12 March 20 people came", "en", None),
        ("26-09-28", "sv", "2026-09-28"),
        ("a draw, 2-1-10", "en", None),
    ],
)
def test_dates_as_languages_write_them(text: str, language: str, stated: str | None) -> None:
    assert visible_time(text, language) == stated


@given(st.text(max_size=300), st.sampled_from([None, "en", "ja", "fa", "he", "am", "th"]))
def test_no_text_raises(text: str, language: str | None) -> None:
    stated_time(text)
    read_time(text, language)
    for found in dates_in(text, language):
        assert datetime.fromisoformat(found.stated)
        assert 0 <= found.start < found.end


@given(
    st.text(
        "0123456789 .,:/-T年月日時תשפ״ז\"'آبان۱۴۰۵令和民國RHampmGMT+Uhrkl<>=",
        min_size=1,
        max_size=60,
    ),
    st.sampled_from([None, "en", "ja", "fa", "zh"]),
)
def test_no_heap_of_signs_of_dates_raises(text: str, language: str | None) -> None:
    read_time(text, language)
    for found in dates_in(text, language):
        assert datetime.fromisoformat(found.stated)


def test_american_zones_know_summer() -> None:
    assert offset_of("ET", date(2026, 3, 7)) == "-05:00"
    assert offset_of("ET", date(2026, 3, 8)) == "-04:00"
    assert offset_of("PT", date(2026, 11, 1)) == "-08:00"
    assert offset_of("IST", date(2026, 11, 1)) is None
