"""A year in minutes: an event loop whose time jumps to the next timer, and a machine that sleeps and is set.

Timers go by ``monotonic``, which stands still while the machine sleeps, as Linux's does. ``uptime`` is
how much time really went by. The wall clock is that and what somebody set it by.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

import apscheduler.schedulers.base

from ingest.daemon.clock import Clock

__all__ = ["Incident", "Machine", "live"]


@dataclass(frozen=True, slots=True, order=True)
class Incident:
    """Something that happens to the machine's time."""

    #: After so many seconds of its life.
    at: float
    #: Seconds that it sleeps.
    sleeps: float = 0.0
    #: Seconds by which its wall clock is set forward, or back where negative.
    set_by: float = 0.0


@dataclass(slots=True)
class Machine:
    """Its clocks."""

    began: datetime
    incidents: list[Incident] = field(default_factory=list)
    monotonic: float = 0.0
    uptime: float = 0.0
    #: By how much the wall clock is wrong, in seconds.
    wrong_by: float = 0.0

    @property
    def now(self) -> datetime:
        """What the wall clock shows."""
        return self.began + timedelta(seconds=self.uptime + self.wrong_by)

    @property
    def clock(self) -> Clock:
        """As the daemon reads it."""
        return Clock(lambda: self.now, lambda: self.monotonic, lambda: self.uptime)

    def go(self, seconds: float) -> None:
        """Let up to so many seconds pass; fewer, where something happens before."""
        coming = self.incidents[0] if self.incidents else None
        if coming is None or self.uptime + seconds < coming.at:
            self.monotonic += seconds
            self.uptime += seconds
            return
        step = max(0.0, coming.at - self.uptime)
        self.monotonic += step
        self.uptime += step + coming.sleeps
        self.wrong_by += coming.set_by
        self.incidents.pop(0)


class _Selector(selectors.DefaultSelector):
    """Does not wait for anything: where it would, the machine's time goes on."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if found or timeout == 0:
            return found
        if timeout is None:
            raise RuntimeError("nothing is left that could ever happen")
        self._machine.go(timeout)
        return []


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        super().__init__(_Selector(machine))

    def time(self) -> float:
        return self._machine.monotonic


def live(
    machine: Machine, life: Coroutine[Any, Any, None], incidents: Sequence[Incident] = ()
) -> None:
    """Run ``life`` to its end on ``machine``; nothing in it may wait for a thread."""
    machine.incidents = sorted([*machine.incidents, *incidents])
    with _shown_to_the_library(machine), asyncio.Runner(loop_factory=lambda: _Loop(machine)) as run:
        run.run(life)


@contextlib.contextmanager
def _shown_to_the_library(machine: Machine) -> Iterator[None]:
    """Have APScheduler, which asks ``datetime`` and nobody else, read the clock of ``machine``."""
    library: Any = apscheduler.schedulers.base
    before = library.datetime

    class Shown(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return machine.now.astimezone(tz)

    library.datetime = Shown
    try:
        yield
    finally:
        library.datetime = before
