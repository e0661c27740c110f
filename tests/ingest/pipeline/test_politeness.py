"""Politeness as the server sees it: from its own log, over a whole run and the next."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from sources.source import Endpoint, FetchRules
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def fill(site, count: int) -> list[str]:
    paths = [f"/news/week-{n}-of-the-bridge" for n in range(count)]
    site.put(f"{HOST}/feed", feed(*paths))
    for number, path in enumerate(paths):
        site.put(f"{HOST}{path}", article_page(f"Week {number} of the bridge", number))
    return paths


def gaps(site) -> list[float]:
    times = sorted(request.at for request in site.log)
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


@pytest.mark.parametrize("crawl_delay", [None, 0.3])
def test_the_gap_between_requests_is_never_below_the_limit(site, source, collect, crawl_delay):
    fill(site, 6)
    if crawl_delay:
        site.put(
            f"{HOST}/robots.txt",
            f"User-agent: *\nCrawl-delay: {crawl_delay}",
            content_type="text/plain",
        )
    polite = replace(source, fetch=FetchRules(delay=0.15, concurrency=4))
    [finished] = collect(polite).sources
    assert finished.counts.filed == 6
    # The server's clock starts when a request has arrived; a loaded machine blurs it a little. The
    # first request is for robots.txt, before its Crawl-delay can be known.
    assert min(gaps(site)[1:]) >= (crawl_delay or 0.15) - 0.05


def test_no_more_requests_are_under_way_than_allowed(site, source, collect):
    paths = fill(site, 12)
    open_now, most, lock = [0], [0], threading.Lock()

    def slow(found: Answer):
        def answer() -> Answer:
            with lock:
                open_now[0] += 1
                most[0] = max(most[0], open_now[0])
            time.sleep(0.05)
            with lock:
                open_now[0] -= 1
            return found

        return answer

    for path in paths:
        site.answer(f"{HOST}{path}", slow(site.pages["www.mill-lane.example", path]))
    collect(replace(source, fetch=FetchRules(delay=0.0, concurrency=3)))
    assert 2 <= most[0] <= 3


def test_what_robots_txt_forbids_is_not_asked_for(site, source, collect, database):
    paths = fill(site, 4)
    site.put(
        f"{HOST}/robots.txt", f"User-agent: *\nDisallow: {paths[1]}", content_type="text/plain"
    )
    [finished] = collect(source).sources
    assert finished.counts.filed == 3
    assert not site.asked(paths[1])
    assert site.log[0].path == "/robots.txt"


def test_robots_txt_is_asked_for_once_a_day_by_all_runs_together(site, source, collect):
    fill(site, 2)
    for _ in range(3):
        collect(source)
    assert len(site.asked("/robots.txt")) == 1


def test_nothing_is_fetched_while_robots_txt_answers_5xx(site, source, collect):
    fill(site, 2)
    site.put(f"{HOST}/robots.txt", "busy", status=503)
    [finished] = collect(source).sources
    assert finished.counts.fetched == 0
    assert {request.path for request in site.log} == {"/robots.txt"}


def test_a_retry_after_keeps_the_whole_host_quiet(site, source, collect):
    paths = fill(site, 6)
    busy = {"left": 1}
    found = site.pages["www.mill-lane.example", paths[-1]]

    def answer() -> Answer:
        if busy["left"]:
            busy["left"] -= 1
            busy["at"] = time.monotonic()
            return Answer(b"busy", 503, {"Retry-After": "1"})
        return found

    for path in paths:
        page = site.pages["www.mill-lane.example", path]
        site.answer(f"{HOST}{path}", answer if path == paths[-1] else (lambda page=page: page))
    collect(replace(source, fetch=FetchRules(delay=0.0, concurrency=1)), max_retry_after=5.0)
    after = [request.at - busy["at"] for request in site.log if request.at > busy["at"] + 0.02]
    assert after == [] or min(after) >= 0.9


def test_a_second_pass_over_unchanged_endpoints_is_conditional_throughout(site, source, collect):
    paths = fill(site, 3)
    entries = "".join(f"<url><loc>{HOST}{path}</loc></url>" for path in paths)
    site.put(
        f"{HOST}/map-1.xml", f"<urlset {NS}>{entries}</urlset>", content_type="application/xml"
    )
    files = f"<sitemap><loc>{HOST}/map-1.xml</loc></sitemap>"
    site.put(
        f"{HOST}/map.xml",
        f"<sitemapindex {NS}>{files}</sitemapindex>",
        content_type="application/xml",
    )
    both = replace(
        source, endpoints=(Endpoint("feed", f"{HOST}/feed"), Endpoint("sitemap", f"{HOST}/map.xml"))
    )
    collect(both)
    site.log.clear()
    [finished] = collect(both).sources
    assert sorted((request.path, request.status) for request in site.log) == [
        ("/feed", 304),
        ("/map-1.xml", 304),
        ("/map.xml", 304),
    ]
    assert finished.counts.documents == finished.counts.not_modified == 3
