"""Finding a source's endpoints from its home page, where the source file names none.

In this order: what the home page announces (``<link rel="alternate">``, the APIs of WordPress and
Ghost), what robots.txt announces (``Sitemap:``), the platform's usual addresses, and the addresses
that most sites use. Each is really read before it counts; the search stops at the first feed and the
first sitemap that work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import ParamSpec, TypeVar
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from sources.address import same_site
from sources.client.answer.charset import decode_page
from sources.endpoints.document import Following
from sources.endpoints.feed import read_feed
from sources.endpoints.ghost import first_ghost, ghost_endpoint, read_ghost
from sources.endpoints.parsing import Parsing, parse_here
from sources.endpoints.sitemap import Child, read_sitemap
from sources.endpoints.wordpress import first_wordpress, read_wordpress
from sources.errors import EndpointError, FetchError
from sources.fetcher import Fetcher
from sources.link import Announced
from sources.markup import excess
from sources.page import Page
from sources.source import Endpoint, EndpointKind, FetchRules

__all__ = ["discover_endpoints"]

P = ParamSpec("P")
R = TypeVar("R")

#: The last three are said of other things, too: whatever is announced counts once it was read as a feed.
_FEED_TYPES = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
     "application/json", "application/xml", "text/xml"]
)  # fmt: skip
#: What WordPress announces as JSON and XML on every page: its API, and frames for other sites.
_NO_FEED = re.compile(r"/wp-json/|[?&]rest_route=|oembed", re.IGNORECASE)
_WORDPRESS_HEADER = re.compile(r'<([^<>]{1,500})>\s{0,5};[^,]{0,100}rel="?https://api\.w\.org/')
_USUAL_FEEDS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_USUAL_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml")
#: Feeds announced by the home page that are taken; large papers announce dozens of sections.
MOST_FEEDS = 10
MOST_SITEMAPS = 20


@dataclass
class _Search:
    client: Fetcher
    rules: FetchRules
    parse: Parsing = parse_here
    found: list[Endpoint] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)

    def has(self, kind: EndpointKind) -> bool:
        return any(endpoint.kind == kind for endpoint in self.found)

    async def take(self, endpoint: Endpoint) -> bool:
        """Read ``endpoint`` and keep it where it is what it claims to be."""
        if endpoint.url in self.tried:
            return False
        self.tried.append(endpoint.url)
        accept, first = _ASKED.get(endpoint.kind, ("sitemap", _as_it_is))
        try:
            page = await self.client.fetch(first(endpoint.url), rules=self.rules, accept=accept)
        except FetchError:
            return False
        if not 200 <= page.status < 300 or not await self.told(page, False, _reads, page, endpoint):
            return False
        self.found.append(endpoint)
        return True

    async def told(
        self,
        page: Page,
        otherwise: R,
        function: Callable[P, R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """What ``function`` makes of ``page``; ``otherwise`` where that takes more than it may."""
        try:
            return await self.parse(page.url, function, *args, **kwargs)
        except EndpointError:
            return otherwise


def _as_it_is(url: str) -> str:
    return url


#: What is asked for, and where, by kind.
_ASKED: dict[str, tuple[str, Callable[[str], str]]] = {
    "feed": ("feed", _as_it_is),
    "wordpress": ("json", lambda url: first_wordpress(url, None)),
    "ghost": ("json", lambda url: first_ghost(url, None)),
}


def _reads(page: Page, endpoint: Endpoint) -> bool:
    entries: Iterable[Announced | Child | Following]
    if endpoint.kind == "feed":
        entries = read_feed(page.body, page.url, page.headers.get("content-type"))
    elif endpoint.kind == "wordpress":
        entries = read_wordpress(page, endpoint, None)
    elif endpoint.kind == "ghost":
        entries = read_ghost(page, endpoint, None)
    else:
        entries = read_sitemap(page.body, page.url)
    try:
        return bool(list(islice(entries, 1)))
    except EndpointError:
        return False


async def discover_endpoints(
    home: str,
    client: Fetcher,
    rules: FetchRules | None = None,
    *,
    candidates: Sequence[Endpoint] = (),
    archives: bool = False,
    parse: Parsing = parse_here,
) -> list[Endpoint]:
    """The endpoints of the site whose front page is ``home``; feeds first.

    Args:
        home: absolute address of the front page.
        client: fetches.
        rules: of the source.
        candidates: the usual endpoints of the source's platform, tried before the common guesses.
        archives: look for what names old articles too, for a backfill: feeds are left out then.
        parse: where pages and documents are parsed.

    Raises:
        EndpointError: nothing was found; the message says what was tried and what to do.
        FetchError: the home page cannot be fetched at all.
    """
    search = _Search(client, rules or FetchRules(), parse)
    page = await client.fetch(home, rules=search.rules)
    markup = _markup(page) if 200 <= page.status < 300 else ""
    feeds, apis = await search.told(page, ([], []), _announced, markup, page, home)
    for url in () if archives else feeds:
        await search.take(Endpoint("feed", url))
    for api in apis:
        await search.take(api)
    for endpoint in candidates:
        if not search.has(endpoint.kind):
            await search.take(endpoint)
    await _robots_sitemaps(search, home)
    for path in () if archives else _USUAL_FEEDS:
        # Guessing costs requests: only where nothing better is known.
        if search.found:
            break
        await search.take(Endpoint("feed", urljoin(home, path)))
    for path in _USUAL_SITEMAPS:
        if search.has("sitemap") or (archives and (search.has("wordpress") or search.has("ghost"))):
            break
        await search.take(Endpoint("sitemap", urljoin(home, path), archive=_is_archive(path)))
    if not search.found:
        tried = ", ".join(urlsplit(url).path or "/" for url in search.tried[:12])
        raise EndpointError(
            home,
            f"no feed and no sitemap found (home page, robots.txt, {tried}); write an [[endpoint]] "
            'of kind "listing" with a selector of the links on a page that lists articles',
        )
    return _polled_first(search.found)


def _markup(page: Page) -> str:
    text, _ = decode_page(page.body, page.headers.get("content-type"))
    return text


def _announced(markup: str, page: Page, home: str) -> tuple[list[str], list[Endpoint]]:
    """The feeds and the APIs that a home page names."""
    if excess(markup.encode("utf-8", "replace")) is not None:
        return [], []
    return _announced_feeds(markup, page.url, home), _announced_apis(markup, page, home)


def _announced_feeds(markup: str, base: str, home: str) -> list[str]:
    urls: list[str] = []
    for node in LexborHTMLParser(markup).css('link[rel~="alternate"][href]'):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        url = urljoin(base, (node.attributes.get("href") or "").strip())
        comments = "/comments/" in url or "comment" in (node.attributes.get("title") or "").lower()
        other = comments or _NO_FEED.search(url) is not None
        if kind in _FEED_TYPES and not other and url not in urls and same_site(url, home):
            urls.append(url)
    return urls[:MOST_FEEDS]


def _announced_apis(markup: str, page: Page, home: str) -> list[Endpoint]:
    """The APIs of WordPress (``rel="https://api.w.org/"``) and Ghost that a home page names."""
    found: list[Endpoint] = []
    root = _WORDPRESS_HEADER.search(page.headers.get("link", ""))
    node = LexborHTMLParser(markup).css_first('link[rel="https://api.w.org/"][href]')
    address = root[1] if root else (node.attributes.get("href") or "") if node else ""
    if address:
        api = urljoin(page.url, address.strip())
        # Without pretty permalinks the route is a parameter: /?rest_route=/
        posts = f"{api}wp/v2/posts" if api.endswith("/") else f"{api}/wp/v2/posts"
        if same_site(posts, home):
            found.append(Endpoint("wordpress", posts, archive=True))
    ghost = ghost_endpoint(markup, page.url) if markup else None
    if ghost is not None:
        found.append(Endpoint("ghost", ghost, archive=True))
    return found


async def _robots_sitemaps(search: _Search, home: str) -> None:
    try:
        urls = await search.client.robots_sitemaps(home, search.rules)
    except FetchError:
        return
    for url in urls[:MOST_SITEMAPS]:
        if same_site(url, home):
            await search.take(Endpoint("sitemap", url, archive=_is_archive(url)))


def _is_archive(url: str) -> bool:
    """A news sitemap lists two days by its definition; any other may list everything."""
    return "news" not in urlsplit(url).path.lower()


def _polled_first(found: list[Endpoint]) -> list[Endpoint]:
    # A source with nothing but plain sitemaps is polled by them.
    if all(endpoint.archive for endpoint in found):
        found = [replace(endpoint, archive=False) for endpoint in found]
    return sorted(found, key=lambda endpoint: (endpoint.archive, endpoint.kind != "feed"))
