"""Reading endpoints and finding them, against a small fake of the client."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from sources.endpoints import Document, discover_endpoints, is_sure, read_endpoint
from sources.endpoints.document import Following, Known, Window
from sources.endpoints.reading_rules import rules_of
from sources.errors import EndpointError, Unreachable
from sources.page import Page, Validators
from sources.platforms import platform_endpoints
from sources.source import Endpoint, EndpointKind, FetchRules, LinkRules, Source

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOME = "https://paper.example"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass
class Web:
    """Answers by address: a body, or a status."""

    answers: dict[str, str | int]
    robots: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules | None = None,
        validators: Validators | None = None,
        accept: str = "page",
        max_body: int | None = None,
    ) -> Page:
        self.asked.append(url)
        answer = self.answers.get(url, 404)
        if answer == 0:
            raise Unreachable(url, "the connection was refused")
        status = answer if isinstance(answer, int) else 200
        if validators is not None and validators.etag == f'"{url}"':
            status = 304
        body = answer.encode() if isinstance(answer, str) and status == 200 else b""
        return Page(url, url, status, {}, body, NOW, validators=Validators(f'"{url}"'))

    async def robots_sitemaps(self, url: str, rules: FetchRules | None = None) -> tuple[str, ...]:
        return self.robots


def source(*endpoints: Endpoint, links: LinkRules | None = None) -> Source:
    return Source("paper", HOME, "Paper", endpoints=endpoints, links=links or LinkRules())


def read(
    web: Web, of: Source, known: dict[str, Known] | None = None, window: Window | None = None
) -> list[tuple[Document, list[str]]]:
    async def collect() -> list[tuple[Document, list[str]]]:
        found = []
        for endpoint in of.endpoints:
            async for document in read_endpoint(
                endpoint, of, web, (known or {}).get, now=NOW, window=window
            ):
                found.append((document, [link.url for link in document.links]))
        return found

    return asyncio.run(collect())


def rss(*urls: str) -> str:
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def urlset(*urls: str, lastmod: str = "2026-11-20") -> str:
    entries = "".join(f"<url><loc>{u}</loc><lastmod>{lastmod}</lastmod></url>" for u in urls)
    return f"<urlset {NS}>{entries}</urlset>"


FEED = Endpoint("feed", f"{HOME}/feed")
SITEMAP = Endpoint("sitemap", f"{HOME}/sitemap.xml")


def test_only_the_sources_own_articles_become_links() -> None:
    web = Web(
        {
            FEED.url: rss(
                f"{HOME}/story/1",
                f"{HOME}/story/1?utm_source=rss",
                "https://m.paper.example/story/2",
                "https://partner.example/story/3",
                "https://elsewhere.test/story/4",
                f"{HOME}/video/5",
                f"{HOME}/story/6.pdf",
                f"{HOME}/",
                "javascript:void(0)",
            )
        }
    )
    rules = LinkRules(include=("/story/*",), exclude=("*/video/*",), hosts=("partner.example",))
    [(document, urls)] = read(web, source(FEED, links=rules))
    assert urls == [
        f"{HOME}/story/1",
        "https://m.paper.example/story/2",
        "https://partner.example/story/3",
    ]
    tally = document.tally
    assert (tally.repeated, tally.off_site, tally.excluded, tally.malformed) == (1, 1, 3, 1)
    assert document.error is None


def test_what_is_too_old_is_left_and_what_has_no_time_is_taken() -> None:
    web = Web({SITEMAP.url: urlset(f"{HOME}/old", lastmod="2026-10-01")})
    rules = LinkRules(max_age=timedelta(days=14))
    [(document, urls)] = read(web, source(SITEMAP, links=rules))
    assert urls == []
    assert document.tally.too_old == 1
    web = Web({FEED.url: rss(f"{HOME}/undated")})
    [(_, urls)] = read(web, source(FEED, links=rules))
    assert urls == [f"{HOME}/undated"]


def test_an_unchanged_document_costs_a_304_and_gives_no_link() -> None:
    web = Web({FEED.url: rss(f"{HOME}/1")})
    of = source(FEED)
    known = {FEED.url: Known(Validators(f'"{FEED.url}"'), rules=rules_of(of, FEED))}
    [(document, urls)] = read(web, of, known)
    assert document.not_modified
    assert urls == []


def test_an_index_is_read_newest_first_each_file_once_and_a_failing_file_spoils_no_other() -> None:
    index = (
        f"<sitemapindex {NS}>"
        f"<sitemap><loc>{HOME}/old.xml</loc><lastmod>2026-11-01</lastmod></sitemap>"
        f"<sitemap><loc>{HOME}/new.xml</loc><lastmod>2026-11-22</lastmod></sitemap>"
        f"<sitemap><loc>{HOME}/broken.xml</loc><lastmod>2026-11-21</lastmod></sitemap>"
        f"<sitemap><loc>{HOME}/ancient.xml</loc><lastmod>2020-01-01</lastmod></sitemap>"
        f"<sitemap><loc>{HOME}/new.xml</loc></sitemap>"
        f"<sitemap><loc>{SITEMAP.url}</loc></sitemap>"
        "<sitemap><loc>http://[nowhere/s.xml</loc></sitemap>"
        "<sitemap><loc>ftp://paper.example/s.xml</loc></sitemap></sitemapindex>"
    )
    web = Web(
        {
            SITEMAP.url: index,
            f"{HOME}/new.xml": urlset(f"{HOME}/2"),
            f"{HOME}/old.xml": urlset(f"{HOME}/1"),
            f"{HOME}/broken.xml": 500,
        }
    )
    found = read(web, source(SITEMAP, links=LinkRules(max_age=timedelta(days=60))))
    assert [document.url for document, _ in found] == [
        SITEMAP.url,
        f"{HOME}/new.xml",
        f"{HOME}/broken.xml",
        f"{HOME}/old.xml",
    ]
    assert [url for _, urls in found for url in urls] == [f"{HOME}/2", f"{HOME}/1"]
    assert "answered 500" in str(found[2][0].error)


def remember(found: list[tuple[Document, list[str]]], checked: datetime = NOW) -> dict[str, Known]:
    return {
        document.url: Known(
            Validators() if document.error else document.validators,
            tuple(document.following),
            failed=document.error is not None,
            checked_at=checked,
            rules=document.rules,
        )
        for document, _ in found
    }


def index(*files: tuple[str, str]) -> str:
    entries = "".join(
        f"<sitemap><loc>{HOME}/{name}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</sitemap>"
        for name, when in files
    )
    return f"<sitemapindex {NS}>{entries}</sitemapindex>"


def test_a_second_reading_is_conditional_throughout_and_knows_an_indexs_files_behind_a_304() -> (
    None
):
    web = Web(
        {
            SITEMAP.url: index(("a.xml", ""), ("b.xml", "")),
            f"{HOME}/a.xml": urlset(f"{HOME}/1"),
            f"{HOME}/b.xml": urlset(f"{HOME}/2"),
        }
    )
    again = read(web, source(SITEMAP), remember(read(web, source(SITEMAP))))
    assert [(document.url, document.not_modified) for document, _ in again] == [
        (SITEMAP.url, True),
        (f"{HOME}/a.xml", True),
        (f"{HOME}/b.xml", True),
    ]


def test_files_that_the_index_dates_are_not_asked_for_before_they_change() -> None:
    old, today = "2026-11-20T10:00:00Z", "2026-11-23"
    web = Web(
        {
            SITEMAP.url: index(("old.xml", old), ("today.xml", today), ("new.xml", old)),
            f"{HOME}/old.xml": urlset(f"{HOME}/1"),
            f"{HOME}/today.xml": urlset(f"{HOME}/2"),
            f"{HOME}/new.xml": urlset(f"{HOME}/3"),
        }
    )
    known = remember(read(web, source(SITEMAP)))
    web.answers[SITEMAP.url] = index(
        ("old.xml", old), ("today.xml", today), ("new.xml", "2026-11-23T11:00:00Z")
    )
    known[SITEMAP.url] = Known(following=known[SITEMAP.url].following)
    asked = [document.url for document, _ in read(web, source(SITEMAP), known)]
    # A day is over when it is over: today's file may have grown since.
    assert asked == [SITEMAP.url, f"{HOME}/new.xml", f"{HOME}/today.xml"]


def test_a_file_that_failed_is_asked_for_again_whatever_the_index_says() -> None:
    old = "2026-11-20T10:00:00Z"
    web = Web({SITEMAP.url: index(("a.xml", old)), f"{HOME}/a.xml": 503})
    known = remember(read(web, source(SITEMAP)))
    web.answers[f"{HOME}/a.xml"] = urlset(f"{HOME}/1")
    assert read(web, source(SITEMAP), known)[-1][1] == [f"{HOME}/1"]


def test_documents_that_a_backfill_has_read_are_not_asked_for_again() -> None:
    web = Web(
        {
            SITEMAP.url: index(("a.xml", ""), ("b.xml", "")),
            f"{HOME}/a.xml": urlset(f"{HOME}/1"),
            f"{HOME}/b.xml": urlset(f"{HOME}/2"),
        }
    )
    known = remember(read(web, source(SITEMAP)))
    for url in (SITEMAP.url, f"{HOME}/a.xml"):
        known[url] = Known(following=known[url].following, read=True)
    del known[f"{HOME}/b.xml"]
    web.asked.clear()
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), NOW)
    assert [found for _, found in read(web, source(SITEMAP), known, window)] == [[f"{HOME}/2"]]
    assert web.asked == [f"{HOME}/b.xml"]


def test_only_what_may_be_of_the_time_is_taken() -> None:
    def entry(path: str, lastmod: str = "", published: str = "") -> str:
        news = f"<news:news><news:publication_date>{published}</news:publication_date></news:news>"
        return (
            f"<url><loc>{HOME}{path}</loc>"
            f"{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{news if published else ''}</url>"
        )

    body = "".join(
        (
            entry("/undated"),
            entry("/changed-before", lastmod="2024-12-20"),
            entry("/changed-after", lastmod="2026-05-01"),
            entry("/published-before", published="2024-12-30T10:00:00Z"),
            entry("/published-within", published="2025-06-01T10:00:00Z", lastmod="2026-05-01"),
            entry("/published-after", published="2026-02-01T10:00:00Z"),
            entry("/2024/05/03/by-its-address", lastmod="2025-06-01"),
            entry("/2025/05/03/by-its-address"),
            entry("/2026/05/by-its-address"),
            entry("/last-day-somewhere", published="2025-12-31"),
        )
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    web = Web({SITEMAP.url: f"<urlset {NS} {news}>{body}</urlset>"})
    window = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    [(document, found)] = read(web, source(SITEMAP), None, window)
    assert [url.removeprefix(HOME) for url in found] == [
        "/undated",
        "/changed-after",
        "/published-within",
        "/2025/05/03/by-its-address",
        "/last-day-somewhere",
    ]
    assert document.error is None


def test_a_listing_gives_what_its_selector_picks() -> None:
    page = (
        "<base href='/news/'><ul><li class=a><a href='1.html'>First  story</a>"
        "<time datetime='2026-11-20'>20 Nov</time></li><li class=a><a href='#top'>x</a></li>"
        "<li><a href='/about'>About</a></li></ul>"
    )
    endpoint = Endpoint("listing", f"{HOME}/news/", "li.a")
    web = Web({endpoint.url: page})

    async def first() -> Document:
        return await anext(read_endpoint(endpoint, source(endpoint), web, {}.get, now=NOW))

    document = asyncio.run(first())
    [link] = document.links
    assert (link.url, link.title, link.published) == (
        f"{HOME}/news/1.html",
        "First story",
        "2026-11-20",
    )


def test_a_selector_that_picks_nothing_is_told_with_its_likely_cause() -> None:
    endpoint = Endpoint("listing", f"{HOME}/news/", "li.gone a")
    [(document, urls)] = read(Web({endpoint.url: "<p>new design</p>"}), source(endpoint))
    assert urls == []
    assert "picks nothing" in str(document.error)


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (404, "answered 404"),
        (0, "connection was refused"),
        ("<html><title>Hello</title></html>", "HTML page"),
        ("", "empty"),
    ],
)
def test_an_endpoint_that_fails_says_why_and_raises_nothing(answer: str | int, part: str) -> None:
    [(document, urls)] = read(Web({FEED.url: answer}), source(FEED))
    assert urls == []
    assert part in str(document.error)


def discovered(web: Web, **options: object) -> list[Endpoint]:
    return asyncio.run(discover_endpoints(HOME, web, **options))  # type: ignore[arg-type]


def test_endpoints_are_found_from_the_home_page_and_robots() -> None:
    home = (
        '<link rel="alternate" type="application/rss+xml" href="/rss">'
        '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">'
        '<link rel="alternate" hreflang="de" href="/de/">'
    )
    web = Web(
        {HOME: home, f"{HOME}/rss": rss(f"{HOME}/1"), f"{HOME}/map.xml": urlset(f"{HOME}/1")},
        robots=(f"{HOME}/map.xml",),
    )
    assert discovered(web) == [
        Endpoint("feed", f"{HOME}/rss"),
        Endpoint("sitemap", f"{HOME}/map.xml", archive=True),
    ]


def test_a_feed_may_be_announced_as_any_kind_of_json_or_xml_and_is_read_before_it_counts() -> None:
    home = (
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">'
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">'
        '<link rel="alternate" type="application/json" href="/feeds/main.json">'
        '<link rel="alternate" type="text/xml" href="/news.xml">'
        '<link rel="alternate" type="application/json" href="/data.json">'
    )
    items = f'[{{"id": "1", "url": "{HOME}/1"}}]'
    feed = f'{{"version": "https://jsonfeed.org/version/1", "title": "P", "items": {items}}}'
    web = Web(
        {
            HOME: home,
            f"{HOME}/feeds/main.json": feed,
            f"{HOME}/news.xml": rss(f"{HOME}/2"),
            f"{HOME}/data.json": '{"rows": []}',
        }
    )
    assert [e.url for e in discovered(web)] == [f"{HOME}/feeds/main.json", f"{HOME}/news.xml"]
    assert not [url for url in web.asked if "wp-json" in url or "oembed" in url]


def pages_of_a_feed(*pages: tuple[str, str]) -> dict[str, str | int]:
    """Pages of three entries each, by the folder and the day of their entries; each names the next."""
    answers: dict[str, str | int] = {}
    for number, (folder, day) in enumerate(pages, 1):
        items = "".join(
            f"<item><link>{HOME}/{folder}/{number}-{n}</link><pubDate>{day}</pubDate></item>"
            for n in range(3)
        )
        more = f'<atom:link rel="next" href="{HOME}/feed?page={number + 1}"/>'
        answers[FEED.url if number == 1 else f"{HOME}/feed?page={number}"] = (
            f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
            f"{more if number < len(pages) else ''}{items}</channel></rss>"
        )
    return answers


def test_pages_newer_than_the_window_are_gone_through_until_it_is_reached() -> None:
    web = Web(pages_of_a_feed(*[("news", f"2026-0{month}-10") for month in (9, 8, 7, 6, 5, 4)]))
    window = Window(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    found = read(web, source(FEED), window=window)
    assert [len(urls) for _, urls in found] == [0, 0, 0, 0, 3, 3]


def test_pages_whose_links_the_rules_leave_out_do_not_end_a_backfill() -> None:
    folders = ("sport", "sport", "sport", "news", "news")
    web = Web(pages_of_a_feed(*[(folder, "2026-05-10") for folder in folders]))
    of = source(FEED, links=LinkRules(include=("/news/*",)))
    found = read(web, of, window=Window(datetime(2026, 1, 1, tzinfo=UTC), None))
    assert [len(urls) for _, urls in found] == [0, 0, 0, 3, 3]


def test_pages_that_show_nothing_new_end_it_and_so_does_a_calendar_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), None)
    same = pages_of_a_feed(*[("news", "2026-05-10")] * 9)
    again = {
        url: str(body).replace(f"/{n}-", "/1-") for n, (url, body) in enumerate(same.items(), 1)
    }
    assert len(read(Web({**again}), source(FEED), window=window)) == 3
    monkeypatch.setattr("sources.endpoints.reading.MOST_UNWANTED", 4)
    calendar = Web(pages_of_a_feed(*[("calendar", "2026-05-10")] * 9))
    of = source(FEED, links=LinkRules(include=("/news/*",)))
    assert len(read(calendar, of, window=window)) == 4


def test_a_file_whose_index_never_says_a_new_time_is_asked_for_once_a_day() -> None:
    stale = "2026-01-01T10:00:00+00:00"
    child = f"{HOME}/sitemap-1.xml"
    index = f"<sitemapindex {NS}><sitemap><loc>{child}</loc><lastmod>{stale}</lastmod></sitemap></sitemapindex>"

    def asked(checked_at: datetime) -> bool:
        web = Web({SITEMAP.url: index, child: urlset(f"{HOME}/1")})
        known = {
            SITEMAP.url: Known(following=(Following(child, stale),), checked_at=checked_at),
            child: Known(
                Validators('"1"'), checked_at=checked_at, rules=rules_of(source(SITEMAP), SITEMAP)
            ),
        }
        read(web, source(SITEMAP), known)
        return child in web.asked

    assert not asked(NOW - timedelta(hours=23))
    assert asked(NOW - timedelta(hours=25))


def test_what_a_feed_names_is_an_article_however_its_address_ends() -> None:
    stories = [f"{HOME}/posts/why-we-left-node.js", f"{HOME}/news/a-story-of-today.json"]
    web = Web({FEED.url: rss(*stories), SITEMAP.url: urlset(*stories, f"{HOME}/1")})
    assert read(web, source(FEED))[0][1] == stories
    assert read(web, source(SITEMAP))[0][1] == [f"{HOME}/1"]


def test_the_platforms_usual_addresses_are_tried_before_guesses() -> None:
    web = Web({HOME: "<p>", f"{HOME}/blog-feed.xml": rss(f"{HOME}/post/1")})
    found = discovered(web, candidates=platform_endpoints("wix", HOME))
    assert found[0] == Endpoint("feed", f"{HOME}/blog-feed.xml")


def test_common_addresses_are_guessed_last_and_verified() -> None:
    web = Web(
        {HOME: "<p>", f"{HOME}/feed/": "<html>nothing</html>", f"{HOME}/rss": rss(f"{HOME}/1")}
    )
    assert Endpoint("feed", f"{HOME}/rss") in discovered(web)


def test_a_source_with_nothing_but_a_plain_sitemap_is_polled_by_it() -> None:
    web = Web({HOME: "<p>", f"{HOME}/sitemap.xml": urlset(f"{HOME}/1")})
    assert discovered(web) == [Endpoint("sitemap", f"{HOME}/sitemap.xml", archive=False)]


def test_nothing_found_tells_what_was_tried_and_what_to_do() -> None:
    with pytest.raises(EndpointError, match=r"no feed and no sitemap.*/rss.*listing"):
        discovered(Web({HOME: "<p>"}))


def test_a_feed_names_articles_and_a_list_of_addresses_may_name_anything() -> None:
    sure = {kind for kind in get_args(EndpointKind) if is_sure(kind)}
    assert sure == {"feed", "wordpress", "ghost"}


def test_a_feed_whose_every_link_leads_elsewhere_says_where_and_how_to_take_them() -> None:
    counters = [f"https://click.counter.example/r/{n}" for n in (1, 2)]
    [(document, urls)] = read(Web({FEED.url: rss(*counters)}), source(FEED))
    assert urls == []
    said = str(document.error)
    assert "all 2 links lead to other sites: click.counter.example (2)" in said
    assert '[links] hosts = ["click.counter.example"]' in said
    for own in (f"{HOME}/", f"{HOME}/1"):
        [(document, _)] = read(Web({FEED.url: rss(*counters, own)}), source(FEED))
        assert document.error is None
    assert document.tally.elsewhere == {"click.counter.example": 2}
    # With the remedy they are taken.
    hosts = LinkRules(hosts=("click.counter.example",))
    [(document, urls)] = read(Web({FEED.url: rss(*counters)}), source(FEED, links=hosts))
    assert (urls, document.error) == (counters, None)


def test_a_file_of_an_index_may_lead_elsewhere_without_a_word() -> None:
    answers: dict[str, str | int] = {
        SITEMAP.url: index(("a.xml", ""), ("b.xml", "")),
        f"{HOME}/a.xml": urlset("https://sister.example/1"),
        f"{HOME}/b.xml": urlset(f"{HOME}/1"),
    }
    found = read(Web(answers), source(SITEMAP))
    assert [document.error for document, _ in found] == [None, None, None]
    assert [url for _, urls in found for url in urls] == [f"{HOME}/1"]


def test_links_with_blanks_in_them_are_taken_as_browsers_take_them() -> None:
    of = source(FEED)
    given = (f"  {HOME}/news/the ferry is back ", f"{HOME}/news/the\n  mill", "/news/a b?q=c d")
    [(document, urls)] = read(Web({FEED.url: rss(*given)}), of)
    assert urls == [
        f"{HOME}/news/the%20ferry%20is%20back",
        f"{HOME}/news/the%20%20mill",
        f"{HOME}/news/a%20b?q=c%20d",
    ]
    assert document.tally.malformed == 0


@pytest.mark.parametrize(
    "changed",
    [
        source(SITEMAP, links=LinkRules(include=("/news/*",))),
        source(SITEMAP, links=LinkRules(exclude=("/video/*",))),
        source(SITEMAP, links=LinkRules(hosts=("partner.example",))),
        source(SITEMAP, links=LinkRules(max_age=timedelta(days=3))),
        source(SITEMAP, FEED),
        replace(source(SITEMAP), home="https://new.example"),
    ],
)
def test_what_was_read_by_other_rules_is_asked_for_without_conditions(changed: Source) -> None:
    old = "2026-11-20T10:00:00Z"
    answers: dict[str, str | int] = {
        SITEMAP.url: index(("a.xml", old)),
        f"{HOME}/a.xml": urlset(f"{HOME}/1"),
    }
    known = remember(read(Web(answers), source(SITEMAP)))
    again = read(Web(answers), source(SITEMAP), known)
    assert [document.not_modified for document, _ in again] == [True]
    by_new_rules = [d for d, _ in read(Web(answers), changed, known) if d.endpoint == SITEMAP]
    assert [document.not_modified for document in by_new_rules[:2]] == [False, False]


def test_another_selector_reads_a_listing_that_has_not_changed() -> None:
    listing = Endpoint("listing", f"{HOME}/news", "h2 a")
    web = Web({listing.url: f'<h2><a href="{HOME}/1">One</a></h2><h3><a href="/2">Two</a></h3>'})
    known = remember(read(web, source(listing)))
    other = replace(listing, selector="h3 a")
    assert [urls for _, urls in read(web, source(other), known)] == [[f"{HOME}/2"]]


def test_a_listings_links_count_from_its_base_and_a_broken_one_spoils_no_other() -> None:
    listing = Endpoint("listing", f"{HOME}/section/index.html", "h2 a")
    page = (
        '<head><base href="/news/"></head><h2><a href="1">One</a></h2>'
        '<h2><a href="http://[nowhere">Two</a></h2><h2><a href=" the mill ">Three</a></h2>'
        '<a rel="next" href="page/2">Older</a>'
    )
    more = '<base href="https://[nowhere"><h2><a href="/news/4">Four</a></h2>'
    web = Web({listing.url: page, f"{HOME}/news/page/2": more})
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), None)
    found = read(web, source(listing), window=window)
    assert [urls for _, urls in found] == [
        [f"{HOME}/news/1", f"{HOME}/news/the%20mill"],
        [f"{HOME}/news/4"],
    ]
