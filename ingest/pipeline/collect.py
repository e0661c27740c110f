"""Collect one source: discover, download what is new, extract, save.

The unit of work of the whole project. A command calls it once, the daemon again and again. It may
be killed at any point: a link is recorded before it is fetched, in the transaction that stores the
validators of the document that announced it (``recording``), and is marked done in the transaction
that stores its article (``filing``). Run again, it goes on where it stood and stores nothing twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from ingest.events import SourceFinished, SourceStarted
from ingest.pipeline.booking import pass_over
from ingest.pipeline.discovery import endpoints_of, polled
from ingest.pipeline.link_rows import known_of
from ingest.pipeline.recording import learned_of, record
from ingest.pipeline.source_turn import turn_of
from sources.endpoints import numbered_shapes, read_endpoint
from sources.errors import SourcesError
from storage.links import address_shapes
from storage.links.documents import documents_of
from storage.links.due import due_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from ingest.pipeline.filing import Filing
    from sources.source import Endpoint, Source
    from storage.links.link import DueLink
    from storage.runs import StartedBy

__all__ = ["Collector"]

#: Links taken from the database at once: enough to keep a source busy, few enough to forget.
CHUNK = 200
#: Articles of a source that are cleaned when a run has filed new ones; `copydesk clean` does all.
CLEAN_LATEST = 200


class Collector:
    """Collects sources with what is on one desk."""

    def __init__(self, desk: Desk, filing: Callable[[], Filing]) -> None:
        """``filing``: what files pages, asked for with the first page that is due."""
        self._desk = desk
        self._filing = filing

    async def collect(
        self, source: Source, run_id: int, *, started_by: StartedBy = "command"
    ) -> SourceFinished:
        """One pass over ``source``, recorded under ``run_id``.

        An endpoint or a page that fails is recorded and counted, not raised.

        Raises:
            AlreadyRunning: another process is collecting this source.
            StorageError: the database cannot go on; everything saved before stays.
        """
        desk = self._desk
        async with turn_of(desk.store, source.name, desk.stopping, rest=desk.rest(source)):
            desk.tell(SourceStarted(source.name))
            async with pass_over(desk, source, run_id, started_by) as this:
                try:
                    await self._discover(this)
                except SourcesError as problem:
                    # No endpoint at all: what was announced earlier is still fetched.
                    this.fail(problem)
                if await self._download_due(this):
                    await self._filing().flush(source)
                    await self._clean(this)
            return this.finished()

    # Discovery

    async def _discover(self, this: Pass) -> None:
        endpoints = await endpoints_of(self._desk, this)
        for endpoint in polled(endpoints):
            if self._desk.stopping.is_set():
                return
            await self._read(endpoint, this)

    async def _read(self, endpoint: Endpoint, this: Pass) -> None:
        desk, source = self._desk, this.source
        rows = await desk.store.read(lambda c: documents_of(c, source.name))
        shapes = await desk.store.read(lambda c: address_shapes.shapes_of(c, source.name))
        learned = learned_of(endpoint, shapes)
        documents = read_endpoint(
            endpoint,
            source,
            this.client,
            lambda url: known_of(rows.get(url)),
            now=desk.now(),
            numbered=numbered_shapes(shapes),
            parse=desk.parsing(source),
        )
        async with contextlib.aclosing(documents):
            async for document in documents:
                await record(document, learned, desk, this, earlier=rows.get(document.url))
                if desk.stopping.is_set():
                    return

    # Download, extract, save

    async def _download_due(self, this: Pass) -> bool:
        """Whether anything was due."""
        desk, source = self._desk, this.source
        workers = source.fetch.concurrency or desk.client.settings.concurrency
        left = desk.settings.max_pages
        seen: set[int] = set()
        while left > 0 and not desk.stopping.is_set():
            # A link that is due again at once has had its turn in this run.
            due = [link for link in await self._due(source, left) if link.id not in seen]
            if not due:
                break
            seen.update(link.id for link in due)
            left -= len(due)
            queue = iter(due)
            # One page more than may be under way: the next waits while the last is extracted.
            async with asyncio.TaskGroup() as group:
                for _ in range(min(workers * 2, len(due))):
                    group.create_task(self._work(queue, this))
        return bool(seen)

    async def _due(self, source: Source, most: int) -> list[DueLink]:
        limit, now = min(CHUNK, most), self._desk.now()
        return await self._desk.store.read(lambda c: due_links(c, source.name, now, limit))

    async def _work(self, queue: Iterator[DueLink], this: Pass) -> None:
        for due in queue:
            if self._desk.stopping.is_set():
                return
            await self._filing().file_link(due, this)

    async def _clean(self, this: Pass) -> None:
        """Strike from the articles filed before what this run's have shown to be the site's."""
        if this.counts.filed:
            from ingest.pipeline.clean import clean_what_is_new

            store = self._desk.store
            await store.call(
                partial(
                    clean_what_is_new,
                    store.database,
                    this.source.name,
                    most=CLEAN_LATEST,
                    now=self._desk.now,
                )
            )
