"""Extraction on every core: worker processes that read pages, replaced when one dies or hangs.

The event loop only moves bytes; the CPU of a page is spent in a worker. A page that kills its worker
(out of memory, a fault in a C library) costs that page, not the run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import ExtractionCrashed
from ingest.workers.process import Job, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.workers.tasks import Task

__all__ = ["ExtractionPool"]

R = TypeVar("R")

#: Seconds after which a page is given up and its worker killed; a usual page takes 0.02.
PAGE_TIMEOUT = 60.0
#: Jobs that one worker has at once: the one that it is at, and the next.
DEPTH = 2


class ExtractionPool:
    """Extracts pages in ``workers`` processes; with 0, in a thread of this process.

    Use as an asynchronous context manager. Processes start with the first page, one after the other
    as there is work for them.
    """

    def __init__(self, workers: int, *, page_timeout: float = PAGE_TIMEOUT) -> None:
        self._wanted = workers
        self._page_timeout = page_timeout
        self._thread: ThreadPoolExecutor | None = None
        self._workers: list[WorkerProcess] = []
        self._waiting: deque[Job] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False
        self._slots = asyncio.Semaphore(max(1, workers) * DEPTH)

    async def __aenter__(self) -> ExtractionPool:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()
        for job in [*self._waiting, *(job for worker in workers for job in worker.jobs)]:
            job.future.cancel()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def submit(self, task: Task[R]) -> R:
        """What ``task`` gives, run in a worker.

        Raises:
            ExtractionCrashed: the worker died twice on it, took longer than the limit, or met a
                fault of ours; the text says which.
        """
        if task.first:
            return await self._done(task)
        async with self._slots:
            return await self._done(task)

    async def submit_when_free(self, make: Callable[[], Task[R]]) -> R:
        """As ``submit``, of the task that ``make`` gives once a worker is about to be free.

        What a page is read with is best chosen then: while it waited others have taught.
        """
        async with self._slots:
            return await self._done(make())

    async def _done(self, task: Task[R]) -> R:
        if self._wanted == 0:
            return await self._in_thread(task)
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        job = Job(task, future)
        if task.first:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)
        self._pass_on()
        return await future

    async def _in_thread(self, task: Task[R]) -> R:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="extract")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._page_timeout):
                return await loop.run_in_executor(self._thread, task.run)
        except TimeoutError:
            # The thread cannot be ended: it is left to itself, and another one takes over.
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None
            raise ExtractionCrashed(f"{task.what}: {self._overdue()}") from None
        except Exception as error:
            raise ExtractionCrashed(f"{task.what}: {type(error).__name__}: {error}") from error

    def _overdue(self) -> str:
        return f"not read within {self._page_timeout:.0f} s"

    def _pass_on(self) -> None:
        """Give what waits to the workers that have least to do."""
        while self._waiting and self._workers:
            worker = min(self._workers, key=lambda w: len(w.jobs))
            if len(worker.jobs) >= DEPTH:
                break
            job = self._waiting.popleft()
            if not job.future.done():
                worker.give(job)
        crowded = bool(self._waiting) or any(len(worker.jobs) > 1 for worker in self._workers)
        idle = any(not worker.jobs for worker in self._workers)
        if crowded and not idle and not self._closed and not self._starting:
            if len(self._workers) < self._wanted:
                task = asyncio.get_running_loop().create_task(self._start())
                self._starting.add(task)
                task.add_done_callback(self._started)

    async def _start(self) -> None:
        worker = await WorkerProcess.start(
            _context(), page_timeout=self._page_timeout, answered=self._answered, lost=self._lost
        )
        if self._closed:
            worker.close()
        else:
            self._workers.append(worker)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        if self._closed or task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._pass_on()
            return
        if self._workers:
            # They do all the work; with the next answer another start is tried, not before.
            return
        waiting = list(self._waiting)
        self._waiting.clear()
        for job in waiting:
            job.fail(f"no extraction process starts: {error}", error)

    def _answered(self, worker: WorkerProcess) -> None:
        self._pass_on()

    def _lost(self, worker: WorkerProcess) -> None:
        """Give the jobs of a dead worker to others; it died on the first."""
        if self._closed:
            return
        if worker in self._workers:
            self._workers.remove(worker)
        jobs = list(worker.jobs)
        worker.jobs.clear()
        if jobs:
            first = jobs[0]
            first.deaths += 1
            reason = self._overdue() if worker.overdue else None
            # It may have died of something else than the page: try once more.
            if reason is None and first.deaths > 1:
                reason = "the worker died on this page"
            if reason is not None:
                jobs.remove(first)
                first.fail(reason)
        self._waiting.extendleft(reversed(jobs))
        self._pass_on()


def _context() -> multiprocessing.context.BaseContext:
    """Workers forked from a process that has loaded the extractor and nothing else.

    They share its memory, and unlike a fork of this process copy no lock that a thread holds.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.workers.preloaded"])
    return context
