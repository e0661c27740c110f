"""Collect one source: discover, download what is new, extract, save.

The unit of work of the whole project. A command calls it once, the daemon again and again. It may
be killed at any point: a link is recorded before it is fetched, in the transaction that stores the
validators of the document that announced it, and is marked done in the transaction that stores its
article (``filing``). Run again, it goes on where it stood and stores nothing twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.events import EndpointRead, LinksFound, Observer, SourceFinished, SourceStarted
from ingest.pipeline.address_learning import LearnedAddresses
from ingest.pipeline.clean import clean_source
from ingest.pipeline.filing import Filing, Tally, utc_now
from ingest.pipeline.link_rows import endpoint_of, endpoint_row, known_of, row_of
from ingest.pipeline.source_turn import turn_of
from sources.endpoints import Document, discover_endpoints, read_endpoint
from sources.errors import EndpointError, FetchError, SourcesError
from sources.page import Validators
from sources.platforms import platform_endpoints
from sources.source import Endpoint, Source
from storage import links, runs
from storage.errors import StorageError
from storage.links import address_shapes
from storage.links import documents as endpoint_store

if TYPE_CHECKING:
    from ingest.settings import CollectSettings
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client
    from storage.database import Database

__all__ = ["Collector"]

#: Links taken from the database at once: enough to keep a source busy, few enough to forget.
CHUNK = 200
#: Links recorded in one write.
RECORD_CHUNK = 2000
#: Articles of a source that are cleaned when a run has filed new ones; `copydesk clean` does all.
CLEAN_LATEST = 200
#: Found endpoints are looked for anew after this time: sites move their feeds.
REDISCOVER_AFTER = timedelta(days=7)
#: Documents that a document may name and that are remembered, for when it answers 304.
MOST_FOLLOWING = 2000


class Collector:
    """Collects sources into one database with one client and one extraction pool."""

    def __init__(
        self,
        database: Database,
        client: Client,
        pool: ExtractionPool,
        settings: CollectSettings,
        *,
        observer: Observer | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._filing = Filing(database, client, pool, settings, observer=observer, now=now)
        self._database = database
        self._client = client
        self._settings = settings
        self._observe = self._filing.observe
        self._now = now
        self._stopping = asyncio.Event()

    @property
    def filing(self) -> Filing:
        """What files pages, for a backfill to share: one client, one pool."""
        return self._filing

    @property
    def stopping(self) -> asyncio.Event:
        """Set when nothing new is to be begun."""
        return self._stopping

    def stop(self) -> None:
        """Begin nothing new; what is in flight is finished and filed."""
        self._stopping.set()

    async def collect(self, source: Source, run_id: int) -> SourceFinished:
        """One pass over ``source``, recorded under ``run_id``.

        An endpoint or a page that fails is recorded and counted, not raised.

        Raises:
            AlreadyRunning: another process is collecting this source.
            StorageError: the database cannot go on; everything saved before stays.
        """
        rest = self._filing.rest(source)
        async with turn_of(self._database, source.name, self._stopping, rest=rest):
            return await self._collect(source, run_id)

    async def _collect(self, source: Source, run_id: int) -> SourceFinished:
        tally = Tally()
        self._observe(SourceStarted(source.name))
        await self._filing.write(lambda c: runs.start_source(c, run_id, source.name, self._now()))
        error: str | None = None
        try:
            await self._discover(source, tally)
            await self._download_due(source, tally)
            await self._filing.reader.flush(source.name)
            await self._clean(source, tally)
        except SourcesError as problem:
            # No endpoint at all: nothing to read, but what was announced earlier is still fetched.
            error = str(problem)
            await self._download_due(source, tally)
        except asyncio.CancelledError:
            error = "stopped before the end"
            raise
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            if error is None and tally.documents and not tally.documents_read:
                error = tally.errors[0]
            finished = SourceFinished(source.name, tally.counts(), error, tuple(tally.errors))
            # Where the database is what failed, there is nowhere to write this.
            with contextlib.suppress(StorageError):
                await asyncio.shield(
                    self._filing.write(
                        lambda c: runs.finish_source(
                            c,
                            run_id,
                            source.name,
                            tally.counts(),
                            error,
                            self._now(),
                            errors=tuple(tally.errors),
                        )
                    )
                )
        self._observe(finished)
        return finished

    # Discovery

    async def _discover(self, source: Source, tally: Tally) -> None:
        endpoints = await self._endpoints(source, tally)
        polled = [endpoint for endpoint in endpoints if not endpoint.archive] or endpoints
        for endpoint in polled:
            if self._stopping.is_set():
                return
            await self._read(endpoint, source, tally)

    async def _endpoints(self, source: Source, tally: Tally) -> list[Endpoint]:
        """The source's own endpoints, else those found earlier, else those found now.

        Raises:
            EndpointError, FetchError: nothing was found.
        """
        if source.endpoints:
            return list(source.endpoints)
        rows = await self._filing.read(lambda c: endpoint_store.known_endpoints(c, source.name))
        known = [endpoint_of(row) for row in rows]
        oldest = self._now() - REDISCOVER_AFTER
        fresh = [row for row in rows if row.discovered_at and row.discovered_at > oldest]
        if fresh:
            return known
        try:
            found = await discover_endpoints(
                source.home,
                self._client,
                source.fetch,
                candidates=platform_endpoints(source.platform, source.home),
            )
        except (EndpointError, FetchError) as problem:
            if not known:
                raise
            tally.errors.append(str(problem))
            return known
        await self._filing.write(
            lambda c: endpoint_store.record_endpoints(
                c,
                source.name,
                [endpoint_row(e) for e in found],
                self._now(),
            )
        )
        return found

    async def _read(self, endpoint: Endpoint, source: Source, tally: Tally) -> None:
        rows = await self._filing.read(lambda c: endpoint_store.documents_of(c, source.name))
        shapes = await self._filing.read(lambda c: address_shapes.shapes_of(c, source.name))
        # What a feed names is an article by its nature; elsewhere the source's own pages have taught.
        learned = LearnedAddresses(shapes if endpoint.kind in ("sitemap", "listing") else {})
        documents = read_endpoint(
            endpoint, source, self._client, lambda url: known_of(rows.get(url)), now=self._now()
        )
        async with contextlib.aclosing(documents):
            async for document in documents:
                await self._take(document, source, learned, tally)
                if self._stopping.is_set():
                    return

    async def _take(
        self, document: Document, source: Source, learned: LearnedAddresses, tally: Tally
    ) -> None:
        """Record a document and its links."""
        tally.documents += 1
        tally.not_modified += document.not_modified
        announced = new = 0
        batch: list[links.NewLink] = []
        if not document.not_modified:
            # Parsing is lazy and may be long: a batch at a time, the loop breathes between.
            for link in document.links:
                announced += 1
                batch.append(row_of(link, learned))
                if len(batch) >= RECORD_CHUNK:
                    chunk, batch = batch, []
                    new += await self._record_links(source, document.url, chunk)
        # The document's error shows only when its links have been read; its validators go in
        # with the last of them, so that a kill before that asks for all again.
        recorded = await self._record_document(document, source, batch)
        problem = str(document.error) if document.error is not None else None
        new += recorded.new
        tally.links_new += new
        if problem is None or announced:
            tally.documents_read += 1
        if problem is not None:
            tally.errors.append(problem)
        self._observe(
            EndpointRead(source.name, document.url, announced, document.not_modified, problem)
        )
        if new:
            self._observe(LinksFound(source.name, new))

    async def _record_document(
        self, document: Document, source: Source, rest: list[links.NewLink]
    ) -> links.RecordedLinks:
        error = str(document.error) if document.error is not None else None
        validators = document.validators if error is None else Validators()
        following = document.following
        if len(following) > MOST_FOLLOWING:
            # What it names could not be known behind a 304.
            following, validators = [], Validators()
        return await self._filing.write(
            lambda c: endpoint_store.record_document(
                c,
                source.name,
                document.url,
                kind=document.endpoint.kind,
                etag=validators.etag,
                last_modified=validators.last_modified,
                status=document.status,
                error=error,
                links=rest,
                now=self._now(),
                endpoint_url=document.endpoint.url,
                following=[(entry.url, entry.modified) for entry in following],
            )
        )

    async def _record_links(self, source: Source, url: str, batch: list[links.NewLink]) -> int:
        recorded = await self._filing.write(
            lambda c: links.record_links(c, source.name, batch, self._now(), document_url=url)
        )
        return recorded.new

    # Download, extract, save

    async def _download_due(self, source: Source, tally: Tally) -> None:
        workers = source.fetch.concurrency or self._client.settings.concurrency
        left = self._settings.max_pages
        seen: set[int] = set()
        while left > 0 and not self._stopping.is_set():
            # A link that is due again at once has had its turn in this run.
            due = [link for link in await self._due(source, left) if link.id not in seen]
            if not due:
                return
            seen.update(link.id for link in due)
            left -= len(due)
            queue = iter(due)
            # One page more than may be under way: the next waits while the last is extracted.
            async with asyncio.TaskGroup() as group:
                for _ in range(min(workers * 2, len(due))):
                    group.create_task(self._work(queue, source, tally))

    async def _due(self, source: Source, most: int) -> list[links.DueLink]:
        limit = min(CHUNK, most)
        return await self._filing.read(
            lambda c: links.due_links(c, source.name, self._now(), limit)
        )

    async def _work(self, queue: Iterator[links.DueLink], source: Source, tally: Tally) -> None:
        for due in queue:
            if self._stopping.is_set():
                return
            await self._filing.file_link(due, source, tally)

    async def _clean(self, source: Source, tally: Tally) -> None:
        """Strike from the articles filed before what this run's have shown to be the site's."""
        if tally.filed:
            await asyncio.to_thread(
                clean_source, self._database, source.name, most=CLEAN_LATEST, now=self._now
            )
