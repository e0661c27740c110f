"""When a crontab expression comes next, by the clock of a time zone.

The five fields are read as cron(8) reads them, which APScheduler, who finds the next time, does not:
there weekday 0 is Monday, and a day must match both day of month and weekday where both are given. It
also goes by instants where clocks change. So it is asked about the wall clock alone, and what that is in
the zone is said here, as cron(8) does it:

- a time that does not exist that day (the clock is put forward over it) comes when it would have come, had
  nobody touched the clock: not lost, an hour later by the wall;
- a time that exists twice comes the first time only; where each minute or every hour is asked for
  (a minute field with ``*``, the hour field ``*``) both hours are hours, and neither goes without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

__all__ = ["check_crontab", "check_zone", "next_after"]

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERS = re.compile(r"(?:\*|(\d)(?:-(\d))?)(?:/(\d))?", re.ASCII)
#: No clock was put on or back by more than this in a lifetime, but where a country crossed the date line.
_NEAR = timedelta(hours=3)
#: Times of one expression that are looked at about a change of the clock: each minute of both sides.
_MOST = 3 * 2 * 60 + 10


def check_zone(name: str) -> str:
    """``name``, if it is a time zone of the IANA database.

    Raises:
        ValueError: it is none; the text says what was expected.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            'expected a time zone of the IANA database, such as "Europe/Berlin" or "UTC"'
        ) from None
    return name


def check_crontab(expression: str) -> str:
    """``expression``, if it can be read.

    Raises:
        ValueError: it cannot; the text says what was expected.
    """
    try:
        _triggers(expression)
    except ValueError as error:
        raise ValueError(
            f'expected five crontab fields, such as "*/10 6-22 * * *" ({str(error)[:150]})'
        ) from None
    return expression


def next_after(expression: str, now: datetime, zone: str | None = None) -> datetime | None:
    """The first time after ``now`` (aware) that ``expression`` names; ``None`` where none ever comes.

    Args:
        expression: five fields, as checked before.
        now: aware.
        zone: IANA name of the clock that it goes by; UTC where left out.
    """
    clock = ZoneInfo(zone or "UTC")
    here = now.astimezone(clock)
    triggers = _triggers(expression)
    if _steady(clock, now):
        wall = next(_walls(triggers, here.replace(tzinfo=UTC, fold=0)), None)
        return None if wall is None else _instants(wall, clock)[0]
    both = _by_the_hour(expression)
    best: datetime | None = None
    for number, wall in enumerate(_walls(triggers, here.replace(tzinfo=UTC, fold=0) - _NEAR)):
        first, *again = _instants(wall, clock)
        for instant in (first, *(again if both else ())):
            if instant > now and (best is None or instant < best):
                best = instant
        beyond = wall.replace(tzinfo=None) > here.replace(tzinfo=None) + _NEAR
        if best is not None and (beyond or number > _MOST):
            break
    return best


def _steady(clock: ZoneInfo, now: datetime) -> bool:
    """Whether the clock is not changed within some hours of ``now``."""
    offsets = {(now + shift).astimezone(clock).utcoffset() for shift in (-_NEAR, 0 * _NEAR, _NEAR)}
    return len(offsets) == 1


def _instants(wall: datetime, clock: ZoneInfo) -> list[datetime]:
    """The instants at which the clock shows ``wall``: one, two, or the one at which it would have."""
    shown = wall.replace(tzinfo=clock, fold=0)
    first, second = shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC)
    # In a gap the second lies before the first.
    return [first, second] if second > first else [first]


def _walls(triggers: tuple[CronTrigger, ...], after: datetime) -> Iterator[datetime]:
    """The times that are named after ``after``, by a clock that nobody touches."""
    tick = timedelta(microseconds=1)
    while True:
        found = [trigger.get_next_fire_time(None, after + tick) for trigger in triggers]
        coming: list[datetime] = [each for each in found if each is not None]
        if not coming:
            return
        after = min(coming)
        yield after


def _by_the_hour(expression: str) -> bool:
    minute, hour, *_ = expression.split()
    return "*" in minute or hour == "*"


@lru_cache(maxsize=1024)
def _triggers(expression: str) -> tuple[CronTrigger, ...]:
    from apscheduler.triggers.cron import CronTrigger

    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"Wrong number of fields; got {len(fields)}, expected 5")
    minute, hour, day, month, weekday = fields
    weekday = ",".join(_named(part) for part in weekday.split(","))

    def trigger(**days: Any) -> CronTrigger:
        return CronTrigger(minute=minute, hour=hour, month=month, timezone="UTC", **days)

    if not day.startswith("*") and not weekday.startswith("*"):
        return trigger(day=day), trigger(day_of_week=weekday)
    return (trigger(day=day, day_of_week=weekday),)


def _named(part: str) -> str:
    """Numbers of weekdays as crontab counts them, 0 and 7 being Sunday, by name."""
    read = _NUMBERS.fullmatch(part)
    if read is None or part == "*":
        return part
    first, last, step = read.groups()
    if first is None:
        low, high = 0, 6
    else:
        low = int(first)
        high = int(last) if last is not None else (6 if step else low)
    if high > 7 or low > high or step == "0":
        raise ValueError(f'weekdays "{part}": expected 0 (Sunday) to 7 (Sunday), as 1-5')
    return ",".join(_WEEKDAYS[number % 7] for number in range(low, high + 1, int(step or 1)))
