"""What has to come to its end even where who waits for it is cancelled: a pass is booked, a lock let go."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["uncancelled"]

T = TypeVar("T")


async def uncancelled(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives; cancelled, this is left at once, and ``work`` goes on by itself.

    How it ends then is nobody's to hear: an error of it is not logged as forgotten.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(_take_notice)
    return await asyncio.shield(task)


def _take_notice(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
