"""Pages to articles with the templates of their source: applied, compared, learned, kept.

One for a process. The shelves are the process's own, the database holds what they know: another
process begins with that.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections import OrderedDict
from typing import TYPE_CHECKING, cast

from ingest.errors import ExtractionCrashed
from ingest.templates.reading_values import Learned
from ingest.templates.shelf import KeptTemplate, Shelf
from storage.errors import StorageError
from storage.publishers import ensure_source
from storage.templates import Counts, TemplateNews, TemplateRow, save_templates, templates_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection

    from ingest.extract import Refusal
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.shelf import Status
    from ingest.workers.pool import ExtractionPool
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.articles.prepared import PreparedArticle

    Ask = Callable[[Callable[[Connection], Any]], Awaitable[Any]]

__all__ = ["PageReader", "has_own_body", "kept_of", "news_of"]

#: Bytes of all pages that are gathered for learning, compressed.
MOST_BYTES = 8_000_000
#: Pages of a source after which the counts of its templates are written.
WRITE_EVERY = 100
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
        self._read = read
        self._write = write
        self._now = now
        self._enabled = enabled
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}
        self._first: dict[str, asyncio.Semaphore] = {}
        self._unwritten: dict[str, int] = {}

    async def read(
        self, page: Page, source: Source, link: Link | None, site: SiteLines | None
    ) -> PreparedArticle | Refusal:
        """The article on ``page``, ready for the store, or why it is none.

        Raises:
            ExtractionCrashed: the page could not be read; the text says why.
            StorageError: the database cannot go on.
        """
        # The operator's own selectors are the operator's word.
        if not self._enabled or has_own_body(source):
            return await self._pool.extract_for_filing(page, source, link, site)
        shelf = await self._shelf(source.name)
        if not shelf.is_new():
            return await self._read_by(shelf, page, source, link, site)
        # Few at a time: what the first pages teach spares the others the generic path.
        async with self._first.setdefault(source.name, asyncio.Semaphore(FIRST_AT_ONCE)):
            if shelf.is_new():
                return await self._read_by(shelf, page, source, link, site)
        return await self._read_by(shelf, page, source, link, site)

    async def _read_by(
        self, shelf: Shelf, page: Page, source: Source, link: Link | None, site: SiteLines | None
    ) -> PreparedArticle | Refusal:
        async with self._pool.turn():
            templates, check, trial = shelf.candidates()
            found, reading = await self._pool.read_for_filing(
                page, source, link, site, templates, check, trial
            )
        before = {t.label: t.status for t in shelf.kept}
        signature = shelf.note(reading, page, link, self._now())
        if signature is not None:
            await self._learn(shelf, signature, source)
        elif any(before[t.label] != t.status for t in shelf.kept):
            await self._save(shelf)
        else:
            self._unwritten[source.name] = self._unwritten.get(source.name, 0) + 1
            if self._unwritten[source.name] >= WRITE_EVERY:
                await self._save(shelf)
        self._bound(shelf)
        return found

    async def flush(self, source: str) -> None:
        """Write what is known of the templates of ``source``."""
        shelf = self._shelves.get(source)
        if shelf is not None:
            await self._save(shelf)

    async def aclose(self) -> None:
        """Write what is known of all templates, where the database still takes it."""
        with contextlib.suppress(StorageError):
            for shelf in self._shelves.values():
                await self._save(shelf)

    async def _shelf(self, source: str) -> Shelf:
        if source not in self._shelves:
            async with self._turns.setdefault(source, asyncio.Lock()):
                if source not in self._shelves:
                    kept = await self._read(lambda c: _kept(c, source))
                    self._shelves[source] = Shelf(source, kept)
        self._shelves.move_to_end(source)
        return self._shelves[source]

    async def _learn(self, shelf: Shelf, signature: str, source: Source) -> None:
        examples = shelf.examples(signature)
        try:
            known = shelf.known(signature)
            learned = await self._pool.learn(examples, source, self._now(), known)
        except ExtractionCrashed as error:
            learned = Learned(None, str(error))
        shelf.learned(signature, learned, self._now())
        await self._save(shelf)

    async def _save(self, shelf: Shelf) -> None:
        """Write what has come to the shelf, and put on it what others have written."""
        source, now = shelf.source, self._now()
        # One after the other: each adds what was counted since the last.
        async with self._turns.setdefault(source, asyncio.Lock()):
            self._unwritten.pop(source, None)
            changed = [kept for kept in (*shelf.kept, *shelf.left) if kept.changed]
            if not changed:
                shelf.adopt(await self._read(lambda c: _kept(c, source)))
                return
            news = [news_of(source, kept) for kept in changed]
            before = [kept.written for kept in changed]
            for kept in changed:
                kept.changed, kept.written = False, kept.counts

            def save(connection: Connection) -> tuple[list[int], list[KeptTemplate]]:
                ensure_source(connection, source, now)
                return save_templates(connection, news), _kept(connection, source)

            try:
                versions, stored = await self._write(save)
            except BaseException:
                for kept, written in zip(changed, before, strict=True):
                    kept.changed, kept.written = True, written
                raise
            for kept, version in zip(changed, versions, strict=True):
                shelf.renumber(kept, version)
            shelf.left = [kept for kept in shelf.left if kept.changed]
            shelf.adopt(stored)

    def _bound(self, newest: Shelf) -> None:
        total = 0
        for shelf in reversed(self._shelves.values()):
            total += shelf.bytes
            if total > MOST_BYTES and shelf is not newest:
                shelf.drop_examples()


def has_own_body(source: Source) -> bool:
    """Whether the operator has written where its text stands: no template is wanted then."""
    return bool(source.own.body)


def _kept(connection: Connection, source: str) -> list[KeptTemplate]:
    return [kept_of(row) for row in templates_of(connection, source)]


def news_of(source: str, kept: KeptTemplate) -> TemplateNews:
    """What the database is to be told of a template."""
    row = TemplateRow(
        source=source,
        name=kept.name,
        version=kept.version,
        signature=kept.signature,
        status=kept.status,
        rules=kept.rules,
        support=kept.support,
        confidence=round(kept.confidence, 4),
        checked=kept.checked,
        agreed=kept.agreed,
        applied=kept.applied,
        misfits=kept.misfits,
        made_at=kept.made_at,
        last_applied_at=kept.last_applied_at,
        replaces=kept.replaces,
        reason=kept.reason,
    )
    return TemplateNews(row, kept.written is None, kept.counts.since(kept.written or Counts()))


def kept_of(row: TemplateRow) -> KeptTemplate:
    """A template as it was kept; what the last comparisons said is made of its confidence."""
    kept = KeptTemplate(
        name=row.name,
        version=row.version,
        signature=row.signature,
        rules=row.rules,
        support=row.support,
        status=cast("Status", row.status),
        made_at=row.made_at,
        checked=row.checked,
        agreed=row.agreed,
        applied=row.applied,
        misfits=row.misfits,
        last_applied_at=row.last_applied_at,
        replaces=row.replaces,
        reason=row.reason,
        changed=False,
        written=Counts(row.checked, row.agreed, row.applied, row.misfits),
    )
    recent = min(float(row.checked), 10.0)
    agreed = max(row.confidence * (recent + 1.2) - 1, 0.0)
    return dataclasses.replace(
        kept, recent_checked=recent, recent_agreed=min(agreed, recent), changed=False
    )
