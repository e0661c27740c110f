"""Times that do not drift: a source's own grid where it is asked every so often, and crontabs whose clock was set.

Arithmetic on times, nothing else.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["believable", "next_on_grid", "next_slot"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def next_on_grid(name: str, every: timedelta, began: datetime, now: datetime) -> datetime:
    """The next time of ``name`` after a poll that began at ``began``.

    Times lie on a grid of the name's own, so that they neither drift with the length of passes nor
    come in step with other sources', whenever the daemon is started. After a poll beside the grid,
    the first of all or one that was asked for, at least half of ``every`` goes by.
    """
    offset = zlib.crc32(name.encode()) * (every // _TICK) // 2**32 * _TICK
    steps = -((_EPOCH + offset - (began + every / 2)) // every)  # rounded up
    when = _EPOCH + offset + steps * every
    if when <= now:
        # The pass took longer than that: the times that it missed are one.
        when += ((now - when) // every + 1) * every
    return when


def next_slot(
    after: Callable[[datetime], datetime], now: datetime, began: datetime | None
) -> datetime:
    """The next time of a crontab; one that was polled is not polled again where the clock was set back.

    Unless the wait would become much longer than it usually is: a clock may be set back by a day.

    Args:
        after: the crontab's next time from a given one on.
        now: aware.
        began: when the last poll did, by the clock of then.
    """
    if began is None or began <= now:
        return after(now)
    fresh = after(began + _TICK)
    # A time that is just now has not been polled: it was set back in the very moment.
    return fresh if 2 * (began - now) <= fresh - began else after(now - _TICK)


def believable(due: datetime | None, now: datetime, longest: timedelta) -> datetime | None:
    """A due time that was noted before; ``None`` where no wait is so long, so that a clock was wrong."""
    return due if due is not None and due <= now + longest else None
