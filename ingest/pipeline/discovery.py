"""Where a source announces its articles: by its file, as found before, or found now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.pipeline.link_rows import endpoint_of, endpoint_row
from sources.endpoints import discover_endpoints
from sources.errors import EndpointError, FetchError
from sources.platforms import platform_apis, platform_endpoints
from storage.links.documents import documents_of, known_endpoints, record_endpoints

if TYPE_CHECKING:
    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from sources.endpoints import Fetcher
    from sources.endpoints.parsing import Parsing
    from sources.source import Endpoint, Source

__all__ = ["endpoints_of", "find_endpoints", "polled", "record_found", "recorded_endpoints"]

#: Found endpoints are looked for anew after this time: sites move their feeds.
REDISCOVER_AFTER = timedelta(days=7)


async def find_endpoints(
    source: Source, client: Fetcher, *, parse: Parsing, archives: bool = False
) -> list[Endpoint]:
    """The endpoints that the front page, the platform and robots.txt of ``source`` lead to.

    Raises:
        EndpointError, FetchError: nothing was found.
    """
    return await discover_endpoints(
        source.home,
        client,
        source.fetch,
        candidates=[
            *platform_endpoints(source.platform, source.home),
            *platform_apis(source.platform, source.home),
        ],
        archives=archives,
        parse=parse,
    )


def polled(endpoints: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """Those that a poll reads: archives only where there is nothing else."""
    return [endpoint for endpoint in endpoints if not endpoint.archive] or endpoints


async def endpoints_of(desk: Desk, this: Pass) -> list[Endpoint]:
    """The source's own endpoints, else those found earlier, else those found now, for a poll.

    What only a platform's preset names is a guess: where it has failed, the site is looked over.

    Raises:
        EndpointError, FetchError: nothing was found.
        StorageError: the database cannot go on.
    """
    source = this.source
    if source.endpoints and not await _guessed_wrongly(desk, source):
        return list(source.endpoints)
    rows = await desk.store.read(lambda c: known_endpoints(c, source.name))
    known = [endpoint_of(row) for row in rows]
    oldest = desk.now() - REDISCOVER_AFTER
    if any(row.discovered_at and row.discovered_at > oldest for row in rows):
        return known
    try:
        found = await find_endpoints(source, this.client, parse=desk.parsing(source))
    except (EndpointError, FetchError) as problem:
        if not known and not source.endpoints:
            raise
        this.errors.append(str(problem))
        this.document_cause = this.document_cause or problem.cause
        return known or list(source.endpoints)
    await record_found(desk, source, found)
    return found


async def _guessed_wrongly(desk: Desk, source: Source) -> bool:
    """Whether the endpoints of ``source`` are its platform's usual ones, and none could be read."""
    if tuple(platform_endpoints(source.platform, source.home)) != source.endpoints:
        return False
    rows = await desk.store.read(lambda c: documents_of(c, source.name))
    asked = [rows.get(endpoint.url) for endpoint in polled(source.endpoints)]
    return all(row is not None and row.failed for row in asked)


async def recorded_endpoints(desk: Desk, source: Source) -> list[Endpoint]:
    """The endpoints of ``source`` that were found earlier."""
    rows = await desk.store.read(lambda c: known_endpoints(c, source.name))
    return [endpoint_of(row) for row in rows]


async def record_found(desk: Desk, source: Source, found: Iterable[Endpoint]) -> None:
    """Remember what was found, for the next pass."""
    rows = [endpoint_row(endpoint) for endpoint in found]
    now = desk.now()
    await desk.store.write(lambda c: record_endpoints(c, source.name, rows, now))
