"""The processes that collect, this one among them: each source goes to the one that has its host.

The first process collects too, and is alone where there are no more sources, or no more workers,
than one. Others begin with the first source that is theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.assembly import Newsroom, open_newsroom
from ingest.collectors.placement import Placement
from ingest.collectors.process import CollectingProcess
from ingest.collectors.serving import Equipment, share_of
from ingest.desk import utc_now
from ingest.errors import CollectorDied
from ingest.events import SourceFinished
from ingest.workers.forking import forking
from sources.client.shared_hosts import SharedHosts
from storage.runs import RunCounts, interrupt_pass

if TYPE_CHECKING:
    from ingest.collectors.assignment import Assignment
    from ingest.events import Observer
    from ingest.settings import Settings
    from sources.source import Source
    from storage.database import Database

__all__ = ["Collectors", "open_collectors"]

#: Processes that may die on one pass before it is given up.
MOST_DEATHS = 2


@dataclass(slots=True)
class _Other:
    """A process beside this one, begun when it is wanted."""

    process: CollectingProcess | None = None
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock)


class Collectors:
    """Has sources collected, each by one of some processes."""

    def __init__(
        self,
        room: Newsroom,
        equipment: Equipment | None = None,
        processes: int = 1,
        hosts: SharedHosts | None = None,
    ) -> None:
        """Begin nothing yet.

        Args:
            room: of this process.
            equipment: of the others.
            processes: how many there may be, this one included.
            hosts: what ``room`` knows of those that others may ask too.
        """
        self.room = room
        self._equipment = equipment
        self._others = [_Other() for _ in range(processes - 1)]
        self._placement = Placement(processes)
        self._hosts = hosts
        self._watching = asyncio.create_task(self._pass_on_stop())

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of the processes beside this one."""
        return tuple(other.process.pid for other in self._others if other.process is not None)

    async def work(self, assignment: Assignment) -> SourceFinished:
        """Do ``assignment`` where its source has its place.

        Raises:
            AlreadyRunning: another process, of none of ours, is at it.
            InputError: a backfill has no endpoint of the kind that was asked for.
            StorageError: the database cannot go on; everything saved before stays.
        """
        if self._equipment is None:
            return await assignment.work(self.room)
        number = self._placement.place(assignment.source)
        try:
            if number:
                finished = await self._elsewhere(self._others[number - 1], assignment)
                if finished is not None:
                    return finished
            if self._hosts is not None:
                self._hosts.add_own(urlsplit(assignment.source.home).hostname or "")
            return await assignment.work(self.room)
        finally:
            self._placement.left(number)

    async def _elsewhere(self, other: _Other, assignment: Assignment) -> SourceFinished | None:
        """``None`` where no further process begins: then this one does all that there is to do."""
        for _ in range(MOST_DEATHS):
            try:
                try:
                    process = await self._running(other)
                except OSError as error:
                    _warn("no collecting process begins", assignment.source.name, error)
                    return None
                return await process.work(assignment)
            except CollectorDied as error:
                died = error
                _warn("collector died", assignment.source.name, error)
                # What it had filed is filed, the other links are due: the pass begins anew.
                await self.room.desk.store.write(
                    lambda c: interrupt_pass(
                        c, assignment.run_id, assignment.source.name, utc_now()
                    )
                )
                if self.room.desk.stopping.is_set():
                    break
        finished = SourceFinished(assignment.source.name, RunCounts(), str(died))
        self.room.desk.tell(finished)
        return finished

    async def _running(self, other: _Other) -> CollectingProcess:
        async with other.beginning:
            if other.process is not None and not other.process.is_alive:
                gone, other.process = other.process, None
                await gone.aclose()
            if other.process is None:
                assert self._equipment is not None
                other.process = await CollectingProcess.start(self._equipment, self.room.desk.tell)
                if self.room.desk.stopping.is_set():
                    other.process.stop()
            return other.process

    async def _pass_on_stop(self) -> None:
        await self.room.desk.stopping.wait()
        for other in self._others:
            if other.process is not None:
                other.process.stop()

    async def aclose(self) -> None:
        """End the processes beside this one."""
        self._watching.cancel()
        running = [other.process for other in self._others if other.process is not None]
        await asyncio.gather(*(process.aclose() for process in running))


def _warn(what: str, source: str, error: Exception) -> None:
    import structlog

    structlog.get_logger("copydesk.collectors").warning(what, source=source, error=str(error))


@contextlib.asynccontextmanager
async def open_collectors(
    database: Database, settings: Settings, sources: Sequence[Source], *observers: Observer
) -> AsyncIterator[Collectors]:
    """All that collecting and backfilling take, in as many processes as are worth it.

    Args:
        database: open, kept by the caller.
        settings: the operator's.
        sources: those that are known to be collected; more may come.
        observers: told what happens, wherever it happens.
    """
    processes = min(settings.collect.workers, len({source.home for source in sources}))
    with contextlib.ExitStack() as cleaning:
        hosts = equipment = None
        if processes > 1:
            folder = tempfile.TemporaryDirectory(
                prefix="copydesk-hosts-", ignore_cleanup_errors=True
            )
            forking(collecting=True)
            hosts = SharedHosts(Path(cleaning.enter_context(folder)))
            equipment = Equipment.shared(settings, database, hosts.folder, processes)
            settings = share_of(settings, processes)
        async with open_newsroom(database, settings, *observers, shared_hosts=hosts) as room:
            collectors = Collectors(room, equipment, max(1, processes), hosts)
            try:
                yield collectors
            finally:
                await collectors.aclose()
