"""Reading an endpoint: request its documents, conditionally where we can, and parse each lazily.

One walk for every kind: a kind says which document comes first, and what stands in one, links and
further documents (a sitemap's files, the next page). The walk keeps the bounds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin

from sources.address import as_browsers_read
from sources.endpoints.archives.cdx import first_cdx, read_cdx
from sources.endpoints.document import (
    Document,
    Following,
    Known,
    LinkFilter,
    Window,
)
from sources.endpoints.feed import read_feed, read_paged_feed
from sources.endpoints.ghost import first_ghost, read_ghost
from sources.endpoints.listing import first_listing, read_listing, read_paged_listing
from sources.endpoints.parsing import ParsedDocument, Parsing, pack_document, parse_here
from sources.endpoints.reading_rules import Elsewhere, asks_to_log_in, is_unchanged, rules_of
from sources.endpoints.sitemap_files import read_sitemap_tree
from sources.endpoints.wordpress import first_wordpress, read_wordpress
from sources.errors import EndpointError, FetchError, TooLarge, cause_of_status
from sources.fetcher import Fetcher
from sources.hosting import same_site
from sources.link import Announced
from sources.page import Page, Validators
from sources.source import Endpoint, EndpointKind, Source

__all__ = ["KnownDocuments", "is_sure", "read_endpoint"]

#: Documents of one endpoint that a poll asks for, newest first.
MOST_POLLED = 200
#: Documents that a backfill asks for; a daily sitemap of thirty years has 11,000.
MOST_DOCUMENTS = 50_000
#: How deep sitemap indexes may name one another.
DEEPEST = 3
#: Documents that one may name; the protocol of sitemaps allows 50,000.
MOST_FOLLOWING = 50_000
#: Pages of a feed or a listing in a row that show no address of the site which was not met before,
#: after which nothing more is expected.
MOST_IN_VAIN = 2
#: Pages in a row without a link that the source file's rules take in, of whatever time: a calendar
#: without end shows new addresses for ever.
MOST_UNWANTED = 200
#: Bytes of a document; sitemaps have their own cap after unpacking.
LARGEST_FEED = 16 * 1024 * 1024
LARGEST_SITEMAP = 64 * 1024 * 1024

#: What is known of the document at an address.
KnownDocuments = Callable[[str], Known | None]

_Parse = Callable[[Page, Endpoint, Window | None], Iterable[Announced | Following]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of endpoint is read."""

    accept: str
    parse: _Parse
    first: Callable[[Endpoint, Source, Window | None], str]
    #: Whether what it names is an article by its nature.
    sure: bool = True
    #: Whether its documents are pages of one list.
    pages: bool = False
    #: Whether such a list ends where its pages bring nothing new: an archive's index has pages full
    #: of what is no article.
    ends_in_vain: bool = True
    #: Whether its documents may be indices of others, to some depth, of which the newest come first.
    nests: bool = False
    #: Whether it is the source's own, so that a document elsewhere is none of it.
    on_site: bool = True
    #: Whether the parser is shown every answer, and says in its own words that one is no document.
    judges_status: bool = False
    largest: int = LARGEST_FEED


def _own_address(endpoint: Endpoint, source: Source, window: Window | None) -> str:
    return endpoint.url


def _feed(page: Page, endpoint: Endpoint, window: Window | None) -> Iterable[Announced | Following]:
    if window is None:
        return read_feed(page.body, page.url, page.headers.get("content-type"))
    return read_paged_feed(page, endpoint, window)


def _listing(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterable[Announced | Following]:
    if window is None and endpoint.selector:
        return read_listing(
            page.body, page.url, endpoint.selector, page.headers.get("content-type")
        )
    return read_paged_listing(page, endpoint, window)


_KINDS: dict[str, _Kind] = {
    "feed": _Kind("feed", _feed, _own_address, pages=True),
    "sitemap": _Kind(
        "sitemap",
        read_sitemap_tree,
        _own_address,
        sure=False,
        nests=True,
        largest=LARGEST_SITEMAP,
    ),
    "listing": _Kind(
        "page", _listing, lambda e, s, w: first_listing(e.url), sure=False, pages=True
    ),
    "wordpress": _Kind("json", read_wordpress, lambda e, s, w: first_wordpress(e.url, w)),
    "ghost": _Kind("json", read_ghost, lambda e, s, w: first_ghost(e.url, w)),
    "cdx": _Kind(
        "json",
        read_cdx,
        lambda e, s, w: first_cdx(e, s.home, w),
        sure=False,
        pages=True,
        ends_in_vain=False,
        on_site=False,
        judges_status=True,
        largest=LARGEST_SITEMAP,
    ),
}


def is_sure(kind: EndpointKind) -> bool:
    """Whether what an endpoint of ``kind`` names is an article by its nature, as in a feed.

    Of the links of a sitemap, a listing or an archive the address is judged, by its conventions and
    by what the source's own pages have taught; so are the pages of ``warc`` and ``folder``.
    """
    found = _KINDS.get(kind)
    return found is not None and found.sure


@dataclass(slots=True)
class _Walk:
    """One reading of one endpoint on its way."""

    endpoint: Endpoint
    kind: _Kind
    source: Source
    client: Fetcher
    known: KnownDocuments
    wanted: LinkFilter
    window: Window | None
    now: datetime
    rules: str
    #: Addresses asked, or waiting to be.
    asked: set[str] = field(default_factory=set)
    seen: set[int] | None = None
    #: Addresses of the site that its pages have shown, wanted or not: what tells a page in vain.
    met: set[int] | None = None
    #: Where documents are parsed.
    parse: Parsing = parse_here
    in_vain: int = 0
    unwanted: int = 0
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    def counts(self) -> tuple[int, int]:
        """How many addresses were met, and how many links were taken."""
        return len(self.met or ()), len(self.seen or ())

    def is_over(self, document: Document, before: tuple[int, int]) -> bool:
        """Whether nothing more is to be expected behind ``document``, whose links have been read.

        Addresses newer than the window, or left out by the rules, are no reason to end: what is
        wanted may stand behind them.
        """
        met, taken = (now - then for now, then in zip(self.counts(), before, strict=True))
        self.in_vain = 0 if met else self.in_vain + 1
        self.unwanted = 0 if taken or document.tally.out_of_window else self.unwanted + 1
        return self.in_vain >= MOST_IN_VAIN or self.unwanted >= MOST_UNWANTED


async def read_endpoint(
    endpoint: Endpoint,
    source: Source,
    client: Fetcher,
    known: KnownDocuments,
    *,
    now: datetime | None = None,
    window: Window | None = None,
    numbered: Collection[str] = frozenset(),
    parse: Parsing = parse_here,
) -> AsyncGenerator[Document]:
    """The documents of ``endpoint``: one, or several where one names others.

    Args:
        endpoint: what to read; not of the kinds ``warc`` and ``folder``, which hold whole pages.
        source: whose endpoint it is; its rules decide which links count.
        client: fetches.
        known: what is known of a document's address: validators for a conditional request, what it
            named (which stands behind a 304), and whether a backfill has read it already.
        now: for ``max_age``; the time of day where it is left out.
        window: reads older documents too, as far as they may hold articles of that time; ``None``
            is a poll, which reads what is new.
        numbered: as ``LinkFilter`` takes it.
        parse: where documents are parsed.

    A document that fails says so in its ``error``, which is whole only when its links have been
    iterated; the others are read all the same. Nothing is raised for what a site does wrong.
    """
    kind = _KINDS[endpoint.kind]
    now = now or datetime.now(UTC)
    wanted = LinkFilter(source, now, window, numbered)
    rules = rules_of(source, endpoint)
    walk = _Walk(endpoint, kind, source, client, known, wanted, window, now, rules)
    walk.seen = set() if kind.pages else None
    walk.met = set() if kind.pages else None
    walk.parse = parse
    first = kind.first(endpoint, source, window)
    walk.asked.add(first)
    waiting: list[tuple[str, int]] = [(first, 1)]
    most = MOST_POLLED if window is None else MOST_DOCUMENTS
    asked = 0
    while waiting:
        url, depth = waiting.pop()
        earlier = known(url)
        if earlier is not None and earlier.read:
            waiting += _next_documents(walk, url, earlier.following, earlier, depth)
            continue
        if asked >= most:
            left = Document(url, endpoint)
            left.error = EndpointError(
                endpoint.url,
                f"names more than {most} further documents; {len(waiting) + 1} were left",
                TooLarge.cause,
            )
            yield left
            return
        if kind.nests and walk.elsewhere.is_spent(url):
            continue
        asked += 1
        page, document = await _request(walk, url, earlier, first=depth == 1)
        base = url
        if page is not None:
            base = page.url
            entries = await _entries(walk, page, document, depth)
            document.links = wanted.links(
                entries,
                document,
                page.url,
                sure=kind.sure,
                seen=walk.seen,
                met=walk.met,
                alone=depth == 1 and kind.on_site,
            )
        elif document.not_modified and earlier is not None:
            document.following = list(earlier.following)
        before = walk.counts()
        yield document
        if kind.nests and not wanted.home_site(url):
            walk.elsewhere.note(document)
        paged = page is not None and walk.met is not None and kind.ends_in_vain
        if paged and walk.is_over(document, before):
            return
        waiting += _next_documents(walk, base, tuple(document.following), earlier, depth)


def parse_document(page: Page, endpoint: Endpoint, window: Window | None) -> ParsedDocument:
    """What a document of ``endpoint`` announces, and the documents that it names."""
    return pack_document(page.url, _KINDS[endpoint.kind].parse(page, endpoint, window))


async def _entries(walk: _Walk, page: Page, document: Document, depth: int) -> Iterator[Announced]:
    """What the page announces; the documents that it names go to ``document.following``."""
    try:
        parsed = await walk.parse(page.url, parse_document, page, walk.endpoint, walk.window)
    except EndpointError as error:
        parsed = ParsedDocument((), error)
    return _announced(walk, page, document, depth, parsed)


def _announced(
    walk: _Walk, page: Page, document: Document, depth: int, parsed: ParsedDocument
) -> Iterator[Announced]:
    for entry in parsed:
        if isinstance(entry, Announced):
            yield entry
            continue
        if depth >= DEEPEST and walk.kind.nests:
            raise EndpointError(page.url, f"indexes within indexes deeper than {DEEPEST}; left")
        try:
            # Absolute, since behind a 304 the address that answered may be another.
            url = urljoin(page.url, as_browsers_read(entry.url))
        except ValueError:
            document.tally.malformed += 1
            continue
        if len(document.following) < MOST_FOLLOWING:
            document.following.append(Following(url, entry.modified))


async def _request(
    walk: _Walk, url: str, earlier: Known | None, *, first: bool
) -> tuple[Page | None, Document]:
    """The page, where it is worth parsing, and its document without links."""
    document = Document(url, walk.endpoint, rules=walk.rules)
    try:
        page = await walk.client.fetch(
            url,
            rules=walk.source.fetch,
            validators=_validators(walk, earlier),
            accept=walk.kind.accept,
            max_body=walk.kind.largest,
        )
    except FetchError as error:
        document.error = error
        return None, document
    document.status = page.status
    document.validators = page.validators
    document.not_modified = page.not_modified
    document.walled = walk.kind.accept != "page" and asks_to_log_in(page.body)
    document.moved_to = page.url if page.moved and page.status < 400 else None
    if page.not_modified:
        return None, document
    if walk.kind.judges_status:
        return page, document
    if walk.kind.pages and not first and page.status in (404, 410):
        return None, document  # the page after the last one
    # WordPress answers 400 to the page after the last one, and says so in JSON.
    ended = page.status in (400, 401, 403, 404) and page.body.lstrip()[:1] == b"{"
    if walk.kind.accept == "json" and ended:
        return page, document
    if not 200 <= page.status < 300:
        expected = walk.endpoint.kind
        document.error = EndpointError(
            url,
            f"the server answered {page.status}, expected a {expected}",
            cause_of_status(page.status),
        )
        return None, document
    return page, document


def _validators(walk: _Walk, earlier: Known | None) -> Validators | None:
    """For a conditional request; none where a 304 would hide what we never read, or read by other
    rules than today's.
    """
    if earlier is None or not earlier.validators or earlier.rules != walk.rules:
        return None
    # A poll has read no page but the first, and a backfill needs them whole.
    return earlier.validators if walk.window is None else None


def _next_documents(
    walk: _Walk, base: str, following: tuple[Following, ...], earlier: Known | None, depth: int
) -> list[tuple[str, int]]:
    """Documents to ask next, the last of the list first: newest first, each once."""
    before = {entry.url: entry.modified for entry in earlier.following} if earlier else {}
    fresh = [
        (urljoin(base, entry.url), entry.modified)
        for entry in following
        if not walk.wanted.too_old(entry.modified)
    ]
    if walk.kind.nests:
        # Of two mentions of one file the newer counts.
        fresh.sort(key=lambda pair: pair[1] or "", reverse=True)
    batch: list[tuple[str, int]] = []
    for address, modified in fresh:
        if address in walk.asked or not _may_name(walk, address, base):
            continue
        walk.asked.add(address)
        if walk.window is None and modified is not None and modified == before.get(address):
            if is_unchanged(walk.known(address), modified, walk.now, walk.rules):
                continue
        batch.append((address, depth + 1))
    batch.reverse()
    return batch


def _may_name(walk: _Walk, url: str, base: str) -> bool:
    """Whether the document at ``base`` may name another at ``url``.

    The files of an index may lie elsewhere (https://www.sitemaps.org/protocol.html, "Sitemaps & Cross
    Submits"), since what they name still has to be the source's own.
    """
    if not url.startswith(("http://", "https://")):
        return False
    if not walk.kind.on_site or walk.kind.nests:
        return True
    return walk.wanted.home_site(url) or same_site(url, base) or same_site(url, walk.endpoint.url)
