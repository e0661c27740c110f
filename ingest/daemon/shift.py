"""The daemon at work: what it has only between its start and its stop, and what it does every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import structlog

from ingest.alerts.dispatcher import Dispatcher
from ingest.assembly import FINISH_WITHIN
from ingest.collectors.assignment import Assignment
from ingest.daemon.clock import Clock
from ingest.daemon.loading import changes_between
from ingest.daemon.planning import Planning
from ingest.daemon.polling import Polling
from ingest.health.kept import kept_healths
from ingest.pipeline.booking import record_sources
from ingest.pipeline.housekeeping import keep_house
from storage.errors import AlreadyRunning, DatabaseAway, StorageError
from storage.leases import BEAT_EVERY

if TYPE_CHECKING:
    import random

    from ingest.collectors.collectors import Collectors
    from ingest.daemon.systemd import Supervisor
    from ingest.daemon.tenure import Tenure
    from ingest.events import SourceFinished
    from ingest.settings import Settings
    from sources.source import Source
    from storage.runs import StartedBy

__all__ = ["Shift"]

log = structlog.get_logger("copydesk.daemon")

#: Seconds between two looks at what operators ask for, at what is to be told, at the clock and the lease,
#: and two cleanings.
HEED_EVERY, TELL_EVERY, LOOK_EVERY, KEEP_HOUSE_EVERY = 1.0, 2.0, 10.0, 120.0
#: Seconds that a stop waits for alerts that are being sent; the next start sends the rest.
_TELLING_WITHIN = 2.0
#: Seconds that something sleeps which is to be woken in time.
FEEL_EVERY = 1.0
#: Seconds for which the event loop may be held up without a word.
_HELD_UP = 10.0
#: Seconds for which the writer, or a poll that is due, may be waited for: then we are not alive.
_NO_ANSWER = 120.0


class Shift:
    """One time at work, on one set of collecting processes."""

    def __init__(
        self,
        collectors: Collectors,
        settings: Settings,
        run_id: int,
        stop: asyncio.Event,
        *,
        tenure: Tenure,
        supervisor: Supervisor,
        chances: random.Random,
        clock: Clock,
    ) -> None:
        """Begin nothing yet."""
        self._collectors = collectors
        self._store = collectors.room.desk.store
        self._settings = settings
        self._run_id = run_id
        self._stop = stop
        self._tenure, self._supervisor, self._clock = tenure, supervisor, clock
        self._alerts = Dispatcher(settings.alerts, self._store)
        self._polling = Polling(
            self._store,
            self._collect,
            Planning(self._store, settings.daemon, chances),
            at_once=settings.collect.parallel_sources,
            fail=self.fail,
            clock=clock,
        )
        #: Since when the database's writer has been owing an answer, by the monotonic clock.
        self._asked_writer: float | None = None
        self._stuck = ""
        #: Why the daemon cannot go on: a database that failed again and again, or has another daemon.
        self.fatal: StorageError | None = None

    def fail(self, error: StorageError) -> None:
        """End the daemon because of ``error``."""
        self.fatal = self.fatal or error
        self._stop.set()

    async def work(self, sources: Sequence[Source]) -> None:
        """Collect ``sources`` on their schedules until a stop is asked for.

        What is in flight then is finished.
        """
        hurrying = asyncio.create_task(self._wait_no_longer())
        try:
            await self._alerts.begin()
            await self._use(sources, self._settings)
            broken = await self._broken()
        except DatabaseAway:
            if not self._stop.is_set():
                raise
            return
        finally:
            hurrying.cancel()
        self._polling.begin()
        chores = [
            asyncio.create_task(self._repeat(seconds, chore, name))
            for seconds, chore, name in (
                (HEED_EVERY, self._polling.heed, "heeding wishes"),
                (TELL_EVERY, self._tell, "telling"),
                (LOOK_EVERY, self._look, "looking at the clock"),
                (0.0, self._feel_the_loop, "feeling the loop"),
                (BEAT_EVERY.total_seconds(), self._beat, "keeping the lease"),
                (KEEP_HOUSE_EVERY, self._keep_house, "keeping house"),
                *self._watchdog(),
            )
        ]
        address, polled = self._store.database.address, self._polling.sources
        log.info("daemon started", sources=len(polled), database=address, broken=broken)
        self._supervisor.ready()
        self._supervisor.status(self._status())
        try:
            await self._stop.wait()
        finally:
            self._supervisor.stopping()
            log.info("daemon stopping", in_flight=self._polling.in_flight)
            self._polling.end()
            for chore in chores:
                chore.cancel()
            self._collectors.room.desk.stopping.set()
            await self._polling.finish(FINISH_WITHIN)
            await self._alerts.end(self._clock.now(), _TELLING_WITHIN)
            self._store.database.wait_no_longer()

    async def _wait_no_longer(self) -> None:
        await self._stop.wait()
        await asyncio.sleep(FINISH_WITHIN)
        self._store.database.wait_no_longer()

    async def _repeat(
        self, seconds: float, chore: Callable[[], Awaitable[None]], name: str
    ) -> None:
        """Do ``chore`` every so often; what goes wrong in it is told, and the next time may do."""
        told = ""
        while True:
            try:
                await chore()
                told = ""
            except DatabaseAway:
                pass  # who waits for it says so
            except StorageError as error:
                if str(error) != told:
                    told = str(error)
                    log.error(f"{name} failed", error=told)
            except Exception:
                log.exception(f"{name} failed")
            await asyncio.sleep(seconds)

    # What is polled

    async def change(self, settings: Settings, sources: Sequence[Source], *, asked: bool) -> None:
        """Go on with other sources, schedules and bounds of the pace; what changed is told.

        ``asked``: somebody asked for it, so that nothing has changed is told too.

        Raises:
            StorageError: the database failed.
        """
        changes = changes_between((self._settings, self._polling.sources), (settings, sources))
        await self._use(sources, settings)
        self._settings = settings
        self._alerts.change(settings.alerts)
        if changes or asked:
            log.info("settings reloaded", sources=len(sources), **changes.told())
        if changes.at_next_start:
            log.warning("some changes take effect at the next start", keys=changes.at_next_start)
        if not sources:
            log.warning("no source is switched on")
        self._supervisor.status(self._status())

    async def _use(self, sources: Sequence[Source], settings: Settings) -> None:
        now = self._clock.now()
        await self._store.write(lambda c: record_sources(c, sources, now))
        await self._polling.use(sources, settings.daemon)

    async def _broken(self) -> list[str]:
        """Which sources are broken as it begins: they were told when that was noticed."""
        names = list(self._polling.sources)
        known = await self._store.read(lambda c: kept_healths(c, names))
        return sorted(name for name, health in known.items() if health.state == "broken")

    async def _collect(self, source: Source, started_by: StartedBy) -> SourceFinished:
        return await self._collectors.work(Assignment(source, self._run_id, started_by))

    # Every few seconds

    async def _tell(self) -> None:
        await self._alerts.look(self._clock.now())

    async def _look(self) -> None:
        """See how time went, and say how things stand."""
        self._supervisor.status(self._status())
        if self._polling.look_at_clock() is not None:
            await self._keep_lease()
            await self._polling.note_times()

    async def _feel_the_loop(self) -> None:
        before = self._clock.monotonic()
        await asyncio.sleep(FEEL_EVERY)
        late = self._clock.monotonic() - before - FEEL_EVERY
        if late > _HELD_UP:
            log.warning("the event loop was held up", seconds=round(late))

    async def _beat(self) -> None:
        self._asked_writer = self._clock.monotonic()
        try:
            await self._keep_lease()
        finally:
            self._asked_writer = None

    async def _keep_lease(self) -> None:
        try:
            await self._tenure.keep(self._store)
        except AlreadyRunning as error:
            log.error("daemon ends", error=str(error))
            self.fail(error)

    async def _keep_house(self) -> None:
        database, raw = self._store.database, self._settings.raw
        # Little at a time: a stop waits for it.
        await self._store.call(partial(keep_house, database, raw, seconds=2.0))

    # Alive?

    def _watchdog(self) -> Iterator[tuple[float, Callable[[], Awaitable[None]], str]]:
        if self._supervisor.watchdog is not None:
            yield self._supervisor.watchdog / 2, self._show_life, "showing life"

    async def _show_life(self) -> None:
        """Show it, as long as what matters answers: the loop does, where this runs."""
        stuck = self._what_is_stuck()
        if not stuck:
            self._supervisor.alive()
        elif stuck != self._stuck:
            log.error("no sign of life is given", stuck=stuck)
        self._stuck = stuck

    def _what_is_stuck(self) -> str:
        asked = self._asked_writer
        if asked is not None and self._clock.monotonic() - asked > _NO_ANSWER:
            # A server that is away is waited for, however long that takes: a new start would not help.
            if not self._store.database.is_away:
                return "the database's writer"
        self._polling.look_at_clock()
        if self._polling.timetable.overdue().total_seconds() > _NO_ANSWER:
            self._polling.timetable.wake()
            return "the scheduler"
        return ""

    def _status(self) -> str:
        polling = self._polling
        first = min(polling.timetable.due.values(), default=None)
        sources = len(polling.sources)
        parts = [
            f"{sources} source{'' if sources == 1 else 's'}",
            f"{polling.in_flight} being collected",
        ]
        if polling.paused:
            parts.append(f"{len(polling.paused)} paused")
        if first is not None:
            parts.append(f"next poll {first:%Y-%m-%d %H:%M} UTC")
        return ", ".join(parts)
