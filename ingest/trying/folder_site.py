"""Whether a folder of a host is a site of its own: a blog beside a shop, a paper beneath a portal.

A section of a newspaper lies in a folder too, and is no site. What tells them apart: the folder has an
API or a feed of its own that says that its home is there, and the host's front page announces none and
goes by another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from ingest.extract.page.folding import letters
from ingest.trying.site_identity import site_title
from sources.address import address_key
from sources.client import decode_page
from sources.endpoints import discover_endpoints
from sources.endpoints.announcements import announced_on, base_of, wordpress_root
from sources.endpoints.discovery import folder_of
from sources.endpoints.feed_head import FeedHead, read_feed_head
from sources.errors import EndpointError, FetchError
from sources.hosting import same_site, site_of
from sources.markup import excess
from sources.platforms import detect_platform, platform_endpoints

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from sources.endpoints import Fetcher
    from sources.endpoints.parsing import Parsing
    from sources.page import Page
    from sources.source import Endpoint, FetchRules

__all__ = ["site_in_folder"]


async def site_in_folder(
    given: Page,
    endpoint: Endpoint | None,
    heads: Sequence[FeedHead],
    root: tuple[Page, HtmlPage] | None,
    client: Fetcher,
    rules: FetchRules,
    parse: Parsing,
    *,
    is_story: bool,
) -> str | None:
    """The home of the site that lies in a folder of its host; ``None`` where the host is the site.

    Args:
        given: the page or feed that was named.
        endpoint: what ``given`` is, where it is a feed or a sitemap.
        heads: of the feed that was given.
        root: the host's front page, where it can be read.
        client: fetches; remembers what it fetched.
        rules: of the source.
        parse: where pages and documents are parsed.
        is_story: whether ``given`` is an article, whose folder says nothing.
    """
    if endpoint is None:
        home = await parse(given.url, _wordpress_home, given)
        of_root = await parse(root[0].url, _wordpress_home, root[0]) if root is not None else None
        if home is not None and home != of_root:
            return home if _is_inside(given.url, home) else None
        if is_story or not _is_deeper(given.url):
            return None
        if root is not None and await _announces(root[0], parse):
            return None
        head = await _head_of_folder(given, client, rules, parse)
        home = given.url
    else:
        head = heads[0] if heads and endpoint.kind == "feed" else None
        home = urljoin(given.url, head.home) if head is not None and head.home else ""
        if not home or not _is_deeper(home) or not _is_inside(given.url, home):
            return None
    if head is None or (root is not None and await _is_of_root(head, *root, parse)):
        return None
    return home


def _wordpress_home(page: Page) -> str | None:
    """The folder of the WordPress whose API ``page`` names, where that is not the host's root."""
    text, _ = decode_page(page.body, page.headers.get("content-type"))
    if excess(text.encode("utf-8", "replace")) is not None:
        return None
    tree = LexborHTMLParser(text)
    root = wordpress_root(page, tree, base_of(tree, page.url))
    if root is None or not same_site(root, page.url):
        return None
    home = (
        root.partition("?")[0].removesuffix("/").removesuffix("wp-json").removesuffix("index.php")
    )
    return home if _is_deeper(home) else None


def _is_deeper(url: str) -> bool:
    """Whether ``url`` lies in a folder beneath its site's front page."""
    try:
        return address_key(folder_of(url)) != address_key(site_of(url).root)
    except ValueError:
        return False


def _is_inside(url: str, home: str) -> bool:
    return same_site(url, home) and urlsplit(url).path.startswith(urlsplit(folder_of(home)).path)


async def _head_of_folder(
    given: Page, client: Fetcher, rules: FetchRules, parse: Parsing
) -> FeedHead | None:
    """What a feed in the folder of ``given`` says of itself, where it says that its home is there."""
    text, _ = decode_page(given.body, given.headers.get("content-type"))
    candidates = platform_endpoints(detect_platform(text), given.url)
    try:
        found = await discover_endpoints(
            given.url, client, rules, candidates=candidates, parse=parse
        )
    except (EndpointError, FetchError):
        return None
    for endpoint in found:
        if endpoint.kind != "feed" or not _is_inside(endpoint.url, given.url):
            continue
        try:
            page = await client.fetch(endpoint.url, rules=rules, accept="feed")
            head = await parse(page.url, read_feed_head, page.body)
        except (EndpointError, FetchError):
            continue
        if head.home and _is_inside(urljoin(endpoint.url, head.home), given.url):
            return head
    return None


async def _announces(front: Page, parse: Parsing) -> bool:
    return bool((await parse(front.url, announced_on, front)).feeds)


async def _is_of_root(head: FeedHead, front: Page, shown: HtmlPage, parse: Parsing) -> bool:
    """Whether the front page of the host speaks for the folder too: by a feed, or by its name."""
    if await _announces(front, parse):
        return True
    name = letters(site_title(front.url, shown) or "")
    title = letters(head.title or "")
    return bool(name and title) and (name in title or title in name)
