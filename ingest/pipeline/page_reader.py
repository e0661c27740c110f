"""Pages to articles with the templates of their source: applied, compared, learned.

One for a process; what is known of the templates is on its shelves (``ingest.templates.shelves``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ingest.errors import ExtractionCrashed
from ingest.extract.page_context import PageContext
from ingest.extract.page_rules import has_own_body
from ingest.templates.reading_values import Learned
from ingest.templates.shelves import Shelves
from ingest.workers.tasks import LearnTemplate, ReadForFiling, ReadPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ingest.extract import Refusal
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.shelf import Shelf
    from ingest.templates.shelves import Ask
    from ingest.workers.pool import ExtractionPool
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.articles.prepared import PreparedArticle

__all__ = ["PageReader"]

#: Pages of a source without a template that are read at once.
FIRST_AT_ONCE = 3


class PageReader:
    """Reads pages with one extraction pool and the templates in one database."""

    def __init__(
        self,
        pool: ExtractionPool,
        read: Ask,
        write: Ask,
        now: Callable[[], datetime],
        *,
        enabled: bool = True,
    ) -> None:
        """A reader.

        Args:
            pool: where pages are read.
            read: asks the database something.
            write: has the database's writer do something.
            now: the time of day.
            enabled: whether templates are learned and applied.
        """
        self._pool = pool
        self._now = now
        self._enabled = enabled
        self._shelves = Shelves(read, write, now)
        self._first: dict[str, asyncio.Semaphore] = {}

    async def read(
        self, page: Page, source: Source, link: Link | None, site: SiteLines | None
    ) -> tuple[PreparedArticle | Refusal, tuple[str, ...]]:
        """The article on ``page``, ready for the store, or why it is none; the pages it goes on at.

        Raises:
            ExtractionCrashed: the page could not be read; the text says why.
            StorageError: the database cannot go on.
        """
        about = PageContext.of(page, source, link, site)
        # The operator's own selectors are the operator's word: no template is wanted.
        if not self._enabled or has_own_body(source):
            generic = ReadPage(page.body, about, learns=False)
            found, reading = await self._pool.submit(ReadForFiling(generic))
            return found, reading.parts
        shelf = await self._shelves.of(source.name)
        if not shelf.is_new():
            return await self._read_by(shelf, page, about, source)
        # Few at a time: what the first pages teach spares the others the generic path.
        async with self._first.setdefault(source.name, asyncio.Semaphore(FIRST_AT_ONCE)):
            if shelf.is_new():
                return await self._read_by(shelf, page, about, source)
        return await self._read_by(shelf, page, about, source)

    async def _read_by(
        self, shelf: Shelf, page: Page, about: PageContext, source: Source
    ) -> tuple[PreparedArticle | Refusal, tuple[str, ...]]:
        found, reading = await self._pool.submit_when_free(
            lambda: ReadForFiling(ReadPage(page.body, about, shelf.candidates())), source.name
        )
        before = {t.label: t.status for t in shelf.kept}
        signature = shelf.note(reading, page, about.link, self._now())
        if signature is not None:
            await self._learn(shelf, signature, source)
        elif any(before.get(t.label) != t.status for t in shelf.kept):
            await self._shelves.save(shelf)
        else:
            await self._shelves.note_page(shelf)
        self._shelves.bound(shelf)
        return found, reading.parts

    async def flush(self, source: str) -> None:
        """Write what is known of the templates of ``source``.

        Raises:
            StorageError: the database cannot go on.
        """
        await self._shelves.flush(source)

    async def aclose(self) -> None:
        """Write what is known of all templates, where the database still takes it."""
        await self._shelves.aclose()

    async def _learn(self, shelf: Shelf, signature: str, source: Source) -> None:
        examples = tuple(shelf.examples(signature))
        known = shelf.known(signature)
        try:
            learned = await self._pool.submit(LearnTemplate(examples, source, self._now(), known))
        except ExtractionCrashed as error:
            learned = Learned(None, str(error))
        shelf.learned(signature, learned, self._now())
        await self._shelves.save(shelf)
