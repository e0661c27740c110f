"""What a home page says of where its site announces articles: feeds, APIs, links to feeds.

Addresses count from its ``<base href>`` (HTML Living Standard, 4.2.3), and may be of any host: that the
site itself names them is what makes them worth trying. Nothing is fetched here.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.address import as_browsers_read
from sources.client.answer.charset import decode_page
from sources.endpoints.ghost import ghost_endpoint
from sources.page import Page
from sources.source import Endpoint

__all__ = ["Announcements", "base_of", "joined", "wordpress_root"]

#: The last three are said of other things, too: whatever is announced counts once it was read as a feed.
_FEED_TYPES = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
     "application/json", "application/xml", "text/xml"]
)  # fmt: skip
#: What WordPress announces as JSON and XML on every page: its API, and frames for other sites.
_NO_FEED = re.compile(r"/wp-json/|[?&]rest_route=|oembed", re.IGNORECASE)
_WORDPRESS_HEADER = re.compile(r'<([^<>]{1,500})>\s{0,5};[^,]{0,100}rel="?https://api\.w\.org/')
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


class Announcements:
    """What one home page names; empty for an error page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._markup = ""
        if 200 <= page.status < 300:
            self._markup, _ = decode_page(page.body, page.headers.get("content-type"))
        self._tree = LexborHTMLParser(self._markup)
        self.base = base_of(self._tree, page.url)

    def feeds(self) -> list[str]:
        """Addresses of ``<link rel="alternate">`` that may be feeds of articles."""
        urls: list[str] = []
        for node in self._tree.css('link[rel~="alternate"][href]'):
            kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
            url = joined(self.base, node)
            if url is None or kind not in _FEED_TYPES or url in urls:
                continue
            title = (node.attributes.get("title") or "").lower()
            if "/comments/" in url or "comment" in title or _NO_FEED.search(url):
                continue
            urls.append(url)
        return urls[:MOST_FEEDS]

    def linked_feeds(self) -> list[str]:
        """Addresses that the page's own links call a feed, for where none is announced."""
        urls: list[str] = []
        for node in self._tree.css("a[href]")[:MOST_LINKS]:
            label = node.attributes.get("title") or node.attributes.get("aria-label") or ""
            text = node.text(deep=True)
            named = any(
                len(said) < 40 and _FEED_WORDS.fullmatch(" ".join(said.split()))
                for said in (label, text)
            )
            url = joined(self.base, node)
            if url is None or url in urls or "comment" in url or not _FEED_ADDRESS.search(url):
                continue
            if named or re.search(r"(?:rss|atom)", urlsplit(url).path, re.IGNORECASE):
                urls.append(url)
        return urls[:MOST_LINKED]

    def apis(self) -> list[Endpoint]:
        """The APIs of WordPress (``rel="https://api.w.org/"``) and Ghost that the page names."""
        found: list[Endpoint] = []
        root = wordpress_root(self._page, self._tree, self.base)
        if root is not None:
            # Without pretty permalinks the route is a parameter: /?rest_route=/
            posts = f"{root}wp/v2/posts" if root.endswith("/") else f"{root}/wp/v2/posts"
            found.append(Endpoint("wordpress", posts, archive=True))
        ghost = ghost_endpoint(self._markup, self._page.url) if self._markup else None
        if ghost is not None:
            found.append(Endpoint("ghost", ghost, archive=True))
        return found


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
