"""The daemon: every selected source on its schedule, for months, one daemon a database.

APScheduler keeps the clock; a job is "collect one source". Traps of the library that are closed
here: its default grace time of one second drops jobs when the loop is busy, and a job whose
predecessor still runs is dropped without a word unless somebody listens. When a source's turn comes
is reckoned in ``schedule``.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from ingest.assembly import FINISH_WITHIN
from ingest.collectors.assignment import Assignment
from ingest.collectors.collectors import Collectors, open_collectors
from ingest.daemon.health_log import HealthLog
from ingest.daemon.pace import Pace, look, look_at_all
from ingest.desk import utc_now
from ingest.errors import SettingsError
from ingest.pipeline.booking import record_sources
from ingest.pipeline.housekeeping import keep_house
from ingest.rhythm.kept import keep_rhythm
from storage import runs
from storage.errors import AlreadyRunning, DatabaseAway, StorageError
from storage.publishers import last_failures, set_next_due
from storage.reading import queries
from storage.reading.health import health_of

if TYPE_CHECKING:
    from ingest.events import Observer
    from ingest.settings import Settings
    from sources.source import Source
    from storage.database import Database

    Load = Callable[[], tuple[Settings, Sequence[Source]]]

__all__ = ["Daemon"]

log = structlog.get_logger("copydesk.daemon")

#: Name of the lock that admits one daemon.
_LOCK = "daemon"
#: Names of the job that keeps house and of the one that sees to the lock; no source is called so.
_HOUSE, _LOCK_KEEPING = "(housekeeping)", "(lock)"
#: Seconds after which a lock that fell with its connection is missed.
LOOK_AT_LOCK_EVERY = 15
#: A database that fails this often in a row ends the daemon: its supervisor should know.
STORAGE_FAILURES_BEFORE_EXIT = 5


class Daemon:
    """Collects sources on their schedules until it is told to stop."""

    def __init__(
        self,
        load: Load,
        database: Database,
        *,
        observers: Sequence[Observer] = (),
        seed: int | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            load: reads settings and selected sources anew, at the start and at SIGHUP.
            database: open, kept by the caller.
            observers: told what happens.
            seed: of the jitter; ``None`` takes one from the system.
        """
        self._load = load
        self._database = database
        self._observers = tuple(observers)
        self._random = random.Random(seed)  # noqa: S311 - spreads load, guards nothing
        self._stop = asyncio.Event()
        self._shift: _Shift | None = None
        self._changing = asyncio.Lock()
        self._changes: set[asyncio.Future[None]] = set()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; what is in flight is finished first, within ten seconds.

        Raises:
            AlreadyRunning: another daemon works on this database, or began to while it was away.
            StorageError: the database failed again and again.
        """
        database, shift = self._database, None
        with database.lock(_LOCK), self._listening():
            settings, sources = self._load()
            now = utc_now()
            database.write(lambda c: runs.close_interrupted(c, now))
            run_id = database.write(lambda c: runs.start_run(c, "daemon", now))
            state: Literal["ok", "failed"] = "failed"
            try:
                async with open_collectors(
                    database, settings, sources, *self._observers
                ) as collectors:
                    shift = _Shift(collectors, settings, run_id, self._stop, self._random)
                    self._shift = shift
                    await shift.work(sources)
                state = "failed" if shift.fatal else "ok"
            finally:
                self._shift = None
                database.wait_no_longer()
                with contextlib.suppress(StorageError):
                    database.write(lambda c: runs.finish_run(c, run_id, utc_now(), state=state))
        if shift.fatal:
            raise shift.fatal
        log.info("daemon stopped")

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the daemon, SIGHUP has it read its settings anew."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _reload(self) -> None:
        if self._shift is not None:
            task = asyncio.ensure_future(self._change(self._shift))
            self._changes.add(task)
            task.add_done_callback(self._changes.discard)

    async def _change(self, shift: _Shift) -> None:
        # One after the other: the last one asked for is the one that holds.
        async with self._changing:
            try:
                settings, sources = self._load()
                await shift.change(settings, sources)
            except Exception as error:
                # An operator's typing error must not take down what runs.
                log.error("settings not reloaded", error=str(error))


class _Shift:
    """The daemon at work: what it has only between its start and its stop."""

    def __init__(
        self,
        collectors: Collectors,
        settings: Settings,
        run_id: int,
        stop: asyncio.Event,
        chances: random.Random,
    ) -> None:
        self._collectors = collectors
        self._store = collectors.room.desk.store
        self._settings = settings
        self._pace = Pace(settings.daemon, {})
        self._run_id = run_id
        self._stop = stop
        self._chances = chances
        self._turn = asyncio.Semaphore(settings.collect.parallel_sources)
        self._tasks: set[asyncio.Task[None]] = set()
        self._sources: dict[str, Source] = {}
        self._health = HealthLog()
        self._storage_failures = 0
        #: The error of a database that failed again and again, or that has another daemon.
        self.fatal: StorageError | None = None
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(_log_skipped, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    async def work(self, sources: Sequence[Source]) -> None:
        """Collect ``sources`` on their schedules until a stop is asked for.

        What is in flight then is finished.
        """
        hurrying = asyncio.create_task(self._wait_no_longer())
        try:
            await self._schedule(sources)
        except DatabaseAway:
            if not self._stop.is_set():
                raise
            return
        finally:
            hurrying.cancel()
        self._scheduler.add_job(self._keep_house, "interval", minutes=2, id=_HOUSE)
        self._scheduler.add_job(
            self._keep_lock, "interval", seconds=LOOK_AT_LOCK_EVERY, id=_LOCK_KEEPING
        )
        self._scheduler.start()
        address = self._store.database.address
        broken = self._health.broken(self._sources)
        log.info("daemon started", sources=len(self._sources), database=address, broken=broken)
        try:
            await self._stop.wait()
        finally:
            log.info("daemon stopping", in_flight=len(self._tasks))
            self._scheduler.shutdown(wait=False)
            await self._finish()

    async def _wait_no_longer(self) -> None:
        await self._stop.wait()
        await asyncio.sleep(FINISH_WITHIN)
        self._store.database.wait_no_longer()

    async def _finish(self) -> None:
        self._collectors.room.desk.stopping.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=FINISH_WITHIN)
        self._store.database.wait_no_longer()
        for task in late:
            task.cancel()
        if late:
            # Their links stay pending: the next run takes them up.
            await asyncio.wait(late, timeout=2.0)

    # Schedule

    async def change(self, settings: Settings, sources: Sequence[Source]) -> None:
        """Go on with other sources, schedules and bounds of the pace."""
        if any(
            getattr(settings, name) != getattr(self._settings, name)
            for name in ("client", "collect", "raw")
        ):
            log.warning("changes to [client], [collect], [raw] take effect at the next start")
        self._settings = replace(self._settings, daemon=settings.daemon)
        await self._schedule(sources)
        log.info("settings reloaded", sources=len(self._sources))

    async def _schedule(self, sources: Sequence[Source]) -> None:
        now = utc_now()
        await self._store.write(lambda c: record_sources(c, sources, now))
        status = await self._store.read(queries.source_status)
        due = {each.name: each.next_due_at for each in status}
        known = await self._store.read(lambda c: {name: health_of(c, name) for name in due})
        self._health.begin(known)
        wanted = {source.name: source for source in sources}
        pace, costs = self._pace, bool(self._settings.daemon.requests_a_day)
        pace.change(self._settings.daemon, {name: each.schedule for name, each in wanted.items()})
        kept = await self._store.read(lambda c: look_at_all(c, costs=costs))
        for name in kept.keys() & wanted.keys():
            pace.take(name, kept[name])
        for name in self._sources.keys() - wanted.keys():
            # While a source is being collected it has no job: its pass sets the next one at its end.
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
        now = utc_now()
        for name, source in wanted.items():
            if self._sources.get(name) == source:
                continue
            chance = self._chances.random()
            try:
                when = pace.first_time(name, due.get(name), now, chance=chance)
            except SettingsError as error:
                # Its file is wrong; that is no reason to leave the others as they were.
                log.error("source not scheduled", source=name, error=str(error))
            else:
                self._add(source, when)
        self._sources = wanted

    def _add(self, source: Source, when: datetime) -> None:
        self._scheduler.add_job(
            self._job,
            DateTrigger(when),
            args=[source.name],
            id=source.name,
            name=f"collect {source.name}",
            replace_existing=True,
        )

    async def _job(self, name: str) -> None:
        # A task of our own: at shutdown the scheduler cancels what it runs itself.
        source = self._sources.get(name)
        if source is None or self._stop.is_set():
            return
        task = asyncio.create_task(self._collect(source), name=f"collect {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _collect(self, source: Source) -> None:
        # The next time is set when this pass is over, so a source never overlaps with itself.
        try:
            async with self._turn:
                if self._stop.is_set():
                    return
                finished = await self._collectors.work(Assignment(source, self._run_id, "schedule"))
            self._storage_failures = 0
            self._health.note(source.name, finished.health, utc_now())
            log.info(
                "collected",
                source=source.name,
                filed=finished.counts.filed,
                revised=finished.counts.revised,
                refused=finished.counts.refused,
                failed=finished.counts.failed,
                error=finished.error,
            )
        except DatabaseAway:
            # Who waits for it says so, once; and a stop ends the waiting.
            pass
        except AlreadyRunning as error:
            log.info("source is being collected elsewhere", source=source.name, error=str(error))
        except StorageError as error:
            self._storage_failed(source, error)
        except Exception:
            # A fault of ours in one source must not stop the others; the log has it whole.
            log.exception("collecting failed", source=source.name)
        if not self._stop.is_set():
            await self._again(source)

    def _storage_failed(self, source: Source, error: StorageError) -> None:
        self._storage_failures += 1
        log.error("database failed", source=source.name, error=str(error))
        if self._storage_failures >= STORAGE_FAILURES_BEFORE_EXIT:
            self.fatal = error
            self._stop.set()

    async def _again(self, source: Source) -> None:
        now, pace, name = utc_now(), self._pace, source.name
        try:
            failures, cause = await self._store.read(lambda c: last_failures(c, name))
            known = await self._store.read(lambda c: look(c, name, now, costs=pace.has_budget))
            pace.take(name, known)
            rhythm = known.rhythm
            if rhythm is not None and known.is_new:
                await self._store.write(lambda c: keep_rhythm(c, name, rhythm))
            when = pace.next_time(
                name, now, failures=failures, cause=cause, chance=self._chances.random()
            )
            await self._store.write(lambda c: set_next_due(c, source.name, when))
        except SettingsError as error:
            log.error("source not scheduled", source=source.name, error=str(error))
            return
        except StorageError as error:
            if not isinstance(error, DatabaseAway):
                log.error("next poll not noted", source=source.name, error=str(error))
            when = now + self._settings.daemon.fastest
        if source.name in self._sources and not self._stop.is_set():
            self._add(self._sources[source.name], when)

    async def _keep_house(self) -> None:
        database, raw = self._store.database, self._settings.raw
        try:
            # Little at a time: a stop waits for it.
            await self._store.call(partial(keep_house, database, raw, seconds=2.0))
        except DatabaseAway:
            pass
        except StorageError as error:
            log.error("housekeeping failed", error=str(error))

    async def _keep_lock(self) -> None:
        """See that no other daemon has begun while the database was away; then this one ends."""
        database = self._store.database
        with contextlib.suppress(DatabaseAway):
            if _LOCK not in await self._store.call(database.lost_locks):
                return
            said = f"another daemon took over {database.address} while it was away"
            log.error("daemon ends", error=said)
            self.fatal = AlreadyRunning(said)
            self._stop.set()


def _log_skipped(event: JobEvent) -> None:
    if event.job_id in (_HOUSE, _LOCK_KEEPING):
        return  # its next turn will do
    log.warning(
        "poll skipped", source=event.job_id, scheduled=str(getattr(event, "scheduled_run_time", ""))
    )
