"""Trying a source without a database: its endpoints, and one article off the newest link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.extract import Refusal, extract_bytes
from ingest.pipeline.verdict import judge_status
from sources.endpoints import discover_endpoints, read_endpoint
from sources.errors import EndpointError, FetchError
from sources.platforms import platform_endpoints

if TYPE_CHECKING:
    from sources.client import Client
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


async def check_source(source: Source, client: Client) -> SourceCheck:
    """Read every endpoint that a poll reads, then fetch and extract articles until one comes.

    Nothing is raised for what a site does wrong: it is in ``problems``.
    """
    check = SourceCheck(source.name)
    endpoints: list[Endpoint] = list(source.endpoints)
    if not endpoints:
        try:
            endpoints = await discover_endpoints(
                source.home,
                client,
                source.fetch,
                candidates=platform_endpoints(source.platform, source.home),
            )
        except (EndpointError, FetchError) as error:
            check.problems.append(str(error))
            return check
    links: list[Link] = []
    for endpoint in [e for e in endpoints if not e.archive] or endpoints:
        links += await _check_endpoint(endpoint, source, client, check)
    tried = list({link.key: link for link in links}.values())[:TRIES]
    for link in tried:
        try:
            page = await client.fetch(link.url, rules=source.fetch, accept="page")
        except FetchError as error:
            check.problems.append(str(error))
            continue
        failure = judge_status(page)
        if failure:
            check.problems.append(f"{link.url}: {failure.detail}")
            continue
        found = extract_bytes(
            page.body,
            url=page.url,
            content_type=page.headers.get("content-type"),
            source=source,
            link=link,
            now=page.fetched_at,
        )
        if isinstance(found, Refusal):
            check.problems.append(f"{link.url}: refused ({found.reason}): {found.detail}")
            continue
        check.article = found
        break
    return check


async def _check_endpoint(
    endpoint: Endpoint, source: Source, client: Client, check: SourceCheck
) -> list[Link]:
    links: list[Link] = []
    errors: list[str] = []
    async for document in read_endpoint(endpoint, source, client, lambda url: None):
        for link in document.links:
            links.append(link)
            if len(links) >= MOST_LINKS:
                break
        if document.error is not None:
            errors.append(str(document.error))
        if len(links) >= MOST_LINKS:
            break
    check.endpoints.append(
        EndpointCheck(endpoint.kind, endpoint.url, len(links), errors[0] if errors else None)
    )
    check.problems += errors
    if not links and not errors:
        check.problems.append(f"{endpoint.url}: announces no article of this source")
    return links
