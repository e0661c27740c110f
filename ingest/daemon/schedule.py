"""When a source is collected next: arithmetic on times, nothing else.

Chance comes in as a share in [0, 1), so that the same question has the same answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from ingest.rhythm.price import PRICE, wait
from sources.times.crontab import next_after

if TYPE_CHECKING:
    from ingest.rhythm.rhythm import Rhythm
    from ingest.settings import DaemonSettings
    from sources.source import Schedule

__all__ = ["LASTING", "first_time", "longest_wait", "next_time"]

#: A start spreads the sources over so long at most, so far apart from one to the next.
LONGEST_SPREAD, APART = timedelta(minutes=1), timedelta(seconds=2)
#: Causes of failed passes (``passes.cause``) that no waiting of hours mends: the feed is gone or barred, the
#: certificate is wrong. All others may pass at any moment.
LASTING = frozenset(
    {
        "certificate",
        "http_401",
        "http_402",
        "http_403",
        "http_404",
        "http_410",
        "http_451",
        "robots",
    }
)
#: A source that fails for a lasting cause is asked so much less often than the slowest at most.
_LASTING_SLOWER = 4
#: Where nothing is known of a source: it shows its rhythm within a day or two.
UNKNOWN = timedelta(minutes=30)


def first_time(
    schedule: Schedule,
    due: datetime | None,
    now: datetime,
    bounds: DaemonSettings,
    *,
    sources: int,
    chance: float,
) -> datetime:
    """Where a start takes up: at the time noted before it, or soon, spread over a minute.

    A time further off than this source ever waits was noted by a clock that has been set back since,
    or under another schedule; it is not believed.

    Args:
        schedule: of the source.
        due: when it was to be collected next, as the daemon before noted it.
        now: aware.
        bounds: the operator's.
        sources: how many there are to spread.
        chance: where in the spread.

    Raises:
        SettingsError: a crontab expression that never comes.
    """
    if schedule.cron:
        return _cron_after(schedule, now)
    soon = now + chance * min(LONGEST_SPREAD, APART * max(0, sources - 1))
    if due is None or not now < due <= now + longest_wait(schedule, bounds):
        return soon
    return max(due, soon)


def longest_wait(schedule: Schedule, bounds: DaemonSettings) -> timedelta:
    """The longest that a source without a crontab ever waits for its next poll."""
    if schedule.every:
        # On its grid: after a poll beside that, up to half a turn more.
        return 2 * schedule.every
    return max(bounds.slowest, bounds.fastest) * _LASTING_SLOWER + bounds.jitter


def next_time(
    schedule: Schedule,
    rhythm: Rhythm | None,
    now: datetime,
    bounds: DaemonSettings,
    *,
    last: datetime | None = None,
    failures: int = 0,
    cause: str | None = None,
    price: float = PRICE,
    chance: float,
) -> datetime:
    """When a source whose pass is over is collected again.

    Args:
        schedule: of the source; without one it is asked when it is likely to have published.
        rhythm: when that is; ``None`` where nothing is known.
        now: aware.
        bounds: the operator's.
        last: when its newest article appeared.
        failures: passes that failed as a whole since the last that did not.
        cause: kind of the last failure.
        price: of a poll, see ``ingest.rhythm.price``.
        chance: share of the jitter.

    Raises:
        SettingsError: a crontab expression that never comes.
    """
    if schedule.cron:
        return _cron_after(schedule, now)
    if schedule.every:
        # The operator's word is kept to; a tenth of jitter keeps sources out of step.
        return now + schedule.every + chance * min(bounds.jitter, schedule.every / 10)
    slowest = max(bounds.slowest, bounds.fastest)
    if rhythm is None:
        pause = min(max(UNKNOWN, bounds.fastest), slowest)
    else:
        pause = timedelta(
            seconds=wait(
                rhythm,
                now,
                price=price,
                fastest=bounds.fastest.total_seconds(),
                slowest=slowest.total_seconds(),
                last=last,
            )
        )
    limit = slowest
    if failures > 0:
        # What may pass at any moment is never asked less often than the slowest of all.
        limit = slowest * (_LASTING_SLOWER if cause in LASTING else 1)
        pause = min(max(pause, bounds.fastest) * 2 ** min(failures, 20), limit)
    return now + _moved(pause, bounds.fastest, limit, chance * bounds.jitter)


def _moved(pause: timedelta, least: timedelta, most: timedelta, jitter: timedelta) -> timedelta:
    """``pause``, later by ``jitter``, or where that is too late, sooner."""
    if pause + jitter <= most:
        return pause + jitter
    return max(least, most - jitter)


def _cron_after(schedule: Schedule, now: datetime) -> datetime:
    assert schedule.cron is not None
    when = next_after(schedule.cron, now, schedule.zone)
    if when is None:
        raise SettingsError(
            f"schedule.cron {schedule.cron!r} never comes; expected a time that does"
        )
    return when
