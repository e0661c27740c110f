"""An archive's index: the question, every form of the answer, and what is no answer."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client import Client, ClientSettings
from sources.endpoints import read_endpoint
from sources.endpoints.archives.cdx import first_cdx, read_cdx, replay_prefix
from sources.endpoints.document import Following, Window
from sources.errors import EndpointError
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint, Source

WAYBACK = Endpoint("cdx", "https://web.archive.org/cdx/search/cdx")
PYWB = Endpoint("cdx", "https://archive.example/news/cdx")
CRAWL = Endpoint("cdx", "https://index.crawl.example/CRAWL-2026-40-index")
YEAR = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
NAMES = ["timestamp", "original", "mimetype", "statuscode", "digest"]


def row(stamp: str, url: str, media: str = "text/html", status: str = "200") -> list[str]:
    return [stamp, url, media, status, "A2B3"]


def table(*rows: list[str]) -> str:
    """As Wayback writes it: a row a line."""
    return "[" + ",\n ".join(json.dumps(entry) for entry in (NAMES, *rows)) + "]"


def read(
    body: str | bytes,
    endpoint: Endpoint = WAYBACK,
    window: Window | None = YEAR,
    asked: str = "",
    status: int = 200,
) -> tuple[list[Announced], list[str]]:
    data = body.encode() if isinstance(body, str) else body
    url = asked or first_cdx(endpoint, "https://paper.example", window)
    found = list(read_cdx(Page(url, url, status, {}, data, datetime.now(UTC)), endpoint, window))
    return (
        [entry for entry in found if isinstance(entry, Announced)],
        [entry.url for entry in found if isinstance(entry, Following)],
    )


def question(endpoint: Endpoint, home: str, window: Window | None = None) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(first_cdx(endpoint, home, window)).query)


def test_wayback_is_asked_for_the_good_html_of_the_site_in_the_time() -> None:
    url = first_cdx(WAYBACK, "https://www.paper.example", YEAR)
    assert url.startswith("https://web.archive.org/cdx/search/cdx?")
    asked = parse_qsl(urlsplit(url).query)
    assert asked == [
        ("url", "paper.example"),
        ("matchType", "domain"),
        ("output", "json"),
        ("fl", "timestamp,original,mimetype,statuscode,digest"),
        ("filter", "statuscode:200"),
        ("filter", "mimetype:text/html"),
        ("from", "20240101000000"),
        # Copies of December's articles are of January, and later.
        ("to", "20250401000000"),
        ("collapse", "urlkey"),
        ("limit", "50000"),
        ("showResumeKey", "true"),
    ]


def test_pywb_is_asked_in_its_own_words_page_by_page() -> None:
    asked = dict(question(PYWB, "https://paper.example", YEAR))
    assert asked["fl"] == "timestamp,url,mime,status,digest"
    assert asked["page"] == "0"
    assert "collapse" not in asked
    assert "showResumeKey" not in asked


@pytest.mark.parametrize(
    ("home", "place", "match"),
    [
        ("https://paper.example", "paper.example", "domain"),
        ("https://m.paper.example/", "paper.example", "domain"),
        ("https://news.paper.example", "news.paper.example", "domain"),
        # A room in a house that lets many: never the whole house.
        ("https://paper.blogs.example", "paper.blogs.example", "domain"),
        ("https://owner.sites.example/paper", "owner.sites.example/paper/", "prefix"),
        ("https://www.paper.example/en/", "paper.example/en/", "prefix"),
        # A front page with a name is no folder.
        ("https://www.paper.example/home", "paper.example", "domain"),
    ],
)
def test_the_question_is_as_wide_as_the_site(home: str, place: str, match: str) -> None:
    asked = dict(question(WAYBACK, home))
    assert (asked["url"], asked["matchType"]) == (place, match)


def test_what_the_endpoints_own_address_asks_stays() -> None:
    own = Endpoint(
        "cdx",
        "https://web.archive.org/cdx/search/cdx?url=old.example/news/*&filter=!original:.*tag.*"
        "&filter=statuscode:2..&to=2012&limit=500&output=text",
    )
    asked = question(own, "https://paper.example", YEAR)
    assert ("url", "old.example/news/*") in asked
    assert "matchType" not in dict(asked)
    filters = [value for name, value in asked if name == "filter"]
    assert filters == ["!original:.*tag.*", "statuscode:2..", "mimetype:text/html"]
    assert [value for name, value in asked if name == "to"] == ["2012"]
    assert [value for name, value in asked if name == "limit"] == ["500"]
    assert [value for name, value in asked if name == "output"] == ["json"]


@pytest.mark.parametrize(
    ("url", "replay", "prefix"),
    [
        ("https://web.archive.org/cdx/search/cdx", None, "https://web.archive.org/web/"),
        ("https://archive.example/cdx/search/cdx?url=x", None, "https://archive.example/web/"),
        ("https://archive.example/news/cdx", None, "https://archive.example/news/"),
        ("https://archive.example/news-cdx", None, "https://archive.example/news/"),
        ("https://archive.example/cdx", "https://r.example/w", "https://r.example/w/"),
        # An index whose copies lie in files: the site itself is asked.
        ("https://index.crawl.example/CRAWL-2026-40-index", None, None),
    ],
)
def test_where_copies_are_follows_from_where_the_index_is(
    url: str, replay: str | None, prefix: str | None
) -> None:
    assert replay_prefix(Endpoint("cdx", url, replay=replay)) == prefix


def test_a_page_is_fetched_as_it_was_and_keeps_its_own_address() -> None:
    [found], _ = read(table(row("20240301101500", "http://www.paper.example:80/2024/bridge")))
    assert found == Announced(
        "http://www.paper.example/2024/bridge",
        fetch_url="https://web.archive.org/web/20240301101500id_/http://www.paper.example/2024/bridge",
    )
    # When the archive came by is no time of publication.
    assert (found.published, found.modified) == (None, None)


def test_of_several_copies_of_a_page_the_earliest_in_the_time_counts() -> None:
    [found], _ = read(
        table(
            row("20240309000000", "https://paper.example/bridge"),
            row("20240302000000", "http://www.paper.example:80/bridge?utm_source=feed"),
            # Older than the time that is asked for: so is its article.
            row("20231231235959", "https://paper.example/bridge/"),
        )
    )
    assert found.url == "https://paper.example/bridge"
    assert found.fetch_url is not None
    assert "/20240302000000id_/http://www.paper.example/bridge?utm_source=feed" in found.fetch_url


@pytest.mark.parametrize(
    "entry",
    [
        row("20240301000000", "https://paper.example/robots.txt", "text/plain"),
        row("20240301000000", "https://paper.example/a.jpg", "image/jpeg"),
        row("20240301000000", "https://paper.example/gone", status="404"),
        row("20240301000000", "https://paper.example/again", "warc/revisit", "-"),
        row("20240301000000", "https://paper.example/robots.txt"),
        row("20240301000000", "https://paper.example/story/feed/"),
        row("20240301000000", "https://paper.example/story?replytocom=7"),
        row("20240301000000", "https://paper.example/{{article.url}}"),
        row("20240301000000", "https://paper.example/%7B%7Burl%7D%7D"),
        row("20240301000000", "https://paper.example/&quot;https:"),
        row("20240301000000", "https://paper.example/javascript:void(0)"),
        row("20240301000000", "dns:paper.example"),
        row("2024", "https://paper.example/short-stamp"),
        row("20240301000000", "https://paper.example/" + "a" * 3000),
    ],
    ids=lambda entry: entry[1][:50],
)
def test_what_is_no_page_is_left(entry: list[str]) -> None:
    good = row("20240301000000", "https://paper.example/good")
    found, _ = read(table(entry, good))
    assert [announced.url for announced in found] == ["https://paper.example/good"]


PYWB_ROW = '{"timestamp": "20240301000000", "url": "https://paper.example/a", "mime": "text/html", "status": "200"}'


@pytest.mark.parametrize(
    "body",
    [
        table(row("20240301000000", "https://paper.example/a")),
        # On one line, as behind some proxies.
        json.dumps([NAMES, row("20240301000000", "https://paper.example/a")]),
        # Other columns in another order.
        '[["original","length","timestamp"],\n["https://paper.example/a","9","20240301000000"]]',
        PYWB_ROW,
        PYWB_ROW.replace("}", ', "filename": "x.warc.gz", "offset": "1", "length": "2"}'),
        'example,paper)/a 20240301000000 {"url": "https://paper.example/a", "mime": "text/html"}',
        "example,paper)/a 20240301000000 https://paper.example/a text/html 200 A2 1234",
        # The eleven columns of a CDX file, and one that says which it has.
        "example,paper)/a 20240301000000 https://paper.example/a text/html 200 A2 - - 12 34 x.warc.gz",
        " CDX N b a m s k\nexample,paper)/a 20240301000000 https://paper.example/a text/html 200 A2",
        " CDX a b m s\nhttps://paper.example/a 20240301000000 text/html 200",
        # output=json not understood, fl understood
        "20240301000000 https://paper.example/a text/html 200 A2",
    ],
)
def test_every_form_of_an_index_is_read(body: str) -> None:
    [found], following = read(body)
    assert found.url == "https://paper.example/a"
    assert (
        found.fetch_url == "https://web.archive.org/web/20240301000000id_/https://paper.example/a"
    )
    assert following == []


@pytest.mark.parametrize(
    "body", ["", "\n", "[]", table(), '{"message": "No Captures found for: x"}']
)
def test_an_archive_without_the_site_is_no_error(body: str) -> None:
    assert read(body) == ([], [])


KEY = "example%2Cpaper%29%2Fb+20240301000000%21"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (table(row("20240301000000", "https://paper.example/a"), [], [KEY]), KEY),
        (f"k 20240301000000 https://paper.example/a text/html 200 A2\n\n{KEY}", KEY),
        # One that comes unencoded would end the address.
        (
            table(
                row("20240301000000", "https://paper.example/a"), [], ["example,paper)/b&x 2024"]
            ),
            "example%2Cpaper%29%2Fb%26x+2024",
        ),
    ],
)
def test_the_rest_follows_by_the_resume_key_as_the_archive_wrote_it(answer: str, key: str) -> None:
    found, [following] = read(answer)
    assert len(found) == 1
    # The key is encoded already: once more, and the archive begins anew.
    assert following.endswith(f"&resumeKey={key}")
    assert following.partition("&resumeKey=")[0] == first_cdx(
        WAYBACK, "https://paper.example", YEAR
    )
    # The same key again would go round in a circle; another takes its place.
    assert read(answer, asked=following)[1] == []
    _, [third] = read(table([], ["other%29"]), asked=following)
    assert third == following.replace(key, "other%29")


def test_a_poll_reads_one_answer_alone() -> None:
    answer = table(row("20240301000000", "https://paper.example/a"), [], [KEY])
    assert read(answer, window=None)[1] == []


def test_pages_of_pywbs_index_follow_until_one_repeats_or_ends() -> None:
    second = PYWB_ROW.replace("/a", "/b")
    _, [page1] = read(PYWB_ROW, CRAWL)
    assert "page=1" in urlsplit(page1).query
    _, [page2] = read(second, CRAWL, asked=page1)
    assert "page=2" in urlsplit(page2).query
    # An index without pages answers the same to each.
    assert read(second, CRAWL, asked=page2)[1] == []
    for ended in (
        '{"message": "Page 2 invalid: First Page is 0, Last Page is 1"}',
        '{"error": "No Captures found for: paper.example"}',
        "",
    ):
        assert read(ended, CRAWL, asked=page2, status=400) == ([], [])


def test_an_index_without_copies_gives_addresses_alone() -> None:
    [found], _ = read(PYWB_ROW, CRAWL)
    assert found == Announced("https://paper.example/a")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("<html><head><title>Bad\n gateway</title>", 200, "an HTML page: 'Bad gateway'"),
        ("<!DOCTYPE html><body>busy", 200, "an HTML page: 'without a title'"),
        (
            "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception."
            "AdministrativeAccessControlException: Blocked Site Error",
            403,
            "does not show this site",
        ),
        (
            "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots",
            403,
            "robots",
        ),
        ("org.archive.util.io.RuntimeIOException: disk\n\tat x.y", 500, "failed: org.archive.util"),
        ('{"message": "Internal Error: index away"}', 500, "failed: Internal Error: index away"),
        ("<html>Too Many Requests", 429, "slower pace"),
        ("Temporarily out of service", 200, "got a text: 'Temporarily out of service'"),
    ],
)
def test_an_error_is_one_clear_line(body: str, status: int, says: str) -> None:
    with pytest.raises(EndpointError, match=re.escape(says)) as raised:
        read(body, status=status)
    assert "\n" not in str(raised.value)


def test_what_came_of_an_answer_that_breaks_off_counts() -> None:
    whole = table(*(row("20240301000000", f"https://paper.example/{n}") for n in range(5)))
    url = first_cdx(WAYBACK, "https://paper.example", YEAR)
    page = Page(url, url, 200, {}, whole[:-60].encode(), datetime.now(UTC))
    found = []
    with pytest.raises(EndpointError, match="breaks off"):
        for entry in read_cdx(page, WAYBACK, YEAR):
            found.append(entry.url)
    assert found == [f"https://paper.example/{n}" for n in range(4)]


def test_a_full_answer_is_read_row_by_row() -> None:
    rows = (row("20240301000000", f"https://paper.example/{n}") for n in range(60_000))
    assert len(read(table(*rows))[0]) == 60_000


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_give_links_or_an_endpoint_error(body: bytes) -> None:
    for before in (b"", b"[", b'[["timestamp","original"],\n', b"{", b"k 20240301000000 "):
        try:
            found, _ = read(before + body)
        except EndpointError:
            continue
        assert all(announced.url.startswith("http") for announced in found)


def test_a_walk_over_http_brings_every_answer_of_the_index(site) -> None:
    index = Endpoint("cdx", "http://archive.example/cdx/search/cdx")
    source = Source("paper", "https://paper.example", "Paper")
    first = first_cdx(index, source.home, YEAR)
    site.put(first, table(row("20240301000000", "https://paper.example/news/a"), [], [KEY]))
    site.put(
        f"{first}&resumeKey={KEY}", table(row("20240302000000", "https://paper.example/news/b"))
    )

    async def walk() -> list[str | None]:
        links = []
        settings = ClientSettings(connect_to=site.connect_to, delay=0.0)
        async with Client(settings) as client:
            async for document in read_endpoint(index, source, client, {}.get, window=YEAR):
                links += [link.fetch_url for link in document.links]
                assert document.error is None
        return links

    assert asyncio.run(walk()) == [
        "http://archive.example/web/20240301000000id_/https://paper.example/news/a",
        "http://archive.example/web/20240302000000id_/https://paper.example/news/b",
    ]
