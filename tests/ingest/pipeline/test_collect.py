"""Collecting a source over real HTTP into a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.events import Event, PageDone
from ingest.run import RunReport
from sources.source import Endpoint, LinkRules, Source
from storage.database import Database
from tests.ingest.conftest import HOST, article_page, feed

Collect = Callable[..., RunReport]


def rows(database: Database, query: str) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.text(query)))


def states(database: Database) -> dict[str, tuple[str, str | None]]:
    return {
        url.removeprefix(HOST): (state, reason)
        for url, state, reason in rows(database, "select url, state, reason from links")
    }


def test_new_articles_are_filed_once_and_a_second_pass_asks_conditionally(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/1", "/2"))
    site.put(f"{HOST}/1", article_page("The bridge of Mill Lane", 1))
    site.put(f"{HOST}/2", article_page("The ferry of Mill Lane", 2))
    first = collect(source).sources[0]
    assert (first.counts.links_new, first.counts.filed, first.error) == (2, 2, None)
    stored = rows(database, "select title, published, source, language from articles order by id")
    assert {row.title for row in stored} == {"The bridge of Mill Lane", "The ferry of Mill Lane"}
    assert {row.published for row in stored} == {"2026-11-20T10:00:00+01:00"}
    before = len(site.log)
    second = collect(source).sources[0]
    assert (second.counts.links_new, second.counts.filed, second.counts.not_modified) == (0, 0, 1)
    again = [request for request in site.log[before:] if request.path != "/robots.txt"]
    assert [(request.path, request.status) for request in again] == [("/feed", 304)]


def test_the_same_text_under_a_second_address_is_not_filed_twice(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/1", "/1?utm_source=rss", "/print/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    site.put(f"{HOST}/print/1", article_page("The bridge", 1))
    counts = collect(source).sources[0].counts
    assert (counts.filed, counts.duplicate) == (1, 1)
    assert sorted(state for state, _ in states(database).values()) == ["done", "duplicate"]


def test_a_page_that_is_no_article_is_refused_with_the_reason(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    shell = "<html><head><title>Courier</title></head><body><div id=root></div><noscript>You need to enable JavaScript.</noscript><script>x()</script></body></html>"
    soft = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>Sorry, nothing here.</p></body></html>"
    site.put(
        f"{HOST}/feed",
        feed("/gone", "/missing", "/soft", "/shell", "/forbidden", "/broken", "/image"),
    )
    site.put(f"{HOST}/gone", "", 410)
    site.put(f"{HOST}/soft", soft)
    site.put(f"{HOST}/shell", shell)
    site.put(f"{HOST}/forbidden", "", 403)
    site.put(f"{HOST}/broken", "", 500)
    site.put(f"{HOST}/image", b"\x89PNG\r\n", content_type="image/png")
    report = collect(source)
    assert states(database) == {
        "/gone": ("gone", "http_410"),
        "/missing": ("gone", "http_404"),
        "/soft": ("failed", "error_page"),
        "/shell": ("failed", "script_shell"),
        "/forbidden": ("failed", "http_403"),
        "/broken": ("failed", "http_500"),
        "/image": ("refused", "not_html"),
    }
    assert rows(database, "select id from articles") == []
    assert report.sources[0].error is None


def test_redirects_into_a_circle_into_the_own_network_and_out_of_the_house_are_refused(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/circle", "/inside", "/away"))
    site.put(f"{HOST}/circle", "", 302, location="/circle2")
    site.put(f"{HOST}/circle2", "", 302, location="/circle")
    site.put(f"{HOST}/inside", "", 302, location=f"http://127.0.0.1:{site.port}/secret")
    site.put(f"{HOST}/away", "", 302, location="http://elsewhere.example/story")
    site.put("http://elsewhere.example/story", article_page("Elsewhere", 5))
    collect(source)
    assert states(database) == {
        "/circle": ("refused", "redirects"),
        "/inside": ("refused", "address_refused"),
        "/away": ("refused", "off_site"),
    }
    assert site.asked("/secret") == []


def test_robots_txt_is_obeyed(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/robots.txt", "User-agent: *\nDisallow: /private/", content_type="text/plain")
    site.put(f"{HOST}/feed", feed("/private/1"))
    site.put(f"{HOST}/private/1", article_page("Private", 1))
    collect(source)
    assert states(database) == {"/private/1": ("refused", "robots")}
    assert site.asked("/private/1") == []


def test_a_changed_text_becomes_a_revision(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>'
        f"<loc>{HOST}/1</loc><lastmod>%s</lastmod></url></urlset>"
    )
    by_map = replace(source, endpoints=(Endpoint("sitemap", f"{HOST}/map.xml"),))
    site.put(f"{HOST}/map.xml", sitemap % "2026-11-20T10:00:00Z", content_type="application/xml")
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    collect(by_map)
    site.put(f"{HOST}/map.xml", sitemap % "2026-11-21T10:00:00Z", content_type="application/xml")
    site.put(
        f"{HOST}/1",
        article_page(
            "The bridge",
            1,
            text="<p>The mayor has since said that the work will take until the summer.</p>",
        ),
    )
    assert collect(by_map).sources[0].counts.revised == 1
    [article] = rows(database, "select revision, text from articles")
    assert article.revision == 2
    assert "until the summer" in article.text
    [earlier] = rows(database, "select text from revisions")
    assert "until the summer" not in earlier.text


def test_an_endpoint_that_is_html_fails_the_pass_and_is_told(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", "<html><head><title>Moved</title></head></html>")
    [finished] = collect(source).failed
    assert "HTML page titled 'Moved'" in (finished.error or "")
    [row] = rows(database, "select failures, last_error from sources")
    assert row.failures == 1


def test_an_unreachable_host_fails_its_own_source_and_no_other(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    dead = Source(
        "dead",
        "http://127.0.0.2:9",
        "Dead",
        endpoints=(Endpoint("feed", "http://127.0.0.2:9/f"),),
        fetch=replace(source.fetch, allow_private=True),
    )
    report = collect(source, dead)
    assert [finished.source for finished in report.failed] == ["dead"]
    assert "refused" in (report.failed[0].error or "")
    assert len(rows(database, "select id from articles")) == 1


def test_full_text_of_the_feed_stands_in_for_a_page_without_text(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    text = "".join(f"<p>{'The feed carries this paragraph whole. ' * 6}({n})</p>" for n in range(4))
    body = f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>From the feed</title><link>{HOST}/1</link><content:encoded><![CDATA[{text}]]></content:encoded></item></channel></rss>'
    site.put(f"{HOST}/feed", body, content_type="application/rss+xml")
    site.put(
        f"{HOST}/1",
        "<html><head><title>Courier</title></head><body><div id=root></div><script>x()</script></body></html>",
    )
    collect(source)
    [row] = rows(database, "select title, extractor, text from articles")
    assert (row.title, row.extractor) == ("From the feed", "feed")
    assert row.text.count("(3)") == 1


def test_one_run_takes_at_most_so_many_pages_and_the_next_goes_on(
    site: Any, source: Source, database: Database, settings: Any, collect: Collect
) -> None:
    import asyncio

    from ingest.run import run_sources

    site.put(f"{HOST}/feed", feed(*(f"/{n}" for n in range(6))))
    for n in range(6):
        site.put(f"{HOST}/{n}", article_page(f"Story number {n}", n))
    bounded = settings()
    bounded = replace(bounded, collect=replace(bounded.collect, max_pages=4))
    asyncio.run(run_sources([source], database, bounded))
    assert len(rows(database, "select id from articles")) == 4
    assert collect(source).sources[0].counts.filed == 2


def test_observers_are_told_what_becomes_of_each_page(
    site: Any, source: Source, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/1", "/2"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    events: list[Event] = []
    collect(source, events=events)
    done = {event.url: event for event in events if isinstance(event, PageDone)}
    assert done[f"{HOST}/1"].outcome == "filed"
    assert done[f"{HOST}/1"].text == "The bridge"
    assert (done[f"{HOST}/2"].outcome, done[f"{HOST}/2"].reason) == ("gone", "http_404")


def test_endpoints_are_found_once_and_remembered(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    bare = replace(source, endpoints=())
    site.put(f"{HOST}/", '<link rel="alternate" type="application/rss+xml" href="/feed">')
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    assert collect(bare).sources[0].counts.filed == 1
    asked = len(site.asked("/"))
    collect(bare)
    assert len(site.asked("/")) == asked
    assert [row.url for row in rows(database, "select url from endpoints")] == [f"{HOST}/feed"]


def test_links_that_the_source_file_excludes_are_never_fetched(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    picky = replace(source, links=LinkRules(include=("/story/*",)))
    site.put(f"{HOST}/feed", feed("/story/1", "/video/2"))
    site.put(f"{HOST}/story/1", article_page("The bridge", 1))
    collect(picky)
    assert list(states(database)) == ["/story/1"]
    assert site.asked("/video/2") == []


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (article_page("Größe", 1).encode("cp1252"), {"content_type": "text/html"}),
        (article_page("Größe", 1).encode("utf-8"), {"content_type": "text/html; charset=iso-8859-1"}),
        (article_page("Grö\x00ße", 1).encode("utf-8"), {"content_type": "text/html; charset=utf-8"}),
    ],
    ids=["windows-1252 without a header", "wrong charset header", "NUL bytes"],
)  # fmt: skip
def test_text_comes_out_in_the_right_characters(
    site: Any, source: Source, database: Database, collect: Collect, body: bytes, headers: Any
) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", body, **headers)
    collect(source)
    assert [row.title for row in rows(database, "select title from articles")] == ["Größe"]


def test_a_page_of_50_megabytes_is_refused_and_the_rest_goes_on(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/huge", "/1"))
    site.put(f"{HOST}/huge", b"<p>" + b"x" * 50_000_000)
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    collect(source)
    assert states(database)["/huge"] == ("refused", "too_large")
    assert states(database)["/1"] == ("done", None)


def test_a_truncated_gzip_page_is_tried_again_later(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    import gzip

    whole = gzip.compress(article_page("The bridge", 1).encode())
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", whole[: len(whole) // 2], content_encoding="gzip")
    collect(source)
    assert states(database)["/1"] == ("failed", "unreachable")
