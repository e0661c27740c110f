"""A backfill: the articles of a time, of one source, through whatever names them.

Two steps. The plan (``planning``) reads the endpoints and records every link of the time; the
download (``downloading``) fetches them, newest first or oldest first. Each document that was read,
and each link that was fetched, is noted in the transaction that stores what it brought, so that a
backfill may be killed at any moment and the same command goes on where it stood. Endpoints that hold
whole pages are read in one step (``page_import``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ingest.backfill.downloading import Download
from ingest.backfill.endpoints import PAGE_KINDS, choose_endpoints, known_and_found
from ingest.backfill.planning import read_endpoints
from ingest.backfill.request import BackfillRequest
from ingest.backfill.turns import FOREVER, backfill_lock
from ingest.events import BackfillPlanned, SourceFinished
from ingest.pipeline.booking import pass_over
from ingest.pipeline.clean import clean_source
from ingest.pipeline.discovery import record_found, recorded_endpoints
from ingest.pipeline.source_turn import holding, turn_of
from sources.endpoints.document import Window
from sources.source import Endpoint, Source
from storage.errors import AlreadyRunning
from storage.links import backfills

if TYPE_CHECKING:
    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from ingest.pipeline.filing import Filing
    from sources.client import Client
    from storage.links.backfills import Backfill

__all__ = ["BackfillRequest", "Backfiller"]


class Backfiller:
    """Backfills sources with what is on one desk."""

    def __init__(self, desk: Desk, filing: Filing, request: BackfillRequest) -> None:
        self._desk = desk
        self._filing = filing
        self._request = request

    async def plan(self, source: Source) -> BackfillPlanned:
        """What a backfill would fetch; reads the endpoints and records nothing of their links.

        Raises:
            SourcesError, InputError: the source has no endpoint to read.
            AlreadyRunning: a poll kept the source for too long.
        """
        from ingest.backfill.plan import count_links

        desk = self._desk
        endpoints = await self._endpoints(source, desk.client)
        window = Window(self._request.since, self._request.until or desk.now())
        async with turn_of(desk.store, source.name, desk.stopping, patience=FOREVER):
            return await count_links(endpoints, source, window, desk)

    async def run(self, source: Source, run_id: int) -> SourceFinished:
        """Backfill ``source``, or go on with it, recorded under ``run_id``.

        Raises:
            AlreadyRunning: another backfill of this source is at work.
            InputError: there is no endpoint of the kind that was asked for.
            StorageError: the database cannot go on; everything saved before stays.
        """
        desk, request = self._desk, self._request
        async with holding(desk.store, backfill_lock(source.name)):
            async with pass_over(desk, source, run_id, "backfill") as this:
                now = desk.now()
                backfill = await desk.store.write(
                    lambda c: backfills.open_backfill(
                        c,
                        source.name,
                        request.asked,
                        since=request.since,
                        until=request.until or now,
                        now=now,
                    )
                )
                try:
                    this.error = await self._work(backfill, this)
                except AlreadyRunning:
                    # Told to stop while a poll had its turn.
                    if not desk.stopping.is_set():
                        raise
            return this.finished()

    async def _work(self, backfill: Backfill, this: Pass) -> str | None:
        """Why the backfill is not done, if it is not."""
        desk, source = self._desk, this.source
        endpoints = await self._endpoints(source, this.client)
        away: str | None = None
        if any(endpoint.kind in PAGE_KINDS for endpoint in endpoints):
            from ingest.backfill.page_import import import_pages

            whole = await import_pages(
                endpoints, backfill, desk, self._filing, this, self._request.limit
            )
        else:
            if backfill.planned_at is None:
                await read_endpoints(endpoints, backfill, desk, this)
                if this.counts.documents and not this.documents_read:
                    return this.told[0]
            await self._tell_plan(backfill, this)
            whole, away = await Download(desk, self._filing, self._request, backfill, this).run()
        if this.counts.filed:
            database = desk.store.database
            await desk.store.call(partial(clean_source, database, source.name, now=desk.now))
        if desk.stopping.is_set() or away is not None:
            return away
        if whole and not this.errors:
            now = desk.now()
            await desk.store.write(lambda c: backfills.finish_backfill(c, backfill.id, now))
        return None

    async def _endpoints(self, source: Source, client: Client) -> list[Endpoint]:
        request = self._request
        if request.via is not None and request.address is not None:
            return [Endpoint(request.via, request.address, archive=True)]
        recorded = await recorded_endpoints(self._desk, source)
        found = await known_and_found(
            source, recorded, client, request.via, self._desk.parsing(source)
        )
        # The web's archives are nobody's endpoint: a poll has nothing to find there.
        new = [
            e for e in found if e.kind != "cdx" and e not in source.endpoints and e not in recorded
        ]
        if new:
            await record_found(self._desk, source, [replace(e, archive=True) for e in new])
        return choose_endpoints(found, source, request.via)

    async def _tell_plan(self, backfill: Backfill, this: Pass) -> None:
        from ingest.backfill.plan import polite_seconds

        name = this.source.name
        months = await self._desk.store.read(
            lambda c: backfills.waiting_by_month(c, name, backfill.since, backfill.until)
        )
        waiting = sum(months.values())
        pages = min(waiting, self._request.limit or waiting)
        self._desk.tell(
            BackfillPlanned(
                name,
                links=waiting,
                pages=pages,
                by_month=months,
                documents=this.counts.documents,
                seconds=await polite_seconds(pages, this.source, this.client),
                resumed=backfill.resumed,
                problems=this.told,
            )
        )
