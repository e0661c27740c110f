"""Times in feeds and sitemaps, as precise as they were stated and no more."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints.announced_times import iso_time


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0400", "2026-11-20T10:00:00+04:00"),
        ("Fri, 20 Nov 2026 10:00:00 GMT", "2026-11-20T10:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:00:00 EST", "2026-11-20T10:00:00-05:00"),
        ("Fri, 20 Nov 2026 10:00:00 CET", "2026-11-20T10:00:00+01:00"),
        ("Fri, 20 Nov 2026 10:00:00", "2026-11-20T10:00:00"),
        ("Thu, 20 Nov 26 10:00 UT", "2026-11-20T10:00:00+00:00"),
        ("20 Nov 2026", "2026-11-20"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00.123+01:00", "2026-11-20T10:00:00+01:00"),
        ("2026-11-20T10:00+0100", "2026-11-20T10:00:00+01:00"),
        ("2026-11-20 10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20 10:00:00 UTC", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T24:00:00Z", "2026-11-21T00:00:00+00:00"),
        ("20261120T100000Z", "2026-11-20T10:00:00+00:00"),
        ("  2026-11-20\n", "2026-11-20"),
        ("2026-11", None),
        ("2026-13-45", None),
        ("yesterday", None),
        ("0000-00-00T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_says_what_was_stated(text: str | None, iso: str | None) -> None:
    assert iso_time(text) == iso


@given(st.text(max_size=60) | st.text("0123456789-:TZ+., GMTaNov", max_size=40))
def test_whatever_comes_out_is_iso_8601(text: str) -> None:
    found = iso_time(text)
    if found is not None:
        datetime.fromisoformat(found)
