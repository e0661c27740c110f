"""When each source is polled next, by what is known of it: the one place that asks for its schedule."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.daemon.grid import believable, next_on_grid, next_slot
from ingest.daemon.pace import Known, Pace, look, look_at_all
from ingest.daemon.schedule import APART, LONGEST_SPREAD, longest_wait, next_time
from ingest.rhythm.kept import keep_rhythm
from storage.publishers import last_failures, poll_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ingest.settings import DaemonSettings
    from sources.source import Source
    from storage.async_store import AsyncStore

__all__ = ["Planning"]


class Planning:
    """Answers when; sets no time. The rhythms that it learns on the way are kept."""

    def __init__(
        self, store: AsyncStore, bounds: DaemonSettings, chances: random.Random | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            store: what is known of sources.
            bounds: the operator's.
            chances: of the jitter; the system's where left out.
        """
        self._bounds = bounds
        self._pace = Pace(bounds, {})
        self._store = store
        self._chances = chances or random.Random()  # noqa: S311 - spreads load, guards nothing

    @property
    def bounds(self) -> DaemonSettings:
        """The operator's."""
        return self._bounds

    async def use(self, sources: Sequence[Source], bounds: DaemonSettings) -> None:
        """Plan for these from now on, all of which share what the operator allows.

        Raises:
            StorageError: the database failed.
        """
        self._bounds = bounds
        schedules = {source.name: source.schedule for source in sources}
        self._pace.change(bounds, schedules)
        costs = self._pace.has_budget
        for name, known in (await self._store.read(lambda c: look_at_all(c, costs=costs))).items():
            if name in schedules:
                self._pace.take(name, known)

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
        due = believable(state.due, now, self._longest(source))
        if due is None or due > now:
            return self._pace.first_time(source.name, due, now, chance=self._chances.random())
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
        beside: bool = False,
    ) -> datetime:
        """When ``source`` is polled after the poll that began and ended then.

        ``beside``: it was made because somebody asked, or for what was missed, so a time of a crontab
        that came meanwhile is still to be kept.

        Raises:
            SettingsError: a crontab expression that never comes.
            StorageError: the database failed.
        """
        schedule, bounds = source.schedule, self._bounds

        def on_schedule(at: datetime) -> datetime:
            return next_time(schedule, None, at, bounds, chance=0.0)

        if schedule.cron:
            if beside and began <= now:
                return max(now, on_schedule(began))
            return next_slot(on_schedule, now, began)
        if schedule.every:
            jitter = min(self._chances.random() * bounds.jitter, schedule.every / 10)
            return next_on_grid(source.name, schedule.every, began, now) + jitter
        return await self._at_its_pace(source.name, ended)

    async def _at_its_pace(self, name: str, ended: datetime) -> datetime:
        costs = self._pace.has_budget

        def ask(connection: Connection) -> tuple[Known, tuple[int, str | None]]:
            return look(connection, name, ended, costs=costs), last_failures(connection, name)

        known, (failures, cause) = await self._store.read(ask)
        self._pace.take(name, known)
        rhythm = known.rhythm
        if rhythm is not None and known.is_new:
            await self._store.write(lambda c: keep_rhythm(c, name, rhythm))
        return self._pace.next_time(
            name, ended, failures=failures, cause=cause, chance=self._chances.random()
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
            lambda at: next_time(source.schedule, None, at, self._bounds, chance=0.0), now, began
        )

    def _longest(self, source: Source) -> timedelta:
        """The longest wait for ``source`` that this daemon, or one before it, may have meant."""
        return longest_wait(source.schedule, self._bounds)
