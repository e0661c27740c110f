"""How often a source without a schedule of its own is asked: at the pace at which it publishes.

A source that files ten articles a day is asked about every 72 minutes, one that files one a week
every six hours, within the operator's bounds; one that fails is asked less and less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

__all__ = ["next_wait"]

#: Polls per article: two, so that an article waits half a publishing interval on average.
POLLS_PER_ARTICLE = 2
#: Articles that the pace is measured on.
WINDOW = timedelta(days=7)
#: Pace of a source that we know nothing of yet.
UNKNOWN = timedelta(minutes=30)


def next_wait(
    published: Sequence[datetime],
    failures: int,
    now: datetime,
    *,
    fastest: timedelta,
    slowest: timedelta,
) -> timedelta:
    """Time until the next poll.

    Args:
        published: instants (aware) of the source's newest articles, in any order.
        failures: passes that failed as a whole since the last that did not.
        now: aware.
        fastest: never sooner than this.
        slowest: never later than this, except after failures: then up to four times as late.
    """
    recent = sum(1 for instant in published if now - WINDOW <= instant <= now)
    if not published:
        wait = UNKNOWN
    elif not recent:
        wait = slowest
    else:
        wait = WINDOW / recent / POLLS_PER_ARTICLE
    wait = min(max(wait, fastest), slowest)
    if failures:
        wait = min(wait * 2 ** min(failures, 10), max(slowest, wait) * 4)
    return wait
