"""A robots.txt that one process has fetched serves every other, for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sources.client import Client
from sources.client.robots import StoredRobots
from sources.errors import RobotsDisallowed, Unreachable

from .conftest import Site, answer

pytestmark = pytest.mark.anyio

URL = "http://news.example"

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Store:
    def __init__(self) -> None:
        self.kept: dict[str, StoredRobots] = {}

    async def get(self, origin: str) -> StoredRobots | None:
        return self.kept.get(origin)

    async def put(self, origin: str, stored: StoredRobots) -> None:
        self.kept[origin] = stored


def at(site: Site, store: Store, when: datetime) -> Client:
    return Client(site.settings(), robots_store=store, now=lambda: when)


async def test_a_second_process_asks_for_no_robots_txt_and_obeys_it(site: Site) -> None:
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /private/")
    site.pages["/"] = answer()
    store = Store()
    async with at(site, store, NOW) as client:
        await client.fetch(URL)
    async with at(site, store, NOW + timedelta(hours=23)) as client:
        with pytest.raises(RobotsDisallowed):
            await client.fetch(f"{URL}/private/x")
    assert site.paths().count("/robots.txt") == 1
    async with at(site, store, NOW + timedelta(hours=25)) as client:
        await client.fetch(URL)
    assert site.paths().count("/robots.txt") == 2


async def test_what_it_said_yesterday_holds_while_the_server_is_in_trouble(site: Site) -> None:
    site.pages["/robots.txt"] = answer(body=b"User-agent: *\nDisallow: /private/")
    site.pages["/"] = answer()
    store = Store()
    async with at(site, store, NOW) as client:
        await client.fetch(URL)
    site.pages["/robots.txt"] = answer(503)
    async with at(site, store, NOW + timedelta(days=3)) as client:
        await client.fetch(URL)
        with pytest.raises(RobotsDisallowed):
            await client.fetch(f"{URL}/private/x")
    assert store.kept["http://news.example"].fetched_at == NOW


async def test_a_server_in_trouble_is_not_kept_and_nothing_is_fetched(site: Site) -> None:
    site.pages["/robots.txt"] = answer(503)
    store = Store()
    async with at(site, store, NOW) as client:
        with pytest.raises(Unreachable, match=r"robots\.txt answered 503"):
            await client.fetch(URL)
    assert store.kept == {}
