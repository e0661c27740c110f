"""Where a site announces its articles is found where the site itself says it, on whatever host."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sources.client import Client, ClientSettings
from sources.endpoints import Document, discover_endpoints, read_endpoint
from sources.errors import EndpointError
from sources.source import Endpoint, FetchRules, Source
from tests.conftest import LoopbackSite

HOST = "http://paper.example"
SERVICE = "http://feeds.service.example"
STORE = "http://maps.store.example"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(*urls: str) -> str:
    items = "".join(f"<item><title>A story</title><link>{url}</link></item>" for url in urls)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def urlset(*urls: str) -> str:
    return f"<urlset {NS}>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>"


def index(*urls: str) -> str:
    files = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex {NS}>{files}</sitemapindex>"


def alternate(url: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{url}">'


def robots(site: LoopbackSite, host: str, text: str) -> None:
    site.put(f"{host}/robots.txt", text, content_type="text/plain")


async def _ask(site: LoopbackSite, ask: Any) -> Any:
    settings = ClientSettings(delay=0.0, retries=0, connect_to=site.connect_to)
    async with Client(settings) as client:
        return await ask(client)


def discovered(site: LoopbackSite, home: str = f"{HOST}/", **given: Any) -> list[Endpoint]:
    async def ask(client: Client) -> list[Endpoint]:
        return await discover_endpoints(home, client, FetchRules(delay=0.0), **given)

    found: list[Endpoint] = asyncio.run(_ask(site, ask))
    return found


def read(site: LoopbackSite, endpoint: Endpoint) -> list[tuple[Document, list[str]]]:
    async def ask(client: Client) -> list[tuple[Document, list[str]]]:
        of = Source("paper", HOST, "Paper", fetch=FetchRules(delay=0.0))
        documents = read_endpoint(endpoint, of, client, lambda url: None)
        return [(document, [link.url for link in document.links]) async for document in documents]

    found: list[tuple[Document, list[str]]] = asyncio.run(_ask(site, ask))
    return found


# On other hosts


def test_a_feed_on_a_services_host_counts_where_the_home_page_names_it(site: LoopbackSite) -> None:
    site.put(f"{HOST}/", alternate(f"{SERVICE}/paper"))
    site.put(f"{SERVICE}/paper", rss("http://other.example/ad", f"{HOST}/news/1"))
    assert discovered(site) == [Endpoint("feed", f"{SERVICE}/paper")]
    # What it names of others is not the source's.
    assert read(site, Endpoint("feed", f"{SERVICE}/paper"))[0][1] == [f"{HOST}/news/1"]


def test_a_feed_elsewhere_that_names_nothing_of_the_site_is_told_and_not_taken(
    site: LoopbackSite,
) -> None:
    site.put(f"{HOST}/", alternate(f"{SERVICE}/owner") + alternate(f"{SERVICE}/gone"))
    site.put(f"{SERVICE}/owner", rss("http://owner.example/1"))
    with pytest.raises(EndpointError) as caught:
        discovered(site)
    said = str(caught.value)
    assert f"{SERVICE}/owner, which the site names, names no page of this site" in said
    assert f"{SERVICE}/gone, which the site names, cannot be read" in said


def test_a_sitemap_elsewhere_counts_where_robots_txt_names_it(site: LoopbackSite) -> None:
    robots(site, HOST, f"User-agent: *\nSitemap: {STORE}/paper/index.xml\n")
    site.put(f"{HOST}/", "<h1>Paper")
    site.put(f"{STORE}/paper/index.xml", index(f"{STORE}/paper/1.xml", "/paper/2.xml"))
    site.put(f"{STORE}/paper/1.xml", urlset(f"{HOST}/news/the-ferry-is-back-today"))
    site.put(
        f"{STORE}/paper/2.xml",
        urlset(f"{STORE}/paper/file-of-the-store", f"{HOST}/news/the-mill-is-back-today"),
    )
    [endpoint] = discovered(site)
    assert endpoint == Endpoint("sitemap", f"{STORE}/paper/index.xml")
    links = [url for _, urls in read(site, endpoint) for url in urls]
    assert sorted(links) == [
        f"{HOST}/news/the-ferry-is-back-today",
        f"{HOST}/news/the-mill-is-back-today",
    ]


def test_a_sitemap_that_is_the_platforms_own_is_not_the_sites(site: LoopbackSite) -> None:
    robots(site, HOST, f"User-agent: *\nSitemap: {STORE}/index.xml\n")
    site.put(f"{HOST}/", "<h1>Paper")
    site.put(f"{STORE}/index.xml", index(f"{STORE}/1.xml"))
    site.put(f"{STORE}/1.xml", urlset("http://other.example/1"))
    with pytest.raises(
        EndpointError, match=r"maps\.store\.example/index\.xml, which the site names"
    ):
        discovered(site)


def test_another_hosts_robots_txt_holds_for_what_lies_there(site: LoopbackSite) -> None:
    robots(site, STORE, "User-agent: *\nDisallow: /closed/\n")
    site.put(f"{HOST}/map.xml", index(f"{STORE}/closed/1.xml", f"{STORE}/open/2.xml"))
    site.put(f"{STORE}/closed/1.xml", urlset(f"{HOST}/news/1-of-the-closed-ones"))
    site.put(f"{STORE}/open/2.xml", urlset(f"{HOST}/news/2-of-the-open-ones"))
    found = read(site, Endpoint("sitemap", f"{HOST}/map.xml"))
    assert [url for _, urls in found for url in urls] == [f"{HOST}/news/2-of-the-open-ones"]
    assert [document.url for document, _ in found if document.error] == [f"{STORE}/closed/1.xml"]
    assert site.asked("/closed/1.xml") == []


def test_an_index_cannot_send_us_to_somebody_else(site: LoopbackSite) -> None:
    files = [f"http://victim.example/{number}" for number in range(100)]
    site.put(f"{HOST}/map.xml", index(*files))
    for number, url in enumerate(files):
        site.put(url, urlset(f"http://victim.example/{number}/a-page-of-its-own"))
    read(site, Endpoint("sitemap", f"{HOST}/map.xml"))
    asked = [request for request in site.log if request.host == "victim.example"]
    assert len([request for request in asked if request.path != "/robots.txt"]) == 5


# In a folder


def test_a_blog_in_a_folder_is_found_in_its_folder(site: LoopbackSite) -> None:
    site.put(f"{HOST}/blog/", "<h1>The harbour blog")
    site.put(f"{HOST}/blog/feed/", rss(f"{HOST}/blog/1"))
    site.put(f"{HOST}/blog/sitemap.xml", urlset(f"{HOST}/blog/1"))
    site.put(f"{HOST}/feed/", rss(f"{HOST}/boats/1"))
    site.put(f"{HOST}/sitemap.xml", urlset(f"{HOST}/boats/1"))
    for home in (f"{HOST}/blog/", f"{HOST}/blog/index.html", f"{HOST}/blog"):
        site.put(home, "<h1>The harbour blog")
        assert discovered(site, home) == [
            Endpoint("feed", f"{HOST}/blog/feed/"),
            Endpoint("sitemap", f"{HOST}/blog/sitemap.xml", archive=True),
        ]


def test_the_feed_of_the_host_is_a_folders_only_where_it_names_something_in_it(
    site: LoopbackSite,
) -> None:
    site.put(f"{HOST}/blog/", "<h1>The harbour blog")
    site.put(f"{HOST}/feed/", rss(f"{HOST}/boats/1"))
    with pytest.raises(EndpointError, match="no feed"):
        discovered(site, f"{HOST}/blog/")
    site.put(f"{HOST}/feed/", rss(f"{HOST}/boats/1", f"{HOST}/blog/1"))
    assert discovered(site, f"{HOST}/blog/") == [Endpoint("feed", f"{HOST}/feed/")]


def test_the_feed_of_the_host_is_that_of_its_edition(site: LoopbackSite) -> None:
    site.put(f"{HOST}/en/", "<h1>Paper")
    site.put(f"{HOST}/feed/", rss(f"{HOST}/2026/11/20/the-ferry-is-back"))
    assert discovered(site, f"{HOST}/en/") == [Endpoint("feed", f"{HOST}/feed/")]


# On the page


def test_what_a_home_page_announces_counts_from_its_base(site: LoopbackSite) -> None:
    head = f'<base href="{HOST}/site/">{alternate("feeds/main.xml")}{alternate("http://[nowhere")}'
    site.put(f"{HOST}/", head)
    site.put(f"{HOST}/site/feeds/main.xml", rss(f"{HOST}/news/1"))
    assert [e.url for e in discovered(site)] == [f"{HOST}/site/feeds/main.xml"]


@pytest.mark.parametrize(
    "link",
    [
        f'<a href="{SERVICE}/paper.rss">RSS</a>',
        '<a href="/service/rss.php?part=all" title="RSS-Feed"><img src=rss.gif></a>',
        '<a href="/meldungen_rss.xml">Abonnieren</a>',
    ],
)
def test_a_feed_that_the_home_page_only_links_to_is_found(site: LoopbackSite, link: str) -> None:
    site.put(f"{HOST}/", f'<a href="/about-rss-readers">What is RSS?</a>{link}')
    for url in (
        f"{SERVICE}/paper.rss",
        f"{HOST}/service/rss.php?part=all",
        f"{HOST}/meldungen_rss.xml",
    ):
        site.put(url, rss(f"{HOST}/news/1"))
    [endpoint] = discovered(site)
    assert endpoint.kind == "feed"
    assert endpoint.url.rpartition("/")[2] in link
    assert site.asked("/about-rss-readers") == []


@pytest.mark.parametrize(
    "way",
    [
        {"refresh": "0; url=/files/feed.xml"},
        {"body": '<meta http-equiv="refresh" content="0; url=/files/feed.xml">'},
    ],
)
def test_a_feed_that_a_page_leads_to_is_read(site: LoopbackSite, way: dict[str, str]) -> None:
    site.put(f"{HOST}/feed/", **way)
    site.put(f"{HOST}/files/feed.xml", rss(f"{HOST}/news/1"))
    [(document, urls)] = read(site, Endpoint("feed", f"{HOST}/feed/"))
    assert (urls, document.error) == ([f"{HOST}/news/1"], None)
    assert not document.validators


def test_what_a_home_page_names_in_its_header_counts_as_in_its_markup(site: LoopbackSite) -> None:
    named = (
        f'<{HOST}/wp-json/>; rel="https://api.w.org/", '
        f'<{SERVICE}/paper>; title="Paper, all"; rel="alternate"; type="application/rss+xml", '
        f"</map.xml>; rel=sitemap, <http://[nowhere>; rel=alternate; type=text/xml"
    )
    site.put(f"{HOST}/", "<h1>Paper", link=named)
    site.put(f"{SERVICE}/paper", rss(f"{HOST}/news/1"))
    site.put(f"{HOST}/map.xml", urlset(f"{HOST}/news/1"))
    assert discovered(site) == [
        Endpoint("feed", f"{SERVICE}/paper"),
        Endpoint("sitemap", f"{HOST}/map.xml", archive=True),
    ]


def test_a_sitemap_that_the_home_page_names_is_found_on_whatever_host(site: LoopbackSite) -> None:
    head = f'<link rel="Sitemap" type="application/xml" href="{STORE}/paper.xml">'
    site.put(f"{HOST}/", head)
    site.put(f"{STORE}/paper.xml", urlset(f"{HOST}/news/1"))
    assert discovered(site) == [Endpoint("sitemap", f"{STORE}/paper.xml")]
