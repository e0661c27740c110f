"""The download of a backfill: what is planned is fetched in turns, and waits where a host is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.backfill.turns import Turns
from ingest.events import Waiting
from ingest.pipeline.source_turn import BETWEEN_SLICES, SLICE
from sources.errors import FetchError, TimedOut, Unreachable
from storage import links
from storage.links import backfills

if TYPE_CHECKING:
    from ingest.backfill.request import BackfillRequest
    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from ingest.pipeline.filing import Filing
    from storage.links.backfills import Backfill

__all__ = ["Download"]

#: Links taken from the database at once.
CHUNK = 200
#: Failures in a row to reach a host after which the network, or the host, counts as away.
AWAY_AFTER = 5
#: Seconds waited then, at first and at most, and in all before we end.
FIRST_WAIT, LONGEST_WAIT, WAIT_IN_ALL = 15.0, 300.0, 3600.0


class _Away(Exception):
    """A host, or the network, is away; what was under way is left as it was."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(slots=True)
class _Counter:
    done: int = 0


class Download:
    """Fetches the planned links of one backfill."""

    def __init__(
        self,
        desk: Desk,
        filing: Filing,
        request: BackfillRequest,
        backfill: Backfill,
        this: Pass,
    ) -> None:
        self._desk = desk
        self._filing = filing
        self._request = request
        self._backfill = backfill
        self._this = this
        self._source = this.source
        self._turns = Turns(desk, this.source)
        self._in_vain = 0

    async def run(self) -> tuple[bool, str | None]:
        """Fetch what waits, in turns: whether nothing is left, and why it ended early, if it did."""
        stopping = self._desk.stopping
        left = self._request.limit or 10**12
        waited = 0.0
        while left > 0 and not stopping.is_set():
            try:
                async with self._turns.hold():
                    done, over = await self._slice(left)
                left -= done
                if done:
                    waited = 0.0
                if over:
                    return await self._nothing_failed(), None
                await asyncio.sleep(BETWEEN_SLICES)
            except _Away as away:
                if waited >= WAIT_IN_ALL:
                    return False, f"{away}; ended after an hour of waiting"
                wait = min(max(FIRST_WAIT, waited, away.seconds), LONGEST_WAIT)
                self._desk.tell(Waiting(self._source.name, str(away), wait))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), wait)
                waited += wait
        return False, None

    async def _slice(self, left: int) -> tuple[int, bool]:
        """(links dealt with in one turn, whether none is left).

        Raises:
            _Away: the host, or the network, is away.
        """
        until = time.monotonic() + SLICE
        workers = self._source.fetch.concurrency or self._desk.client.settings.concurrency
        done = 0
        while time.monotonic() < until and not self._desk.stopping.is_set():
            due = await self._due(min(CHUNK, left - done))
            if not due:
                return done, left > done
            queue = iter(due)
            counter = _Counter()
            away: list[_Away] = []
            async with asyncio.TaskGroup() as group:
                # One page more than may be under way: the next waits while the last is extracted.
                for _ in range(min(workers + 1, len(due))):
                    group.create_task(self._fetch_some(queue, until, counter, away))
            done += counter.done
            if away:
                raise away[0]
        return done, False

    async def _due(self, most: int) -> list[links.DueLink]:
        if most <= 0:
            return []
        now = self._desk.now()
        return await self._desk.store.read(
            lambda c: links.links_of_time(
                c,
                self._source.name,
                now,
                most,
                since=self._backfill.since,
                until=self._backfill.until,
                oldest_first=self._request.oldest_first,
            )
        )

    async def _fetch_some(
        self,
        queue: Iterator[links.DueLink],
        until: float,
        counter: _Counter,
        away: list[_Away],
    ) -> None:
        for due in queue:
            try:
                page = await self._filing.fetch(due, self._this)
            except FetchError as error:
                if (seconds := self._away_for(error)) is not None:
                    away.append(_Away(error.reason, seconds))
                    return
                await self._filing.file_error(due, error, self._this)
            else:
                self._in_vain = 0
                await self._filing.file_page(due, page, self._this)
            counter.done += 1
            if away or self._desk.stopping.is_set() or time.monotonic() >= until:
                return

    def _away_for(self, error: FetchError) -> float | None:
        """Seconds to wait where ``error`` is the host's or the network's, not the page's."""
        if not isinstance(error, (Unreachable, TimedOut)):
            return None
        if error.retry_after is not None:
            return error.retry_after
        self._in_vain += 1
        return FIRST_WAIT if self._in_vain >= AWAY_AFTER else None

    async def _nothing_failed(self) -> bool:
        """Whether nothing of the time is to be tried again."""
        name, backfill = self._source.name, self._backfill
        return not await self._desk.store.read(
            lambda c: backfills.failed_links(c, name, backfill.since, backfill.until)
        )
