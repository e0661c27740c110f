"""What is nothing to be told of: papers over the real pipeline that are as they always were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ingest.backfill.request import BackfillRequest
from ingest.run import run_backfills
from sources.source import Endpoint
from tests.ingest.conftest import HOST
from tests.ingest.health.conftest import Paper, feed_of, usual_page


def test_a_first_run_and_a_second_without_news(paper: Paper) -> None:
    paper.poll(1, articles=12)
    assert paper.health.state == "healthy"
    paper.poll(12, articles=0)
    assert paper.told == []


def test_a_first_run_that_finds_only_pages_that_are_no_articles_is_a_note(paper: Paper) -> None:
    paper.page = lambda number: b"\x00"
    paper.poll(3, articles=6)
    assert paper.told == []
    assert [each.severity for each in paper.health.findings] == ["note"]


def test_a_paper_that_edits_all_that_it_published(paper: Paper) -> None:
    paper.poll(6)
    for edition in range(2, 6):
        for number in paper.published:
            page = usual_page(number, title=f"Berth {number}, edition {edition}")
            paper.site.put(f"{HOST}/story/{number}", page)
        paper.poll()
    assert paper.told == []


def test_one_poll_that_fails_and_one_page_that_does(paper: Paper) -> None:
    paper.poll(6)
    paper.site.put(f"{HOST}/feed", "busy", status=502)
    paper.collect(paper.source)
    assert paper.health.state == "healthy"
    paper.poll(3)
    paper.page = lambda number: b""
    paper.poll(1, articles=1)
    paper.page = usual_page
    paper.poll(3)
    assert paper.told == []


def test_a_site_that_is_listed_and_whose_list_has_other_links(paper: Paper) -> None:
    paper.source = replace(paper.source, endpoints=(Endpoint("listing", f"{HOST}/"),))

    def announce() -> None:
        listed = "".join(
            f"<article><h2><a href=/story/{n}>Berth {n} of the harbour</a></h2></article>"
            for n in reversed(paper.published[-20:])
        )
        others = "".join(f"<a href=/tag/{word}>{word}</a>" for word in ("mill", "lane", "berth"))
        paper.site.put(
            f"{HOST}/", f"<html><body><nav>{others}</nav><main>{listed}</main></body></html>"
        )

    paper.announce = announce  # type: ignore[method-assign]
    paper.poll(10)
    assert len(paper.published) == 40
    assert paper.told == []


def test_an_operator_who_adds_an_endpoint_and_changes_the_rules(paper: Paper) -> None:
    paper.poll(10)
    for number in range(1000, 1080):
        paper.site.put(f"{HOST}/story/{number}", usual_page(number))
    paper.site.put(f"{HOST}/old", feed_of(*(f"/story/{n}" for n in range(1000, 1080))))
    both = (*paper.source.endpoints, Endpoint("feed", f"{HOST}/old"))
    rules = replace(paper.source.links, exclude=("/sport/*",))
    paper.source = replace(paper.source, endpoints=both, links=rules)
    paper.poll(4)
    assert paper.told == []


def test_a_backfill_beside_that_finds_most_pages_gone(
    paper: Paper, settings: Callable[..., Any]
) -> None:
    paper.poll(6)
    gone = "".join(
        f"<url><loc>{HOST}/story/old-{n}</loc><lastmod>2026-01-02</lastmod></url>"
        for n in range(60)
    )
    paper.site.put(
        f"{HOST}/sitemap.xml",
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{gone}</urlset>",
    )
    archive = Endpoint("sitemap", f"{HOST}/sitemap.xml", archive=True)
    source = replace(paper.source, endpoints=(*paper.source.endpoints, archive))
    report = asyncio.run(run_backfills([source], paper.database, settings(), BackfillRequest()))
    assert report.sources[0].counts.gone == 60
    paper.poll(3)
    assert paper.told == []


def test_an_endpoint_that_has_moved_for_good_is_a_note_with_its_new_address(paper: Paper) -> None:
    paper.poll(2)

    def announce() -> None:
        paths = [f"/story/{n}" for n in reversed(paper.published[-20:])]
        paper.site.put(f"{HOST}/new-feed", feed_of(*paths))
        paper.site.put(f"{HOST}/feed", "", 301, location="/new-feed")

    paper.announce = announce  # type: ignore[method-assign]
    health = paper.poll(2)
    (found,) = health.findings
    assert (health.state, found.reason, found.severity) == ("healthy", "moved", "note")
    assert f'url = "{HOST}/new-feed"' in found.advice
    assert paper.told == []


def test_a_redirect_that_holds_for_now_is_not_worth_a_note(paper: Paper) -> None:
    paper.poll(2)
    paper.site.put(f"{HOST}/new-feed", feed_of("/story/1"))
    paper.site.put(f"{HOST}/feed", "", 302, location="/new-feed")
    assert paper.poll(1, articles=0).findings == ()
