"""Large files come as they come, from any byte on."""

from __future__ import annotations

import asyncio

import pytest

from sources.errors import EndpointError, RobotsDisallowed, TooManyRedirects, Unreachable

from .conftest import Asked, Site, answer

pytestmark = pytest.mark.anyio

URL = "http://news.example"

BODY = bytes(range(256)) * 4096


async def taken(client, start=0, path="/big.warc.gz"):
    parts = []
    async with client.stream(f"{URL}{path}", start=start) as chunks:
        async for chunk in chunks:
            parts.append(chunk)
    return b"".join(parts)


async def ranged(asked: Asked, writer) -> None:
    said = asked.headers.get("range", "")
    start = int(said.removeprefix("bytes=").removesuffix("-")) if said else 0
    writer.write(answer(206 if said else 200, BODY[start:]))


async def test_a_file_is_read_from_a_place_on(site: Site) -> None:
    site.pages["/big.warc.gz"] = ranged
    async with site.client() as client:
        assert await taken(client) == BODY
        assert await taken(client, 1000) == BODY[1000:]
    assert site.log[-1].headers["accept-encoding"] == "identity"


async def test_a_server_without_ranges_sends_all_and_the_beginning_is_dropped(site: Site) -> None:
    site.pages["/big.warc.gz"] = answer(200, BODY)
    async with site.client() as client:
        assert await taken(client, 300_000) == BODY[300_000:]


async def test_redirects_are_followed_and_errors_are_told(site: Site) -> None:
    site.pages["/big.warc.gz"] = answer(302, Location="/there")
    site.pages["/there"] = ranged
    async with site.client() as client:
        assert await taken(client) == BODY
        with pytest.raises(EndpointError, match="the server answered 404"):
            await taken(client, path="/none.warc.gz")


async def test_robots_txt_holds_for_files_too(site: Site) -> None:
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /big")
    async with site.client() as client:
        with pytest.raises(RobotsDisallowed):
            await taken(client)


async def test_a_reader_that_leaves_early_leaves_nothing_open(site: Site) -> None:
    site.pages["/big.warc.gz"] = ranged
    site.pages["/"] = answer()
    async with site.client() as client:
        async with client.stream(f"{URL}/big.warc.gz") as chunks:
            await anext(chunks)
        assert (await client.fetch(URL)).status == 200


async def test_a_server_that_is_busy_is_asked_again(site: Site) -> None:
    site.pages["/big.warc.gz"] = [answer(503), answer(429, Retry_After="0"), answer(200, BODY)]
    async with site.client(retries=2) as client:
        assert await taken(client) == BODY
    assert site.paths().count("/big.warc.gz") == 3


async def test_a_rest_that_the_server_asks_for_is_told_and_kept(site: Site) -> None:
    site.pages["/big.warc.gz"] = answer(503, Retry_After="3600")
    async with site.client(retries=2) as client:
        with pytest.raises(Unreachable, match="the server answered 503") as caught:
            await taken(client)
        assert caught.value.retry_after == 3600.0
        with pytest.raises(Unreachable):
            await taken(client)
    assert site.paths().count("/big.warc.gz") == 1


async def test_redirects_in_a_circle_end_at_once(site: Site) -> None:
    site.pages["/big.warc.gz"] = answer(302, Location="/there")
    site.pages["/there"] = answer(302, Location="/big.warc.gz")
    async with site.client() as client:
        with pytest.raises(TooManyRedirects, match="in a circle"):
            await taken(client)


async def test_a_file_keeps_its_turn_until_it_is_read(site: Site) -> None:
    site.pages["/big.warc.gz"] = ranged
    site.pages["/"] = answer()
    async with site.client(concurrency=1) as client:
        async with client.stream(f"{URL}/big.warc.gz") as chunks:
            await anext(chunks)
            page = asyncio.create_task(client.fetch(URL))
            await asyncio.sleep(0.1)
            assert "/" not in site.paths()
        assert (await page).status == 200
