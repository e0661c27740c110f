"""Whose turn it is at a source: polls and backfills of all processes take turns, never two at once.

A poll holds the lock of its source while it works. A backfill of days holds it for some seconds at a
time, so that a poll beside it starts soon, and the host never sees both at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from storage.errors import AlreadyRunning

if TYPE_CHECKING:
    from storage.database import Database

__all__ = ["BETWEEN_SLICES", "PATIENCE", "SLICE", "turn_of"]

#: Seconds for which a backfill keeps its turn, beyond the downloads that are under way then.
SLICE = 15.0
#: Seconds for which it lets others have theirs; more than they wait between two looks.
BETWEEN_SLICES = 0.6
#: Seconds for which a poll waits: a slice, and a page that takes as long as it may.
PATIENCE = 90.0
_LOOK_EVERY = 0.2


@contextlib.asynccontextmanager
async def turn_of(
    database: Database,
    source: str,
    stopping: asyncio.Event,
    *,
    patience: float = PATIENCE,
    rest: float = 0.0,
) -> AsyncIterator[None]:
    """Wait for the turn at ``source``, ``patience`` seconds at most, and hold it.

    It is held ``rest`` seconds longer than the work takes: the gap that a host is owed between two
    requests also lies between the last of one process and the first of the next.

    Raises:
        AlreadyRunning: another process kept its turn.
    """
    until = time.monotonic() + patience
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(database.lock(f"source-{source}"))
                break
            except AlreadyRunning:
                if time.monotonic() >= until or stopping.is_set():
                    raise
            await asyncio.sleep(_LOOK_EVERY)
        yield
        if rest and not stopping.is_set():
            await asyncio.sleep(rest)
