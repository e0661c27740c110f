"""The jobs that wait for a worker, so that no source keeps the others from theirs.

A source whose page or document went beyond its limits has a strike, and loses one with each that was
read. With a strike it has one job at a time, alone at its worker, and while others wait one for every
fifty of theirs: what a hostile site costs, it costs itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.workers.process import Job

__all__ = ["JobQueue"]

#: Strikes that are counted, so that a source that was mended is soon as good as others.
MOST_STRIKES = 8
#: Jobs of others that go before one of a source with a strike.
OTHERS_FIRST = 50


class JobQueue:
    """Jobs in the order in which they are to be done."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._strikes: dict[str, int] = {}
        #: Sources with a strike that have a job at a worker.
        self._busy: set[str] = set()
        #: Jobs of others given out while one of such a source waited.
        self._passed = 0
        self._turns: dict[str, asyncio.Lock] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, job: Job, *, first: bool = False) -> None:
        """Have ``job`` wait, behind all others or before them."""
        if first:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)

    def put_back(self, job: Job) -> None:
        """Have ``job``, which a worker could not do, wait before all others."""
        if job.task.whose is not None:
            self._busy.discard(job.task.whose)
        self._waiting.appendleft(job)

    def next(self, *, idle: bool) -> Job | None:
        """The job that a worker is given next; ``idle``: whether it has no other.

        ``None`` where none may be given to it.
        """
        due = self._passed >= OTHERS_FIRST
        careful = self._first(struck=True) if idle or due else None
        job = careful if due and careful is not None else self._first(struck=False) or careful
        if job is None:
            return None
        self._waiting.remove(job)
        if job is careful:
            self._passed = 0
            self._busy.add(str(job.task.whose))
        elif self._strikes:
            self._passed += 1
        return job

    def _first(self, *, struck: bool) -> Job | None:
        for job in self._waiting:
            whose = job.task.whose
            if self.is_struck(whose) is struck and not (struck and whose in self._busy):
                return job
        return None

    def take_all(self) -> list[Job]:
        """Every job that waits; afterwards none does."""
        jobs = list(self._waiting)
        self._waiting.clear()
        return jobs

    # Strikes

    def is_struck(self, source: str | None) -> bool:
        """Whether ``source`` has one job at a time."""
        return source in self._strikes

    @contextlib.asynccontextmanager
    async def turn(self, source: str | None) -> AsyncIterator[None]:
        """Wait until a source with a strike has no other job in the pool; others need not wait."""
        if source is None or source not in self._strikes:
            yield
            return
        async with self._turns.setdefault(source, asyncio.Lock()):
            yield

    def over(self, job: Job, *, costly: bool) -> None:
        """Note that ``job`` is no longer at a worker, and whether it went beyond its limits."""
        source = job.task.whose
        if source is None:
            return
        self._busy.discard(source)
        strikes = self._strikes.get(source, 0) + (1 if costly else -1)
        if strikes > 0:
            self._strikes[source] = min(strikes, MOST_STRIKES)
        else:
            self._strikes.pop(source, None)
            lock = self._turns.get(source)
            if lock is not None and not lock.locked():
                del self._turns[source]
