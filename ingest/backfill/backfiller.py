"""A backfill: the articles of a time, of one source, through whatever names them.

Two steps. The plan reads the endpoints and records every link of the time; the download fetches
them, newest first or oldest first. Each document that was read, and each link that was fetched, is
noted in the transaction that stores what it brought, so that a backfill may be killed at any moment
and the same command goes on where it stood. It works in short turns beside the polls of its source,
and waits where a host, or the network, is away.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.backfill.endpoints import PAGE_KINDS, choose_endpoints, find_endpoints
from ingest.events import BackfillPlanned, EndpointRead, SourceFinished, Waiting
from ingest.pipeline.address_learning import LearnedAddresses
from ingest.pipeline.clean import clean_source
from ingest.pipeline.filing import Filing, Tally
from ingest.pipeline.link_rows import endpoint_of, row_of
from ingest.pipeline.source_turn import BETWEEN_SLICES, SLICE, turn_of
from ingest.pipeline.verdict import judge_error
from sources.endpoints import Document, read_endpoint
from sources.endpoints.document import Following, Known, Window
from sources.errors import FetchError, SourcesError, TimedOut, Unreachable
from sources.source import Endpoint, EndpointKind, Source
from storage import links, runs
from storage.errors import AlreadyRunning, StorageError
from storage.links import address_shapes, backfills
from storage.links import documents as endpoint_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.links.backfills import Backfill, ReadDocument

__all__ = ["BackfillRequest", "Backfiller"]

#: Links taken from the database at once.
CHUNK = 200
#: Links recorded in one write.
RECORD_CHUNK = 2000
#: Failures in a row to reach a host after which the network, or the host, counts as away.
AWAY_AFTER = 5
#: Seconds waited then, at first and at most, and in all before we end.
FIRST_WAIT, LONGEST_WAIT, WAIT_IN_ALL = 15.0, 300.0, 3600.0
#: A turn is over in good time for a poll even where the links of one chunk are not.
FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """What was asked for; times are aware, UTC."""

    since: datetime | None = None
    #: Articles before then; ``None``: up to now.
    until: datetime | None = None
    via: EndpointKind | None = None
    #: An endpoint of kind ``via`` that the source file does not have: an address, file or folder.
    address: str | None = None
    #: Pages at most.
    limit: int | None = None
    oldest_first: bool = False

    @property
    def asked(self) -> str:
        """What makes two commands the same backfill."""
        parts = {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "via": self.via,
            "from": self.address,
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value) or "all"


class _Away(Exception):
    """A host, or the network, is away; what was under way is left as it was."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


class Backfiller:
    """Backfills sources with the client, the extraction pool and the database of ``filing``."""

    def __init__(self, filing: Filing, stopping: asyncio.Event, request: BackfillRequest) -> None:
        self._filing = filing
        self._stopping = stopping
        self._request = request
        self._in_vain = 0

    async def plan(self, source: Source) -> BackfillPlanned:
        """What a backfill would fetch; reads the endpoints and records nothing.

        Raises:
            SourcesError, InputError: the source has no endpoint to read.
            AlreadyRunning: a poll kept the source for too long.
        """
        from ingest.backfill.plan import count_links

        now = self._filing.now()
        endpoints = await self._endpoints(source)
        window = Window(self._request.since, self._request.until or now)
        async with turn_of(self._filing.database, source.name, self._stopping, patience=FOREVER):
            return await count_links(endpoints, source, window, self._filing, self._stopping)

    async def run(self, source: Source, run_id: int) -> SourceFinished:
        """Backfill ``source``, or go on with it, recorded under ``run_id``.

        Raises:
            AlreadyRunning: another backfill of this source is at work.
            InputError: there is no endpoint of the kind that was asked for.
            StorageError: the database cannot go on; everything saved before stays.
        """
        with self._filing.database.lock(f"backfill-{source.name}"):
            return await self._run(source, run_id)

    async def _run(self, source: Source, run_id: int) -> SourceFinished:
        filing, tally, now = self._filing, Tally(), self._filing.now()
        await filing.write(lambda c: runs.start_source(c, run_id, source.name, now))
        request = self._request
        backfill = await filing.write(
            lambda c: backfills.open_backfill(
                c,
                source.name,
                request.asked,
                since=request.since,
                until=request.until or now,
                now=now,
            )
        )
        error: str | None = "stopped before the end"
        try:
            error = await self._work(source, backfill, tally)
        except SourcesError as problem:
            error = str(problem)
        except AlreadyRunning:
            # Told to stop while a poll had its turn.
            if not self._stopping.is_set():
                raise
            error = None
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            finished = SourceFinished(source.name, tally.counts(), error, tuple(tally.errors))
            with contextlib.suppress(StorageError):
                await asyncio.shield(
                    filing.write(
                        lambda c: runs.finish_source(
                            c,
                            run_id,
                            source.name,
                            tally.counts(),
                            error,
                            filing.now(),
                            errors=tuple(tally.errors),
                        )
                    )
                )
        filing.observe(finished)
        return finished

    def _turn(self, source: Source) -> AbstractAsyncContextManager[None]:
        """The turn at ``source``, however long it takes to come."""
        return turn_of(
            self._filing.database,
            source.name,
            self._stopping,
            patience=FOREVER,
            rest=self._filing.rest(source),
        )

    async def _work(self, source: Source, backfill: Backfill, tally: Tally) -> str | None:
        """Why the backfill is not done, if it is not."""
        filing = self._filing
        endpoints = await self._endpoints(source)
        away: str | None = None
        if any(endpoint.kind in PAGE_KINDS for endpoint in endpoints):
            from ingest.backfill.page_import import import_pages

            whole = await import_pages(
                endpoints, source, backfill, filing, self._stopping, tally, self._request.limit
            )
        else:
            if backfill.planned_at is None:
                await self._plan(source, backfill, endpoints, tally)
                if tally.documents and not tally.documents_read:
                    return tally.errors[0]
            await self._tell_plan(source, backfill, tally)
            whole, away = await self._download(source, backfill, tally)
        if tally.filed:
            await asyncio.to_thread(clean_source, filing.database, source.name, now=filing.now)
        if self._stopping.is_set() or away is not None:
            return away
        if whole and not tally.errors:
            await filing.write(lambda c: backfills.finish_backfill(c, backfill.id, filing.now()))
        return None

    async def _endpoints(self, source: Source) -> list[Endpoint]:
        request = self._request
        if request.via is not None and request.address is not None:
            return [Endpoint(request.via, request.address, archive=True)]
        rows = await self._filing.read(lambda c: endpoint_store.known_endpoints(c, source.name))
        recorded = [endpoint_of(row) for row in rows]
        found = await find_endpoints(source, recorded, self._filing.client, request.via)
        new = [e for e in found if e not in source.endpoints and e not in recorded]
        if new:
            now = self._filing.now()
            rows = [
                endpoint_store.EndpointRow(e.kind, e.url, e.selector, archive=True) for e in new
            ]
            await self._filing.write(
                lambda c: endpoint_store.record_endpoints(c, source.name, rows, now)
            )
        return choose_endpoints(found, source, request.via)

    # The plan

    async def _plan(
        self, source: Source, backfill: Backfill, endpoints: list[Endpoint], tally: Tally
    ) -> None:
        """Read every document that has not been read, and record its links."""
        filing = self._filing
        read = await filing.read(lambda c: backfills.read_documents(c, backfill.id))
        shapes = await filing.read(lambda c: address_shapes.shapes_of(c, source.name))
        learned = LearnedAddresses(shapes)
        whole = True
        for endpoint in endpoints:
            documents = read_endpoint(
                endpoint,
                source,
                filing.client,
                lambda url: _known(read.get(url)),
                now=filing.now(),
                window=Window(backfill.since, backfill.until),
            )
            async with (
                contextlib.aclosing(documents),
                contextlib.aclosing(self._in_turns(documents, source)) as in_turns,
            ):
                async for document in in_turns:
                    sure = endpoint.kind not in ("sitemap", "listing", "cdx")
                    teaching = LearnedAddresses() if sure else learned
                    whole &= await self._take(document, source, backfill, teaching, tally)
            if self._stopping.is_set():
                return
        if whole:
            await filing.write(lambda c: backfills.finish_plan(c, backfill.id, filing.now()))

    async def _in_turns(
        self, documents: AsyncIterator[Document], source: Source
    ) -> AsyncGenerator[Document]:
        """``documents``, each while the turn at the source is held."""
        over = False
        while not over and not self._stopping.is_set():
            async with self._turn(source):
                until = time.monotonic() + SLICE
                while time.monotonic() < until and not self._stopping.is_set():
                    document = await anext(documents, None)
                    if document is None:
                        over = True
                        break
                    yield document
            await asyncio.sleep(0 if over else BETWEEN_SLICES)

    async def _take(
        self,
        document: Document,
        source: Source,
        backfill: Backfill,
        learned: LearnedAddresses,
        tally: Tally,
    ) -> bool:
        """Record a document and its links; False where it has to be asked for again."""
        filing = self._filing
        tally.documents += 1
        announced = new = 0
        batch: list[links.NewLink] = []

        for link in document.links:
            announced += 1
            batch.append(row_of(link, learned))
            if len(batch) >= RECORD_CHUNK:
                chunk, batch = batch, []
                new += await self._record(document, source, chunk)
        problem = str(document.error) if document.error is not None else None
        # What a server in trouble did not give is asked for again by the same command.
        whole = not (isinstance(document.error, FetchError) and document.error.passing) and not (
            document.status is not None and (document.status >= 500 or document.status == 429)
        )
        following = [(entry.url, entry.modified) for entry in document.following]

        def finish(connection: Connection) -> int:
            now = filing.now()
            recorded = links.record_links(
                connection, source.name, batch, now, document_url=document.url, planned=True
            )
            if whole:
                backfills.note_document(
                    connection, backfill.id, document.url, now, following=following
                )
            return recorded.new

        new += await filing.write(finish)
        tally.links_new += new
        if problem is None or announced:
            tally.documents_read += 1
        if problem is not None:
            tally.errors.append(problem)
        filing.observe(EndpointRead(source.name, document.url, announced, False, problem))
        return whole

    async def _record(self, document: Document, source: Source, chunk: list[links.NewLink]) -> int:
        recorded = await self._filing.write(
            lambda c: links.record_links(
                c,
                source.name,
                chunk,
                self._filing.now(),
                document_url=document.url,
                planned=True,
            )
        )
        return recorded.new

    async def _tell_plan(self, source: Source, backfill: Backfill, tally: Tally) -> None:
        from ingest.backfill.plan import polite_seconds

        months = await self._filing.read(
            lambda c: backfills.waiting_by_month(c, source.name, backfill.since, backfill.until)
        )
        waiting = sum(months.values())
        pages = min(waiting, self._request.limit or waiting)
        seconds = await polite_seconds(pages, source, self._filing.client)
        self._filing.observe(
            BackfillPlanned(
                source.name,
                links=waiting,
                pages=pages,
                by_month=months,
                documents=tally.documents,
                seconds=seconds,
                resumed=backfill.resumed,
                problems=tuple(tally.errors),
            )
        )

    # The download

    async def _download(
        self, source: Source, backfill: Backfill, tally: Tally
    ) -> tuple[bool, str | None]:
        """Fetch what waits, in turns: whether nothing is left, and why it ended early, if it did."""
        left = self._request.limit or 10**12
        waited = 0.0
        while left > 0 and not self._stopping.is_set():
            try:
                async with self._turn(source):
                    done, over = await self._slice(source, backfill, tally, left)
                left -= done
                if done:
                    waited = 0.0
                if over:
                    return await self._nothing_failed(source, backfill), None
                await asyncio.sleep(BETWEEN_SLICES)
            except _Away as away:
                if waited >= WAIT_IN_ALL:
                    return False, f"{away}; ended after an hour of waiting"
                wait = min(max(FIRST_WAIT, waited, away.seconds), LONGEST_WAIT)
                self._filing.observe(Waiting(source.name, str(away), wait))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait)
                waited += wait
        return False, None

    async def _slice(
        self, source: Source, backfill: Backfill, tally: Tally, left: int
    ) -> tuple[int, bool]:
        """(links dealt with in one turn, whether none is left).

        Raises:
            _Away: the host, or the network, is away.
        """
        until = time.monotonic() + SLICE
        workers = source.fetch.concurrency or self._filing.client.settings.concurrency
        done = 0
        while time.monotonic() < until and not self._stopping.is_set():
            due = await self._due(source, backfill, min(CHUNK, left - done))
            if not due:
                return done, left > done
            queue = iter(due)
            counter = _Counter()
            away: list[_Away] = []
            async with asyncio.TaskGroup() as group:
                # One page more than may be under way: the next waits while the last is extracted.
                for _ in range(min(workers + 1, len(due))):
                    group.create_task(self._fetch_some(queue, source, tally, until, counter, away))
            done += counter.done
            if away:
                raise away[0]
        return done, False

    async def _due(self, source: Source, backfill: Backfill, most: int) -> list[links.DueLink]:
        if most <= 0:
            return []
        return await self._filing.read(
            lambda c: links.links_of_time(
                c,
                source.name,
                self._filing.now(),
                most,
                since=backfill.since,
                until=backfill.until,
                oldest_first=self._request.oldest_first,
            )
        )

    async def _fetch_some(
        self,
        queue: Iterator[links.DueLink],
        source: Source,
        tally: Tally,
        until: float,
        counter: _Counter,
        away: list[_Away],
    ) -> None:
        for due in queue:
            try:
                page = await self._filing.fetch(due, source)
            except FetchError as error:
                if (seconds := self._away_for(error)) is not None:
                    away.append(_Away(error.reason, seconds))
                    return
                await self._filing.settle_failure(
                    due, judge_error(error), None, source, tally, error=error
                )
            else:
                self._in_vain = 0
                tally.fetched += 1
                await self._filing.file_page(due, page, source, tally)
            counter.done += 1
            if away or self._stopping.is_set() or time.monotonic() >= until:
                return

    def _away_for(self, error: FetchError) -> float | None:
        """Seconds to wait where ``error`` is the host's or the network's, not the page's."""
        if not isinstance(error, (Unreachable, TimedOut)):
            return None
        if error.retry_after is not None:
            return error.retry_after
        self._in_vain += 1
        return FIRST_WAIT if self._in_vain >= AWAY_AFTER else None

    async def _nothing_failed(self, source: Source, backfill: Backfill) -> bool:
        """Whether nothing of the time is to be tried again."""
        return not await self._filing.read(
            lambda c: backfills.failed_links(c, source.name, backfill.since, backfill.until)
        )


@dataclass(slots=True)
class _Counter:
    done: int = 0


def _known(row: ReadDocument | None) -> Known | None:
    if row is None:
        return None
    following = tuple(Following(url, modified) for url, modified in row.following)
    return Known(following=following, read=row.whole)
