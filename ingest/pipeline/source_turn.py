"""Whose turn it is at a source: polls and backfills of all processes take turns, never two at once.

A poll holds the lock of its source while it works. A backfill of days holds it for some seconds at a
time, so that a poll beside it starts soon, and the host never sees both at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from ingest.uncancelled import uncancelled
from storage.errors import AlreadyRunning

if TYPE_CHECKING:
    from storage.async_store import AsyncStore

__all__ = ["BETWEEN_SLICES", "PATIENCE", "SLICE", "holding", "turn_of"]

#: Seconds for which a backfill keeps its turn, beyond the downloads that are under way then.
SLICE = 15.0
#: Seconds for which it lets others have theirs; more than they wait between two looks.
BETWEEN_SLICES = 0.6
#: Seconds for which a poll waits: a slice, and a page that takes as long as it may.
PATIENCE = 90.0
_LOOK_EVERY = 0.2


@contextlib.asynccontextmanager
async def turn_of(
    store: AsyncStore,
    source: str,
    stopping: asyncio.Event,
    *,
    patience: float = PATIENCE,
    rest: float = 0.0,
) -> AsyncIterator[None]:
    """Wait for the turn at ``source``, ``patience`` seconds at most, and hold it.

    A server that is away is waited for beside that. The turn is held ``rest`` seconds longer than
    the work takes: the gap that a host is owed between two requests also lies between the last of
    one process and the first of the next.

    Raises:
        AlreadyRunning: another process kept its turn.
        DatabaseAway: the server is, for longer than the database has patience.
    """
    waited = 0.0
    async with contextlib.AsyncExitStack() as stack:
        while True:
            try:
                await stack.enter_async_context(holding(store, f"source-{source}"))
                break
            except AlreadyRunning:
                if waited >= patience or stopping.is_set():
                    raise
            since = time.monotonic()
            await asyncio.sleep(_LOOK_EVERY)
            waited += time.monotonic() - since
        yield
        if rest and not stopping.is_set():
            await asyncio.sleep(rest)


@contextlib.asynccontextmanager
async def holding(store: AsyncStore, name: str) -> AsyncIterator[None]:
    """Hold the lock ``name`` of the database; a server may take half a minute to say that it is gone.

    Raises:
        AlreadyRunning: another process, or another block of this one, holds it.
        DatabaseAway: the server is away, for longer than the database has patience.
    """

    def take() -> AbstractContextManager[None]:
        lock = store.database.lock(name)
        lock.__enter__()
        return lock

    taking = asyncio.ensure_future(store.call(take))
    try:
        lock = await asyncio.shield(taking)
    except asyncio.CancelledError:
        # The thread goes on; what it takes is nobody's.
        taking.add_done_callback(_let_go)
        raise
    try:
        yield
    finally:
        await uncancelled(store.call(partial(lock.__exit__, None, None, None)))


def _let_go(taking: asyncio.Future[AbstractContextManager[None]]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().__exit__(None, None, None)
