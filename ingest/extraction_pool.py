"""Extraction on every core: worker processes that read pages, replaced when one dies or hangs.

The event loop only moves bytes; the CPU of a page is spent here. A page that kills its worker (out
of memory, a fault in a C library) costs that page, not the run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.connection
import os
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from ingest.errors import ExtractionCrashed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from ingest.extract import Refusal
    from ingest.extract.site_lines import SiteLines
    from ingest.templates.learning import Example
    from ingest.templates.page_reading import Candidate, Learned, PageReading
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.article import Article

__all__ = ["ExtractionPool"]

T = TypeVar("T")

#: Seconds after which a page is given up and its worker killed; a usual page takes 0.02.
PAGE_TIMEOUT = 60.0


class ExtractionPool:
    """Extracts pages in ``workers`` processes; with 0, in a thread of this process.

    Use as an asynchronous context manager. Processes start with the first page.
    """

    def __init__(self, workers: int, *, page_timeout: float = PAGE_TIMEOUT) -> None:
        self._workers = workers
        self._page_timeout = page_timeout
        self._executor: Executor | None = None
        self._slots = asyncio.Semaphore(max(1, workers) * 2)

    async def __aenter__(self) -> ExtractionPool:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._discard()

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
        return await self._run(page.url, _extract, page, source, link, site)

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
        return await self._run(page.url, _read, page, source, link, site, templates, check, trial)

    async def learn(
        self, examples: Sequence[Example], source: Source | None, now: datetime
    ) -> Learned:
        """A template from ``examples``, or why there is none.

        Raises:
            ExtractionCrashed: as ``extract`` does.
        """
        name = source.name if source is not None else "pages"
        return await self._run(name, _learn, examples, source, now)

    async def _run(self, what: str, work: Callable[..., T], *args: object) -> T:
        async with self._slots:
            for attempt in (1, 2):
                executor = self._started()
                try:
                    return await asyncio.wait_for(
                        asyncio.get_running_loop().run_in_executor(executor, work, *args),
                        self._page_timeout,
                    )
                except BrokenProcessPool:
                    # The death may be the fault of a page beside this one: try once more.
                    if self._executor is executor:
                        self._discard()
                    if attempt == 2:
                        raise ExtractionCrashed(f"{what}: the worker died on this page") from None
                except TimeoutError:
                    if self._executor is executor:
                        self._discard()
                    raise ExtractionCrashed(
                        f"{what}: not read within {self._page_timeout:.0f} s"
                    ) from None
            raise AssertionError("unreachable")

    def _started(self) -> Executor:
        if self._executor is None:
            if self._workers == 0:
                self._executor = ThreadPoolExecutor(1, thread_name_prefix="extract")
            else:
                self._executor = ProcessPoolExecutor(
                    self._workers,
                    mp_context=_context(),
                    initializer=_start_worker,
                )
        return self._executor

    def _discard(self) -> None:
        executor, self._executor = self._executor, None
        if executor is None:
            return
        if isinstance(executor, ProcessPoolExecutor):
            # A worker that hangs would keep shutdown() waiting for ever.
            for process in list((getattr(executor, "_processes", None) or {}).values()):
                process.kill()
        executor.shutdown(wait=not isinstance(executor, ThreadPoolExecutor), cancel_futures=True)


def _context() -> multiprocessing.context.BaseContext:
    """Workers forked from a process that has loaded the extractor and nothing else.

    They share its memory, and unlike a fork of this process copy no lock that a thread holds.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.extract.preloaded"])
    return context


def _start_worker() -> None:
    """Prepare a worker: end with the parent, leave the keyboard's interrupt to it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import ingest.extract.preloaded  # noqa: F401 - where it was not preloaded


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def _extract(
    page: Page, source: Source | None, link: Link | None, site: SiteLines | None
) -> Article | Refusal:
    from ingest.extract import extract_bytes

    try:
        return extract_bytes(
            page.body,
            url=page.url,
            content_type=page.headers.get("content-type"),
            source=source,
            link=link,
            now=page.fetched_at,
            site=site,
            headers=page.headers,
        )
    except Exception as error:
        # Our own fault must cost one page and be seen, never a run.
        raise ExtractionCrashed(f"{page.url}: {type(error).__name__}: {error}") from error


def _read(
    page: Page,
    source: Source | None,
    link: Link | None,
    site: SiteLines | None,
    templates: Sequence[Candidate],
    check: frozenset[str],
    trial: frozenset[str],
) -> PageReading:
    from ingest.templates.page_reading import read_page

    try:
        return read_page(
            page.body,
            url=page.url,
            content_type=page.headers.get("content-type"),
            source=source,
            link=link,
            now=page.fetched_at,
            site=site,
            headers=page.headers,
            templates=templates,
            check=check,
            trial=trial,
            learns=True,
        )
    except Exception as error:
        raise ExtractionCrashed(f"{page.url}: {type(error).__name__}: {error}") from error


def _learn(examples: Sequence[Example], source: Source | None, now: datetime) -> Learned:
    from ingest.templates.page_reading import learn_template

    try:
        return learn_template(examples, now=now, source=source)
    except Exception as error:
        name = source.name if source is not None else "pages"
        raise ExtractionCrashed(f"{name}: {type(error).__name__}: {error}") from error
