"""When an article is looked at again: often while it is young, then no more.

Publishers correct in the first hours and days. A look is a conditional request; most answer 304.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

__all__ = ["SCHEDULE", "next_look", "next_look_at_gone"]

#: Ages at which an article is looked at again.
SCHEDULE = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
#: After a page was found gone: a 404 may be a server's bad hour.
_GONE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
#: Looks closer together than this are one.
_LEAST_GAP = timedelta(minutes=20)


def next_look(
    published: str | None,
    first_seen: datetime | None,
    now: datetime,
    schedule: Sequence[timedelta] = SCHEDULE,
) -> datetime | None:
    """When to look next; ``None`` for an article that is too old, or whose age nobody knows.

    Args:
        published: ISO 8601 as the page or the endpoint states it.
        first_seen: when an endpoint first announced it, for one without a stated time; ``None``
            where that says nothing of its age, as in an archive.
        now: aware.
        schedule: ages, rising; empty for no second look.
    """
    born = _instant(published, now) or first_seen
    if born is None:
        return None
    born = min(born, now)
    return next((born + age for age in schedule if born + age >= now + _LEAST_GAP), None)


def next_look_at_gone(looks_in_vain: int, now: datetime) -> datetime | None:
    """When to see whether a page that is gone has come back, after so many looks."""
    return now + _GONE[looks_in_vain] if looks_in_vain < len(_GONE) else None


def _instant(stated: str | None, now: datetime) -> datetime | None:
    if stated is None:
        return None
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return None
    if len(stated) <= 10:
        # Of a day the end counts: better a look too many than none at an article of this morning.
        moment = datetime.combine(moment.date(), time(23, 59), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
