"""Trying a source without a database: its endpoints, and one article off the newest link."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.pipeline.discovery import find_endpoints, polled
from ingest.pipeline.page_getter import PageGetter
from ingest.pipeline.verdict import Verdict
from ingest.trying.endpoint_trial import added, because, leading_away
from ingest.trying.page_trial import said_of, try_page
from ingest.workers.documents import DocumentParsing
from sources.endpoints import Tally, read_endpoint
from sources.errors import EndpointError, FetchError
from sources.rendering import NoBrowser

if TYPE_CHECKING:
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client
    from sources.endpoints.parsing import Parsing
    from sources.link import Link
    from sources.source import Endpoint, Source
    from storage.article import Article

__all__ = ["EndpointCheck", "SourceCheck", "check_source"]

#: Links tried until one gives an article: the first may be a video or a section page.
TRIES = 5
#: Links read of an endpoint: enough to count, without walking an archive of a million.
MOST_LINKS = 1000


@dataclass(frozen=True, slots=True)
class EndpointCheck:
    """What one endpoint answered."""

    kind: str
    url: str
    #: Addresses that it announced, up to ``MOST_LINKS``.
    links: int
    error: str | None


@dataclass(slots=True)
class SourceCheck:
    """What trying a source brought."""

    source: str
    endpoints: list[EndpointCheck] = field(default_factory=list)
    article: Article | None = None
    #: What went wrong, one line each; a source with an article may have some.
    problems: list[str] = field(default_factory=list)

    @property
    def works(self) -> bool:
        """Whether an article came of it."""
        return self.article is not None


async def check_source(source: Source, client: Client, pool: ExtractionPool) -> SourceCheck:
    """Read every endpoint that a poll reads, then get and extract articles until one comes.

    Pages are got, judged and extracted as a run does it. Nothing is raised for what a site does
    wrong: it is in ``problems``.
    """
    check = SourceCheck(source.name)
    parse = DocumentParsing(pool, source.name)
    endpoints: list[Endpoint] = list(source.endpoints)
    if not endpoints:
        try:
            endpoints = await find_endpoints(source, client, parse=parse)
        except (EndpointError, FetchError) as error:
            check.problems.append(str(error))
            return check
    links: list[Link] = []
    for endpoint in polled(endpoints):
        links += await _check_endpoint(endpoint, source, client, check, parse)
    tried = list({link.key: link for link in links}.values())[:TRIES]
    async with contextlib.aclosing(PageGetter(client)) as getter:
        for link in tried:
            found = await try_page(link.url, link, source, getter, pool)
            if not isinstance(found, Verdict):
                check.article = found
                break
            check.problems.append(said_of(link.url, found))
            if found.reason == NoBrowser.code:
                # Every page will say the same.
                break
    return check


async def _check_endpoint(
    endpoint: Endpoint, source: Source, client: Client, check: SourceCheck, parse: Parsing
) -> list[Link]:
    links: list[Link] = []
    errors: list[str] = []
    tally = Tally()
    documents = read_endpoint(endpoint, source, client, lambda url: None, parse=parse)
    async with contextlib.aclosing(documents):
        async for document in documents:
            for link in document.links:
                links.append(link)
                if len(links) >= MOST_LINKS:
                    break
            added(tally, document)
            if document.error is not None:
                errors.append(str(document.error))
            if len(links) >= MOST_LINKS:
                break
    check.endpoints.append(
        EndpointCheck(endpoint.kind, endpoint.url, len(links), errors[0] if errors else None)
    )
    check.problems += errors
    if not links and not errors:
        check.problems.append(
            f"{endpoint.url}: announces no article of this source{because(tally)}"
        )
    elif tally.off_site > len(links) and not errors:
        check.problems.append(f"{endpoint.url}: {leading_away(tally)}")
    return links
