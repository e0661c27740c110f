"""The way of one link: download its page, extract, save; or say why there is no article.

Shared by polls and backfills. A link was recorded before; it is marked done in the transaction that
stores its article.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import ExtractionCrashed
from ingest.events import Observer, PageDone
from ingest.extract import Refusal
from ingest.extract.chrome.site_lines import SiteLines
from ingest.pipeline.address_learning import TEACHES, LearnedAddresses
from ingest.pipeline.clean import site_lines_of
from ingest.pipeline.held_pages import HeldPages
from ingest.pipeline.link_rows import link_of
from ingest.pipeline.page_keeper import PageKeeper
from ingest.pipeline.page_reader import PageReader
from ingest.pipeline.second_look import next_look, next_look_at_gone
from ingest.pipeline.verdict import Failure, judge_error, judge_refusal, judge_status
from sources.address import address_key, same_site
from sources.endpoints.archives.folder import OWN_ADDRESS
from sources.endpoints.article_address import address_shape
from sources.errors import FetchError
from sources.page import Validators
from sources.rendering import Renderer
from storage import links, runs
from storage.articles import saving as articles
from storage.links import address_shapes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.settings import CollectSettings
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client
    from sources.page import Page
    from sources.source import Source
    from storage.articles.prepared import PreparedArticle
    from storage.database import Database
    from storage.transaction import Transaction

__all__ = ["Filing", "Tally", "utc_now"]

T = TypeVar("T")

#: Articles filed after which the lines that the source repeats are read anew, at least.
LEARN_EVERY = 10
#: The larger the source the slower its counts change: a fiftieth of its articles is waited for.
LEARN_SHARE = 50


def utc_now() -> datetime:
    """The time of day, aware, UTC."""
    return datetime.now(UTC)


@dataclass
class Tally:
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
    withdrawn: int = 0
    #: Documents that could be read; a pass without any has failed.
    documents_read: int = 0
    #: Lines that other articles of the source hold, and how many articles were filed when read.
    site: SiteLines = field(default_factory=SiteLines)
    learned_at: int = -1
    addresses: LearnedAddresses = field(default_factory=LearnedAddresses)
    errors: list[str] = field(default_factory=list)

    def counts(self) -> runs.RunCounts:
        """The counts as a run keeps them."""
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
            withdrawn=self.withdrawn,
        )


class Filing:
    """Files articles into one database with one client and one extraction pool."""

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
        self.database = database
        self.client = client
        self.pool = pool
        self.settings = settings
        self.observe: Observer = observer or (lambda event: None)
        self.now = now
        self.reader = PageReader(pool, self.read, self.write, now, enabled=settings.templates)
        self._renderer = Renderer(client)
        self._held = HeldPages()
        self._pages = PageKeeper(database, self.read, self.write, now, enabled=settings.keep_pages)

    async def aclose(self) -> None:
        """End the browser, where a source needed one; write what templates have shown."""
        await self.reader.aclose()
        await self._renderer.aclose()

    def rest(self, source: Source) -> float:
        """Seconds that a host of ``source`` is owed after a request."""
        delay = source.fetch.delay
        return self.client.settings.delay if delay is None else delay

    async def file_link(self, due: links.DueLink, source: Source, tally: Tally) -> None:
        """Download the page of a link and do with it what is to be done.

        Raises:
            StorageError: the database cannot go on.
        """
        try:
            page = await self.fetch(due, source)
        except FetchError as error:
            await self.settle_failure(due, judge_error(error), None, source, tally, error=error)
            return
        tally.fetched += 1
        await self.file_page(due, page, source, tally)

    async def fetch(self, due: links.DueLink, source: Source) -> Page:
        """The page of a link, asked for conditionally where its article is known.

        Raises:
            FetchError: no page came.
        """
        await self._held.room()
        validators = Validators(due.etag, due.last_modified) if due.article_id else None
        if source.fetch.render:
            return await self._renderer.fetch(
                due.url, rules=source.fetch, validators=validators or None
            )
        page = await self.client.fetch(
            due.fetch_url or due.url,
            rules=source.fetch,
            accept="page",
            validators=validators or None,
        )
        if due.fetch_url is not None:
            # An archive's copy stands for the page at the address that it is a copy of.
            page = replace(page, requested_url=due.url, url=due.url, redirects=())
        return page

    async def file_page(self, due: links.DueLink, page: Page, source: Source, tally: Tally) -> None:
        """Extract and save the article on ``page``, or record why there is none."""
        with self._held.holding(len(page.body)):
            await self._file_page(due, page, source, tally)

    async def _file_page(
        self, due: links.DueLink, page: Page, source: Source, tally: Tally
    ) -> None:
        if page.not_modified:
            await self._note_unchanged(due, page, source, tally)
            return
        failure = judge_status(page) or _off_site(page, source, due.url)
        found: PreparedArticle | Refusal | None = None
        if failure is None:
            site = await self._learned(source, tally)
            if due.article_id is not None:
                # Fetched again: its own lines are counted already.
                site = replace(site, includes_this=True)
            try:
                found = await self.reader.read(page, source, link_of(due), site)
            except ExtractionCrashed as error:
                failure = Failure("failed", "extractor_crashed", str(error))
        if isinstance(found, Refusal):
            failure = judge_refusal(found)
        if failure is not None:
            read = isinstance(found, Refusal)
            await self.settle_failure(due, failure, page, source, tally, refused_by_reader=read)
        elif found is not None and not isinstance(found, Refusal):
            await self._save(due, found, page, source, tally)

    async def _save(
        self,
        due: links.DueLink,
        prepared: PreparedArticle,
        page: Page,
        source: Source,
        tally: Tally,
    ) -> None:
        article = prepared.article
        try:
            key = address_key(article.url or page.url)
        except ValueError:
            key = due.key
        try:
            arrived = address_key(page.url)
        except ValueError:
            arrived = key
        now = self.now()
        # A text without an address of its own cannot be asked for.
        look = (
            None
            if OWN_ADDRESS in due.url
            else next_look(
                article.published_at or due.published,
                None if due.planned else due.discovered_at,
                now,
                self.settings.look_again,
            )
        )
        shape = address_shape(due.url)
        packed = await self._pages.pack(source.name, due, page)

        def save(connection: Transaction) -> articles.Saved:
            saved = articles.save_article(
                connection,
                due.id,
                prepared,
                key=key,
                fetched_key=arrived,
                now=now,
                etag=page.validators.etag,
                last_modified=page.validators.last_modified,
                look_again_at=look,
            )
            if due.article_id is None:
                address_shapes.count_shape(connection, source.name, shape, article=True)
            if saved.outcome in ("filed", "revised"):
                self._pages.keep(connection, packed)
            return saved

        saved = await self.write(save)
        match saved.outcome:
            case "filed":
                tally.filed += 1
            case "revised":
                tally.revised += 1
            case "unchanged":
                tally.unchanged += 1
            case "duplicate":
                tally.duplicate += 1
        self.observe(
            PageDone(
                source.name, due.url, saved.outcome, None, article.title, saved.article_id, article
            )
        )
        await self._pages.learn(source.name)

    async def _note_unchanged(
        self, due: links.DueLink, page: Page, source: Source, tally: Tally
    ) -> None:
        tally.unchanged += 1
        now = self.now()
        look = next_look(due.published, due.discovered_at, now, self.settings.look_again)
        await self.write(
            lambda c: links.mark_looked(
                c,
                due.id,
                status=page.status,
                look_again_at=look,
                now=now,
                etag=page.validators.etag,
                last_modified=page.validators.last_modified,
            )
        )
        self.observe(
            PageDone(source.name, due.url, "unchanged", None, due.title, due.article_id, None)
        )

    async def settle_failure(
        self,
        due: links.DueLink,
        failure: Failure,
        page: Page | None,
        source: Source,
        tally: Tally,
        *,
        error: FetchError | None = None,
        refused_by_reader: bool = False,
    ) -> None:
        """Record why a link brought no article this time, and when it is tried again."""
        now = self.now()
        state, retry_at = failure.settle(
            due.attempts + 1,
            self.settings.attempts,
            now,
            page.retry_after if page is not None else error.retry_after if error else None,
        )
        status = page.status if page else None
        if failure.state == "failed":
            tally.failed += 1
            tally.errors.append(f"{due.url}: {failure.reason}: {failure.detail}")
        if due.article_id is not None:
            await self._note_missed(due, failure, status, retry_at, source, tally)
            return
        if failure.state != "failed":
            tally.refused += 1
        shape = address_shape(due.url) if failure.reason in TEACHES else None
        # A better reader may find the article one day (copydesk reextract).
        packed = None
        if page is not None and refused_by_reader:
            packed = await self._pages.pack(source.name, due, page)

        def record(connection: Transaction) -> None:
            links.mark_fetched_failure(
                connection,
                due.id,
                state=state,
                reason=failure.reason,
                detail=failure.detail,
                retry_at=retry_at,
                status=status,
                now=now,
            )
            if shape is not None:
                address_shapes.count_shape(connection, source.name, shape, article=False)
            if packed is not None:
                self._pages.keep(connection, packed)

        await self.write(record)
        self.observe(
            PageDone(source.name, due.url, state, failure.reason, failure.detail, None, None)
        )

    async def _note_missed(
        self,
        due: links.DueLink,
        failure: Failure,
        status: int | None,
        retry_at: datetime | None,
        source: Source,
        tally: Tally,
    ) -> None:
        """A look at an article that brought no text: the article stays as it is."""
        now = self.now()
        gone = failure.state == "gone"
        tally.withdrawn += gone
        look = next_look(due.published, due.discovered_at, now, self.settings.look_again)
        if gone:
            look = look or next_look_at_gone(due.looks_in_vain, now)
        elif look is None or (retry_at is not None and retry_at < look):
            look = retry_at
        await self.write(
            lambda c: links.mark_looked(
                c,
                due.id,
                status=status,
                look_again_at=look,
                now=now,
                reason=failure.reason,
                detail=failure.detail,
                withdrawn=gone,
            )
        )
        outcome = "withdrawn" if gone else "failed"
        self.observe(
            PageDone(
                source.name, due.url, outcome, failure.reason, failure.detail, due.article_id, None
            )
        )

    async def _learned(self, source: Source, tally: Tally) -> SiteLines:
        """The lines that the source repeats, as of the last few articles."""
        every = max(LEARN_EVERY, tally.site.articles // LEARN_SHARE)
        if tally.learned_at < 0 or tally.filed >= tally.learned_at + every:
            tally.learned_at = tally.filed
            tally.site = await self.read(lambda c: site_lines_of(c, source.name))
        return tally.site

    # The database, from the event loop

    async def write(self, operation: Callable[[Transaction], T]) -> T:
        """Have the writer do ``operation``; returns after its commit."""
        future = self.database.writer.offer(operation)
        if future is None:
            # The queue is full: this page waits for its place, the others go on.
            future = await asyncio.to_thread(self.database.writer.submit, operation)
        return await asyncio.wrap_future(future)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """The answer to ``query``, asked on a thread."""

        def run() -> T:
            with self.database.reading() as connection:
                return query(connection)

        return await asyncio.to_thread(run)


def _off_site(page: Page, source: Source, asked: str) -> Failure | None:
    """A refusal where redirects led out of the source, to a house that the link did not name."""
    home_sites = (source.home, asked, *(f"https://{host}/" for host in source.links.hosts))
    if not page.redirects or any(same_site(page.url, site) for site in home_sites):
        return None
    return Failure("refused", "off_site", f"redirects to {page.url}, which is not {source.title}")
