"""Times as people write them on a command line (a year, month, day, instant, a time ago) and read them.

===============================  =====================================================
``2024``                         the year
``2024-05``                      the month
``2024-05-03``, ``20240503``     the day
``today``, ``yesterday``         the day
``90d``                          the day 90 days ago
``6h``, ``30m``                  the instant 6 hours ago; a command that goes on with an earlier
                                 one takes the day of it, so that it means the same all day
``2024-05-03T12:00+02:00``       the instant; in UTC where it names no zone
===============================  =====================================================

Days begin at midnight UTC. ``--since`` means from the beginning of what is written, ``--until`` up to
its end: ``--until 2024`` includes the whole year, ``--until 2024-05-03T12:00`` ends at noon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ingest.errors import InputError
from sources.times.duration import parse_duration

__all__ = ["FORMS", "Period", "duration", "read_begin", "read_end", "read_period", "read_span"]

#: What may be written, for messages and help.
FORMS = (
    "a year, month, day or time such as 2024, 2024-05, 2024-05-03, 2024-05-03T12:00Z,"
    " or a time ago such as 90d, 6h, today or yesterday"
)
_YEAR = re.compile(r"(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-?\d{2}-?\d{2}[T ]\d{2}.*", re.ASCII | re.IGNORECASE)
_AGO = re.compile(r"\d+[a-z]", re.ASCII)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``begin`` to before ``end``, both UTC; the same for an instant."""

    begin: datetime
    end: datetime


def read_period(text: str, now: datetime | None = None, *, by_day: bool = False) -> Period:
    """What ``text`` means.

    Args:
        text: as in this module's table.
        now: from where ``90d`` and ``today`` are counted; the time of day where left out.
        by_day: take the whole day of ``6h`` and ``30m`` too.

    Raises:
        ValueError: it is none of these; the text names the accepted forms.
    """
    written = text.strip().lower()
    try:
        found = _read(written, (now or datetime.now(UTC)).astimezone(UTC), by_day=by_day)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ValueError(f"{text!r} is no time; expected {FORMS}")
    return found


def read_begin(
    option: str, text: str | None, now: datetime | None = None, *, by_day: bool = False
) -> datetime | None:
    """The instant from which an option such as ``--since`` means; ``None`` where it is not given.

    Raises:
        InputError: it cannot be read; the text names the option and the accepted forms.
    """
    return None if text is None else _option(option, text, now, by_day=by_day).begin


def read_end(
    option: str, text: str | None, now: datetime | None = None, *, by_day: bool = False
) -> datetime | None:
    """The instant before which an option such as ``--until`` means; as :func:`read_begin`."""
    return None if text is None else _option(option, text, now, by_day=by_day).end


def read_span(
    since: str | None, until: str | None, now: datetime | None = None, *, by_day: bool = False
) -> tuple[datetime | None, datetime | None]:
    """What ``--since`` and ``--until`` mean together: from, and before.

    Raises:
        InputError: one of them cannot be read, or the first is not before the second.
    """
    begin = read_begin("--since", since, now, by_day=by_day)
    end = read_end("--until", until, now, by_day=by_day)
    if begin is not None and end is not None and begin >= end:
        raise InputError(f"--since {since} is not before --until {until}")
    return begin, end


def _option(option: str, text: str, now: datetime | None, *, by_day: bool) -> Period:
    try:
        return read_period(text, now, by_day=by_day)
    except ValueError:
        raise InputError(f"{option} {text}: expected {FORMS}") from None


def _read(written: str, now: datetime, *, by_day: bool) -> Period | None:
    """None where it has none of the forms; ``ValueError`` where it has one and is no time."""
    if found := _YEAR.fullmatch(written):
        year = int(found[1])
        return Period(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    if found := _MONTH.fullmatch(written):
        first = datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
        return Period(first, (first + timedelta(days=32)).replace(day=1))
    if _DAY.fullmatch(written):
        return _day(date.fromisoformat(written))
    if written in ("today", "yesterday"):
        return _day(now.date() - (_ONE_DAY if written == "yesterday" else timedelta()))
    if _AGO.fullmatch(written):
        at = now - parse_duration(written)
        return _day(at.date()) if by_day or written.endswith("d") else Period(at, at)
    if _INSTANT.fullmatch(written):
        at = datetime.fromisoformat(written.upper())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return Period(at, at)
    return None


def _day(day: date) -> Period:
    first = datetime.combine(day, time(), UTC)
    return Period(first, first + _ONE_DAY)


def duration(seconds: float) -> str:
    """A time that a person waits for, to two digits or so."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{timedelta(seconds=seconds) / timedelta(days=1):.1f} days"
