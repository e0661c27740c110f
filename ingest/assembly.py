"""The one place where the parts of the pipeline are put together, and ended in the right order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.desk import Desk, utc_now
from ingest.pipeline.collect import Collector
from ingest.pipeline.robots_store import DatabaseRobots
from ingest.workers.limits import Limits
from ingest.workers.pool import ExtractionPool
from sources.client import Client
from storage.async_store import AsyncStore

if TYPE_CHECKING:
    from ingest.events import Observer
    from ingest.pipeline.filing import Filing
    from ingest.settings import Settings
    from sources.client.shared_hosts import SharedHosts
    from storage.database import Database

__all__ = ["FINISH_WITHIN", "Newsroom", "open_newsroom"]

#: Seconds that what is in flight gets to finish once a stop is asked for; the whole stop takes less
#: than ten.
FINISH_WITHIN = 6.0


class Newsroom:
    """What works at one desk: built together, ended together.

    What files pages is built with the first one: a run with nothing new does without.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.collector = Collector(desk, lambda: self.filing)
        self._filing: Filing | None = None

    @property
    def filing(self) -> Filing:
        """Files pages, of whichever source."""
        if self._filing is None:
            from ingest.pipeline.filing import Filing

            self._filing = Filing(self.desk)
        return self._filing

    async def aclose(self) -> None:
        """End what was built, but for the desk."""
        if self._filing is not None:
            await self._filing.aclose()


@contextlib.asynccontextmanager
async def open_newsroom(
    database: Database,
    settings: Settings,
    *observers: Observer,
    now: Callable[[], datetime] = utc_now,
    shared_hosts: SharedHosts | None = None,
) -> AsyncIterator[Newsroom]:
    """Everything that collecting and backfilling need, with a client and extraction processes.

    Args:
        database: open, kept by the caller.
        settings: the operator's.
        observers: told what happens.
        now: the time of day.
        shared_hosts: those that other processes may ask too.
    """
    store = AsyncStore(database)
    async with (
        contextlib.AsyncExitStack() as ending,
        Client(
            settings.client, robots_store=DatabaseRobots(store), shared_hosts=shared_hosts
        ) as client,
        ExtractionPool(settings.collect.workers, limits=Limits.of(settings.collect)) as pool,
    ):
        ending.callback(store.close)
        desk = Desk(store, client, pool, settings.collect, observers=observers, now=now)
        room = Newsroom(desk)
        late = asyncio.create_task(_end_what_is_late(desk.stopping, pool))
        try:
            yield room
        finally:
            late.cancel()
            await room.aclose()


async def _end_what_is_late(stopping: asyncio.Event, pool: ExtractionPool) -> None:
    """Once a stop was asked for, pages have some seconds to be read; the links of others stay due."""
    await stopping.wait()
    await asyncio.sleep(FINISH_WITHIN)
    pool.give_up()
