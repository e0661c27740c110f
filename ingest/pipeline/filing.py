"""The way of one link: download its page, extract, save; or say why there is no article.

Shared by polls, backfills and imports. A link was recorded before; it is marked done in the
transaction that stores its article.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.errors import ExtractionCrashed
from ingest.events import PageDone
from ingest.extract import Refusal
from ingest.extract.chrome.site_lines import SiteLines
from ingest.pipeline.address_learning import TEACHES
from ingest.pipeline.booking import count_missed, count_saved
from ingest.pipeline.clean import site_lines_of
from ingest.pipeline.held_pages import HeldPages
from ingest.pipeline.link_rows import key_of_page, link_of
from ingest.pipeline.page_getter import PageGetter, judge_page
from ingest.pipeline.page_keeper import PageKeeper
from ingest.pipeline.page_reader import PageReader
from ingest.pipeline.part_pages import join_further_parts, keep_parts
from ingest.pipeline.second_look import next_look, next_look_at_gone
from ingest.pipeline.verdict import judge_crash, judge_error, judge_refusal
from sources.address_parameters import counted_in
from sources.endpoints.addresses.article_address import address_shape
from sources.endpoints.archives.folder import OWN_ADDRESS
from sources.errors import FetchError, RobotsDisallowed
from sources.page import Validators
from storage import links
from storage.articles import saving as articles
from storage.links import address_shapes

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from ingest.pipeline.verdict import Verdict
    from sources.page import Page
    from sources.source import Source
    from storage.articles.prepared import PreparedArticle
    from storage.transaction import Transaction

__all__ = ["Filing"]

#: Articles filed after which the lines that the source repeats are read anew, at least.
LEARN_EVERY = 10
#: The larger the source the slower its counts change: a fiftieth of its articles is waited for.
LEARN_SHARE = 50


class Filing:
    """Files the articles of all sources of a process; one for each desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        read, write, settings = desk.store.read, desk.store.write, desk.settings
        self._reader = PageReader(desk.pool, read, write, desk.now, enabled=settings.templates)
        self._getter = PageGetter(desk.client)
        self._held = HeldPages()
        self._pages = PageKeeper(desk.store, desk.now, enabled=settings.keep_pages)

    async def aclose(self) -> None:
        """End the browser, where a source needed one; write what templates have shown."""
        await self._reader.aclose()
        await self._getter.aclose()

    async def flush(self, source: Source) -> None:
        """Write what the pages of ``source`` have shown of its templates."""
        await self._reader.flush(source.name)

    async def file_link(self, due: links.DueLink, this: Pass) -> None:
        """Download the page of a link and do with it what is to be done.

        Raises:
            StorageError: the database cannot go on.
        """
        try:
            page = await self.fetch(due, this)
        except FetchError as error:
            await self.file_error(due, error, this)
            return
        await self.file_page(due, page, this)

    async def fetch(self, due: links.DueLink, this: Pass) -> Page:
        """The page of a link, asked for conditionally where its article is known.

        Raises:
            FetchError: no page came.
        """
        await self._held.room()
        validators = Validators(due.etag, due.last_modified) if due.article_id else None
        return await self._getter.get(
            due.url,
            this.source,
            fetch_url=due.fetch_url,
            validators=validators or None,
            client=this.client,
        )

    async def file_error(self, due: links.DueLink, error: FetchError, this: Pass) -> None:
        """Record that no page came, and why.

        Raises:
            StorageError: the database cannot go on.
        """
        await self._record_verdict(
            due,
            judge_error(error),
            None,
            this,
            retry_after=error.retry_after,
            robots=isinstance(error, RobotsDisallowed),
            cause=error.cause,
        )

    async def file_page(
        self, due: links.DueLink, page: Page, this: Pass, *, alone: bool = False
    ) -> None:
        """Extract and save the article on ``page``, or record why there is none.

        ``alone``: the page lies in an archive, and nothing is to be asked for beside it.

        Raises:
            StorageError: the database cannot go on.
        """
        this.counts.fetched += 1
        with self._held.holding(len(page.body)):
            await self._file_page(due, page, this, alone=alone)

    async def _file_page(self, due: links.DueLink, page: Page, this: Pass, *, alone: bool) -> None:
        if page.not_modified:
            await self._note_unchanged(due, page, this)
            return
        verdict = judge_page(page, this.source, due.url)
        found: PreparedArticle | Refusal | None = None
        named: tuple[str, ...] = ()
        parts: tuple[Page, ...] = ()
        if verdict is None:
            site = await self._site_lines(this)
            if due.article_id is not None:
                # Fetched again: its own lines are counted already.
                site = replace(site, includes_this=True)
            try:
                with self._desk.store.expecting():
                    found, named = await self._reader.read(page, this.source, link_of(due), site)
                if named and not isinstance(found, Refusal) and not (alone or due.fetch_url):
                    found, parts = await self._with_parts(found, named, page, this, site)
            except ExtractionCrashed as error:
                verdict = judge_crash(error)
        if isinstance(found, Refusal):
            verdict = judge_refusal(found)
        if verdict is not None:
            await self._record_verdict(
                due,
                verdict,
                page,
                this,
                retry_after=page.retry_after,
                refused_by_reader=isinstance(found, Refusal),
            )
        elif found is not None and not isinstance(found, Refusal):
            if named and not found.article.complete:
                # What is missing is asked for at the next look, though the first page has not changed.
                page = replace(page, validators=Validators())
            await self._save(due, found, page, this, parts)

    async def _with_parts(
        self,
        found: PreparedArticle,
        named: tuple[str, ...],
        page: Page,
        this: Pass,
        site: SiteLines,
    ) -> tuple[PreparedArticle, tuple[Page, ...]]:
        """The article with its further pages, which ``page`` names."""
        return await join_further_parts(
            found.article,
            named,
            first=page.url,
            source=this.source,
            site=site,
            fetch=lambda url: self._getter.get(url, this.source, client=this.client),
            pool=self._desk.pool,
        )

    async def _save(
        self,
        due: links.DueLink,
        prepared: PreparedArticle,
        page: Page,
        this: Pass,
        parts: tuple[Page, ...],
    ) -> None:
        article, source = prepared.article, this.source
        try:
            key = key_of_page(article.url or page.url, due)
        except ValueError:
            key = due.key
        try:
            arrived = key_of_page(page.url, due)
        except ValueError:
            arrived = key
        now = self._desk.now()
        # A text without an address of its own cannot be asked for.
        look = (
            None
            if OWN_ADDRESS in due.url
            else next_look(
                article.published_at or due.published,
                None if due.planned else due.discovered_at,
                now,
                self._desk.settings.look_again,
            )
        )
        shape = address_shape(due.url, counted_in(due.key))
        packed = await self._pages.pack(source.name, due.id, page)

        def save(connection: Transaction) -> articles.Saved:
            saved = articles.save_article(
                connection,
                due.id,
                prepared,
                key=key,
                fetched_key=arrived,
                fetched_url=page.url,
                now=now,
                etag=page.validators.etag,
                last_modified=page.validators.last_modified,
                look_again_at=look,
            )
            if saved.outcome == "unlike":
                links.mark_looked(
                    connection,
                    due.id,
                    status=page.status,
                    look_again_at=look,
                    now=now,
                    reason=saved.reason,
                    detail=saved.detail,
                )
            elif due.article_id is None:
                address_shapes.count_shape(connection, source.name, shape, article=True)
            if saved.outcome in ("filed", "revised") or saved.reason == articles.OWN_ADDRESS:
                self._pages.keep(connection, packed)
            return saved

        saved = await self._desk.store.write(save, articles.ahead_of(prepared))
        if parts and saved.article_id is not None and saved.outcome != "unlike":
            await keep_parts(self._desk.store, self._pages, due, saved.article_id, parts, now)
        count_saved(this, saved.outcome)
        this.noting.page(due)
        if saved.outcome == "filed":
            this.noting.filed(prepared, due, now)
        told: PageDone
        if saved.outcome == "unlike":
            told = PageDone(
                source.name, due.url, "failed", saved.reason, saved.detail, saved.article_id
            )
        else:
            told = PageDone(
                source.name, due.url, saved.outcome, None, article.title, saved.article_id
            )
        self._desk.tell(told)
        await self._pages.learn(source.name)

    async def _note_unchanged(self, due: links.DueLink, page: Page, this: Pass) -> None:
        this.counts.unchanged += 1
        now = self._desk.now()
        look = next_look(due.published, due.discovered_at, now, self._desk.settings.look_again)
        await self._desk.store.write(
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
        self._desk.tell(
            PageDone(this.source.name, due.url, "unchanged", None, due.title, due.article_id)
        )

    async def _record_verdict(
        self,
        due: links.DueLink,
        verdict: Verdict,
        page: Page | None,
        this: Pass,
        *,
        retry_after: float | None,
        robots: bool = False,
        refused_by_reader: bool = False,
        cause: str | None = None,
    ) -> None:
        """Record why a link brought no article this time, and when it is tried again.

        ``cause``: the kind of trouble, where it is told more closely than by the verdict's reason.
        """
        now = self._desk.now()
        state, retry_at = verdict.next_state(
            due.attempts + 1, self._desk.settings.attempts, now, retry_after
        )
        status = page.status if page else None
        count_missed(this, state, robots=robots, known=due.article_id is not None)
        this.noting.page(due, cause or verdict.reason)
        if verdict.state == "failed":
            this.errors.append(f"{due.url}: {verdict.reason}: {verdict.detail}")
        if due.article_id is not None:
            await self._note_missed(due, verdict, status, retry_at, this)
            return
        source = this.source.name
        teaches = verdict.reason in TEACHES
        shape = address_shape(due.url, counted_in(due.key)) if teaches else None
        # A better reader may find the article one day (copydesk reextract).
        packed = None
        if page is not None and refused_by_reader:
            packed = await self._pages.pack(source, due.id, page)

        def record(connection: Transaction) -> None:
            links.mark_fetched_failure(
                connection,
                due.id,
                state=state,
                reason=verdict.reason,
                detail=verdict.detail,
                retry_at=retry_at,
                status=status,
                now=now,
                probability=verdict.probability,
            )
            if shape is not None:
                address_shapes.count_shape(connection, source, shape, article=False)
            if packed is not None:
                self._pages.keep(connection, packed)

        await self._desk.store.write(record)
        self._desk.tell(PageDone(source, due.url, state, verdict.reason, verdict.detail, None))

    async def _note_missed(
        self,
        due: links.DueLink,
        verdict: Verdict,
        status: int | None,
        retry_at: datetime | None,
        this: Pass,
    ) -> None:
        """A look at an article that brought no text: the article stays as it is."""
        now = self._desk.now()
        gone = verdict.state == "gone"
        look = next_look(due.published, due.discovered_at, now, self._desk.settings.look_again)
        if gone:
            look = look or next_look_at_gone(due.looks_in_vain, now)
        elif look is None or (retry_at is not None and retry_at < look):
            look = retry_at
        await self._desk.store.write(
            lambda c: links.mark_looked(
                c,
                due.id,
                status=status,
                look_again_at=look,
                now=now,
                reason=verdict.reason,
                detail=verdict.detail,
                withdrawn=gone,
            )
        )
        outcome = "withdrawn" if gone else "failed"
        self._desk.tell(
            PageDone(
                this.source.name,
                due.url,
                outcome,
                verdict.reason,
                verdict.detail,
                due.article_id,
            )
        )

    async def _site_lines(self, this: Pass) -> SiteLines:
        """The lines that the source repeats, as of the last few articles."""
        every = max(LEARN_EVERY, this.site.articles // LEARN_SHARE)
        if this.site_read_at < 0 or this.counts.filed >= this.site_read_at + every:
            this.site_read_at = this.counts.filed
            name = this.source.name
            this.site = await self._desk.store.read(lambda c: site_lines_of(c, name))
        return this.site
