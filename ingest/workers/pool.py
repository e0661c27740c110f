"""Extraction on every core: worker processes that read pages, replaced when one dies or hangs.

The event loop only moves bytes; the CPU of a page is spent in a worker. A page that kills its worker
(out of memory, a fault in a C library) costs that page, not the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ingest.errors import ExtractionCrashed
from ingest.workers import tasks as extraction_tasks
from ingest.workers.process import Job, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from ingest.extract import Refusal
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.reading_values import Candidate, Learned, PackedExample, PageReading
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.article import Article
    from storage.articles.prepared import PreparedArticle

__all__ = ["ExtractionPool"]

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

    async def extract(
        self,
        page: Page,
        source: Source | None,
        link: Link | None,
        site: SiteLines | None = None,
    ) -> Article | Refusal:
        """The article on the page, or why it is none.

        Raises:
            ExtractionCrashed: the worker died twice on this page, took longer than the limit, or
                met a fault of ours; the text says which.
        """
        found: Article | Refusal = await self.run(
            page.url, extraction_tasks.extract, page, link, shared=(source, site)
        )
        return found

    async def read(
        self,
        page: Page,
        source: Source | None,
        link: Link | None,
        site: SiteLines | None,
        templates: Sequence[Candidate],
        check: frozenset[str],
        trial: frozenset[str],
    ) -> PageReading:
        """The page by one of ``templates``, else by the generic path, else by both.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        reading: PageReading = await self._read(
            extraction_tasks.read, page, source, link, site, templates, check, trial
        )
        return reading

    async def extract_for_filing(
        self, page: Page, source: Source, link: Link | None, site: SiteLines | None
    ) -> PreparedArticle | Refusal:
        """As ``extract``, made ready for the store.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        found: PreparedArticle | Refusal = await self.run(
            page.url, extraction_tasks.extract_for_filing, page, link, shared=(source, site)
        )
        return found

    async def read_for_filing(
        self,
        page: Page,
        source: Source,
        link: Link | None,
        site: SiteLines | None,
        templates: Sequence[Candidate],
        check: frozenset[str],
        trial: frozenset[str],
    ) -> tuple[PreparedArticle | Refusal, PageReading]:
        """As ``read``, with what was found made ready for the store; to be called within a ``turn``.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        both: tuple[PreparedArticle | Refusal, PageReading] = await self._read(
            extraction_tasks.read_for_filing,
            page,
            source,
            link,
            site,
            templates,
            check,
            trial,
            in_turn=True,
        )
        return both

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a worker is about to be free, and hold its place.

        What a page is read with is best chosen then: while it waited others have taught.
        """
        async with self._slots:
            yield

    async def _read(
        self,
        task: Callable[..., Any],
        page: Page,
        source: Source | None,
        link: Link | None,
        site: SiteLines | None,
        templates: Sequence[Candidate],
        check: frozenset[str],
        trial: frozenset[str],
        *,
        in_turn: bool = False,
    ) -> Any:
        labels = tuple(template.label for template in templates)
        rules = tuple(template.rules for template in templates)
        return await self.run(
            page.url,
            task,
            page,
            link,
            labels,
            check,
            trial,
            shared=(source, site, *rules),
            in_turn=in_turn,
        )

    async def learn(
        self,
        examples: Sequence[PackedExample],
        source: Source | None,
        now: datetime,
        known: str | None = None,
    ) -> Learned:
        """A template from ``examples``, or why there is none.

        ``known``: rules of a template of this kind that other pages have taught.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        name = source.name if source is not None else "pages"
        # Before the pages that wait: what it learns makes them cheaper.
        learned: Learned = await self.run(
            name, extraction_tasks.learn, examples, now, known, shared=(source,), first=True
        )
        return learned

    async def run(
        self,
        what: str,
        work: Callable[..., Any],
        *arguments: Any,
        shared: tuple[Any, ...] = (),
        first: bool = False,
        in_turn: bool = False,
    ) -> Any:
        """What ``work`` returns in a worker.

        Args:
            what: what it is about, for messages.
            work: a function of a module; it is called with ``arguments``, then ``shared``.
            arguments: of this call alone.
            shared: values that many calls have: each is sent to a worker once.
            first: whether it goes before what waits.
            in_turn: whether the caller holds a ``turn``.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        if first or in_turn:
            return await self._done(what, work, arguments, shared, first=first)
        async with self._slots:
            return await self._done(what, work, arguments, shared, first=False)

    async def _done(
        self,
        what: str,
        work: Callable[..., Any],
        arguments: tuple[Any, ...],
        shared: tuple[Any, ...],
        *,
        first: bool,
    ) -> Any:
        if self._wanted == 0:
            return await self._in_thread(what, work, *arguments, *shared)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        job = Job(what, work, arguments, shared, future)
        if first:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)
        self._pass_on()
        return await future

    async def _in_thread(self, what: str, work: Callable[..., Any], *arguments: Any) -> Any:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="extract")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._page_timeout):
                return await loop.run_in_executor(self._thread, work, *arguments)
        except TimeoutError:
            # The thread cannot be ended: it is left to itself, and another one takes over.
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None
            raise ExtractionCrashed(self._overdue(what)) from None
        except Exception as error:
            raise ExtractionCrashed(f"{what}: {type(error).__name__}: {error}") from error

    def _overdue(self, what: str) -> str:
        return f"{what}: not read within {self._page_timeout:.0f} s"

    def _pass_on(self) -> None:
        """Give what waits to the workers that have least to do."""
        while self._waiting and self._workers:
            worker = min(self._workers, key=lambda w: len(w.jobs))
            if len(worker.jobs) >= DEPTH:
                break
            job = self._waiting.popleft()
            if job.future.done():
                continue
            try:
                worker.give(job)
            except Exception as error:
                failure = ExtractionCrashed(f"{job.what}: cannot be sent to a worker: {error}")
                job.future.set_exception(failure)
        crowded = bool(self._waiting) or any(len(worker.jobs) > 1 for worker in self._workers)
        idle = any(not worker.jobs for worker in self._workers)
        if crowded and not idle and not self._closed and not self._starting:
            if len(self._workers) < self._wanted:
                task = asyncio.get_running_loop().create_task(self._start())
                self._starting.add(task)
                task.add_done_callback(self._started)

    async def _start(self) -> None:
        worker = await WorkerProcess.start(
            _context(), page_timeout=self._page_timeout, settled=self._settled, lost=self._lost
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
            if not job.future.done():
                failure = ExtractionCrashed(f"{job.what}: no extraction process starts: {error}")
                failure.__cause__ = error
                job.future.set_exception(failure)

    def _settled(self, worker: WorkerProcess) -> None:
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
            reason = self._overdue(first.what) if worker.overdue else None
            # It may have died of something else than the page: try once more.
            if reason is None and first.deaths > 1:
                reason = f"{first.what}: the worker died on this page"
            if reason is not None:
                jobs.remove(first)
                if not first.future.done():
                    first.future.set_exception(ExtractionCrashed(reason))
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
