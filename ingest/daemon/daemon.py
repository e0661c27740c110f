"""The daemon: every selected source on its schedule, for months, one daemon a database.

What it is from its start to its stop: its hold of the database, signals, settings read again. What it
does meanwhile is a ``Shift``; what is polled when, ``Polling``.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import structlog

from ingest.collectors.collectors import open_collectors
from ingest.daemon.changed_files import FileState, Stillness
from ingest.daemon.clock import Clock
from ingest.daemon.shift import Shift
from ingest.daemon.systemd import Supervisor
from ingest.daemon.tenure import Tenure
from storage import runs
from storage.async_store import AsyncStore
from storage.errors import StorageError
from storage.leases import LEASE_FOR

if TYPE_CHECKING:
    from ingest.events import Observer
    from ingest.settings import Settings
    from sources.source import Source
    from storage.database import Database

    Load = Callable[[], tuple[Settings, Sequence[Source]]]

__all__ = ["Daemon"]

log = structlog.get_logger("copydesk.daemon")

#: Seconds between two looks at the files of settings and sources.
LOOK_AT_FILES_EVERY = 2.0


class Daemon:
    """Collects sources on their schedules until it is told to stop."""

    def __init__(
        self,
        load: Load,
        database: Database,
        *,
        look: Callable[[], FileState] | None = None,
        observers: Sequence[Observer] = (),
        supervisor: Supervisor | None = None,
        tenure: Tenure | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            load: reads settings and selected sources anew: at the start, at SIGHUP, and when their
                files have changed.
            database: open, kept by the caller.
            look: how those files are; where left out nobody looks.
            observers: told what happens.
            supervisor: told how it goes; the one that started this process where left out.
            tenure: the hold of the database.
            clock: the machine's where left out.
            seed: of the jitter; ``None`` takes one from the system.
        """
        self._load, self._look = load, look
        self._database = database
        self._observers = tuple(observers)
        self._supervisor = supervisor or Supervisor()
        self._clock = clock or Clock()
        self._tenure = tenure or Tenure(database, clock=self._clock)
        self._random = random.Random(seed)  # noqa: S311 - spreads load, guards nothing
        self._stop = asyncio.Event()
        self._shift: Shift | None = None
        self._changing = asyncio.Lock()
        self._changes: set[asyncio.Future[None]] = set()
        self._files: Stillness | None = None

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; what is in flight is finished first, within ten seconds.

        Raises:
            AlreadyRunning: another daemon works on this database, or began to while it was away.
            StorageError: the database failed again and again.
        """
        with self._tenure.locked(), self._listening():
            try:
                if await self._take_lease():
                    await self._work()
            finally:
                self._tenure.end()
                self._supervisor.close()
        log.info("daemon stopped")

    async def _take_lease(self) -> bool:
        """Whether it was taken; a stop may come first, for another's is watched for a minute."""
        store = AsyncStore(self._database)
        self._supervisor.starting(LEASE_FOR.total_seconds() + 30)
        taking = asyncio.ensure_future(self._tenure.begin(store))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait((taking, stopping), return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                taking.result()
                return True
            self._database.wait_no_longer()
            return False
        finally:
            taking.cancel()
            stopping.cancel()
            await asyncio.gather(taking, stopping, return_exceptions=True)
            store.close()

    async def _work(self) -> None:
        database, shift = self._database, None
        if self._look is not None:
            # Before they are read: what is written after this look is a change.
            self._files = Stillness(await asyncio.to_thread(self._look))
        settings, sources = self._load()
        now = self._clock.now()
        database.write(lambda c: runs.close_interrupted(c, now))
        run_id = database.write(lambda c: runs.start_run(c, "daemon", now))
        state: Literal["ok", "failed"] = "failed"
        watching = asyncio.ensure_future(self._watch_files())
        try:
            async with open_collectors(database, settings, sources, *self._observers) as collectors:
                shift = Shift(
                    collectors,
                    settings,
                    run_id,
                    self._stop,
                    tenure=self._tenure,
                    supervisor=self._supervisor,
                    chances=self._random,
                    clock=self._clock,
                )
                self._shift = shift
                await shift.work(sources)
            state = "failed" if shift.fatal else "ok"
        finally:
            self._shift = None
            watching.cancel()
            database.wait_no_longer()
            with contextlib.suppress(StorageError):
                database.write(lambda c: runs.finish_run(c, run_id, self._clock.now(), state=state))
        if shift.fatal:
            raise shift.fatal

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

    # Settings read again

    def _reload(self) -> None:
        if self._shift is not None:
            task = asyncio.ensure_future(self._change(asked=True))
            self._changes.add(task)
            task.add_done_callback(self._changes.discard)

    async def _watch_files(self) -> None:
        while self._files is not None and self._look is not None:
            await asyncio.sleep(LOOK_AT_FILES_EVERY)
            if self._shift is None:
                continue  # not at work yet
            # On a thread: a share that is away may take its time to say so.
            if self._files.look(await asyncio.to_thread(self._look)):
                await self._change(asked=False)

    async def _change(self, *, asked: bool) -> None:
        # One after the other: the last one asked for is the one that holds.
        async with self._changing:
            shift = self._shift
            if shift is None:
                return
            self._supervisor.reloading()
            try:
                if asked and self._files is not None and self._look is not None:
                    self._files.read(await asyncio.to_thread(self._look))
                settings, sources = await asyncio.to_thread(self._load)
                await shift.change(settings, sources, asked=asked)
            except Exception as error:
                # An operator's typing error must not take down what runs.
                log.error("settings not reloaded", error=str(error))
            finally:
                self._supervisor.ready()
