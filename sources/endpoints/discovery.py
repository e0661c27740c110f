"""Finding a source's endpoints from its home page, where the source file names none.

In this order: what the home page announces (``<link rel="alternate">``, the APIs of WordPress and
Ghost), what robots.txt (``Sitemap:``) and the home page (``<link rel="sitemap">``) announce, the platform's usual addresses, feeds that the home page
links to, and the addresses that most sites use, in the home's folder first. Each is really read before
it counts; the search stops at the first feed and the first sitemap that work.

What the site itself names may lie on another host (a feed service, a store of files): it counts where
it names pages of the site. Every host is asked by its own robots.txt and rate, as by any request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import ParamSpec, TypeVar
from urllib.parse import urljoin, urlsplit

from sources.endpoints.announcements import Announcements, announced_on
from sources.endpoints.document import Following
from sources.endpoints.feed import read_feed
from sources.endpoints.ghost import first_ghost, read_ghost
from sources.endpoints.parsing import Parsing, parse_here
from sources.endpoints.sitemap import Child, read_sitemap
from sources.endpoints.wordpress import first_wordpress, read_wordpress
from sources.errors import EndpointError, FetchError, cause_of_status
from sources.fetcher import Fetcher
from sources.hosting import same_site
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint, EndpointKind, FetchRules

__all__ = ["discover_endpoints", "folder_of"]

P = ParamSpec("P")
R = TypeVar("R")

_USUAL_FEEDS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
_USUAL_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap.xml", "sitemap_index.xml")
MOST_SITEMAPS = 20
#: Endpoints on other hosts that are tried.
MOST_ELSEWHERE = 8
#: Entries of one that are looked at for a page of the site, and files of an index.
MOST_LOOKED_AT, MOST_FILES = 200, 3
#: A folder that is an edition of the site beneath it: /en/, /pt-br/.
_EDITION = re.compile(r"/[a-z]{2}(?:[-_][a-z]{2,4})?/", re.IGNORECASE)

_Entry = Announced | Child | Following


@dataclass
class _Search:
    client: Fetcher
    rules: FetchRules
    home: str
    parse: Parsing = parse_here
    found: list[Endpoint] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    #: What the site names on other hosts, and why it does not count.
    elsewhere: dict[str, str] = field(default_factory=dict)

    def has(self, kind: EndpointKind) -> bool:
        return any(endpoint.kind == kind for endpoint in self.found)

    async def take(self, endpoint: Endpoint, *, within: str = "") -> bool:
        """Read ``endpoint`` and keep it where it is what it claims to be.

        ``within``: a folder that something it names must lie in.
        """
        if endpoint.url in self.tried:
            return False
        self.tried.append(endpoint.url)
        if same_site(endpoint.url, self.home):
            if not await self._read(endpoint, within=within):
                return False
        elif not await self._take_elsewhere(endpoint):
            return False
        self.found.append(endpoint)
        return True

    async def _take_elsewhere(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint on another host names pages of the site."""
        if len(self.elsewhere) >= MOST_ELSEWHERE:
            return False
        self.elsewhere[endpoint.url] = "cannot be read"
        entries = await self._read(endpoint)
        if not entries:
            return False
        files = [entry.url for entry in entries if isinstance(entry, Child)]
        for url in files[:MOST_FILES]:
            entries += await self._read(replace(endpoint, url=url))
        if any(same_site(entry.url, self.home) for entry in entries if _is_page(entry)):
            del self.elsewhere[endpoint.url]
            return True
        self.elsewhere[endpoint.url] = "names no page of this site"
        return False

    async def _read(self, endpoint: Endpoint, *, within: str = "") -> list[_Entry]:
        """The first entries of ``endpoint``, their addresses absolute; empty where it is not what it
        claims to be, or names nothing ``within`` a folder.
        """
        accept, first = _ASKED.get(endpoint.kind, ("sitemap", _as_it_is))
        try:
            page = await self.client.fetch(first(endpoint.url), rules=self.rules, accept=accept)
        except FetchError:
            return []
        if not 200 <= page.status < 300:
            return []
        entries: list[_Entry] = await self.told(page, [], _entries, page, endpoint)
        if within and not any(entry.url.startswith(within) for entry in entries):
            return []
        return entries

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


def _is_page(entry: _Entry) -> bool:
    return isinstance(entry, Announced)


#: What is asked for, and where, by kind.
_ASKED: dict[str, tuple[str, Callable[[str], str]]] = {
    "feed": ("feed", _as_it_is),
    "wordpress": ("json", lambda url: first_wordpress(url, None)),
    "ghost": ("json", lambda url: first_ghost(url, None)),
}


def _entries(page: Page, endpoint: Endpoint) -> list[_Entry]:
    entries: Iterable[_Entry]
    if endpoint.kind == "feed":
        entries = read_feed(page.body, page.url, page.headers.get("content-type"))
    elif endpoint.kind == "wordpress":
        entries = read_wordpress(page, endpoint, None)
    elif endpoint.kind == "ghost":
        entries = read_ghost(page, endpoint, None)
    else:
        entries = read_sitemap(page.body, page.url)
    found: list[_Entry] = []
    try:
        for entry in islice(entries, MOST_LOOKED_AT):
            found.append(replace(entry, url=urljoin(page.url, entry.url.strip())))
    except (EndpointError, ValueError):
        pass  # what came before it breaks off counts
    return found


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
        home: absolute address of the front page, which may be a folder of its host.
        client: fetches.
        rules: of the source.
        candidates: the usual endpoints of the source's platform, tried before the common guesses.
        archives: look for what names old articles too, for a backfill: feeds are left out then.
        parse: where pages and documents are parsed.

    Raises:
        EndpointError: nothing was found; the message says what was tried and what to do.
        FetchError: the home page cannot be fetched at all.
    """
    search = _Search(client, rules or FetchRules(), home, parse)
    page = await client.fetch(home, rules=search.rules)
    refused = cause_of_status(page.status) if page.status >= 400 else None
    announced = await search.told(page, Announcements(), announced_on, page)
    for url in () if archives else announced.feeds:
        await search.take(Endpoint("feed", url))
    for api in announced.apis:
        await search.take(api)
    for endpoint in candidates:
        if not search.has(endpoint.kind):
            await search.take(endpoint)
    await _robots_sitemaps(search, home)
    for url in announced.sitemaps:
        await search.take(Endpoint("sitemap", url, archive=_is_archive(url)))
    # Guessing costs requests: only where nothing better is known.
    folders = _folders(page.url if same_site(page.url, home) else home)
    if not archives and not search.found:
        await _guess_feeds(search, announced, folders)
    for path in (f"{folder}{name}" for folder in folders for name in _USUAL_SITEMAPS):
        if search.has("sitemap") or (archives and (search.has("wordpress") or search.has("ghost"))):
            break
        await search.take(Endpoint("sitemap", path, archive=_is_archive(path)))
    if not search.found:
        raise EndpointError(home, _nothing_found(search), refused or "nothing_found")
    return _polled_first(search.found)


async def _guess_feeds(search: _Search, announced: Announcements, folders: list[str]) -> None:
    for url in announced.linked_feeds:
        if await search.take(Endpoint("feed", url)):
            return
    for folder in folders:
        # The feed of the whole host is a folder's only where it names something in it.
        inside = folders[0] if folder != folders[0] and not _is_edition(folders[0]) else ""
        for name in _USUAL_FEEDS:
            if await search.take(Endpoint("feed", f"{folder}{name}"), within=inside):
                return


def _is_edition(folder: str) -> bool:
    return _EDITION.fullmatch(urlsplit(folder).path) is not None


def folder_of(home: str) -> str:
    """The folder that the front page ``home`` is of, absolute, with a slash at its end."""
    parts = urlsplit(home)
    folder, _, last = parts.path.rpartition("/")
    if last and "." not in last:  # else a file such as index.html
        folder = f"{folder}/{last}"
    return f"{parts.scheme}://{parts.netloc}{folder.rstrip('/')}/"


def _folders(home: str) -> list[str]:
    """The home's folder, and its host's root."""
    return list(dict.fromkeys((folder_of(home), urljoin(home, "/"))))


def _nothing_found(search: _Search) -> str:
    tried = ", ".join(urlsplit(url).path or "/" for url in search.tried[:12])
    named = "".join(
        f"; {url}, which the site names, {why}" for url, why in search.elsewhere.items()
    )
    return (
        f"no feed and no sitemap found (home page, robots.txt, {tried}{named}); write an [[endpoint]] "
        'of kind "listing" with a selector of the links on a page that lists articles'
    )


async def _robots_sitemaps(search: _Search, home: str) -> None:
    try:
        urls = await search.client.robots_sitemaps(home, search.rules)
    except FetchError:
        return
    for url in urls[:MOST_SITEMAPS]:
        await search.take(Endpoint("sitemap", url, archive=_is_archive(url)))


def _is_archive(url: str) -> bool:
    """A news sitemap lists two days by its definition; any other may list everything."""
    return "news" not in urlsplit(url).path.lower()


def _polled_first(found: list[Endpoint]) -> list[Endpoint]:
    # A source with nothing but plain sitemaps is polled by them.
    if all(endpoint.archive for endpoint in found):
        found = [replace(endpoint, archive=False) for endpoint in found]
    return sorted(found, key=lambda endpoint: (endpoint.archive, endpoint.kind != "feed"))
