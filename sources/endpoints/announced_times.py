"""Times as feeds and sitemaps write them, to ISO 8601 exactly as precise as they were.

``2026-11-20`` stays a day, a time without a zone stays without one. Formats: RFC 822 and 2822 (RSS)
with their obsolete zones, RFC 3339 and W3C-DTF (Atom, sitemaps, RSS 1.0), and what sites make of
them; anything else is ``None`` rather than a guess.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

__all__ = ["is_after", "is_before", "iso_time", "span_of_time"]

_LONGEST = 80
#: W3C-DTF allows a year or a month alone; neither is a time that we could use.
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_ZONE_NAMES = {"CET": 60, "CEST": 120, "MSK": 180, "MSD": 240, "BST": 60, "IST": 330, "JST": 540, "KST": 540, "EET": 120, "EEST": 180, "WET": 0, "WEST": 60, "AEST": 600, "AEDT": 660, "SAST": 120}  # fmt: skip
_UTC_NAMES = frozenset(["UT", "UTC", "GMT", "Z"])
_DAY_ONLY = re.compile(r"(?:[A-Za-z]{3,9},? )?(\d{1,2}) ([A-Za-z]{3})[a-z]{0,6} (\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?")
#: Nearly every time of a sitemap; read without the detours below in a tenth of their time.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DAY = timedelta(days=1)


def iso_time(text: str | None) -> str | None:
    """``text`` as ISO 8601, or ``None`` where it says no time that exists."""
    if not text:
        return None
    if _USUAL.fullmatch(text):
        try:
            when = datetime.fromisoformat(text)
            return text if len(text) == 10 else when.isoformat()
        except ValueError:  # hour 24, second 60
            pass
    text = " ".join(text.split())[:_LONGEST]
    try:
        return _iso(text) or _rfc822(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def span_of_time(stated: str | None) -> tuple[datetime, datetime] | None:
    """The earliest and the latest instant (aware, UTC) that ``stated``, ISO 8601, may mean.

    A day, or a time without a zone, may be of any zone. ``None`` where nothing is stated, or a time
    at the edge of the calendar.
    """
    if not stated:
        return None
    try:
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
            return moment, moment
        moment = moment.replace(tzinfo=UTC)
        length = _DAY if len(stated) <= 10 else timedelta()
        return moment - _DAY, moment + length + _DAY
    except (ValueError, OverflowError):
        return None


def is_before(stated: str | None, moment: datetime | None) -> bool:
    """Whether ``stated`` is surely before ``moment`` (aware); nothing unknown is."""
    span = span_of_time(stated) if moment is not None else None
    return span is not None and moment is not None and span[1] < moment


def is_after(stated: str | None, moment: datetime | None) -> bool:
    """Whether ``stated`` is surely not before ``moment`` (aware); nothing unknown is."""
    span = span_of_time(stated) if moment is not None else None
    return span is not None and moment is not None and span[0] >= moment


def _iso(text: str) -> str | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    when = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - a day has no zone
    if hour is None:
        return when.date().isoformat()
    when = when.replace(hour=int(hour) % 24, minute=int(minute), second=min(int(second or 0), 59))
    if int(hour) == 24:
        when += timedelta(days=1)
    return when.replace(tzinfo=_zone(zone)).isoformat() if zone else when.isoformat()


def _zone(text: str) -> timezone:
    if text.upper() in ("Z", "UTC", "GMT"):
        return timezone.utc  # noqa: UP017
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _rfc822(text: str) -> str | None:
    parsed = parsedate_tz(text)
    match = _DAY_ONLY.fullmatch(text)
    if match:
        parsed = parsedate_tz(f"{match[1]} {match[2]} {match[3]} 00:00:00")
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    when = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    if match or ":" not in text:
        return when.date().isoformat()
    zone = text.rpartition(" ")[2].strip("()").upper()
    offset = parsed[9] or 0
    if zone in _ZONE_NAMES:
        offset = _ZONE_NAMES[zone] * 60
    elif (
        ":" in zone or zone == "-0000" or (not offset and zone.isalpha() and zone not in _UTC_NAMES)
    ):
        # No zone, "-0000" (RFC 2822, section 3.3: unknown), or a name that nobody knows.
        return when.isoformat()
    return when.replace(tzinfo=timezone(timedelta(seconds=offset))).isoformat()
