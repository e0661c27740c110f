"""Large files come as they come, from any byte on."""

from __future__ import annotations

import pytest

from sources.errors import EndpointError, RobotsDisallowed

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
