"""Several processes that collect: what an operator sees is one run, whatever happens to one of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.backfill.request import BackfillRequest
from ingest.backfill.turns import backfill_lock
from ingest.collectors.assignment import Assignment
from ingest.collectors.collectors import open_collectors
from ingest.desk import utc_now
from ingest.events import Event, PageDone, SourceFinished
from ingest.pipeline.booking import record_sources
from ingest.run import run_backfills, run_sources
from ingest.settings import Settings
from sources.source import Endpoint, FetchRules, Source
from storage import runs
from storage.database import Database
from storage.schema import articles, links, passes
from tests.conftest import Answer
from tests.ingest.conftest import article_page

NAMES = ("quay", "moor", "weir")


def paper(name: str, **fetch: Any) -> Source:
    home = f"http://www.{name}.example"
    return Source(
        name=name,
        home=home,
        title=name.title(),
        language="en",
        endpoints=(Endpoint("feed", f"{home}/feed"),),
        fetch=FetchRules(delay=0.0, concurrency=4, **fetch),
    )


def put_feed(site: Any, name: str, *paths: str) -> None:
    items = "".join(
        f"<item><title>Week {path}</title><link>http://www.{name}.example{path}</link></item>"
        for path in paths
    )
    document = f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
    site.put(f"http://www.{name}.example/feed", document, content_type="application/rss+xml")


def fill(site: Any, name: str, count: int) -> list[str]:
    paths = [f"/news/week-{n}-of-the-{name}-bridge" for n in range(count)]
    put_feed(site, name, *paths)
    for number, path in enumerate(paths):
        page = article_page(f"Week {number} of the {name}", number + 100 * NAMES.index(name))
        site.put(f"http://www.{name}.example{path}", page)
    return paths


@pytest.fixture
def several(settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Settings of a run in two processes."""

    def make(**client: Any) -> Settings:
        made = settings(**client)
        return replace(made, collect=replace(made.collect, workers=2))

    return make


def filed(database: Database) -> dict[str, int]:
    with database.reading() as c:
        query = sa.select(articles.c.source, sa.func.count()).group_by(articles.c.source)
        return {row[0]: row[1] for row in c.execute(query)}


def outcomes(database: Database) -> list[tuple[str, str]]:
    with database.reading() as c:
        query = sa.select(passes.c.source, passes.c.outcome).order_by(passes.c.id)
        return [(name, outcome) for name, outcome in c.execute(query)]


def test_sources_of_several_processes_are_one_run(site, several, database):
    for name in NAMES:
        fill(site, name, 5)
    events: list[Event] = []
    sources = [paper(name) for name in NAMES]
    report = asyncio.run(run_sources(sources, database, several(), observer=events.append))
    assert filed(database) == dict.fromkeys(NAMES, 5)
    assert sorted(each.source for each in report.sources) == sorted(NAMES)
    assert [each.counts.filed for each in report.sources] == [5, 5, 5]
    assert sorted(outcomes(database)) == [(name, "ok") for name in sorted(NAMES)]
    told = [event.source for event in events if isinstance(event, PageDone)]
    assert sorted(told) == sorted(NAMES * 5)
    # Each page is told before its pass is over.
    for name in NAMES:
        mine = [event for event in events if event.source == name]
        assert isinstance(mine[-1], SourceFinished)


def test_a_source_that_another_command_collects_is_busy_in_whichever_process(
    site, several, database
):
    for name in NAMES[:2]:
        fill(site, name, 1)
    made = several()
    with Database.open(database.address) as other, contextlib.ExitStack() as held:
        for name in NAMES[:2]:
            held.enter_context(other.lock(backfill_lock(name)))
        request = BackfillRequest()
        sources = [paper(name) for name in NAMES[:2]]
        report = asyncio.run(run_backfills(sources, database, made, request))
    assert sorted(report.busy) == sorted(NAMES[:2])
    assert filed(database) == {}


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_process_that_is_no_more_at_work_costs_its_pages_and_no_run(
    site, several, database, monkeypatch, end
):
    monkeypatch.setattr("ingest.collectors.process.ASK_EVERY", 0.3)
    for name in NAMES[:2]:
        fill(site, name, 4)
    pids: list[int] = []
    path = fill(site, "moor", 4)[2]
    page = site.pages["www.moor.example", path]
    ended = threading.Event()

    def once() -> Answer:
        if not ended.is_set():
            ended.set()
            os.kill(pids[0], end)
        return page

    site.answer(f"http://www.moor.example{path}", once)
    sources = [paper(name) for name in NAMES[:2]]

    async def run() -> list[SourceFinished]:
        now = utc_now()
        database.write(lambda c: record_sources(c, sources, now))
        run_id = database.write(lambda c: runs.start_run(c, "run", now))
        async with open_collectors(database, several(), sources) as collectors:
            first = asyncio.create_task(collectors.work(Assignment(sources[0], run_id)))
            await asyncio.sleep(0)
            second = asyncio.create_task(collectors.work(Assignment(sources[1], run_id)))
            while not collectors.pids:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            pids.extend(collectors.pids)
            done = [await first, await second]
            assert set(collectors.pids).isdisjoint(pids)
            return done

    finished = asyncio.run(run())
    assert ended.is_set()
    assert [each.error for each in finished] == [None, None]
    assert filed(database) == {"quay": 4, "moor": 4}
    assert outcomes(database).count(("moor", "interrupted")) == 1
    assert outcomes(database).count(("moor", "ok")) == 1


def test_a_host_to_which_sources_of_two_processes_lead_is_asked_by_one_at_a_time(
    site, several, database
):
    for name in NAMES[:2]:
        put_feed(site, name, *(f"/out/{n}" for n in range(3)))
        for n in range(3):
            site.put(
                f"http://www.{name}.example/out/{n}",
                "",
                status=302,
                location=f"http://wire.example/{name}/{n}",
            )
    busy, lock, most = [0], threading.Lock(), [0]

    def slow(text: str) -> Callable[[], Answer]:
        def answer() -> Answer:
            with lock:
                busy[0] += 1
                most[0] = max(most[0], busy[0])
            time.sleep(0.2)
            with lock:
                busy[0] -= 1
            return Answer(text.encode(), headers={"content-type": "text/html"})

        return answer

    for place, name in enumerate(NAMES[:2]):
        for n in range(3):
            page = article_page(f"Wire {name} {n}", 10 * place + n)
            site.answer(f"http://wire.example/{name}/{n}", slow(page))
    sources = [
        replace(paper(name), links=replace(paper(name).links, hosts=("wire.example",)))
        for name in NAMES[:2]
    ]
    asyncio.run(run_sources(sources, database, several()))
    assert filed(database) == {"quay": 3, "moor": 3}
    assert most[0] == 1


def test_a_stop_reaches_every_process_and_nothing_is_lost(site, several, database):
    for name in NAMES[:2]:
        for path in fill(site, name, 30):
            page = site.pages[f"www.{name}.example", path]

            def slow(page: Answer = page) -> Answer:
                time.sleep(0.1)
                return page

            site.answer(f"http://www.{name}.example{path}", slow)

    seen: list[str] = []

    def observe(event: Event) -> None:
        if isinstance(event, PageDone):
            seen.append(event.source)
            if set(seen) == set(NAMES[:2]) and len(seen) < 1000:
                seen.extend(["stop"] * 1000)
                os.kill(os.getpid(), signal.SIGTERM)

    sources = [paper(name) for name in NAMES[:2]]
    report = asyncio.run(run_sources(sources, database, several(), observer=observe))
    assert report.stopped_by == signal.SIGTERM
    counts = filed(database)
    assert set(counts) == set(NAMES[:2])
    assert sum(counts.values()) < 60
    with database.reading() as c:
        query = sa.select(links.c.state, sa.func.count()).group_by(links.c.state)
        states = {row[0]: row[1] for row in c.execute(query)}
    assert states["done"] == sum(counts.values())
    assert states["done"] + states["pending"] == 60
    asyncio.run(run_sources(sources, database, several()))
    assert filed(database) == dict.fromkeys(NAMES[:2], 30)


def test_where_no_further_process_begins_the_first_collects_all(
    site, several, database, monkeypatch
):
    for name in NAMES:
        fill(site, name, 2)

    async def refused(*_: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("ingest.collectors.collectors.CollectingProcess.start", refused)
    report = asyncio.run(run_sources([paper(name) for name in NAMES], database, several()))
    assert filed(database) == dict.fromkeys(NAMES, 2)
    assert [each.error for each in report.sources] == [None, None, None]
