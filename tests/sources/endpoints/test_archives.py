"""Every kind of endpoint against a site of it, over HTTP: what there is, is found, all of it, once."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from sources.client import Client, ClientSettings
from sources.endpoints import Document, discover_endpoints, read_endpoint
from sources.endpoints.document import Window
from sources.source import Endpoint, FetchRules, Source
from tests.conftest import Answer, LoopbackSite

HOST = "http://paper.example"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ALWAYS = Window(None, NOW)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def when(number: int) -> datetime:
    """Articles are a day apart, newest first."""
    return NOW - timedelta(days=number + 1)


def address(number: int) -> str:
    return f"{HOST}/news/the-bridge-in-its-{number}-th-week"


def read(
    site: LoopbackSite, endpoint: Endpoint, window: Window | None = ALWAYS
) -> tuple[list[str], list[Document]]:
    """Addresses in their order, and the documents, through the real client."""
    source = Source("paper", HOST, "Paper", endpoints=(endpoint,), fetch=FetchRules(delay=0.0))
    settings = ClientSettings(
        delay=0.0,
        retries=0,
        connect_to={
            "paper.example": f"127.0.0.1:{site.port}",
            "archive.example": f"127.0.0.1:{site.port}",
        },
    )

    async def run() -> tuple[list[str], list[Document]]:
        found: list[str] = []
        documents: list[Document] = []
        async with Client(settings) as client:
            async for document in read_endpoint(
                endpoint, source, client, lambda url: None, now=NOW, window=window
            ):
                found += [link.url for link in document.links]
                document.links = ()
                documents.append(document)
        return found, documents

    return asyncio.run(run())


def errors(documents: list[Document]) -> list[str]:
    return [str(document.error) for document in documents if document.error]


def item(number: int) -> str:
    return (
        f"<item><title>Week {number}</title><link>{address(number)}</link>"
        f"<pubDate>{when(number):%a, %d %b %Y %H:%M:%S} +0000</pubDate></item>"
    )


def rss(numbers: range, head: str = "") -> str:
    return f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Paper</title>{head}{"".join(map(item, numbers))}</channel></rss>'


def by_page(
    name: str, make: Callable[[int], str | None], path: str
) -> Callable[[str, str], Answer | None]:
    """Pages of a list by the number in a parameter."""

    def answer(host: str, asked: str) -> Answer | None:
        parts = urlsplit(asked)
        if parts.path != path:
            return None
        number = int(parse_qs(parts.query).get(name, ["1"])[0])
        body = make(number)
        return Answer(body.encode()) if body is not None else None

    return answer


# Feeds


@pytest.mark.parametrize("relation", ["next", "prev-archive"])
def test_a_feed_that_names_its_older_pages_is_read_to_its_end(site, relation):
    def page(number: int) -> str | None:
        more = f'<atom:link rel="{relation}" href="/feed?page={number + 1}"/>' if number < 7 else ""
        return rss(range((number - 1) * 20, number * 20), more) if number <= 7 else None

    site.elsewhere = by_page("page", page, "/feed")
    found, documents = read(site, Endpoint("feed", f"{HOST}/feed"))
    assert found == [address(n) for n in range(140)]
    assert len(documents) == 7
    assert errors(documents) == []


def test_a_feed_that_wordpress_made_is_read_page_by_page_until_there_is_none(site):
    head = "<generator>https://wordpress.org/?v=6.8</generator>"
    site.elsewhere = by_page(
        "paged", lambda n: rss(range((n - 1) * 10, n * 10), head) if n <= 12 else None, "/feed/"
    )
    found, documents = read(site, Endpoint("feed", f"{HOST}/feed/"))
    assert found == [address(n) for n in range(120)]
    assert errors(documents) == []  # the 404 after the last page is its end


def test_pages_of_a_feed_before_the_time_are_not_asked_for(site):
    head = "<generator>https://wordpress.org/?v=6.8</generator>"
    site.elsewhere = by_page("paged", lambda n: rss(range((n - 1) * 10, n * 10), head), "/feed/")
    found, documents = read(site, Endpoint("feed", f"{HOST}/feed/"), Window(when(24), NOW))
    assert found == [address(n) for n in range(25)]
    assert len(documents) <= 4


def test_a_feed_that_repeats_its_first_page_for_ever_ends(site):
    head = "<generator>https://wordpress.org/?v=6.8</generator>"
    site.elsewhere = by_page("paged", lambda n: rss(range(10), head), "/feed/")
    found, documents = read(site, Endpoint("feed", f"{HOST}/feed/"))
    assert found == [address(n) for n in range(10)]
    assert len(documents) <= 4


def test_a_json_feed_names_its_next_page(site):
    def page(number: int) -> str:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {"id": str(n), "url": address(n), "date_published": when(n).isoformat()}
                for n in range((number - 1) * 20, number * 20)
            ],
        }
        return json.dumps(
            feed | ({"next_url": f"{HOST}/feed.json?page={number + 1}"} if number < 3 else {})
        )

    site.elsewhere = by_page("page", page, "/feed.json")
    found, _ = read(site, Endpoint("feed", f"{HOST}/feed.json"))
    assert found == [address(n) for n in range(60)]


def test_a_poll_reads_the_first_page_alone(site):
    head = "<generator>https://wordpress.org/?v=6.8</generator>"
    site.elsewhere = by_page("paged", lambda n: rss(range((n - 1) * 10, n * 10), head), "/feed/")
    found, documents = read(site, Endpoint("feed", f"{HOST}/feed/"), None)
    assert (len(found), len(documents)) == (10, 1)


# Sitemaps


def urlset(numbers: range) -> bytes:
    entries = "".join(
        f"<url><loc>{address(n)}</loc><lastmod>{when(n):%Y-%m-%dT%H:%M:%SZ}</lastmod></url>"
        for n in numbers
    )
    return f"<urlset {NS}>{entries}</urlset>".encode()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_an_index_of_two_hundred_files_and_as_many_thousand_addresses_takes_little_memory(site):
    """In a process of its own, whose peak is its own."""
    size = 1000
    files = "".join(f"<sitemap><loc>{HOST}/post-sitemap{f}.xml</loc></sitemap>" for f in range(199))
    site.put(f"{HOST}/sitemap.xml", f"<sitemapindex {NS}>{files}</sitemapindex>")
    # 199 files of the same addresses but for their number, made once: the server is not what is measured.
    template = "".join(
        f"<url><loc>{HOST}/2026/11/the-bridge-%d-in-its-{n}-th-week</loc></url>"
        for n in range(size + 26)
    )

    def file(host: str, path: str) -> Answer | None:
        if not path.startswith("/post-sitemap"):
            return None
        number = int(path.removeprefix("/post-sitemap").removesuffix(".xml"))
        body = f"<urlset {NS}>{template.replace('%d', str(number))}</urlset>".encode()
        return Answer(gzip.compress(body, 1), headers={"content-encoding": "gzip"})

    site.elsewhere = file
    script = f"""
import asyncio
from datetime import UTC, datetime
from sources.client import Client, ClientSettings
from sources.endpoints import read_endpoint
from sources.endpoints.document import Window
from sources.source import Endpoint, FetchRules, Source
endpoint = Endpoint("sitemap", "{HOST}/sitemap.xml")
source = Source("paper", "{HOST}", "Paper", endpoints=(endpoint,), fetch=FetchRules(delay=0.0))
settings = ClientSettings(delay=0.0, connect_to={{"paper.example": "127.0.0.1:{site.port}"}})
async def run():
    count = documents = 0
    async with Client(settings) as client:
        async for document in read_endpoint(
            endpoint, source, client, lambda url: None, window=Window(None, datetime(2026, 12, 1, tzinfo=UTC))
        ):
            documents += 1
            for link in document.links:
                count += 1
            assert document.error is None, document.error
    # Of this program alone: ru_maxrss begins with what the parent had.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(documents, count, int(peak.split()[1]) // 1024)
asyncio.run(run())
"""
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    documents, count, megabytes = map(int, done.stdout.split())
    assert (documents, count) == (200, 199 * (size + 26))
    assert count > 200_000
    assert megabytes < 100


def test_files_of_an_index_are_picked_by_their_dates(site):
    months = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    files = "".join(f"<sitemap><loc>{HOST}/sitemap-{m}.xml</loc></sitemap>" for m in months)
    site.put(f"{HOST}/sitemap.xml", f"<sitemapindex {NS}>{files}</sitemapindex>")
    for month in months:
        entry = f"<url><loc>{HOST}/news/the-story-of-{month}-in-full</loc></url>"
        site.put(f"{HOST}/sitemap-{month}.xml", f"<urlset {NS}>{entry}</urlset>")
    window = Window(datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC))
    found, _ = read(site, Endpoint("sitemap", f"{HOST}/sitemap.xml"), window)
    wanted = [f"{HOST}/news/the-story-of-2025-{month}-in-full" for month in ("05", "04", "03")]
    assert [url for url in found if url in wanted] == wanted
    assert len(found) <= 5  # a month on either side, for zones


def test_files_that_list_no_articles_are_not_asked_for(site):
    names = ["post-sitemap.xml", "page-sitemap.xml", "category-sitemap.xml", "author-sitemap.xml"]
    files = "".join(f"<sitemap><loc>{HOST}/{name}</loc></sitemap>" for name in names)
    site.put(f"{HOST}/sitemap_index.xml", f"<sitemapindex {NS}>{files}</sitemapindex>")
    site.put(f"{HOST}/post-sitemap.xml", urlset(range(30)))
    found, _ = read(site, Endpoint("sitemap", f"{HOST}/sitemap_index.xml"))
    assert len(found) == 30
    assert [request.path for request in site.log] == [
        "/robots.txt",
        "/sitemap_index.xml",
        "/post-sitemap.xml",
    ]


def test_gzipped_files_and_lists_of_addresses_are_sitemaps_too(site):
    site.put(f"{HOST}/a.xml.gz", gzip.compress(urlset(range(5))), content_type="application/gzip")
    site.put(f"{HOST}/b.txt", "\n".join(address(n) for n in range(5, 9)))
    files = "".join(
        f"<sitemap><loc>{HOST}/{name}</loc></sitemap>" for name in ("a.xml.gz", "b.txt")
    )
    site.put(f"{HOST}/sitemap.xml", f"<sitemapindex {NS}>{files}</sitemapindex>")
    found, _ = read(site, Endpoint("sitemap", f"{HOST}/sitemap.xml"))
    assert sorted(found) == sorted(address(n) for n in range(9))


# WordPress


def posts(
    count: int, *, headers: bool = True, noise: bytes = b""
) -> Callable[[str, str], Answer | None]:
    """The API of a WordPress site of ``count`` posts."""

    def answer(host: str, path: str) -> Answer | None:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != "/wp-json/wp/v2/posts" and query.get("rest_route") != "/wp/v2/posts":
            return None
        per_page, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        after = datetime.fromisoformat(query.get("after", "1990-01-01")).replace(tzinfo=UTC)
        before = datetime.fromisoformat(query.get("before", "2100-01-01")).replace(tzinfo=UTC)
        numbers = [n for n in range(count) if after < when(n) < before]
        pages = -(-len(numbers) // per_page)
        if page > max(pages, 1):
            error = {
                "code": "rest_post_invalid_page_number",
                "message": "beyond",
                "data": {"status": 400},
            }
            return Answer(json.dumps(error).encode(), 400)
        chunk = numbers[(page - 1) * per_page : page * per_page]
        body = [
            {
                "link": address(n),
                "date": f"{when(n) + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}",
                "date_gmt": f"{when(n):%Y-%m-%dT%H:%M:%S}",
                "modified_gmt": f"{when(n):%Y-%m-%dT%H:%M:%S}",
                "title": {"rendered": f"Week &#8220;{n}&#8221; of the <em>bridge</em>"},
                "status": "publish",
            }
            for n in chunk
        ]
        given = {"X-WP-Total": str(len(numbers)), "X-WP-TotalPages": str(pages)} if headers else {}
        given["content-type"] = "application/json"
        return Answer(noise + json.dumps(body).encode(), headers=given)

    return answer


API = Endpoint("wordpress", f"{HOST}/wp-json/wp/v2/posts", archive=True)


def test_five_thousand_posts_of_a_wordpress_site_are_found(site):
    site.elsewhere = posts(5000)
    found, documents = read(site, API)
    assert sorted(found) == sorted(address(n) for n in range(5000))
    assert len(documents) == 50
    assert errors(documents) == []


def test_without_its_headers_the_pages_go_on_while_they_are_full(site):
    site.elsewhere = posts(300, headers=False)
    found, documents = read(site, API)
    assert sorted(found) == sorted(address(n) for n in range(300))
    assert errors(documents) == []


def test_only_posts_of_the_time_are_asked_for(site):
    site.elsewhere = posts(3000)
    found, documents = read(site, API, Window(when(249), when(99)))
    assert sorted(found) == sorted(address(n) for n in range(100, 250))
    assert len(documents) == 2


def test_titles_and_times_come_with_posts(site):
    site.elsewhere = posts(1)
    source = Source("paper", HOST, "Paper", endpoints=(API,))

    async def first():
        settings = ClientSettings(delay=0.0, connect_to={"paper.example": f"127.0.0.1:{site.port}"})
        async with Client(settings) as client:
            async for document in read_endpoint(API, source, client, lambda url: None, now=NOW):
                return list(document.links)
        return []

    [link] = asyncio.run(first())
    assert link.title == "Week “0” of the bridge"
    assert link.published == "2026-11-19T00:00:00+00:00"


def test_notices_in_front_of_the_json_are_passed_over(site):
    site.elsewhere = posts(
        3, noise=b"\xef\xbb\xbf<br />\n<b>Notice</b>: Undefined index in <b>x.php</b>\n"
    )
    assert len(read(site, API)[0]) == 3


def test_a_site_without_pretty_permalinks_is_asked_by_parameter(site):
    site.elsewhere = posts(150)
    endpoint = Endpoint("wordpress", f"{HOST}/?rest_route=/wp/v2/posts", archive=True)
    assert len(read(site, endpoint)[0]) == 150


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            401,
            {"code": "rest_not_logged_in", "message": "You are not logged in."},
            "its own people only",
        ),
        (404, {"code": "rest_no_route", "message": "No route was found."}, "look for its sitemap"),
        (403, {"code": "rest_forbidden", "message": "Sorry."}, "does not open its API"),
        (200, {"hello": 1}, "expected a list of WordPress posts"),
    ],
)
def test_an_api_that_is_closed_says_so_and_what_to_do(site, status, body, said):
    site.put(f"{HOST}/x", "")
    site.elsewhere = lambda host, path: (
        Answer(json.dumps(body).encode(), status) if path.startswith("/wp-json") else None
    )
    found, documents = read(site, API)
    assert found == []
    [error] = errors(documents)
    assert said in error
    assert "\n" not in error


def test_an_html_page_instead_of_the_api_is_told(site):
    site.elsewhere = lambda host, path: (
        Answer(b"<!doctype html><title>Shop</title>") if path.startswith("/wp-json") else None
    )
    assert "got an HTML page" in errors(read(site, API)[1])[0]


# Ghost


def ghost(count: int) -> Callable[[str, str], Answer | None]:
    def answer(host: str, path: str) -> Answer | None:
        parts = urlsplit(path)
        if not parts.path.startswith("/ghost/api/content/posts"):
            return None
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if query.get("key") != "22444f78447824223cefc48062":
            return Answer(b'{"errors":[{"message":"Unknown Content API Key"}]}', 401)
        limit, page = int(query["limit"]), int(query.get("page", "1"))
        pages = -(-count // limit)
        body = {
            "posts": [
                {"url": address(n), "title": f"Week {n}", "published_at": when(n).isoformat()}
                for n in range((page - 1) * limit, min(count, page * limit))
            ],
            "meta": {"pagination": {"page": page, "next": page + 1 if page < pages else None}},
        }
        return Answer(json.dumps(body).encode(), headers={"content-type": "application/json"})

    return answer


PORTAL = (
    '<html><head><script defer src="https://cdn.example/portal.min.js" data-i18n="true" '
    f'data-ghost="{HOST}/" data-key="22444f78447824223cefc48062" '
    f'data-api="{HOST}/ghost/api/content/" data-locale="en"></script></head><body>Hello</body></html>'
)


def discovered(site: LoopbackSite, **given) -> list[Endpoint]:
    async def run():
        settings = ClientSettings(
            delay=0.0, retries=0, connect_to={"paper.example": f"127.0.0.1:{site.port}"}
        )
        async with Client(settings) as client:
            return await discover_endpoints(f"{HOST}/", client, FetchRules(delay=0.0), **given)

    return asyncio.run(run())


def test_a_ghost_site_gives_its_key_away_and_its_posts_are_found(site):
    site.put(f"{HOST}/", PORTAL)
    site.elsewhere = ghost(730)
    [endpoint] = [e for e in discovered(site) if e.kind == "ghost"]
    found, documents = read(site, endpoint)
    assert found == [address(n) for n in range(730)]
    assert len(documents) == 8


def test_a_key_that_has_changed_is_told(site):
    site.elsewhere = ghost(10)
    endpoint = Endpoint("ghost", f"{HOST}/ghost/api/content/posts/?key=0123456789abcdef0123")
    assert "its key may have changed" in errors(read(site, endpoint)[1])[0]


def test_a_wordpress_site_names_its_api_on_its_home_page(site):
    site.put(f"{HOST}/", f'<link rel="https://api.w.org/" href="{HOST}/wp-json/"><p>Hello')
    site.elsewhere = posts(30)
    assert [e.url for e in discovered(site) if e.kind == "wordpress"] == [API.url]
    site.put(f"{HOST}/", "<p>Hello", link=f'<{HOST}/wp-json/>; rel="https://api.w.org/"')
    assert [e.url for e in discovered(site, archives=True) if e.kind == "wordpress"] == [API.url]


# Listings


def listing(numbers: range, more: str) -> str:
    teasers = "".join(
        f'<article class=teaser><h3><a href="{urlsplit(address(n)).path}">Week {n}</a></h3>'
        f"<time datetime={when(n):%Y-%m-%d}>…</time></article>"
        for n in numbers
    )
    return f"<html><body><nav><a href=/politics>Politics</a></nav><main>{teasers}</main>{more}</body></html>"


def numbers_bar(number: int, last: int) -> str:
    links = "".join(
        f'<a href="/news?page={n}">{n}</a> '
        for n in {1, number - 1, number + 1, last}
        if 0 < n <= last
    )
    return f"<div class=pagination>{links}</div>"


NEXT: dict[str, Callable[[int], str]] = {
    "rel on a link": lambda n: f'<a rel=next href="/news?page={n + 1}">»</a>',
    "rel in the head": lambda n: f'<link rel=next href="/news?page={n + 1}">',
    "numbers": lambda n: numbers_bar(n, 9),
    "a word": lambda n: f'<a href="/news?page={n + 1}">Ältere Beiträge »</a>',
    "another word": lambda n: f'<a href="?page={n + 1}" aria-label="Page suivante"><svg></svg></a>',
    "a class": lambda n: f'<a class="btn pager__item--next" href="?page={n + 1}">…</a>',
    "a button": lambda n: f'<button class="load-more" data-url="/news?page={n + 1}">…</button>',
    "a script": lambda n: '<script>fetch("/news?page=" + (current + 1)).then(show)</script>',
}


@pytest.mark.parametrize("way", NEXT)
def test_a_list_is_read_page_after_page_however_it_leads_on(site, way):
    def page(number: int) -> str | None:
        more = NEXT[way](number) if number < 9 or way == "a script" else ""
        return listing(range((number - 1) * 12, number * 12), more) if number <= 9 else None

    site.elsewhere = by_page("page", page, "/news")
    found, documents = read(site, Endpoint("listing", f"{HOST}/news", "article.teaser"))
    assert found == [address(n) for n in range(108)]
    assert errors(documents) == []


def test_pages_in_the_path_and_offsets_are_pages_too(site):
    for number in range(1, 5):
        more = (
            f'<a class=older href="/news/page/{number + 1}/">Older posts</a>' if number < 4 else ""
        )
        where = "/news/" if number == 1 else f"/news/page/{number}/"
        site.put(f"{HOST}{where}", listing(range((number - 1) * 5, number * 5), more))
    assert len(read(site, Endpoint("listing", f"{HOST}/news/", "article"))[0]) == 20
    site.elsewhere = by_page(
        "start",
        lambda start: listing(
            range(start if start > 1 else 0, (start if start > 1 else 0) + 10),
            "".join(f'<a href="/list?start={n}">{n // 10}</a>' for n in range(10, 50, 10)),
        ),
        "/list",
    )
    found, _ = read(site, Endpoint("listing", f"{HOST}/list", "article"))
    assert len(found) == 50


def test_a_source_file_may_count_the_pages_itself(site):
    for number in range(1, 4):
        site.put(f"{HOST}/archive/{number}.html", listing(range((number - 1) * 5, number * 5), ""))
    endpoint = Endpoint("listing", f"{HOST}/archive/{{page}}.html", "article")
    found, documents = read(site, endpoint)
    assert len(found) == 15
    assert errors(documents) == []


def test_a_calendar_without_end_and_a_list_that_turns_in_circles_end(site):
    site.elsewhere = by_page(
        "page",
        lambda n: listing(range(5), f'<a rel=next href="/news?page={n + 1}">next</a>'),
        "/news",
    )
    _, documents = read(site, Endpoint("listing", f"{HOST}/news", "article"))
    assert len(documents) <= 4


def test_a_more_under_a_teaser_is_no_next_page(site):
    more = f'<a href="{urlsplit(address(77)).path}">More</a><a href="/politics">more</a>'
    site.put(f"{HOST}/news", listing(range(5), more))
    _, documents = read(site, Endpoint("listing", f"{HOST}/news", "article"))
    assert len(documents) == 1


def test_pages_of_a_list_before_the_time_are_not_asked_for(site):
    site.elsewhere = by_page(
        "page",
        lambda n: listing(range((n - 1) * 10, n * 10), f'<a rel=next href="/news?page={n + 1}">'),
        "/news",
    )
    _, documents = read(site, Endpoint("listing", f"{HOST}/news", "article"), Window(when(25), NOW))
    assert len(documents) <= 5


# An archive's index


def cdx(count: int, form: str) -> Callable[[str, str], Answer | None]:
    """An index of ``count`` pages, each with two copies, in parts of 400 rows."""
    names = ["timestamp", "original", "mimetype", "statuscode", "digest"]
    rows = [
        [
            f"202{copy}0101000000",
            address(n).replace("http:", "http:" if n % 2 else "https:"),
            "text/html",
            "200",
            "X",
        ]
        for n in range(count)
        for copy in (4, 5)
    ]
    rows.append(["20250101000000", f"{HOST}/robots.txt", "text/plain", "200", "X"])
    rows.append(["20250101000000", f"{HOST}/tag/bridge", "text/html", "200", "X"])

    def answer(host: str, path: str) -> Answer | None:
        parts = urlsplit(path)
        if host != "archive.example" or parts.path != "/cdx/search/cdx":
            return None
        query = parse_qs(parts.query)
        assert query["filter"] == ["statuscode:200", "mimetype:text/html"]
        assert query["url"] == ["paper.example"]
        start = int(query.get("resumeKey", ["0"])[0])
        part = rows[start : start + 400]
        rest = start + 400 < len(rows)
        if form == "table":
            tail: list[list[str]] = [[], [str(start + 400)]] if rest else []
            return Answer(json.dumps([names, *part, *tail]).encode())
        if form == "lines":
            return Answer(
                "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows).encode()
            )
        lines = [f"key {' '.join(row)} 100" for row in part] + (
            ["", str(start + 400)] if rest else []
        )
        return Answer("\n".join(lines).encode())

    return answer


@pytest.mark.parametrize("form", ["table", "lines", "text"])
def test_copies_in_a_web_archive_are_found_by_its_index(site, form):
    site.elsewhere = cdx(500, form)
    endpoint = Endpoint("cdx", "http://archive.example/cdx/search/cdx", archive=True)
    found, documents = read(site, endpoint)
    assert sorted({url.replace("https:", "http:") for url in found}) == sorted(
        address(n) for n in range(500)
    )
    assert len(found) == 500
    assert errors(documents) == []


def test_the_copy_nearest_to_publication_is_fetched_as_it_was(site):
    site.elsewhere = cdx(1, "table")
    endpoint = Endpoint("cdx", "http://archive.example/cdx/search/cdx", archive=True)
    source = Source("paper", HOST, "Paper", endpoints=(endpoint,))

    async def first():
        settings = ClientSettings(
            delay=0.0, connect_to={"archive.example": f"127.0.0.1:{site.port}"}
        )
        async with Client(settings) as client:
            async for document in read_endpoint(
                endpoint, source, client, lambda url: None, now=NOW, window=ALWAYS
            ):
                return list(document.links)
        return []

    [link] = asyncio.run(first())
    assert link.fetch_url == f"http://archive.example/web/20240101000000id_/{link.url}"
    assert (link.published, link.modified) == (None, None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><title>Too many requests</title>", "got an HTML page: 'Too many requests'"),
        (
            b"org.archive.util.io.RobotAccessControlException: Blocked Site Error",
            "does not show this site",
        ),
    ],
)
def test_an_archive_that_answers_something_else_is_told(site, body, said):
    site.elsewhere = lambda host, path: Answer(body) if path.startswith("/cdx") else None
    endpoint = Endpoint("cdx", "http://archive.example/cdx/search/cdx", archive=True)
    assert said in errors(read(site, endpoint)[1])[0]
