"""When each source is polled next, by what is known of it: the one place that asks for its schedule."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.daemon.grid import believable, next_on_grid, next_slot
from ingest.daemon.schedule import APART, LONGEST_SPREAD, first_time, next_time
from storage.publishers import poll_state, publishing_pace

if TYPE_CHECKING:
    from ingest.settings import DaemonSettings
    from sources.source import Source
    from storage.async_store import AsyncStore

__all__ = ["Planning"]

#: A source that fails waits up to so many times as long as the slowest.
_FAILING = 4


class Planning:
    """Answers when; sets nothing."""

    def __init__(
        self, store: AsyncStore, bounds: DaemonSettings, chances: random.Random | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            store: what is known of sources.
            bounds: the operator's; may be set anew.
            chances: of the jitter; the system's where left out.
        """
        self.bounds = bounds
        self._store = store
        self._chances = chances or random.Random()  # noqa: S311 - spreads load, guards nothing

    def soon(self, now: datetime, among: int) -> datetime:
        """Some moment of the next minute, for one of so many sources that all are due."""
        return now + self._chances.random() * min(LONGEST_SPREAD, APART * max(0, among - 1))

    async def first(self, source: Source, now: datetime, *, among: int) -> datetime:
        """Where a daemon takes up with ``source``.

        At the time that was noted; soon where that has passed, unless its poll was made and only the
        next time was not noted any more; as if nothing had been noted where no wait is so long.

        Raises:
            SettingsError: a crontab expression that never comes.
            StorageError: the database failed.
        """
        state = await self._store.read(lambda c: poll_state(c, source.name))
        due = believable(state.due, now, self._longest(source, state.failures))
        if due is None or due > now:
            chance = self._chances.random()
            return first_time(source.schedule, due, now, sources=among, chance=chance)
        if state.polled is not None and due <= state.polled[0] <= now:
            began, ended = state.polled
            when = await self.after(source, began=began, ended=ended, now=now)
            if when > now:
                return when
        return self.soon(now, among)

    async def after(
        self,
        source: Source,
        *,
        began: datetime,
        ended: datetime,
        now: datetime,
        asked: bool = False,
    ) -> datetime:
        """When ``source`` is polled after the poll that began and ended then.

        ``asked``: it was made because somebody asked, so a time of a crontab that came meanwhile is
        still to be kept.

        Raises:
            SettingsError: a crontab expression that never comes.
            StorageError: the database failed.
        """
        schedule, bounds = source.schedule, self.bounds

        def on_schedule(at: datetime) -> datetime:
            return next_time(schedule, (), 0, at, bounds, chance=0.0)

        if schedule.cron:
            if asked and began <= now:
                return max(now, on_schedule(began))
            return next_slot(on_schedule, now, began)
        if schedule.every:
            jitter = min(self._chances.random() * bounds.jitter, schedule.every / 10)
            return next_on_grid(source.name, schedule.every, began, now) + jitter
        failures, published = await self._store.read(
            lambda c: publishing_pace(c, source.name, ended)
        )
        return next_time(
            schedule, published, failures, ended, bounds, chance=self._chances.random()
        )

    def after_setting_back(
        self, source: Source, due: datetime, by: timedelta, now: datetime, began: datetime | None
    ) -> datetime:
        """When ``source``, that was due at ``due``, is polled now that the clock is ``by`` behind.

        As long from now as it was; a crontab goes by the new clock.

        Raises:
            SettingsError: a crontab expression that never comes.
        """
        if not source.schedule.cron:
            return due - by
        return next_slot(
            lambda at: next_time(source.schedule, (), 0, at, self.bounds, chance=0.0), now, began
        )

    def _longest(self, source: Source, failures: int) -> timedelta:
        """The longest wait for ``source`` that this daemon, or one before it, may have meant."""
        bounds, every = self.bounds, source.schedule.every
        if every:
            return 2 * every
        wait = max(bounds.fastest, bounds.slowest)
        return (wait * _FAILING if failures else wait) + bounds.jitter
