"""The day or month that an article's address shows, as ``/2026/11/20/`` or ``/2026-11-20-title``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["day_in_address", "span_in_address"]

_DATE = re.compile(
    r"[/_-](?P<year>(?:19|20)\d\d)(?P<mark>[/_-])(?P<month>0?[1-9]|1[0-2])"
    r"(?:(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01]))?(?=[/_.-]|$)"
)
_COMPACT = re.compile(
    r"[/_-](?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
#: No news site is older than the web.
OLDEST = 1990


def span_in_address(path: str) -> tuple[datetime, datetime] | None:
    """From the day or month that ``path`` shows to its end (aware, UTC); ``None`` where it shows none.

    A range of years (``/2019-20-season``) is no month: only a slash, or a whole day, is believed.
    """
    if "19" not in path and "20" not in path:
        return None
    match = _COMPACT.search(path) or _DATE.search(path)
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"]), match["day"]
    if year < OLDEST or (day is None and match["mark"] != "/"):
        return None
    try:
        if day is not None:
            begin = datetime(year, month, int(day), tzinfo=UTC)
            return begin, begin + timedelta(days=1)
        begin = datetime(year, month, 1, tzinfo=UTC)
    except ValueError:
        return None
    return begin, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def day_in_address(path: str) -> str | None:
    """The day that ``path`` shows, ISO 8601."""
    span = span_in_address(path)
    if span is None or span[1] - span[0] > timedelta(days=1):
        return None
    return span[0].date().isoformat()
