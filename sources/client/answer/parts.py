"""The parts of a body as they come, so that very many small ones hold nothing up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable

from sources.client.failure import Failure
from sources.errors import Unreachable

__all__ = ["parts_in_turn"]

#: Parts after which others have their turn: those that came together are told without a pause.
AT_ONCE = 64
#: Parts that may be of any size; of more the mean must be so many bytes. Each costs as much as a
#: thousand bytes do.
MOST_SMALL = 16_384
LEAST = 16


async def parts_in_turn(parts: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """``parts``, with others having their turn between them.

    Raises:
        Failure: the body comes in crumbs (chunked, RFC 9112, section 7.1, a byte at a time).
    """
    count = size = 0
    async for part in parts:
        count += 1
        size += len(part)
        if not count % AT_ONCE:
            await asyncio.sleep(0)
        if count > MOST_SMALL and size < count * LEAST:
            raise Failure(
                Unreachable, f"the answer comes in crumbs: {size} bytes in {count} parts; left"
            )
        yield part
