"""Pages that were downloaded and are not filed yet: while there are many, no further one is fetched.

This is how a slow disk or a busy extractor slows the network down, whatever the number of sources.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

__all__ = ["MOST_BYTES", "HeldPages"]

#: Bytes of pages that are held before fetching pauses; those under way then still arrive.
MOST_BYTES = 12_000_000


class HeldPages:
    """Counts the bytes of the pages that are held; belongs to one event loop."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    @property
    def bytes(self) -> int:
        """Bytes that are held."""
        return self._bytes

    async def room(self) -> None:
        """Return when a page may be fetched."""
        await self._room.wait()

    @contextlib.contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """A page of ``size`` bytes is held while the block runs."""
        self._bytes += size
        self._open_or_shut()
        try:
            yield
        finally:
            self._bytes -= size
            self._open_or_shut()

    def _open_or_shut(self) -> None:
        if self._bytes < self._most:
            self._room.set()
        else:
            self._room.clear()
