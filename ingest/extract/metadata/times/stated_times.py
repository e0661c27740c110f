"""Times as pages state them, to ISO 8601 exactly as precise as they were."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["stated_time"]

_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?")


def stated_time(text: str | None) -> str | None:
    """ISO 8601 of a machine-readable statement (an attribute, JSON-LD), or ``None``."""
    if not text:
        return None
    text = text.strip()[:80]
    match = _ISO.fullmatch(text)
    if match:
        return _composed(*match.groups())
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
) -> str | None:
    try:
        moment = datetime(  # noqa: DTZ001 - the zone follows as text
            int(year),
            int(month),
            int(day),
            int(hour or 0) % 24,
            int(minute or 0),
            int(second or 0) % 60,
        )
    except ValueError:
        return None
    if hour is None:
        return moment.date().isoformat()
    text = moment.isoformat() + (f".{fraction[:3]}" if fraction and int(fraction[:3]) else "")
    if not zone:
        return text
    if zone.upper() in ("Z", "UTC", "GMT"):
        return text + "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    if int(digits[:2]) > 15 or int(digits[2:]) > 59:
        return text
    return f"{text}{zone[0]}{digits[:2]}:{digits[2:]}"


def _rfc822(text: str) -> str | None:
    from email.utils import parsedate_to_datetime

    if not re.search(r"[A-Za-z]{3}", text) or ":" not in text:
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


_JAVA = re.compile(
    r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([A-Z]{2,5}) (\d{4})"
)


def _java(text: str) -> str | None:
    """``Mon Nov 18 09:00:00 UTC 2019``, as java.util.Date writes it."""
    match = _JAVA.fullmatch(text)
    if not match:
        return None
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    month, day, hour, minute, second, zone, year = match.groups()
    if month.lower() not in months:
        return None
    return _composed(
        year,
        str(months.index(month.lower()) + 1),
        day,
        hour,
        minute,
        second,
        None,
        zone if zone in ("UTC", "GMT") else None,
    )
