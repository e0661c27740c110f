"""Which times may be an article's at all: no zero of a clock, nothing of the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["day_of", "is_zoned", "moment_of", "offset_between", "possible_time"]

#: Before it no page was published; older days are what archives digitise, and their addresses say so.
EARLIEST = 1900
#: Zeroes of clocks and calendars (Unix, Excel, .NET, COBOL): what programs write where they know nothing.
_ZEROES = frozenset(["1969-12-31", "1970-01-01", "1970-01-02", "1899-12-30", "1900-01-01", "1901-01-01", "1980-01-01"])  # fmt: skip


def possible_time(text: str | None, now: datetime) -> str | None:
    """``text`` (ISO 8601), unless it is a clock's zero, older than any page, or of the future."""
    if not text or text[:10] in _ZEROES:
        return None
    moment = moment_of(text)
    if moment is None or moment.year < EARLIEST:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) - timedelta(hours=14)
    return text if moment <= now + timedelta(hours=1) else None


def moment_of(text: str) -> datetime | None:
    """ISO 8601 as a time, with a zone where it has one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day_of(text: str) -> str:
    """The day of an ISO 8601 time, as it stands."""
    return text[:10]


def is_zoned(text: str) -> bool:
    """Whether an ISO 8601 time has a zone."""
    return len(text) > 19 and (text.endswith("Z") or text[-6] in "+-")


def offset_between(clock: datetime, moment: datetime) -> timedelta | None:
    """The offset in which ``moment`` (with a zone) is the local time ``clock``; ``None`` if in none.

    Offsets are whole quarters of an hour from -12 to +14 hours. Midnight is what stands for no clock.
    """
    if not (clock.hour or clock.minute):
        return None
    utc = moment.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    between = clock.replace(second=0, microsecond=0) - utc
    if between % timedelta(minutes=15) or not timedelta(hours=-12) <= between <= timedelta(
        hours=14
    ):
        return None
    return between
