"""What a home page says of where its site announces articles: feeds, sitemaps, APIs, links to feeds.

Said in its markup, or in its ``Link`` header (RFC 8288). Addresses count from its ``<base href>`` (HTML Living Standard, 4.2.3), and may be of any host: that the
site itself names them is what makes them worth trying. Nothing is fetched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.address import as_browsers_read
from sources.client.answer.charset import decode_page
from sources.endpoints.ghost import ghost_endpoint
from sources.markup import excess
from sources.page import Page
from sources.source import Endpoint

__all__ = ["Announcements", "announced_on", "base_of", "joined", "wordpress_root"]

#: The last three are said of other things, too: whatever is announced counts once it was read as a feed.
_FEED_TYPES = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
     "application/json", "application/xml", "text/xml"]
)  # fmt: skip
#: What WordPress announces as JSON and XML on every page: its API, and frames for other sites.
_NO_FEED = re.compile(r"/wp-json/|[?&]rest_route=|oembed", re.IGNORECASE)
_WORDPRESS_HEADER = re.compile(r'<([^<>]{1,500})>\s{0,5};[^,]{0,100}rel="?https://api\.w\.org/')
#: One link of the header, and what is said of it.
_HEADER_LINK = re.compile(
    r"""<([^<>]{1,2000})>((?:\s{0,5};(?:[^,;<>"]|"[^"]{0,300}"){1,150}){1,12})"""
)
_PARAMETER = re.compile(
    r"""([a-z]{1,20})\s{0,5}=\s{0,5}("[^"]{0,300}"|[^\s;,"]{1,300})""", re.IGNORECASE
)
LONGEST_HEADER = 16_000
#: What a link to a feed is called, and what its address looks like.
_FEED_WORDS = re.compile(r"(?:rss|atom)(?:[ -]?2\.0)?(?:[ -]?feed)?|(?:news|web)?[ -]?feed", re.I)
_FEED_ADDRESS = re.compile(
    r"^https?://(?:feeds?|rss)\d?\.|/(?:rss|feed|atom|rdf)s?(?:[/.?]|$)|\.(?:rss|atom|rdf)(?:\?|$)"
    r"|[/_-](?:rss|feed|atom)\d?\.(?:xml|php|aspx?)",
    re.IGNORECASE,
)
#: Feeds announced by a home page that are taken; large papers announce dozens of sections.
MOST_FEEDS = 10
#: Links to feeds that are tried where none is announced, of so many links of a page.
MOST_LINKED, MOST_LINKS = 4, 3000


@dataclass(frozen=True, slots=True)
class Announcements:
    """What one home page names."""

    #: Addresses of ``<link rel="alternate">`` that may be feeds of articles.
    feeds: tuple[str, ...] = ()
    #: Addresses that the page's own links call a feed, for where none is announced.
    linked_feeds: tuple[str, ...] = ()
    #: The APIs of WordPress (``rel="https://api.w.org/"``) and Ghost that the page names.
    apis: tuple[Endpoint, ...] = ()
    #: Addresses of ``<link rel="sitemap">``.
    sitemaps: tuple[str, ...] = ()


def announced_on(page: Page) -> Announcements:
    """What the home page ``page`` names; nothing for an error page, and for more than is parsed."""
    if not 200 <= page.status < 300:
        return Announcements()
    markup, _ = decode_page(page.body, page.headers.get("content-type"))
    if excess(markup.encode("utf-8", "replace")) is not None:
        return Announcements()
    tree = LexborHTMLParser(markup)
    base = base_of(tree, page.url)
    apis: list[Endpoint] = []
    root = wordpress_root(page, tree, base)
    if root is not None:
        # Without pretty permalinks the route is a parameter: /?rest_route=/
        posts = f"{root}wp/v2/posts" if root.endswith("/") else f"{root}/wp/v2/posts"
        apis.append(Endpoint("wordpress", posts, archive=True))
    ghost = ghost_endpoint(markup, page.url) if markup else None
    if ghost is not None:
        apis.append(Endpoint("ghost", ghost, archive=True))
    named = [*_in_header(page), *_in_markup(tree, base)]
    return Announcements(
        tuple(_feeds(named)),
        tuple(_linked_feeds(tree, base)),
        tuple(apis),
        tuple(dict.fromkeys(each.url for each in named if "sitemap" in each.relations))[
            :MOST_FEEDS
        ],
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """One link of a page as a whole to something."""

    url: str
    #: Lower case, as are type and title.
    relations: frozenset[str]
    type: str
    title: str


def _in_header(page: Page) -> Iterator[_Named]:
    for match in _HEADER_LINK.finditer(page.headers.get("link", "")[:LONGEST_HEADER]):
        said = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(match[2])}
        try:
            url = urljoin(page.url, as_browsers_read(match[1]))
        except ValueError:
            continue
        relations = frozenset(said.get("rel", "").lower().split())
        kind = said.get("type", "").partition(";")[0].strip().lower()
        yield _Named(url, relations, kind, said.get("title", "").lower())


def _in_markup(tree: LexborHTMLParser, base: str) -> Iterator[_Named]:
    for node in tree.css('link[rel~="alternate" i][href], link[rel~="sitemap" i][href]'):
        url = joined(base, node)
        if url is not None:
            kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
            relations = frozenset((node.attributes.get("rel") or "").lower().split())
            yield _Named(url, relations, kind, (node.attributes.get("title") or "").lower())


def _feeds(named: Iterable[_Named]) -> list[str]:
    urls: list[str] = []
    for each in named:
        url, title = each.url, each.title
        if "alternate" not in each.relations or each.type not in _FEED_TYPES or url in urls:
            continue
        if "/comments/" in url or "comment" in title or _NO_FEED.search(url):
            continue
        urls.append(url)
        if len(urls) == MOST_FEEDS:
            break
    return urls


def _linked_feeds(tree: LexborHTMLParser, base: str) -> list[str]:
    urls: list[str] = []
    for node in tree.css("a[href]")[:MOST_LINKS]:
        label = node.attributes.get("title") or node.attributes.get("aria-label") or ""
        text = node.text(deep=True)
        named = any(
            len(said) < 40 and _FEED_WORDS.fullmatch(" ".join(said.split()))
            for said in (label, text)
        )
        url = joined(base, node)
        if url is None or url in urls or "comment" in url or not _FEED_ADDRESS.search(url):
            continue
        if named or re.search(r"(?:rss|atom)", urlsplit(url).path, re.IGNORECASE):
            urls.append(url)
    return urls[:MOST_LINKED]


def wordpress_root(page: Page, tree: LexborHTMLParser, base: str) -> str | None:
    """The root of the WordPress API that ``page`` names, in its headers or its markup."""
    stated = _WORDPRESS_HEADER.search(page.headers.get("link", ""))
    if stated is not None:
        try:
            return str(urljoin(page.url, stated[1].strip()))
        except ValueError:
            return None
    node = tree.css_first('link[rel="https://api.w.org/"][href]')
    return joined(base, node) if node is not None else None


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What relative addresses of the page ``tree`` at ``url`` count from."""
    node = tree.css_first("base[href]")
    base = joined(url, node) if node is not None else None
    return base if base is not None and base.startswith(("http://", "https://")) else url


def joined(base: str, node: LexborNode) -> str | None:
    """The absolute address in the ``href`` of ``node``; ``None`` where it is empty or none."""
    href = as_browsers_read(node.attributes.get("href") or "")
    try:
        return urljoin(base, href) if href else None
    except ValueError:
        return None
