"""Back-pressure: what waits to be filed keeps further pages from being fetched."""

import asyncio

from ingest.pipeline.held_pages import HeldPages


def test_no_page_is_fetched_while_many_wait_to_be_filed():
    async def scenario():
        held = HeldPages(most=100)
        with held.holding(60):
            await asyncio.wait_for(held.room(), 1)
            with held.holding(60):
                waiting = asyncio.ensure_future(held.room())
                await asyncio.sleep(0.01)
                assert not waiting.done()
            await asyncio.wait_for(waiting, 1)
        return held.bytes

    assert asyncio.run(scenario()) == 0


def test_a_page_larger_than_all_room_is_held_alone():
    async def scenario():
        held = HeldPages(most=100)
        await held.room()
        with held.holding(5000):
            assert held.bytes == 5000
        await asyncio.wait_for(held.room(), 1)

    asyncio.run(scenario())
