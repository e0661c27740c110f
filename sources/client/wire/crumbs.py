"""Bodies that come in very many small parts: borne while others have their turn, then left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable

from sources.client.failure import Failure
from sources.errors import Unreachable

__all__ = ["LEAST", "MOST_SMALL", "Crumbs", "parts_in_turn"]

#: Parts after which others have their turn: those that came together are told without a pause.
AT_ONCE = 64
#: Parts that may be of any size; of more the mean must be so many bytes. Each costs as much as a
#: thousand bytes do.
MOST_SMALL = 16_384
LEAST = 16


class Crumbs(Failure):
    """The body comes in crumbs (chunked, RFC 9112, section 7.1, a byte at a time)."""

    def __init__(self, size: int, count: int) -> None:
        super().__init__(
            Unreachable, f"the answer comes in crumbs: {size} bytes in {count} parts; left"
        )


async def parts_in_turn(parts: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """``parts``, with others having their turn between them.

    Raises:
        Crumbs: there are very many, and hardly anything in them.
    """
    count = size = 0
    async for part in parts:
        count += 1
        size += len(part)
        if not count % AT_ONCE:
            await asyncio.sleep(0)
        if count > MOST_SMALL and size < count * LEAST:
            raise Crumbs(size, count)
        yield part
