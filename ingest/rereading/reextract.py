"""Reading stored pages again, with what the extractor has learned since: years without a request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.desk import utc_now
from ingest.errors import ExtractionCrashed
from ingest.extract import Refusal
from ingest.extract.chrome.site_lines import line_keys
from ingest.extract.page_context import PageContext
from ingest.houses import tell_houses
from ingest.pipeline.clean import site_lines_of
from ingest.pipeline.link_rows import key_of_page, link_of
from ingest.workers.pool import ExtractionPool
from ingest.workers.tasks import JoinParts, ReadPage, ReadPart
from sources.catalogue import Catalogue
from sources.errors import SourcesError
from sources.page import Page
from storage.articles import saving as articles
from storage.links import get_link
from storage.links.parts import parts_of_article
from storage.pages import raw_pages, reextractions

if TYPE_CHECKING:
    from ingest.extract.chrome.site_lines import SiteLines
    from sources.source import Source
    from storage.article import Article
    from storage.database import Database
    from storage.transaction import Transaction

__all__ = ["Progress", "Reextracted", "reextract"]

#: Pages after which it is noted how far we have come.
BATCH = 50


@dataclass(frozen=True, slots=True)
class Reextracted:
    """What reading stored pages again has done."""

    #: Pages that were looked at, and those of them that were read.
    pages: int = 0
    read: int = 0
    revised: int = 0
    unchanged: int = 0
    #: Articles found on pages that had been refused.
    filed: int = 0
    #: Pages with no article on them; an article that was filed from one before stays as it is.
    refused: int = 0
    #: Pages whose text is that of another article now; left as they were.
    duplicate: int = 0
    crashed: int = 0

    def plus(self, outcome: str) -> Reextracted:
        """With one more of an outcome."""
        return replace(self, **{outcome: getattr(self, outcome) + 1})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is; ``position`` of ``end`` in page numbers."""

    position: int
    end: int
    done: Reextracted
    resumed: bool = False


async def reextract(
    database: Database,
    catalogue: Catalogue,
    workers: int,
    *,
    names: Sequence[str] = (),
    since: datetime | None = None,
    observe: Callable[[Progress], None] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Reextracted:
    """Read the kept pages of the sources ``names`` (of all) again, those fetched ``since`` then.

    What ended early goes on where it stood when it is asked for in the same words.

    Raises:
        StorageError: the database cannot go on; what was saved before stays.
    """
    asked = json.dumps({"sources": sorted(names), "since": since.isoformat() if since else None})
    with database.lock("reextract"):
        database.write(tell_houses)
        task = database.write(lambda c: reextractions.begin_reextraction(c, asked, utc_now()))
        archive = raw_pages.PageArchive()
        sources: dict[str, Source | None] = {}
        result = Reextracted()
        position = task.done
        observe(Progress(position, task.last, result, task.resumed))
        async with ExtractionPool(workers) as pool:
            reader = _Reader(database, catalogue, pool, archive, sources)
            while not stopping():
                with database.reading() as connection:
                    numbers = raw_pages.page_ids(
                        connection, names, since, after=position, last=task.last, limit=BATCH
                    )
                if not numbers:
                    database.write(lambda c: reextractions.finish(c, task.id, utc_now()))
                    break
                for outcome in await asyncio.gather(*map(reader.read, numbers)):
                    result = replace(result, pages=result.pages + 1)
                    if outcome is not None:
                        result = result.plus("read").plus(outcome)
                position = numbers[-1]
                done = position
                database.write(lambda c, done=done: reextractions.note_done(c, task.id, done))  # type: ignore[misc]
                observe(Progress(position, task.last, result))
    return result


class _Reader:
    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        pool: ExtractionPool,
        archive: raw_pages.PageArchive,
        sources: dict[str, Source | None],
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._pool = pool
        self._archive = archive
        self._sources = sources
        self._site_lines: dict[str, SiteLines] = {}

    async def read(self, page_id: int) -> str | None:
        """Read one page; what came of it, ``None`` for one that is not to be read."""
        with self._database.reading() as connection:
            if not reextractions.is_worth_reading(connection, page_id):
                return None
            raw = raw_pages.get_page(connection, self._archive, page_id)
            if raw is None:
                return None
            due = get_link(connection, raw.link_id)
            if raw.source not in self._site_lines:
                self._site_lines[raw.source] = replace(
                    site_lines_of(connection, raw.source), includes_this=True
                )
        page = Page(
            requested_url=due.url,
            url=raw.url,
            status=raw.status,
            headers=raw.headers,
            body=raw.body,
            fetched_at=raw.fetched_at,
        )
        try:
            about = PageContext.of(
                page, self._source(raw.source), link_of(due), self._site_lines[raw.source]
            )
            reading = await self._pool.submit(ReadPage(page.body, about, learns=False))
            found = reading.found
            if reading.parts and not isinstance(found, Refusal):
                joined = await self._joined(found, reading.parts, page.url, about, due.article_id)
                if joined is None:
                    # Pages of it are not kept: what is there has more than its first one.
                    return "unchanged"
                found = joined
        except ExtractionCrashed:
            return "crashed"
        if isinstance(found, Refusal):
            return "refused"

        def save(connection: Transaction) -> articles.Saved:
            now = utc_now()
            if due.article_id is not None:
                return articles.save_reextracted(connection, due.article_id, found, now)
            try:
                key = key_of_page(found.url or page.url, due)
            except ValueError:
                key = due.key
            return articles.save_article(
                connection,
                due.id,
                found,
                key=key,
                fetched_key=due.key,
                now=now,
                lines=line_keys(found),
            )

        future = await asyncio.to_thread(self._database.writer.submit, save)
        return (await asyncio.wrap_future(future)).outcome

    async def _joined(
        self,
        first: Article,
        named: tuple[str, ...],
        url: str,
        about: PageContext,
        article_id: int | None,
    ) -> Article | None:
        """``first`` with its kept further parts; as it is where none was ever joined, ``None`` where one is lost."""
        if article_id is None:
            return first
        with self._database.reading() as connection:
            joined, kept = parts_of_article(connection, article_id)
            numbers = [kept.get(address) for address in joined]
            raw = [
                raw_pages.get_page(connection, self._archive, number) if number else None
                for number in numbers
            ]
        if not joined:
            return first
        parts = []
        for page in raw:
            if page is None:
                return None
            context = replace(about, url=page.url, link=None, headers=page.headers)
            parts.append(await self._pool.submit(ReadPart(page.body, context, url)))
        all_there = set(named) <= set(joined)
        return (await self._pool.submit(JoinParts(first, tuple(parts), all_there))).article

    def _source(self, name: str) -> Source | None:
        """The source as its file says today; ``None`` where it has none any more."""
        if name not in self._sources:
            try:
                self._sources[name] = self._catalogue.get(name)
            except SourcesError:
                self._sources[name] = None
        return self._sources[name]
