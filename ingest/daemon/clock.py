"""What time it is, and whether it went as it should: machines sleep, and clocks are set.

Timers go by the monotonic clock, which stands still while a Linux machine is suspended: what was to
begin an hour after a night's sleep would begin an hour later. Due times go by the wall clock, which
somebody may set back by a day. So both are compared every few seconds, and whenever a poll begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.desk import utc_now

__all__ = ["Clock", "ClockWatch", "Jump"]

#: By how much two clocks may go differently between two looks; clocks are corrected by less.
_TOLERANCE = timedelta(seconds=5)


def _uptime() -> float:
    """Seconds since the machine was started, its sleep included where the system counts it."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time comes from."""

    #: Aware, UTC; may be set by anybody.
    now: Callable[[], datetime] = utc_now
    #: Seconds; never goes back, and stands still while a machine sleeps, as timers do.
    monotonic: Callable[[], float] = time.monotonic
    #: The same, and goes on meanwhile where the system has such a one.
    uptime: Callable[[], float] = _uptime


@dataclass(frozen=True, slots=True)
class Jump:
    """The wall clock went further than timers did, or less far."""

    #: Between these two looks, by the wall clock.
    since: datetime
    until: datetime
    #: How much further it went; negative where it was set back.
    by: timedelta
    #: Whether the machine slept for that time, as far as the system says.
    slept: bool


class ClockWatch:
    """Compares clocks from look to look."""

    def __init__(self, clock: Clock) -> None:
        """Look for the first time."""
        self._clock = clock
        self._before = self._read()

    def look(self) -> Jump | None:
        """What has happened since the last look; ``None`` where all clocks went alike."""
        since, timers, uptime = self._before
        self._before = until, timers_now, uptime_now = self._read()
        went = timedelta(seconds=timers_now - timers)
        by = (until - since) - went
        if abs(by) < _TOLERANCE:
            return None
        slept = timedelta(seconds=uptime_now - uptime) - went
        return Jump(since, until, by, abs(by - slept) < max(_TOLERANCE, by / 100))

    def _read(self) -> tuple[datetime, float, float]:
        return self._clock.now(), self._clock.monotonic(), self._clock.uptime()
