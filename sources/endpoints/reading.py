"""Reading an endpoint: request its documents, conditionally where we can, and parse each lazily."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from urllib.parse import urljoin

from sources.endpoints.document import Announced, Document, Fetcher, LinkFilter
from sources.endpoints.feed import read_feed
from sources.endpoints.listing import read_listing
from sources.endpoints.sitemap import Child, read_sitemap
from sources.errors import EndpointError, FetchError
from sources.page import Page, Validators
from sources.source import Endpoint, Source

__all__ = ["read_endpoint"]

#: Files of one sitemap tree that one reading asks for, newest first, and how deep it goes.
MOST_FILES = 200
DEEPEST = 3
#: Files that one index may name; the protocol allows 50,000, real ones stay below a thousand.
MOST_CHILDREN = 50_000
#: Bytes of a document; sitemaps have their own cap after unpacking.
LARGEST_FEED = 16 * 1024 * 1024
LARGEST_SITEMAP = 64 * 1024 * 1024

KnownValidators = Callable[[str], Validators | None]


async def read_endpoint(
    endpoint: Endpoint,
    source: Source,
    client: Fetcher,
    validators: KnownValidators,
    *,
    now: datetime | None = None,
) -> AsyncIterator[Document]:
    """The documents of ``endpoint``: one, or for a sitemap index each of its files.

    Args:
        endpoint: what to read.
        source: whose endpoint it is; its rules decide which links count.
        client: fetches.
        validators: what is known of a document's address, for a conditional request.
        now: for ``max_age``; the time of day where it is left out.

    A document that fails says so in its ``error``, which is whole only when its links have been
    iterated; the others are read all the same. Nothing is raised for what a site does wrong.
    """
    wanted = LinkFilter(source, now or datetime.now(UTC))
    if endpoint.kind == "sitemap":
        async for document in _read_tree(endpoint, source, client, validators, wanted):
            yield document
        return
    page, document = await _request(endpoint, endpoint.url, source, client, validators)
    if page is not None:
        document.links = wanted.links(_entries(endpoint, page), document, page.url)
    yield document


def _entries(endpoint: Endpoint, page: Page) -> Iterable[Announced]:
    header = page.headers.get("content-type")
    if endpoint.kind == "listing":
        return read_listing(page.body, page.url, endpoint.selector or "a[href]", header)
    return read_feed(page.body, page.url, header)


async def _request(
    endpoint: Endpoint, url: str, source: Source, client: Fetcher, validators: KnownValidators
) -> tuple[Page | None, Document]:
    """The page, where it is worth parsing, and its document without links."""
    document = Document(url, endpoint)
    kind = "page" if endpoint.kind == "listing" else endpoint.kind
    try:
        page = await client.fetch(
            url,
            rules=source.fetch,
            validators=validators(url),
            accept=kind,
            max_body=LARGEST_SITEMAP if kind == "sitemap" else LARGEST_FEED,
        )
    except FetchError as error:
        document.error = error
        return None, document
    document.status = page.status
    document.validators = page.validators
    document.not_modified = page.not_modified
    if page.not_modified:
        return None, document
    if not 200 <= page.status < 300:
        document.error = EndpointError(url, f"the server answered {page.status}, expected a {kind}")
        return None, document
    return page, document


async def _read_tree(
    endpoint: Endpoint,
    source: Source,
    client: Fetcher,
    validators: KnownValidators,
    wanted: LinkFilter,
) -> AsyncIterator[Document]:
    """A sitemap and, of an index, its files: newest first, each once, within bounds."""
    waiting: list[tuple[str, int]] = [(endpoint.url, 1)]
    asked = {endpoint.url}
    files = 0
    while waiting:
        url, depth = waiting.pop()
        if files >= MOST_FILES:
            left = Document(url, endpoint)
            left.error = EndpointError(
                endpoint.url,
                f"the index names more than {MOST_FILES} files; {len(waiting) + 1} were left",
            )
            yield left
            return
        files += 1
        page, document = await _request(endpoint, url, source, client, validators)
        if page is None:
            yield document
            continue
        children: list[Child] = []
        document.links = wanted.links(_leaves(page, document, children, depth), document, page.url)
        yield document
        fresh = [
            (urljoin(page.url, child.url), child.modified or "")
            for child in children
            if not wanted.too_old(child.modified)
        ]
        # Newest first; of two mentions of one file the newer counts. Taken from the end.
        batch: list[tuple[str, int]] = []
        for address, _ in sorted(fresh, key=lambda pair: pair[1], reverse=True):
            if address not in asked and wanted.home_site(address):
                asked.add(address)
                batch.append((address, depth + 1))
        waiting.extend(reversed(batch))


def _leaves(
    page: Page, document: Document, children: list[Child], depth: int
) -> Iterable[Announced]:
    for entry in read_sitemap(page.body, page.url):
        if not isinstance(entry, Child):
            yield entry
            continue
        # An index is always asked for whole: behind a 304 its changed files could not be seen.
        document.validators = Validators()
        if depth >= DEEPEST:
            raise EndpointError(page.url, f"indexes within indexes deeper than {DEEPEST}; left")
        if len(children) < MOST_CHILDREN:
            children.append(entry)
