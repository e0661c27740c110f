"""What the row of a pass tells: what began it, what came of each link, what it asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.assembly import open_newsroom
from ingest.pipeline.booking import STOPPED, pass_over
from sources.errors import EndpointError
from sources.page import Page
from sources.source import Endpoint, FetchRules, Source
from storage import runs
from storage.database import Database
from storage.errors import StorageError
from storage.links import documents as documents_module
from storage.schema import documents, links, passes
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed

OTHER = "http://www.harbour-lane.example"


def history(database: Any) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(passes).order_by(passes.c.id)))


def document(database: Any) -> Any:
    with database.reading() as connection:
        return connection.execute(sa.select(documents)).one()


def sitemap(count: int) -> str:
    urls = "".join(
        f"<url><loc>{HOST}/story/a-bridge-of-number-{n}</loc></url>" for n in range(count)
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"


def by_sitemap(source: Source) -> Source:
    return replace(
        source,
        endpoints=(Endpoint("sitemap", f"{HOST}/sitemap.xml"),),
        links=replace(source.links, include=("/story/*",)),
    )


# Every link counts once, as what became of it


def test_each_link_is_counted_as_what_became_of_it(
    site: Any, source: Source, collect: Any, database: Any
) -> None:
    site.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /closed/\n", content_type="text/plain")
    site.put(
        f"{HOST}/feed",
        feed("/1", "/2", "/closed/3", "/closed/4", "/missing/5", "/gone/6", "/video/7", "/down/8"),
    )
    for number in (1, 2):
        site.put(f"{HOST}/{number}", article_page(f"Bridge {number}", number))
    site.put(f"{HOST}/gone/6", status=410)
    site.put(f"{HOST}/video/7", b"\x00\x00film", content_type="video/mp4")
    site.put(f"{HOST}/down/8", status=500)
    finished = collect(source).sources[0]
    (row,) = history(database)
    told = {
        name: getattr(row, name)
        for name in ("filed", "robots", "gone", "refused", "failed", "withdrawn", "links_new")
    }
    assert told == {
        "filed": 2,
        "robots": 2,
        "gone": 2,
        "refused": 1,
        "failed": 1,
        "withdrawn": 0,
        "links_new": 8,
    }
    # The event, the pass and the links say the same.
    assert {name: getattr(finished.counts, name) for name in told} == told
    with database.reading() as connection:
        states = dict(
            connection.execute(sa.select(links.c.state, sa.func.count()).group_by("state")).all()
        )
    assert states == {"done": 2, "refused": 3, "gone": 2, "failed": 1}


def test_a_page_that_a_bad_hour_explains_has_failed_as_its_link_has(
    site: Any, source: Source, collect: Any, database: Any
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", "<html><head><title>t</title></head><body></body></html>")
    counts = collect(source).sources[0].counts
    with database.reading() as connection:
        state, reason = connection.execute(sa.select(links.c.state, links.c.reason)).one()
    assert (state, reason) == ("failed", "empty")
    assert (counts.failed, counts.refused) == (1, 0)


def test_an_article_whose_page_went_away_is_withdrawn_and_not_gone(
    site: Any, source: Source, collect: Any, database: Any
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    collect(source)
    site.put(f"{HOST}/1", status=404)
    database.write(
        lambda c: (
            c.execute(sa.update(links).values(look_again_at=datetime.fromisoformat(LONG_AGO)))
            and None
        )
    )
    counts = collect(source).sources[0].counts
    assert (counts.withdrawn, counts.gone) == (1, 0)


LONG_AGO = "2026-01-01T00:00:00+00:00"


# Requests and bytes


def test_a_pass_knows_its_own_requests_and_bytes_beside_another_ones(
    site: Any, source: Source, collect: Any, database: Any
) -> None:
    other = replace(
        source, name="harbour-lane", home=OTHER, endpoints=(Endpoint("feed", f"{OTHER}/feed"),)
    )
    site.put(f"{HOST}/feed", feed("/1", "/2", "/3"))
    for number in (1, 2, 3):
        site.put(f"{HOST}/{number}", article_page(f"Bridge {number}", number))
    site.put(f"{OTHER}/feed", feed("/moved").replace(HOST, OTHER))
    site.put(f"{OTHER}/moved", status=301, location=f"{OTHER}/9")
    site.put(f"{OTHER}/9", article_page("The harbour", 9))
    collect(source, other)
    rows = {row.source: row for row in history(database)}
    asked = {host: [a for a in site.log if a.host in host] for host in (HOST, OTHER)}
    # robots.txt, the feed and each page; a redirect is a request of its own.
    assert rows["mill-lane"].requests == len(asked[HOST]) == 5
    assert rows["harbour-lane"].requests == len(asked[OTHER]) == 4
    whole = sum(len(site.pages["www.mill-lane.example", f"/{n}"].body) for n in (1, 2, 3))
    # On the wire it was compressed.
    assert 500 < rows["mill-lane"].bytes < whole
    assert rows["mill-lane"].bytes > rows["harbour-lane"].bytes > 300


def test_a_second_pass_counts_from_nothing_and_hardly_asks(
    site: Any, source: Source, collect: Any, database: Any
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    collect(source)
    collect(source)
    first, second = history(database)
    assert (first.filed, first.requests) == (1, 3)
    # robots.txt is known for a day, the feed answers 304 without a body.
    assert (second.filed, second.not_modified, second.requests, second.bytes) == (0, 1, 1, 0)
    assert [row.started_by for row in (first, second)] == ["command", "command"]
    assert [row.outcome for row in (first, second)] == ["ok", "ok"]


# Documents are recorded whole


@pytest.mark.parametrize("count", [1999, 2000, 2001, 4500])
def test_a_document_tells_all_of_its_links_however_many_transactions_they_took(
    site: Any, source: Source, settings: Any, database: Any, count: int
) -> None:
    site.put(f"{HOST}/sitemap.xml", sitemap(count), content_type="application/xml")
    listed = by_sitemap(source)
    collect_without_pages(listed, settings, database)
    row = document(database)
    assert (row.link_count, row.error, row.etag is not None) == (count, None, True)
    first_change = row.changed_at
    assert first_change == row.checked_at
    # One more, beyond the last batch: the document has changed; the same again: it has not.
    site.put(f"{HOST}/sitemap.xml", sitemap(count + 1), content_type="application/xml")
    collect_without_pages(listed, settings, database)
    row = document(database)
    assert (row.link_count, row.changed_at > first_change) == (count + 1, True)
    collect_without_pages(listed, settings, database)
    assert document(database).changed_at == row.changed_at
    assert document(database).link_count == count + 1


def test_a_change_in_the_first_batch_alone_is_a_change(
    site: Any, source: Source, settings: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents_module, "BATCH", 10)
    site.put(f"{HOST}/sitemap.xml", sitemap(25), content_type="application/xml")
    listed = by_sitemap(source)
    collect_without_pages(listed, settings, database)
    before = document(database).changed_at
    extra = f"<url><loc>{HOST}/story/the-newest-of-all</loc></url>"
    newer = sitemap(25).replace("<url>", extra + "<url>", 1)
    site.put(f"{HOST}/sitemap.xml", newer, content_type="application/xml")
    collect_without_pages(listed, settings, database)
    assert document(database).changed_at > before


def test_a_reading_that_is_killed_between_two_batches_is_done_again_and_loses_nothing(
    site: Any, source: Source, settings: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents_module, "BATCH", 10)
    site.put(f"{HOST}/sitemap.xml", sitemap(35), content_type="application/xml")
    listed = by_sitemap(source)
    real, calls = documents_module.record_links, 0

    def dies(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StorageError("the power went")
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(documents_module, "record_links", dies)
        with pytest.raises(StorageError, match="the power went"):
            collect_without_pages(listed, settings, database)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(links)).scalar() == 20
        # No validators: the next pass asks for the whole document.
        assert connection.execute(sa.select(documents)).all() == []
    collect_without_pages(listed, settings, database)
    assert document(database).link_count == 35
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(links)).scalar() == 35
    assert [row.outcome for row in history(database)] == ["failed", "ok"]


def collect_without_pages(source: Source, settings: Any, database: Any) -> None:
    """A pass that reads the endpoints and fetches one page at most."""
    from ingest.run import run_sources

    whole = settings()
    bounded = replace(whole, collect=replace(whole.collect, max_pages=1))
    asyncio.run(run_sources([source], database, bounded))


# However it ends, it is booked


def book(database: Any, settings: Any, source: Source, work: Any) -> Any:
    async def run() -> Any:
        async with open_newsroom(database, settings()) as room:
            run_id = await room.desk.store.write(
                lambda c: runs.start_run(c, "daemon", room.desk.now())
            )
            async with pass_over(room.desk, source, run_id, "schedule") as this:
                await work(this)
            return this.finished()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("problem", "error", "goes_on"),
    [
        (EndpointError(f"{HOST}/feed", "is no feed"), f"{HOST}/feed: is no feed", False),
        (RuntimeError("a fault of ours"), "RuntimeError: a fault of ours", True),
        (asyncio.CancelledError(), STOPPED, True),
    ],
)
def test_a_pass_that_is_broken_off_says_why(
    site: Any,
    settings: Any,
    source: Source,
    database: Any,
    problem: BaseException,
    error: str,
    goes_on: bool,
) -> None:
    async def work(this: Any) -> None:
        this.counts.filed += 2
        this.errors.append("one thing")
        raise problem

    if goes_on:
        with pytest.raises(type(problem)):
            book(database, settings, source, work)
    else:
        assert book(database, settings, source, work).error == error
    (row,) = history(database)
    assert (row.outcome, row.error, row.filed, row.errors, row.started_by) == (
        "failed",
        error,
        2,
        ["one thing"],
        "schedule",
    )
    assert row.finished_at is not None


def test_what_is_told_at_the_end_does_not_change_any_more(
    site: Any, settings: Any, source: Source, database: Any
) -> None:
    kept: list[Any] = []

    async def work(this: Any) -> None:
        kept.append(this)
        this.counts.filed += 1

    finished = book(database, settings, source, work)
    kept[0].counts.filed += 1
    assert finished.counts.filed == 1


def test_everybody_who_watches_is_told_the_same(
    site: Any, settings: Any, source: Source, database: Any
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    one: list[Any] = []
    two: list[Any] = []

    async def run() -> None:
        async with open_newsroom(database, settings(), one.append, two.append) as room:
            run_id = await room.desk.store.write(
                lambda c: runs.start_run(c, "daemon", room.desk.now())
            )
            await room.collector.collect(source, run_id, started_by="schedule")

    asyncio.run(run())
    assert one == two
    assert [type(event).__name__ for event in one] == [
        "SourceStarted",
        "EndpointRead",
        "LinksFound",
        "PageDone",
        "SourceFinished",
    ]
    assert [row.started_by for row in history(database)] == ["schedule"]


def test_a_client_that_counts_shares_limits_and_robots_with_the_one_it_came_from(
    site: Any, settings: Any, source: Source, database: Any
) -> None:
    site.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /closed\n", content_type="text/plain")
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    one, two = runs.RunCounts(), runs.RunCounts()

    async def run() -> list[Page]:
        async with open_newsroom(database, settings()) as room:
            rules = FetchRules(delay=0.0)
            first = room.desk.client.counting(one)
            second = room.desk.client.counting(two)
            return [
                await first.fetch(f"{HOST}/1", rules=rules),
                await second.fetch(f"{HOST}/1", rules=rules),
            ]

    pages = asyncio.run(run())
    assert [page.status for page in pages] == [200, 200]
    # robots.txt is asked for once, by the first.
    assert (one.requests, two.requests) == (2, 1)
    assert len(site.asked("/robots.txt")) == 1
    assert two.bytes > 0


def test_what_was_tried_again_counts_each_time(
    site: Any, settings: Any, source: Source, database: Any
) -> None:
    answers = [Answer(b"later", 503), Answer(article_page("The bridge", 1).encode())]
    site.put(f"{HOST}/robots.txt", status=404)
    site.answer(f"{HOST}/1", lambda: answers.pop(0))
    counts = runs.RunCounts()

    async def run() -> Page:
        whole = settings(retry_wait=0.01)
        whole = replace(whole, client=replace(whole.client, retries=1))
        async with open_newsroom(database, whole) as room:
            return await room.desk.client.counting(counts).fetch(
                f"{HOST}/1", rules=FetchRules(delay=0.0)
            )

    assert asyncio.run(run()).status == 200
    assert counts.requests == 3


def test_a_fault_in_the_judgement_of_a_source_does_not_cost_its_pass(
    site: Any, source: Source, database: Database, collect: Callable[..., Any], monkeypatch: Any
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("no poll to divide by")

    monkeypatch.setattr("ingest.pipeline.booking.judge_source", fail)
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge of Mill Lane", 1))
    finished = collect(source).sources[0]
    assert (finished.error, finished.health, finished.counts.filed) == (None, None, 1)
    with database.reading() as connection:
        assert connection.execute(sa.select(passes.c.outcome)).scalars().all() == ["ok"]
