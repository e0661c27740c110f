"""Collect one source: discover, download what is new, extract, save.

The unit of work of the whole project. A command calls it once, the daemon again and again. It may
be killed at any point: a link is recorded before it is fetched, in the transaction that stores the
validators of the document that announced it, and is marked done in the transaction that stores its
article. Run again, it goes on where it stood and stores nothing twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from ingest.clean import clean_source, site_lines_of
from ingest.errors import ExtractionCrashed
from ingest.events import (
    EndpointRead,
    LinksFound,
    Observer,
    PageDone,
    SourceFinished,
    SourceStarted,
)
from ingest.extract import Refusal
from ingest.extract.site_lines import SiteLines, line_keys
from ingest.link_rows import endpoint_of, link_of, row_of
from ingest.verdict import Failure, judge_error, judge_refusal, judge_status
from sources.address import address_key, same_site
from sources.endpoints import Document, discover_endpoints, read_endpoint
from sources.errors import EndpointError, FetchError, SourcesError
from sources.page import Validators
from sources.platforms import platform_endpoints
from sources.source import Endpoint, Source
from storage import articles, links, runs
from storage import endpoints as endpoint_store
from storage.endpoints import EndpointRow
from storage.errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.extraction_pool import ExtractionPool
    from ingest.settings import CollectSettings
    from sources.client import Client
    from sources.page import Page
    from storage.article import Article
    from storage.database import Database

__all__ = ["Collector"]

T = TypeVar("T")

#: Links taken from the database at once: enough to keep a source busy, few enough to forget.
CHUNK = 200
#: Links recorded in one write.
RECORD_CHUNK = 2000
#: Articles filed after which the lines that the source repeats are read anew.
LEARN_EVERY = 10
#: Articles of a source that are cleaned when a run has filed new ones; `copydesk clean` does all.
CLEAN_LATEST = 200
#: Found endpoints are looked for anew after this time: sites move their feeds.
REDISCOVER_AFTER = timedelta(days=7)


def utc_now() -> datetime:
    """The time of day, aware, UTC."""
    return datetime.now(UTC)


@dataclass
class _Tally:
    """What one pass over one source has done so far."""

    documents: int = 0
    not_modified: int = 0
    links_new: int = 0
    fetched: int = 0
    filed: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicate: int = 0
    refused: int = 0
    failed: int = 0
    #: Documents that could be read; a pass without any has failed.
    documents_read: int = 0
    #: Lines that other articles of the source hold, and how many articles were filed when read.
    site: SiteLines = field(default_factory=SiteLines)
    learned_at: int = -1
    errors: list[str] = field(default_factory=list)

    def counts(self) -> runs.RunCounts:
        return runs.RunCounts(
            documents=self.documents,
            not_modified=self.not_modified,
            links_new=self.links_new,
            fetched=self.fetched,
            filed=self.filed,
            revised=self.revised,
            unchanged=self.unchanged,
            duplicate=self.duplicate,
            refused=self.refused,
            failed=self.failed,
        )


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
        self._database = database
        self._client = client
        self._pool = pool
        self._settings = settings
        self._observe: Observer = observer or (lambda event: None)
        self._now = now
        self._stopping = asyncio.Event()

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
        with self._database.lock(f"source-{source.name}"):
            return await self._collect(source, run_id)

    async def _collect(self, source: Source, run_id: int) -> SourceFinished:
        tally = _Tally()
        self._observe(SourceStarted(source.name))
        await self._write(lambda c: runs.start_source(c, run_id, source.name, self._now()))
        error: str | None = None
        try:
            await self._discover(source, tally)
            await self._download_due(source, tally)
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
                    self._write(
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

    async def _discover(self, source: Source, tally: _Tally) -> None:
        endpoints = await self._endpoints(source, tally)
        polled = [endpoint for endpoint in endpoints if not endpoint.archive] or endpoints
        for endpoint in polled:
            if self._stopping.is_set():
                return
            await self._read(endpoint, source, tally)

    async def _endpoints(self, source: Source, tally: _Tally) -> list[Endpoint]:
        """The source's own endpoints, else those found earlier, else those found now.

        Raises:
            EndpointError, FetchError: nothing was found.
        """
        if source.endpoints:
            return list(source.endpoints)
        rows = await self._read_database(lambda c: endpoint_store.known_endpoints(c, source.name))
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
        await self._write(
            lambda c: endpoint_store.record_endpoints(
                c,
                source.name,
                [EndpointRow(e.kind, e.url, e.selector, e.archive) for e in found],
                self._now(),
            )
        )
        return found

    async def _read(self, endpoint: Endpoint, source: Source, tally: _Tally) -> None:
        validators = await self._read_database(
            lambda c: endpoint_store.validators_of(c, source.name)
        )

        def known(url: str) -> Validators | None:
            etag, last_modified = validators.get(url, (None, None))
            return Validators(etag, last_modified) if etag or last_modified else None

        async for document in read_endpoint(endpoint, source, self._client, known, now=self._now()):
            tally.documents += 1
            tally.not_modified += document.not_modified
            announced = new = 0
            batch: list[links.NewLink] = []
            if not document.not_modified:
                # Parsing is lazy and may be long: a batch at a time, the loop breathes between.
                for link in document.links:
                    announced += 1
                    batch.append(row_of(link))
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
            if self._stopping.is_set():
                return

    async def _record_document(
        self, document: Document, source: Source, rest: list[links.NewLink]
    ) -> links.RecordedLinks:
        error = str(document.error) if document.error is not None else None
        validators = document.validators if error is None else Validators()
        return await self._write(
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
            )
        )

    async def _record_links(self, source: Source, url: str, batch: list[links.NewLink]) -> int:
        recorded = await self._write(
            lambda c: links.record_links(c, source.name, batch, self._now(), document_url=url)
        )
        return recorded.new

    # Download, extract, save

    async def _download_due(self, source: Source, tally: _Tally) -> None:
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
        return await self._read_database(
            lambda c: links.due_links(c, source.name, self._now(), limit)
        )

    async def _work(self, queue: Iterator[links.DueLink], source: Source, tally: _Tally) -> None:
        for due in queue:
            if self._stopping.is_set():
                return
            await self._collect_link(due, source, tally)

    async def _collect_link(self, due: links.DueLink, source: Source, tally: _Tally) -> None:
        link = link_of(due)
        page: Page | None = None
        try:
            page = await self._client.fetch(due.url, rules=source.fetch, accept="page")
            tally.fetched += 1
            failure = judge_status(page) or _off_site(page, source, due.url)
            site = await self._learned(source, tally)
            if due.article_id is not None:
                # Fetched again: its own lines are counted already.
                site = replace(site, includes_this=True)
            found = None if failure else await self._pool.extract(page, source, link, site)
        except FetchError as error:
            failure, found = judge_error(error), None
        except ExtractionCrashed as error:
            failure, found = Failure("failed", "extractor_crashed", str(error)), None
        if isinstance(found, Refusal):
            failure, found = judge_refusal(found), None
        if failure is not None:
            await self._record_failure(due, failure, page, source, tally)
        elif found is not None:
            assert page is not None
            await self._save(due, found, page, source, tally)

    async def _save(
        self, due: links.DueLink, article: Article, page: Page, source: Source, tally: _Tally
    ) -> None:
        try:
            key = address_key(article.url or page.url)
        except ValueError:
            key = due.key
        try:
            arrived = address_key(page.url)
        except ValueError:
            arrived = key
        saved = await self._write(
            lambda c: articles.save_article(
                c,
                due.id,
                article,
                key=key,
                fetched_key=arrived,
                now=self._now(),
                lines=line_keys(article),
            )
        )
        match saved.outcome:
            case "filed":
                tally.filed += 1
            case "revised":
                tally.revised += 1
            case "unchanged":
                tally.unchanged += 1
            case "duplicate":
                tally.duplicate += 1
        self._observe(
            PageDone(
                source.name, due.url, saved.outcome, None, article.title, saved.article_id, article
            )
        )

    async def _learned(self, source: Source, tally: _Tally) -> SiteLines:
        """The lines that the source repeats, as of the last few articles."""
        if tally.learned_at < 0 or tally.filed >= tally.learned_at + LEARN_EVERY:
            tally.learned_at = tally.filed
            tally.site = await self._read_database(lambda c: site_lines_of(c, source.name))
        return tally.site

    async def _clean(self, source: Source, tally: _Tally) -> None:
        """Strike from the articles filed before what this run's have shown to be the site's."""
        if tally.filed:
            await asyncio.to_thread(
                clean_source, self._database, source.name, most=CLEAN_LATEST, now=self._now
            )

    async def _record_failure(
        self,
        due: links.DueLink,
        failure: Failure,
        page: Page | None,
        source: Source,
        tally: _Tally,
    ) -> None:
        now = self._now()
        state, retry_at = failure.settle(due.attempts + 1, self._settings.attempts, now, page)
        if failure.state == "failed":
            tally.failed += 1
            tally.errors.append(f"{due.url}: {failure.reason}: {failure.detail}")
        else:
            tally.refused += 1
        await self._write(
            lambda c: links.mark_fetched_failure(
                c,
                due.id,
                state=state,
                reason=failure.reason,
                detail=failure.detail,
                retry_at=retry_at,
                status=page.status if page else None,
                now=now,
            )
        )
        self._observe(
            PageDone(source.name, due.url, state, failure.reason, failure.detail, None, None)
        )

    # The database, from the event loop

    async def _write(self, operation: Callable[[Connection], T]) -> T:
        future = await asyncio.to_thread(self._database.writer.submit, operation)
        return await asyncio.wrap_future(future)

    async def _read_database(self, query: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._database.reading() as connection:
                return query(connection)

        return await asyncio.to_thread(run)


def _off_site(page: Page, source: Source, asked: str) -> Failure | None:
    """A refusal where redirects led out of the source, to a house that the link did not name."""
    home_sites = (source.home, asked, *(f"https://{host}/" for host in source.links.hosts))
    if not page.redirects or any(same_site(page.url, site) for site in home_sites):
        return None
    return Failure("refused", "off_site", f"redirects to {page.url}, which is not {source.title}")
