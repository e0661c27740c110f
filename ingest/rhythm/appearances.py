"""When articles appeared: their publication times, as far as what polls saw bears them out.

An article that a poll brought was not there at the poll before. Its publication time is believed where it
lies between the two; where it lies outside (a clock without a zone, a text that waited for its hour, a
feed that is made once an hour), or says the day alone, the article appeared about the middle of them.
What is days older than the poll before was not published then: an import, a backfill, an old text that
the site shows anew.

The first poll brings all that the feed holds. There publication times are all there is, and articles
without one say nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ingest.rhythm.calendar import zone_named
from storage.rhythms import Filed

__all__ = ["appeared"]

#: An article that says it is older than this when it is found was published elsewhere, or long ago.
_OLD = timedelta(days=2)
#: Without a time, an article that came after so long without a poll says nothing.
_LONGEST = timedelta(days=1)


def appeared(
    articles: Iterable[Filed], polls: Sequence[datetime], *, zone: str | None = None
) -> list[datetime]:
    """When they appeared, in the order given; those that say nothing are left out.

    Args:
        articles: of one source.
        polls: when passes began that could read its endpoints, the oldest first.
        zone: IANA name of the source's clock, for times that were stated without a zone.
    """
    found = [_appeared(each, polls, zone) for each in articles]
    return [instant for instant in found if instant is not None]


def _appeared(article: Filed, polls: Sequence[datetime], zone: str | None) -> datetime | None:
    stated = _stated(article, zone)
    number = bisect_right(polls, article.filed_at)
    if number < 2:
        # Of before the polls that are known, or of the first of them.
        return stated if stated is not None and stated <= article.filed_at else None
    before = polls[number - 2]
    said = stated if stated is not None else article.published_at
    if said is not None and said < before - (_OLD if stated is not None else _OLD + _LONGEST):
        return None
    if stated is not None and before <= stated <= article.filed_at:
        return stated
    brought = max(polls[number - 1], before)
    if stated is None and brought - before > _LONGEST:
        return None
    return before + (brought - before) / 2


def _stated(article: Filed, zone: str | None) -> datetime | None:
    """Its publication time, where one was stated to the time of day."""
    at = article.published_at
    if at is None or article.precision == "day":
        return None
    clock = zone_named(zone) if article.precision == "local" else None
    try:
        return at if clock is None else at.replace(tzinfo=clock)
    except (OverflowError, ValueError):
        return None
