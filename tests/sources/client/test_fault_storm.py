"""A fifth of all requests fail in every way a server can: the end comes in bounded time, and whatever
can be had is had."""

import asyncio
import contextlib
import gzip
import itertools
import time

import pytest

from sources.client import Client, ClientSettings
from sources.errors import FetchError

from .conftest import Asked, Site, answer

pytestmark = [pytest.mark.long, pytest.mark.anyio]
PAGES = 200
BOMB = gzip.compress(b"\0" * 4_000_000)


async def reset(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def hang(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def truncated(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(body=b"x" * 500, content_length="5000"))
    writer.close()


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)


async def too_short(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(body=b"x" * 5000, content_length="500"))
    writer.close()


async def bomb(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(body=BOMB, content_encoding="gzip"))


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(302, Location=f"{asked.path}x"))


async def too_many(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(429, Retry_After="0"))


async def busy(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(503))


PASSING = (reset, hang, truncated, drip, too_many, busy)
LASTING = (bomb, endless)


async def test_a_storm_of_faults_ends_and_all_that_can_be_had_is_had(site: Site) -> None:
    faults = itertools.cycle((*PASSING, *LASTING, too_short))
    tried: dict[str, int] = {}
    kinds: dict[str, object] = {}

    async def respond(asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.path.rstrip("x")
        number = int(path.rpartition("/")[2])
        tried[path] = tried.get(path, 0) + 1
        if number % 5 == 0:
            fault = kinds.setdefault(path, next(faults))
            # What passes is over at the second look; the rest is so for ever.
            if fault in LASTING or tried[path] == 1:
                await fault(asked, writer)  # type: ignore[operator]
                return
        writer.write(answer(body=b"page %d" % number))

    hosts = [f"h{n}.example" for n in range(4)]
    for number in range(PAGES):
        for extra in ("", *("x" * n for n in range(1, 8))):
            site.pages[f"/{number}{extra}"] = respond
    settings = ClientSettings(
        delay=0.0,
        concurrency=8,
        retries=2,
        retry_wait=0.02,
        read_timeout=0.4,
        total_timeout=1.0,
        max_body=1_000_000,
        max_redirects=5,
        first_rest=0.2,
        connect_to=dict.fromkeys(hosts, f"127.0.0.1:{site.port}"),
    )
    good: dict[int, bytes] = {}
    failed: dict[int, FetchError] = {}
    began = time.monotonic()

    async with Client(settings) as client:

        async def one(number: int) -> None:
            for _ in range(6):
                try:
                    page = await client.fetch(f"http://{hosts[number % 4]}/{number}")
                except FetchError as error:
                    failed[number] = error
                    if not error.passing:
                        return
                    # As a caller does, who comes again when he is told, or later.
                    await asyncio.sleep(error.retry_after or 0.2)
                    continue
                if page.status == 200:
                    good[number] = page.body
                    failed.pop(number, None)
                    return

        async with asyncio.timeout(60):
            await asyncio.gather(*(one(number) for number in range(PAGES)))

    lasting = {int(path.rpartition("/")[2]) for path, fault in kinds.items() if fault in LASTING}
    assert set(range(PAGES)) - set(good) - lasting == set()
    assert {number: body for number, body in good.items() if number not in lasting} == {
        number: b"page %d" % number for number in range(PAGES) if number not in lasting
    } | {number: b"x" * 500 for number, body in good.items() if body == b"x" * 500}
    assert all("\n" not in str(error) and error.reason for error in failed.values())
    # Bounded by what the settings allow, not by luck: far below the sum of all time-outs.
    assert time.monotonic() - began < 60
