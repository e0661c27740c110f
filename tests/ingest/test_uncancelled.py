"""What has to come to its end does, whoever goes away meanwhile; and its error is nobody's then."""

from __future__ import annotations

import asyncio
import gc

import pytest

from ingest.uncancelled import uncancelled


def test_what_it_gives_and_raises_comes_through() -> None:
    async def good() -> int:
        return 3

    async def bad() -> None:
        raise ValueError("no")

    assert asyncio.run(uncancelled(good())) == 3
    with pytest.raises(ValueError, match="no"):
        asyncio.run(uncancelled(bad()))


@pytest.mark.parametrize("fails", [False, True])
def test_cancelled_it_goes_on_to_its_end_and_nothing_is_logged(
    fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    ended = []

    async def work(go_on: asyncio.Event) -> None:
        await go_on.wait()
        ended.append(True)
        if fails:
            raise ValueError("nobody hears it")

    async def run() -> None:
        go_on = asyncio.Event()
        waiting = asyncio.create_task(uncancelled(work(go_on)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert ended == []
        go_on.set()
        await asyncio.sleep(0.01)

    asyncio.run(run())
    gc.collect()
    assert ended == [True]
    assert caplog.records == []
