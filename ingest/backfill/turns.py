"""A backfill's turns at its source: short ones, so that a poll beside it starts soon."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, TypeVar

from ingest.pipeline.source_turn import BETWEEN_SLICES, SLICE, turn_of

if TYPE_CHECKING:
    from ingest.desk import Desk
    from sources.source import Source

__all__ = ["FOREVER", "Turns"]

T = TypeVar("T")

#: A backfill waits for its turn however long that takes to come.
FOREVER = float("inf")


class Turns:
    """The turns of one backfill."""

    def __init__(self, desk: Desk, source: Source) -> None:
        self._desk = desk
        self._source = source

    def hold(self) -> AbstractAsyncContextManager[None]:
        """The turn at the source, for work of :data:`SLICE` seconds.

        Raises:
            AlreadyRunning: a stop was asked for while another process had the turn.
        """
        return turn_of(
            self._desk.store.database,
            self._source.name,
            self._desk.stopping,
            patience=FOREVER,
            rest=self._desk.rest(self._source),
        )

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
