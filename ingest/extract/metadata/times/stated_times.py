"""Times as markup states them, to ISO 8601 exactly as precise as they were.

Read are ISO 8601 with the liberties that pages take (lower-case ``t``, blanks before the offset, offsets
without colon or minutes, ``GMT+3``, names of zones, 24:00, the zone's name in brackets), numbers without
signs, seconds and milliseconds since 1970, RFC 822 and what java.util.Date writes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ingest.extract.metadata.times.zones import offset_of

__all__ = ["stated_time"]

_LONGEST = 80
_ISO = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:(?:\s{0,3}T\s{0,3}|\s{1,3}|,\s)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,:](\d{1,9}))?)?(?:\s?([AP])\.?M\.?)?)?"
    r"\s{0,3}((?:GMT|UTC)?\s?[+-]\s?\d{1,2}(?::?\d{2})?|[A-Z]{1,5})?(?:\s?\[[A-Za-z_/+-]{1,40}\])?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?")
_WORD = re.compile(r"[A-Za-z]{3}")


def stated_time(text: str | None) -> str | None:
    """ISO 8601 of a machine-readable statement (an attribute, JSON-LD), or ``None``."""
    if not text:
        return None
    text = text.strip()[:_LONGEST]
    match = _ISO.fullmatch(text)
    if match:
        year, _, month, day, hour, minute, second, fraction, half, zone = match.groups()
        return _composed(year, month, day, hour, minute, second, fraction, zone, half)
    match = _COMPACT.fullmatch(text)
    if match:
        year, month, day, hour, minute, second, zone = match.groups()
        return _composed(year, month, day, hour, minute, second, None, zone)
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    return _rfc822(text) or _java(text)


def _composed(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    fraction: str | None,
    zone: str | None,
    half: str | None = None,
) -> str | None:
    hours = int(hour or 0)
    if half and hours <= 12:
        hours = hours % 12 + (12 if half in "pP" else 0)
    # 24:00 ends the day; a leap second is the last that clocks show.
    over = hours == 24 and not int(minute or 0)
    try:
        moment = datetime(  # noqa: DTZ001 - the zone follows as text
            int(year),
            int(month),
            int(day),
            0 if over else hours,
            int(minute or 0),
            min(int(second or 0), 59) if int(second or 0) <= 60 else 60,
        )
        moment += timedelta(days=over)
    except (ValueError, OverflowError):
        return None
    if hour is None:
        return moment.date().isoformat()
    text = moment.isoformat() + (f".{fraction[:3]:0<3}" if fraction and int(fraction[:3]) else "")
    return text + ((offset_of(zone, moment.date()) or "") if zone else "")


def _rfc822(text: str) -> str | None:
    from email.utils import parsedate_to_datetime

    if ":" not in text or not _WORD.search(text):
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


_JAVA = re.compile(
    r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([A-Z]{2,5}) (\d{4})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _java(text: str) -> str | None:
    """``Mon Nov 18 09:00:00 UTC 2019``, as java.util.Date writes it."""
    match = _JAVA.fullmatch(text)
    if not match or match[1].lower() not in _MONTHS:
        return None
    word, day, hour, minute, second, zone, year = match.groups()
    month = str(_MONTHS.index(word.lower()) + 1)
    return _composed(year, month, day, hour, minute, second, None, zone)
