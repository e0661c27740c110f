"""The driver: starts each source's poll when it is due or asked for, and plans the next when it is over.

A source is polled by one pass at a time, whatever asks for it. Where the time comes from, how a pass
is made and when the next one is are handed in, so that this can be driven through a year in minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from ingest.daemon.clock import Clock, ClockWatch, Jump
from ingest.daemon.timetable import Timetable
from ingest.errors import SettingsError
from ingest.periods import duration
from storage.errors import AlreadyRunning, DatabaseAway, StorageError
from storage.publishers import set_next_due
from storage.wishes import ask_for_polls, begin_asked_poll, wishes_of

if TYPE_CHECKING:
    from ingest.daemon.planning import Planning
    from ingest.events import SourceFinished
    from ingest.settings import DaemonSettings
    from sources.source import Source
    from storage.async_store import AsyncStore
    from storage.runs import StartedBy
    from storage.transaction import Transaction

    Collect = Callable[[Source, StartedBy], Awaitable[SourceFinished]]

__all__ = ["STORAGE_FAILURES_BEFORE_EXIT", "Polling"]

log = structlog.get_logger("copydesk.daemon")

#: A database that fails this often in a row ends the daemon: its supervisor should know.
STORAGE_FAILURES_BEFORE_EXIT = 5


class Polling:
    """Every source on its schedule."""

    def __init__(
        self,
        store: AsyncStore,
        collect: Collect,
        planning: Planning,
        *,
        at_once: int,
        fail: Callable[[StorageError], None],
        clock: Clock | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            store: where due times and wishes are kept.
            collect: makes one pass over a source.
            planning: says when.
            at_once: sources collected at once.
            fail: told of a database that failed again and again.
            clock: the machine's where left out.
        """
        self._store, self._collect, self._planning = store, collect, planning
        self._fail = fail
        self._clock = clock or Clock()
        self._watch = ClockWatch(self._clock)
        self._timetable = Timetable(self._come, self._clock.now, before=self.look_at_clock)
        self._turn = asyncio.Semaphore(at_once)
        self._sources: dict[str, Source] = {}
        #: Those with a pass at work, or waiting for a turn; and what does that, and plans the next.
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        #: When the last pass over each began, by the clock of then.
        self._began: dict[str, datetime] = {}
        self._paused: frozenset[str] = frozenset()
        #: Polls that are asked for, and the last of each source that has begun.
        self._asked: dict[str, datetime] = {}
        self._honoured: dict[str, datetime] = {}
        #: Those whose next poll is made up for, so at no time of their schedules.
        self._made_up: set[str] = set()
        #: Those whose pass was under way while the machine slept.
        self._slept_through: set[str] = set()
        self._storage_failures = 0
        self._ended = False

    @property
    def sources(self) -> Mapping[str, Source]:
        """Those that are polled, by their names."""
        return self._sources

    @property
    def timetable(self) -> Timetable:
        """What is due when."""
        return self._timetable

    @property
    def in_flight(self) -> int:
        """Passes at work, or waiting for a turn."""
        return len(self._busy)

    @property
    def paused(self) -> frozenset[str]:
        """Those of its sources that are paused."""
        return self._paused & self._sources.keys()

    # From start to stop

    async def use(self, sources: Sequence[Source], bounds: DaemonSettings) -> None:
        """Poll these from now on, and no others; what is at work is finished.

        ``bounds``: what sources without a schedule of their own go by.

        Raises:
            StorageError: the database failed.
        """
        wishes = await self._store.read(wishes_of)
        self._paused = frozenset(wishes.paused)
        wanted = {source.name: source for source in sources}
        before, self._sources = self._sources, wanted
        replan = bounds != self._planning.bounds
        await self._planning.use(sources, bounds)
        for name in before.keys() - wanted.keys():
            self._timetable.remove(name)
        for name, source in wanted.items():
            changed = before.get(name) != source
            if changed or (replan and not (source.schedule.cron or source.schedule.every)):
                await self._take_up(source, sooner=not changed)

    async def _take_up(self, source: Source, *, sooner: bool) -> None:
        """Set the first time of ``source``; with ``sooner`` only one that is before what is set."""
        name = source.name
        try:
            when = await self._planning.first(
                source, self._clock.now(), among=max(1, len(self._sources))
            )
        except SettingsError as error:
            # Its file is wrong; that is no reason to leave the others as they were.
            log.error("source not scheduled", source=name, error=str(error))
            self._timetable.remove(name)
            return
        known = self._timetable.due.get(name)
        if self._sources.get(name) is not source or (sooner and known is not None and known < when):
            return
        self._made_up.add(name)
        self._set(name, when)

    def _set(self, name: str, when: datetime) -> None:
        # While a source is being collected it has no time: its pass sets the next one at its end.
        if name in self._sources and name not in self._paused and name not in self._busy:
            self._timetable.set(name, when)

    def begin(self) -> None:
        """Start what is due, and from now on what becomes due."""
        self._timetable.begin()

    def end(self) -> None:
        """Start nothing any more."""
        self._ended = True
        self._timetable.end()

    async def finish(self, within: float) -> None:
        """Wait so many seconds for what is in flight, then break it off; its links stay pending."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=within)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=2.0)

    # What makes a poll begin

    def _come(self, name: str, _: datetime) -> None:
        if name in self._sources and name not in self._paused:
            self._start(name)

    def _start(self, name: str) -> None:
        if self._ended or name in self._busy:
            return
        self._timetable.remove(name)
        # A task of our own: at its end the scheduler cancels what it runs itself.
        task = asyncio.create_task(self._pass(name), name=f"collect {name}")
        self._busy.add(name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def heed(self) -> None:
        """See to what operators asked for since the last time.

        Raises:
            StorageError: the database failed.
        """
        wishes = await self._store.read(wishes_of)
        before, self._paused = self._paused, frozenset(wishes.paused)
        for name in sorted((self._paused - before) & self._sources.keys()):
            log.info("source paused", source=name)
            self._timetable.remove(name)
        for name in sorted((before - self._paused) & self._sources.keys()):
            log.info("source resumed", source=name)
            if name not in wishes.polls:
                self._set(name, self._clock.now())
        # Those of before the last one that began may have been read before it was taken down.
        self._asked = {
            name: at for name, at in wishes.polls.items() if self._honoured.get(name) != at
        }
        for name in self._asked.keys() & self._sources.keys():
            self._start(name)

    def look_at_clock(self) -> Jump | None:
        """See whether the clock jumped, and set times anew where it did; what happened."""
        jump = self._watch.look()
        if jump is None:
            return None
        now = jump.until
        if jump.by.total_seconds() > 0:
            missed = [name for name, due in self._timetable.due.items() if due <= now]
            for name in missed:
                self._timetable.set(name, self._planning.soon(now, len(missed)))
            self._made_up.update(missed)
            self._slept_through.update(self._busy)
            _tell_missed(jump, len(missed))
        else:
            for name, due in self._timetable.due.items():
                self._set_back(name, due, jump)
            log.warning("the clock was set back", by=duration(-jump.by.total_seconds()))
        self._timetable.wake()
        return jump

    def _set_back(self, name: str, due: datetime, jump: Jump) -> None:
        try:
            when = self._planning.after_setting_back(
                self._sources[name], due, -jump.by, jump.until, self._began.get(name)
            )
        except SettingsError as error:
            log.error("source not scheduled", source=name, error=str(error))
        else:
            self._timetable.set(name, when)

    async def note_times(self) -> None:
        """Keep the times that are set, for whoever looks and for the next start.

        Raises:
            StorageError: the database failed.
        """
        due = self._timetable.due

        def note(transaction: Transaction) -> None:
            for name, when in due.items():
                set_next_due(transaction, name, when)

        await self._store.write(note)

    # A pass, and what follows

    async def _pass(self, name: str) -> None:
        began = ended = self._clock.now()
        asked: datetime | None = None
        beside = False
        try:
            async with self._turn:
                source = self._sources.get(name)
                asked = self._asked.pop(name, None)
                if self._ended or source is None or (name in self._paused and asked is None):
                    return
                self._began[name] = began = self._clock.now()
                beside = asked is not None or name in self._made_up
                self._made_up.discard(name)
                await self._poll(source, asked, began)
                ended = self._clock.now()
        finally:
            # Before it counts as over: what came due while it slept with the machine is to be made up for.
            self.look_at_clock()
            slept = name in self._slept_through
            self._slept_through.discard(name)
            self._busy.discard(name)
        if self._ended or name not in self._sources:
            return
        if name in self._asked:
            self._start(name)
        elif name not in self._paused:
            await self._plan(
                self._sources[name], began, began if slept else ended, beside=beside, slept=slept
            )

    async def _poll(self, source: Source, asked: datetime | None, began: datetime) -> None:
        """One pass, whatever comes of it: nothing that goes wrong in it ends the polling."""
        name = source.name
        try:
            if asked is not None:
                self._honoured[name] = asked
                await self._store.write(lambda c: begin_asked_poll(c, name, asked, began))
            finished = await self._collect(source, "schedule" if asked is None else "command")
            self._storage_failures = 0
            log.info(
                "collected",
                source=name,
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
            log.info("source is being collected elsewhere", source=name, error=str(error))
            if asked is not None:
                await self._ask_again(name)
        except StorageError as error:
            self._storage_failures += 1
            log.error("database failed", source=name, error=str(error))
            if self._storage_failures >= STORAGE_FAILURES_BEFORE_EXIT:
                self._fail(error)
        except Exception:
            # A fault of ours in one source must not stop the others; the log has it whole.
            log.exception("collecting failed", source=name)

    async def _ask_again(self, name: str) -> None:
        """What was asked for was not done: another process was at the source for too long."""
        now = self._clock.now()
        try:
            await self._store.write(lambda c: ask_for_polls(c, [name], now))
        except StorageError as error:
            log.error("wish not kept", source=name, error=str(error))

    async def _plan(
        self, source: Source, began: datetime, ended: datetime, *, beside: bool, slept: bool
    ) -> None:
        name = source.name
        try:
            now = self._clock.now()
            when = await self._planning.after(
                source, began=began, ended=ended, now=began if slept else now, beside=beside
            )
            when = max(when, now)
            # First of all: while the database is away the source must not be forgotten.
            self._set(name, when)
            if self._timetable.due.get(name) == when:
                await self._store.write(lambda c: set_next_due(c, name, when))
        except SettingsError as error:
            log.error("source not scheduled", source=name, error=str(error))
        except Exception as error:
            if isinstance(error, StorageError):
                if not isinstance(error, DatabaseAway):
                    log.error("next poll not noted", source=name, error=str(error))
            else:
                # A fault of ours: a source that is never polled again is the worst that can come of it.
                log.exception("next poll not planned", source=name)
            if name not in self._timetable.due:
                self._set(name, self._clock.now() + self._planning.bounds.fastest)


def _tell_missed(jump: Jump, missed: int) -> None:
    say = log.warning if missed else log.info
    say(
        "slept" if jump.slept else "the clock went ahead",
        since=jump.since.isoformat(timespec="seconds"),
        until=jump.until.isoformat(timespec="seconds"),
        missed=missed,
    )
