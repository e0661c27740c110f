"""What a backfill would fetch, and how long that takes at the polite rate."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from ingest.backfill.endpoints import PAGE_KINDS
from ingest.errors import InputError
from ingest.events import BackfillPlanned, EndpointRead
from sources.endpoints import numbered_shapes, read_endpoint
from storage import links
from storage.links import address_shapes

if TYPE_CHECKING:
    from ingest.desk import Desk
    from sources.client import Client
    from sources.endpoints.document import Window
    from sources.source import Endpoint, Source

__all__ = ["count_links", "polite_seconds"]

#: Seconds that a page takes where nothing keeps us from asking at once.
LEAST_SECONDS = 0.05
_CHUNK = 500


async def count_links(
    endpoints: list[Endpoint],
    source: Source,
    window: Window,
    desk: Desk,
) -> BackfillPlanned:
    """The links of a time that are not fetched yet; nothing is recorded.

    Raises:
        InputError: an endpoint holds whole pages, which are counted only by reading them.
    """
    months: Counter[str | None] = Counter()
    seen: set[int] = set()
    documents = 0
    problems: list[str] = []
    shapes = await desk.store.read(lambda c: address_shapes.shapes_of(c, source.name))
    for endpoint in endpoints:
        if endpoint.kind in PAGE_KINDS:
            raise InputError(f"{endpoint.url}: --dry-run cannot look into a {endpoint.kind}")
        reading = read_endpoint(
            endpoint,
            source,
            desk.client,
            lambda url: None,
            now=desk.now(),
            window=window,
            numbered=numbered_shapes(shapes),
            parse=desk.parsing(source),
        )
        async with contextlib.aclosing(reading):
            async for document in reading:
                documents += 1
                batch: dict[str, str | None] = {}
                announced = 0
                for link in document.links:
                    announced += 1
                    if hash(link.key) in seen:
                        continue
                    seen.add(hash(link.key))
                    stated = link.published or link.dated or link.modified
                    batch[link.key] = stated[:7] if stated else None
                    if len(batch) >= _CHUNK:
                        await _count(batch, months, desk)
                        batch = {}
                await _count(batch, months, desk)
                problem = str(document.error) if document.error is not None else None
                if problem is not None:
                    problems.append(problem)
                desk.tell(EndpointRead(source.name, document.url, announced, False, problem))
                if desk.stopping.is_set():
                    break
    pages = sum(months.values())
    return BackfillPlanned(
        source.name,
        links=pages,
        pages=pages,
        by_month=dict(sorted(months.items(), key=lambda pair: pair[0] or "")),
        documents=documents,
        seconds=await polite_seconds(pages, source, desk.client),
        resumed=False,
        problems=tuple(problems),
    )


async def _count(batch: dict[str, str | None], months: Counter[str | None], desk: Desk) -> None:
    if not batch:
        return
    known = await desk.store.read(lambda c: links.fetched_keys(c, batch))
    months.update(month for key, month in batch.items() if key not in known)


async def polite_seconds(pages: int, source: Source, client: Client) -> float:
    """How long ``pages`` take at least, asked no faster than the host is asked."""
    return pages * max(await client.gap(source.home, source.fetch), LEAST_SECONDS)
