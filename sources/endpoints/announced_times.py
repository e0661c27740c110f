"""Times as feeds and sitemaps write them, to ISO 8601 exactly as precise as they were.

``2026-11-20`` stays a day, a time without a zone stays without one. Formats: RFC 822 and 2822 (RSS)
with their obsolete zones, RFC 3339 and W3C-DTF (Atom, sitemaps, RSS 1.0), what ``Date.toString`` of
Java and JavaScript gives, and what sites make of them: zones by offset (``+0200``, ``GMT+02:00``)
and by abbreviation (``CET``), clocks of twelve hours. Anything else is ``None`` rather than a guess,
and so is the zero of a program's calendar (``1970-01-01``).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz

__all__ = ["is_after", "is_before", "iso_time", "span_of_time"]

_LONGEST = 80
#: W3C-DTF allows a year or a month alone; neither is a time that we could use.
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=[Tt ]|$)")
#: ``10:00``, ``10:00:00.123``, ``1:30 p.m.``
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?: ?([ap])\.?m\b\.?)?", re.IGNORECASE
)
#: With the zone's name behind it in some forms: ``+0200 CEST``, ``+01:00[Europe/Brussels]``.
_OFFSET = re.compile(
    r"(?:GMT|UTC|UT|Z)? ?([+-])(\d{1,2}):?(\d{2})?(?: ?\[?[A-Za-z][A-Za-z/_+-]{1,40}\]?)?",
    re.IGNORECASE,
)
#: Minutes east of Greenwich. Names that mean several zones (IST, BST, CST) as feeds use them.
_ABBREVIATIONS = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "IST": 330,
    "CET": 60, "CEST": 120, "MET": 60, "MEZ": 60, "MEST": 120, "MESZ": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "MSD": 240, "SAST": 120, "PKT": 300, "WIB": 420, "SGT": 480, "HKT": 480,
    "JST": 540, "KST": 540, "AWST": 480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
    "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180,
}  # fmt: skip
_COMMENT = re.compile(r"\([^()]*\)")
_LAST_YEAR = re.compile(r"(?:^|\s)(\d{4})$")
_YEAR = re.compile(r"\b\d{4}\b")
#: Zones that are in use lie within these (hours from Greenwich).
_FARTHEST = timedelta(hours=14)
#: Where the calendars of programs begin; the last day of 1969 is the same instant west of Greenwich.
_ZEROS = frozenset([date(1, 1, 1), date(1899, 12, 30), date(1969, 12, 31), date(1970, 1, 1)])
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
            if when.date() in _ZEROS:
                return None
            return text if len(text) == 10 else when.isoformat()
        except ValueError:  # hour 24, second 60
            pass
    text = " ".join(text.split())[:_LONGEST]
    try:
        found = _iso(text) or _rfc822(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return None if found and date.fromisoformat(found[:10]) in _ZEROS else found


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
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, hour, minute, second, zone = compact.groups()
        clock = (int(hour), int(minute), int(second)) if hour else None
        rest = zone or ""
    else:
        stated = _ISO_DAY.match(text)
        if not stated:
            return None
        year, month, day = stated.groups()
        rest = text[stated.end() :].lstrip("Tt ")
        clock = None
        if rest:
            told = _CLOCK.match(rest)
            if not told:
                return None
            clock = _clock(told)
            rest = rest[told.end() :]
    when = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - a day has no zone
    if clock is None:
        return when.date().isoformat()
    when = when.replace(hour=clock[0] % 24, minute=clock[1], second=min(clock[2], 59))
    if clock[0] == 24:
        when += timedelta(days=1)
    return _with_zone(when, rest)


def _rfc822(text: str) -> str | None:
    day = _DAY_ONLY.fullmatch(text)
    if day:
        text = f"{day[1]} {day[2]} {day[3]}"
    told = None if day else _CLOCK.search(text)
    if told is None:
        parsed = parsedate_tz(f"{text} 00:00:00" if day else text)
        return None if parsed is None else date(*parsed[:3]).isoformat()
    before = text[: told.start()]
    after = _COMMENT.sub(" ", text[told.end() :]).strip()
    last = _LAST_YEAR.search(after)
    if last and not _YEAR.search(before):
        # Java's and C's form, with the year behind the zone.
        before, after = f"{before}{last[1]} ", after[: last.start()].strip()
    hour, minute, second = _clock(told)
    parsed = parsedate_tz(f"{before}{hour:02}:{minute:02}:{min(second, 59):02}")
    if parsed is None:
        return None
    when = datetime(*parsed[:6])  # noqa: DTZ001 - its zone is what is read next
    return _with_zone(when, after)


def _clock(told: re.Match[str]) -> tuple[int, int, int]:
    hour, half = int(told[1]), (told[4] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(told[2]), int(told[3] or 0)


def _with_zone(when: datetime, stated: str) -> str:
    """Without a zone where none is stated, or one that nobody knows."""
    zone = _zone(stated.strip())
    return (when.replace(tzinfo=zone) if zone else when).isoformat()


def _zone(text: str) -> timezone | None:
    offset = _OFFSET.fullmatch(text)
    if offset:
        sign, hours, minutes = offset.groups()
        east = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if text[:5] == "-0000" or east > _FARTHEST or int(minutes or 0) > 59:
            return None  # RFC 2822, section 3.3: "-0000" is an unknown zone
        return timezone(-east if sign == "-" else east)
    minutes_east = _ABBREVIATIONS.get(text.upper())
    # What a place's name ("Europe/Brussels") means on a day, only a table of zones knows, and not
    # every machine has one: the time stays without a zone there, as with a name that nobody knows.
    return None if minutes_east is None else timezone(timedelta(minutes=minutes_east))
