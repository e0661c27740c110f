"""A backfill's turns at its source: short ones, so that a poll beside it starts soon."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, TypeVar

from ingest.pipeline.source_turn import BETWEEN_SLICES, SLICE, turn_of
from storage.errors import AlreadyRunning

if TYPE_CHECKING:
    from ingest.desk import Desk
    from sources.source import Source

__all__ = ["FOREVER", "Turns", "backfill_lock"]

T = TypeVar("T")

#: A backfill waits for its turn however long that takes to come.
FOREVER = float("inf")


def backfill_lock(source: str) -> str:
    """The lock that admits one backfill of ``source``."""
    return f"backfill-{source}"


class Turns:
    """The turns of one backfill."""

    def __init__(self, desk: Desk, source: Source) -> None:
        self._desk = desk
        self._source = source

    @contextlib.asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Hold the turn at the source, for work of :data:`SLICE` seconds.

        Raises:
            AlreadyRunning: a stop was asked for while another process had the turn; or another
                backfill of the source began while the database was away.
        """
        desk, name = self._desk, self._source.name
        async with turn_of(
            desk.store, name, desk.stopping, patience=FOREVER, rest=desk.rest(self._source)
        ):
            if backfill_lock(name) in await desk.store.call(desk.store.database.lost_locks):
                raise AlreadyRunning(
                    f"{name}: another backfill of it began while the database was away"
                )
            yield

    async def over(self, things: AsyncIterator[T]) -> AsyncGenerator[T]:
        """``things``, each made while the turn is held; they end where a stop is asked for."""
        stopping = self._desk.stopping
        ended = False
        while not ended and not stopping.is_set():
            async with self.hold():
                until = time.monotonic() + SLICE
                while time.monotonic() < until and not stopping.is_set():
                    try:
                        thing = await anext(things)
                    except StopAsyncIteration:
                        ended = True
                        break
                    yield thing
            await asyncio.sleep(0 if ended else BETWEEN_SLICES)
