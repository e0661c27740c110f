"""The daemon: every selected source on its schedule, for months, one daemon a database.

APScheduler keeps the clock; a job is "collect one source". Traps of the library that are closed
here: its default grace time of one second drops jobs when the loop is busy, and a job whose
predecessor still runs is dropped without a word unless somebody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from ingest.assembly import Newsroom, open_newsroom
from ingest.daemon.pace import next_wait
from ingest.desk import utc_now
from ingest.errors import SettingsError
from ingest.events import Observer
from ingest.pipeline.booking import record_sources
from ingest.pipeline.housekeeping import keep_house
from ingest.settings import Settings
from sources.source import Source
from storage import runs
from storage.database import Database
from storage.errors import AlreadyRunning, StorageError
from storage.publishers import publishing_pace, set_next_due
from storage.reading import queries

__all__ = ["Daemon"]

log = structlog.get_logger("copydesk.daemon")

#: Seconds that pages in flight get to finish after SIGTERM; the whole stop takes less than ten.
FINISH_WITHIN = 6.0
#: Name of the job that keeps house; no source is called so.
_HOUSE = "(housekeeping)"
#: A database that fails this often in a row ends the daemon: its supervisor should know.
STORAGE_FAILURES_BEFORE_EXIT = 5


class Daemon:
    """Collects sources on their schedules until it is told to stop."""

    def __init__(
        self,
        load: Callable[[], tuple[Settings, Sequence[Source]]],
        database: Database,
        *,
        observer: Observer | None = None,
        seed: int | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            load: reads settings and selected sources anew, at the start and at SIGHUP.
            database: open, kept by the caller.
            observer: told what happens.
            seed: of the jitter; ``None`` takes one from the system.
        """
        self._load = load
        self._database = database
        self._observer = observer
        self._random = random.Random(seed)  # noqa: S311 - spreads load, guards nothing
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._storage_failures = 0
        self._fatal: StorageError | None = None
        self._sources: dict[str, Source] = {}
        self._scheduler: Any = None
        self._settings: Settings
        self._run_id = 0

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; what is in flight is finished first, within ten seconds.

        Raises:
            AlreadyRunning: another daemon works on this database.
            StorageError: the database failed again and again.
        """
        with self._database.lock("daemon"):
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._stop.set)
            loop.add_signal_handler(signal.SIGHUP, self._reload)
            try:
                await self._run()
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    loop.remove_signal_handler(number)

    async def _run(self) -> None:
        self._settings, sources = self._load()
        self._submit(lambda c: runs.close_interrupted(c, utc_now()))
        self._run_id = self._submit(lambda c: runs.start_run(c, "daemon", utc_now()))
        observers = (self._observer,) if self._observer is not None else ()
        async with open_newsroom(self._database, self._settings, *observers) as room:
            self._room = room
            self._turn = asyncio.Semaphore(self._settings.collect.parallel_sources)
            self._scheduler = AsyncIOScheduler(
                timezone="UTC",
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            )
            self._scheduler.add_listener(_log_skipped, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
            self._schedule(sources)
            self._scheduler.add_job(self._keep_house, "interval", minutes=2, id=_HOUSE)
            self._scheduler.start()
            log.info("daemon started", sources=len(self._sources), database=self._database.address)
            try:
                await self._stop.wait()
            finally:
                log.info("daemon stopping", in_flight=len(self._tasks))
                self._scheduler.shutdown(wait=False)
                await self._finish(room)
        state: Literal["ok", "failed"] = "failed" if self._fatal else "ok"
        with contextlib.suppress(StorageError):
            self._submit(lambda c: runs.finish_run(c, self._run_id, utc_now(), state=state))
        if self._fatal:
            raise self._fatal
        log.info("daemon stopped")

    async def _finish(self, room: Newsroom) -> None:
        room.desk.stopping.set()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=FINISH_WITHIN)
        for task in late:
            task.cancel()
        if late:
            # Their links stay pending: the next run takes them up.
            await asyncio.wait(late, timeout=2.0)

    # Schedule

    def _reload(self) -> None:
        try:
            settings, sources = self._load()
        except Exception as error:
            # An operator's typing error must not take down what runs.
            log.error("settings not reloaded", error=str(error))
            return
        if any(
            getattr(settings, name) != getattr(self._settings, name)
            for name in ("client", "collect", "raw")
        ):
            log.warning("changes to [client], [collect], [raw] take effect at the next start")
        self._schedule(sources)
        log.info("settings reloaded", sources=len(self._sources))

    def _schedule(self, sources: Sequence[Source]) -> None:
        wanted = {source.name: source for source in sources}
        for name in self._sources.keys() - wanted.keys():
            self._scheduler.remove_job(name)
        self._submit(lambda c: record_sources(c, sources, utc_now()))
        due = {
            status.name: status.next_due_at
            for status in self._query(queries.source_status)
            if status.next_due_at is not None
        }
        now = utc_now()
        for name, source in wanted.items():
            if self._sources.get(name) == source:
                continue
            self._sources[name] = source
            first = self._first_time(source, due.get(name), now, len(wanted))
            self._add(source, first)
        self._sources = wanted

    def _first_time(
        self, source: Source, due: datetime | None, now: datetime, count: int
    ) -> datetime:
        """Where a restart takes up: at the time noted before it, or soon, spread over a minute."""
        if source.schedule.cron:
            return _cron_after(source.schedule.cron, now)
        soon = now + timedelta(seconds=self._random.uniform(0, min(60.0, 2.0 * (count - 1))))
        return max(due, soon) if due and due > now else soon

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
                finished = await self._room.collector.collect(
                    source, self._run_id, started_by="schedule"
                )
            self._storage_failures = 0
            log.info(
                "collected",
                source=source.name,
                filed=finished.counts.filed,
                revised=finished.counts.revised,
                refused=finished.counts.refused,
                failed=finished.counts.failed,
                error=finished.error,
            )
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
            self._fatal = error
            self._stop.set()

    async def _keep_house(self) -> None:
        try:
            # Little at a time: a stop waits for it.
            await asyncio.to_thread(keep_house, self._database, self._settings.raw, seconds=2.0)
        except StorageError as error:
            log.error("housekeeping failed", error=str(error))

    async def _again(self, source: Source) -> None:
        now = utc_now()
        try:
            when = await asyncio.to_thread(self._next_time, source, now)
            await asyncio.wrap_future(
                self._database.writer.submit(lambda c: set_next_due(c, source.name, when))
            )
        except StorageError as error:
            log.error("next poll not noted", source=source.name, error=str(error))
            when = now + self._settings.daemon.fastest
        if source.name in self._sources and not self._stop.is_set():
            self._add(self._sources[source.name], when)

    def _next_time(self, source: Source, now: datetime) -> datetime:
        failures, published = self._query(lambda c: publishing_pace(c, source.name, now))
        jitter = timedelta(
            seconds=self._random.uniform(0, self._settings.daemon.jitter.total_seconds())
        )
        if source.schedule.cron:
            return _cron_after(source.schedule.cron, now)
        if source.schedule.every:
            # The operator's word is kept to; a tenth of jitter keeps sources out of step.
            return now + source.schedule.every + min(jitter, source.schedule.every / 10)
        bounds = self._settings.daemon
        wait = next_wait(published, failures, now, fastest=bounds.fastest, slowest=bounds.slowest)
        return now + wait + jitter

    # The database, before the loop is busy or from a thread

    def _submit(self, operation: Callable[[Any], Any]) -> Any:
        return self._database.writer.submit(operation).result()

    def _query(self, query: Callable[[Any], Any]) -> Any:
        with self._database.reading() as connection:
            return query(connection)


def _cron_after(expression: str, now: datetime) -> datetime:
    when = CronTrigger.from_crontab(expression, timezone="UTC").get_next_fire_time(None, now)
    if when is None:
        raise SettingsError(f"schedule.cron {expression!r} never comes; expected a time that does")
    moment: datetime = when
    return moment


def _log_skipped(event: Any) -> None:
    log.warning(
        "poll skipped", source=event.job_id, scheduled=str(getattr(event, "scheduled_run_time", ""))
    )
