"""Whole pages that an endpoint holds (WARC files, a folder): filed without a request to the site."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.events import EndpointRead
from sources.address import address_key
from sources.endpoints.archives.archived_page import PassedOver
from sources.endpoints.archives.folder import read_folder
from sources.endpoints.archives.warc import read_warc_file, warc_locations
from sources.endpoints.document import LinkFilter, Window
from sources.errors import EndpointError, FetchError
from sources.source import Endpoint
from storage import links
from storage.links import backfills

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from ingest.pipeline.filing import Filing
    from sources.endpoints.archives.archived_page import ArchivedPage
    from storage.links.backfills import Backfill, ReadDocument

__all__ = ["import_pages"]

#: Pages extracted side by side; the place in the file is noted after each lot.
LOT = 32


async def import_pages(
    endpoints: list[Endpoint],
    backfill: Backfill,
    desk: Desk,
    filing: Filing,
    this: Pass,
    limit: int | None,
) -> bool:
    """File the pages of a source in ``endpoints``; whether every one of them was read to its end.

    Goes on where an earlier command stood: files read are left out, and one that was begun is read
    from the place that was noted last.
    """
    read = await desk.store.read(lambda c: backfills.read_documents(c, backfill.id))
    wanted = LinkFilter(this.source, desk.now(), Window(backfill.since, backfill.until))
    whole = True
    left = limit or 10**12
    for endpoint in endpoints:
        try:
            locations = await _locations(endpoint, this)
        except (EndpointError, FetchError) as error:
            this.errors.append(str(error))
            whole = False
            continue
        for location in locations:
            row = read.get(location)
            if row is not None and row.whole:
                continue
            if left <= 0 or desk.stopping.is_set():
                return False
            importing = _Import(endpoint, location, backfill, desk, filing, this, wanted)
            done, ended = await importing.run(row, left)
            left -= done
            whole = whole and ended
    return whole


async def _locations(endpoint: Endpoint, this: Pass) -> list[str]:
    if endpoint.kind == "folder":
        return [endpoint.url]
    return await warc_locations(endpoint.url, this.client, rules=this.source.fetch)


class _Import:
    """One file, or one folder."""

    def __init__(
        self,
        endpoint: Endpoint,
        location: str,
        backfill: Backfill,
        desk: Desk,
        filing: Filing,
        this: Pass,
        wanted: LinkFilter,
    ) -> None:
        self._endpoint = endpoint
        self._location = location
        self._source = this.source
        self._backfill = backfill
        self._desk = desk
        self._filing = filing
        self._pass = this
        self._wanted = wanted
        self._passed_over = PassedOver()

    async def run(self, row: ReadDocument | None, most: int) -> tuple[int, bool]:
        """(pages filed or refused, whether the end was reached)."""
        desk, this = self._desk, self._pass
        this.counts.documents += 1
        # Of pages on file none is asked for: what cannot be read of them is in the errors.
        this.documents_read += 1
        pages = self._pages(row.position if row is not None else None)
        lot: list[ArchivedPage] = []
        done = 0
        problem: str | None = None
        try:
            async for page in pages:
                lot.append(page)
                if len(lot) >= min(LOT, most - done):
                    done += await self._file(lot)
                    lot = []
                if done >= most or desk.stopping.is_set():
                    return done, False
            done += await self._file(lot)
        except (EndpointError, FetchError) as error:
            done += await self._file(lot)
            problem = str(error)
            this.errors.append(problem)
        finally:
            await pages.aclose()
        if problem is None and (said := _left(self._passed_over)):
            this.errors.append(f"{self._location}: {said}")
        desk.tell(EndpointRead(self._source.name, self._location, done, False, problem))
        if problem is None:
            now = desk.now()
            await desk.store.write(
                lambda c: backfills.note_document(c, self._backfill.id, self._location, now)
            )
        return done, problem is None

    async def _pages(self, position: str | None) -> AsyncGenerator[ArchivedPage]:
        if self._endpoint.kind == "folder":
            found: Iterator[ArchivedPage] = read_folder(
                Path(self._location),
                self._wanted.takes,
                home=self._source.home,
                start_after=position or "",
                passed_over=self._passed_over,
            )
            while (page := await asyncio.to_thread(next, found, None)) is not None:
                yield page
            return
        pages = read_warc_file(
            self._location,
            self._wanted.takes,
            self._pass.client,
            rules=self._source.fetch,
            start=int(position or 0),
            passed_over=self._passed_over,
        )
        async with contextlib.aclosing(pages):
            async for page in pages:
                yield page

    async def _file(self, lot: list[ArchivedPage]) -> int:
        """Record the links of ``lot``, file its pages, note the place; how many were new."""
        if not lot:
            return 0
        desk, source = self._desk, self._source
        by_key: dict[str, ArchivedPage] = {}
        for page in lot:
            # A later capture holds what was corrected since.
            by_key[address_key(page.url)] = page
        new = [links.NewLink(key=key, url=page.url) for key, page in by_key.items()]

        now = desk.now()

        def record(connection: Connection) -> tuple[int, dict[str, links.DueLink]]:
            recorded = links.record_links(
                connection, source.name, new, now, document_url=self._location, planned=True
            )
            return recorded.new, links.links_of_keys(connection, source.name, by_key)

        count, due = await desk.store.write(record)
        self._pass.counts.links_new += count
        async with asyncio.TaskGroup() as group:
            for key, link in due.items():
                group.create_task(
                    self._filing.file_page(link, by_key[key].page, self._pass, alone=True)
                )
        last, filed_at = str(lot[-1].position), desk.now()
        await desk.store.write(
            lambda c: backfills.note_document(
                c, self._backfill.id, self._location, filed_at, position=last, whole=False
            )
        )
        return len(due)


def _left(counts: PassedOver) -> str | None:
    """What an operator should know of what gave no page; other sites' pages are none of it."""
    parts = [
        f"{number} {what}"
        for number, what in ((counts.broken, "broken"), (counts.too_large, "too large"))
        if number
    ]
    return f"{' and '.join(parts)} passed over" if parts else None
