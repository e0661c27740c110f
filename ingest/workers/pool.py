"""Extraction on every core: worker processes that read pages, replaced when one dies or hangs.

The event loop only moves bytes; the CPU of a page is spent in a worker. A page that kills its worker
(out of memory, a fault in a C library) or takes more than its share costs that page, not the run.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import ExtractionCrashed, TooCostly
from ingest.workers.forking import forking
from ingest.workers.limits import Limits
from ingest.workers.process import Job, WorkerProcess
from ingest.workers.queue import JobQueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.workers.tasks import Task

__all__ = ["ExtractionPool"]

R = TypeVar("R")

#: Jobs that one worker has at once: the one that it is at, and the next.
DEPTH = 2


class ExtractionPool:
    """Extracts pages in ``workers`` processes; with 0, in a thread of this process.

    Use as an asynchronous context manager. Processes start with the first page, one after the other
    as there is work for them.
    """

    def __init__(self, workers: int, *, limits: Limits | None = None) -> None:
        """``limits``: what one task may take; in a thread only its time can be kept."""
        self._wanted = workers
        self._limits = limits or Limits()
        self._thread: ThreadPoolExecutor | None = None
        self._workers: list[WorkerProcess] = []
        self._waiting = JobQueue()
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False
        self._slots = asyncio.Semaphore(max(1, workers) * DEPTH)

    async def __aenter__(self) -> ExtractionPool:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.give_up()
        await asyncio.gather(*self._starting, return_exceptions=True)

    def give_up(self) -> None:
        """End every process at once; who waits for a task, or comes with one, is cancelled."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()
        waiting = self._waiting.take_all()
        for job in [*waiting, *(job for worker in workers for job in worker.jobs)]:
            job.future.cancel()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def submit(self, task: Task[R]) -> R:
        """What ``task`` gives, run in a worker.

        Raises:
            ExtractionCrashed: the worker died twice on it, took longer than the limit, or met a
                fault of ours; the text says which. ``TooCostly`` where it took more CPU time or
                memory than it may.
        """
        async with self._waiting.turn(task.whose):
            if task.first:
                return await self._done(task)
            async with self._slots:
                return await self._done(task)

    async def submit_when_free(self, make: Callable[[], Task[R]], whose: str | None = None) -> R:
        """As ``submit``, of the task that ``make`` gives once a worker is about to be free.

        What a page is read with is best chosen then: while it waited others have taught.

        Args:
            make: the task.
            whose: the name of the source that it is of.
        """
        async with self._waiting.turn(whose), self._slots:
            return await self._done(make())

    async def _done(self, task: Task[R]) -> R:
        if self._closed:
            raise asyncio.CancelledError
        if self._wanted == 0:
            return await self._in_thread(task)
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        job = Job(task, future)
        self._waiting.add(job, first=task.first)
        self._pass_on()
        costly = False
        try:
            return await future
        except TooCostly:
            costly = True
            raise
        finally:
            self._waiting.over(job, costly=costly)
            self._pass_on()

    async def _in_thread(self, task: Task[R]) -> R:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="extract")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.time):
                return await loop.run_in_executor(self._thread, task.run)
        except TimeoutError:
            # The thread cannot be ended: it is left to itself, and another one takes over.
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None
            overdue = f"{task.what}: not read within {self._limits.time:.0f} s"
            raise ExtractionCrashed(overdue) from None
        except Exception as error:
            raise ExtractionCrashed(f"{task.what}: {type(error).__name__}: {error}") from error

    def _pass_on(self) -> None:
        """Give what waits to the workers that have least to do."""
        while self._waiting and self._workers:
            worker = min(self._workers, key=self._load)
            if self._load(worker) >= DEPTH:
                break
            job = self._waiting.next(idle=not worker.jobs)
            if job is None:
                break
            if not job.future.done():
                worker.give(job)
        crowded = bool(self._waiting) or any(len(worker.jobs) > 1 for worker in self._workers)
        idle = any(not worker.jobs for worker in self._workers)
        if crowded and not idle and not self._closed and not self._starting:
            if len(self._workers) < self._wanted:
                task = asyncio.get_running_loop().create_task(self._start())
                self._starting.add(task)
                task.add_done_callback(self._started)

    def _load(self, worker: WorkerProcess) -> int:
        """Jobs of a worker; one that is at a job of a source with a strike is given no other."""
        if any(self._waiting.is_struck(job.task.whose) for job in worker.jobs):
            return DEPTH
        return len(worker.jobs)

    async def _start(self) -> None:
        worker = await WorkerProcess.start(
            forking(), limits=self._limits, answered=self._answered, lost=self._lost
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
        for job in self._waiting.take_all():
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
        if jobs and not worker.retired:
            first = jobs[0]
            first.deaths += 1
            # It may have died of something else than the page: try once more.
            blame = worker.death()
            if blame is not None:
                jobs.remove(first)
                why, kind = blame
                first.fail(why, kind=kind)
        worker.jobs.clear()
        for job in reversed(jobs):
            self._waiting.put_back(job)
        self._pass_on()
