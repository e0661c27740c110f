"""A source that breaks is told once, with its cause, and once when it works again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ingest.daemon.daemon import Daemon
from sources.source import Schedule, Source
from storage.database import Database
from tests.ingest.conftest import HOST, article_page, feed

pytestmark = pytest.mark.long


@pytest.mark.parametrize("way", ["feed is away", "pages are walled"])
def test_the_daemon_tells_a_break_once_and_that_it_is_over(
    site: Any, source: Source, database: Database, settings: Callable[..., Any], way: str
) -> None:
    page = "<html><head><title>Sign in</title></head><body><main><h1>Sign in</h1><form method=post>"
    wall = page + "<input name=user><input type=password name=pw><button>Log in</button></form>"
    wall += "<p>You must log in to continue.</p></main></body></html>"
    for number in range(1, 14):
        site.put(f"{HOST}/{number}", article_page(f"The bridge, part {number}", number))
    site.put(f"{HOST}/feed", feed("/1"))
    made = settings(first_rest=0.01)
    quick = replace(source, schedule=Schedule(every=timedelta(seconds=1)))

    def spoil() -> None:
        if way == "feed is away":
            site.put(f"{HOST}/feed", "gone", status=404)
            return
        for number in range(2, 13):
            site.put(f"{HOST}/{number}", wall)
        site.put(f"{HOST}/feed", feed(*(f"/{number}" for number in range(1, 13))))

    def mend() -> None:
        site.put(f"{HOST}/feed", feed("/13"))

    async def watch() -> list[Any]:
        daemon = Daemon(lambda: (made, [quick]), database)
        running = asyncio.create_task(daemon.run())
        with capture_logs() as logged:

            def so_often(event: str) -> int:
                return len([line for line in logged if line["event"] == event])

            async def until(event: str, times: int = 1) -> None:
                deadline = time.monotonic() + 60
                while so_often(event) < times:
                    assert time.monotonic() < deadline, "it did not happen"
                    await asyncio.sleep(0.05)

            await until("collected")
            spoil()
            await until("source broken")
            await until("collected", so_often("collected") + 3)
            mend()
            await until("source works again")
            daemon._stop.set()
            await running
            return [line for line in logged if line["log_level"] != "info"]

    told = asyncio.run(watch())
    assert [line["event"] for line in told] == ["source broken", "source works again"]
    assert ("404" if way == "feed is away" else "login_wall") in told[0]["cause"]


def test_what_was_broken_before_the_start_is_named_and_not_told_again_but_its_end_is(
    site: Any, source: Source, database: Database, settings: Callable[..., Any]
) -> None:
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    site.put(f"{HOST}/feed", feed("/1"))
    made = settings(first_rest=0.01)
    quick = replace(source, schedule=Schedule(every=timedelta(seconds=1)))

    async def watch(until: Callable[[list[Any]], bool]) -> list[Any]:
        daemon = Daemon(lambda: (made, [quick]), database)
        with capture_logs() as logged:
            running = asyncio.create_task(daemon.run())
            deadline = time.monotonic() + 60
            while not until(logged):
                assert time.monotonic() < deadline, logged
                await asyncio.sleep(0.05)
            daemon._stop.set()
            await running
            return list(logged)

    def events(logged: list[Any]) -> list[str]:
        return [line["event"] for line in logged]

    asyncio.run(watch(lambda logged: "collected" in events(logged)))
    site.put(f"{HOST}/feed", "gone", status=404)
    asyncio.run(watch(lambda logged: "source broken" in events(logged)))
    still = asyncio.run(watch(lambda logged: events(logged).count("collected") >= 2))
    assert next(line["broken"] for line in still if line["event"] == "daemon started") == [
        source.name
    ]
    assert "source broken" not in events(still)
    site.put(f"{HOST}/feed", feed("/1"))
    well = asyncio.run(watch(lambda logged: "source works again" in events(logged)))
    assert "source broken" not in events(well)
