"""What is due when, and the clock that starts it: APScheduler, held to nothing else.

Each name has one time. Traps of the library that are closed here: its default grace time of one
second drops what comes while the loop is busy, and what its predecessor has not left it drops without
a word. Its timers count seconds, so whoever sees the wall clock jump has it :meth:`wake`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

__all__ = ["Timetable"]


class Timetable:
    """Names with the times at which they are to be started."""

    def __init__(
        self,
        start: Callable[[str, datetime], None],
        now: Callable[[], datetime],
        *,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        """Start nothing yet.

        Args:
            start: starts a name; told the time for which it was set.
            now: the time of day, aware.
            before: called before anything is started; what it sets anew is not started.
        """
        self._start, self._now, self._before = start, now, before
        self._due: dict[str, datetime] = {}
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 100, "misfire_grace_time": None},
        )

    def begin(self) -> None:
        """Start what is due, and from now on what becomes due."""
        self._scheduler.start()

    def end(self) -> None:
        """Start nothing any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def set(self, name: str, when: datetime) -> None:
        """Have ``name`` started at ``when`` (aware), and at no other time."""
        self._due[name] = when
        self._scheduler.add_job(
            self._come,
            DateTrigger(when, timezone=UTC),
            args=[name, when],
            id=name,
            name=f"collect {name}",
            replace_existing=True,
        )

    def remove(self, name: str) -> None:
        """Have ``name`` not started."""
        if self._due.pop(name, None) is not None:
            with contextlib.suppress(JobLookupError):  # it has come, and is not started yet
                self._scheduler.remove_job(name)

    @property
    def due(self) -> dict[str, datetime]:
        """What is to be started, and when."""
        return dict(self._due)

    def overdue(self) -> timedelta:
        """For how long the first of them has been waiting for its start."""
        first = min(self._due.values(), default=None)
        return max(timedelta(), self._now() - first) if first is not None else timedelta()

    def wake(self) -> None:
        """Look at the clock again."""
        if self._scheduler.running:
            self._scheduler.wakeup()

    async def _come(self, name: str, when: datetime) -> None:
        self._before()
        if self._due.get(name) != when:
            return  # it was set anew meanwhile, and will come then
        del self._due[name]
        self._start(name, when)
