"""When a source is collected next: arithmetic on times, nothing else.

Chance comes in as a share in [0, 1), so that the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger

from ingest.daemon.pace import next_wait
from ingest.errors import SettingsError

if TYPE_CHECKING:
    from ingest.settings import DaemonSettings
    from sources.source import Schedule

__all__ = ["first_time", "next_time"]

#: A start spreads the sources over so long at most, so far apart from one to the next.
LONGEST_SPREAD, APART = timedelta(minutes=1), timedelta(seconds=2)


def first_time(
    schedule: Schedule, due: datetime | None, now: datetime, *, sources: int, chance: float
) -> datetime:
    """Where a start takes up: at the time noted before it, or soon, spread over a minute.

    Args:
        schedule: of the source.
        due: when it was to be collected next, as the daemon before noted it.
        now: aware.
        sources: how many there are to spread.
        chance: where in the spread.

    Raises:
        SettingsError: a crontab expression that never comes.
    """
    if schedule.cron:
        return _cron_after(schedule.cron, now)
    soon = now + chance * min(LONGEST_SPREAD, APART * max(0, sources - 1))
    return max(due, soon) if due is not None and due > now else soon


def next_time(
    schedule: Schedule,
    published: Sequence[datetime],
    failures: int,
    now: datetime,
    bounds: DaemonSettings,
    *,
    chance: float,
) -> datetime:
    """When a source whose pass is over is collected again.

    Args:
        schedule: of the source; without one it is asked at the pace at which it publishes.
        published: instants of its newest articles, in any order.
        failures: passes that failed as a whole since the last that did not.
        now: aware.
        bounds: the operator's.
        chance: share of the jitter.

    Raises:
        SettingsError: a crontab expression that never comes.
    """
    if schedule.cron:
        return _cron_after(schedule.cron, now)
    jitter = chance * bounds.jitter
    if schedule.every:
        # The operator's word is kept to; a tenth of jitter keeps sources out of step.
        return now + schedule.every + min(jitter, schedule.every / 10)
    wait = next_wait(published, failures, now, fastest=bounds.fastest, slowest=bounds.slowest)
    return now + wait + jitter


def _cron_after(expression: str, now: datetime) -> datetime:
    when = CronTrigger.from_crontab(expression, timezone="UTC").get_next_fire_time(None, now)
    if when is None:
        raise SettingsError(f"schedule.cron {expression!r} never comes; expected a time that does")
    moment: datetime = when
    return moment
