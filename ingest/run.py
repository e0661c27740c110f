"""One pass over some sources: what ``copydesk run`` does once and the daemon's jobs share."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ingest.backfill.backfiller import Backfiller, BackfillRequest
from ingest.events import Observer, SourceFinished
from ingest.pipeline.collect import Collector
from ingest.pipeline.filing import utc_now
from ingest.pipeline.housekeeping import keep_house
from ingest.pipeline.robots_store import DatabaseRobots
from ingest.settings import Settings
from ingest.workers.pool import ExtractionPool
from sources.client import Client
from sources.errors import SourcesError
from sources.source import Source
from storage import runs
from storage.database import Database
from storage.errors import AlreadyRunning, StorageError
from storage.publishers import record_source
from storage.runs import RunCounts

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "RunReport",
    "collector_for",
    "record_all",
    "run_backfills",
    "run_sources",
    "stop_on_signals",
    "total",
]

_Work = Callable[[Source], Awaitable[SourceFinished]]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did, source by source."""

    run_id: int
    sources: tuple[SourceFinished, ...]
    #: Sources that another process was collecting.
    busy: tuple[str, ...]
    #: Signal number that ended it early.
    stopped_by: int | None

    @property
    def failed(self) -> tuple[SourceFinished, ...]:
        """The sources whose pass failed as a whole."""
        return tuple(finished for finished in self.sources if finished.error)


@contextlib.asynccontextmanager
async def collector_for(
    database: Database, settings: Settings, observer: Observer | None
) -> AsyncIterator[Collector]:
    """A collector with its client and its extraction processes, closed at the end."""
    async with (
        Client(settings.client, robots_store=DatabaseRobots(database)) as client,
        ExtractionPool(settings.collect.workers) as pool,
    ):
        collector = Collector(database, client, pool, settings.collect, observer=observer)
        try:
            yield collector
        finally:
            await collector.filing.aclose()


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[list[int]]:
    """Call ``stop`` at SIGINT or SIGTERM; the list yielded holds the signals that came.

    A second SIGINT ends the program at once, as people expect of Ctrl-C twice.
    """
    loop = asyncio.get_running_loop()
    came: list[int] = []

    def on_signal(number: int) -> None:
        came.append(number)
        if came.count(signal.SIGINT) > 1:
            loop.remove_signal_handler(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield came
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def run_sources(
    sources: Sequence[Source],
    database: Database,
    settings: Settings,
    *,
    observer: Observer | None = None,
    kind: str = "run",
) -> RunReport:
    """Collect ``sources`` once, several at a time.

    Raises:
        StorageError: the database cannot go on; everything saved before stays.
    """

    def work(collector: Collector, run_id: int) -> _Work:
        return lambda source: collector.collect(source, run_id)

    return await _run(sources, database, settings, work, observer=observer, kind=kind)


async def run_backfills(
    sources: Sequence[Source],
    database: Database,
    settings: Settings,
    request: BackfillRequest,
    *,
    observer: Observer | None = None,
    dry_run: bool = False,
) -> RunReport:
    """Backfill ``sources``, several at a time; with ``dry_run`` only say what that would fetch.

    Raises:
        InputError: a source has no endpoint of the kind that was asked for.
        StorageError: the database cannot go on; everything saved before stays.
    """

    def work(collector: Collector, run_id: int) -> _Work:
        backfiller = Backfiller(collector.filing, collector.stopping, request)

        async def plan(source: Source) -> SourceFinished:
            try:
                planned = await backfiller.plan(source)
            except SourcesError as error:
                return SourceFinished(source.name, RunCounts(), str(error))
            assert observer is not None
            observer(planned)
            return SourceFinished(source.name, RunCounts(links_new=planned.links), None)

        return plan if dry_run else (lambda source: backfiller.run(source, run_id))

    kind = "plan" if dry_run else "backfill"
    return await _run(sources, database, settings, work, observer=observer, kind=kind)


async def _run(
    sources: Sequence[Source],
    database: Database,
    settings: Settings,
    work: Callable[[Collector, int], _Work],
    *,
    observer: Observer | None,
    kind: str,
) -> RunReport:
    write = database.writer.submit
    write(lambda c: runs.close_interrupted(c, utc_now())).result()
    write(lambda c: record_all(c, sources, utc_now())).result()
    run_id = write(lambda c: runs.start_run(c, kind, utc_now())).result()
    finished: list[SourceFinished] = []
    busy: list[str] = []
    turn = asyncio.Semaphore(settings.collect.parallel_sources)
    state: Literal["ok", "failed", "interrupted"] = "failed"
    came: list[int] = []
    try:
        async with collector_for(database, settings, observer) as collector:
            with stop_on_signals(collector.stop) as came:
                one_source = work(collector, run_id)

                async def one(source: Source) -> None:
                    async with turn:
                        if came:
                            return
                        try:
                            finished.append(await one_source(source))
                        except AlreadyRunning:
                            busy.append(source.name)

                try:
                    async with asyncio.TaskGroup() as group:
                        for source in sources:
                            group.create_task(one(source))
                except BaseExceptionGroup as problems:
                    raise first_cause(problems) from None
        state = "interrupted" if came else "ok"
        if not came and kind != "plan":
            await asyncio.to_thread(keep_house, database, settings.raw)
    finally:
        with contextlib.suppress(StorageError):
            write(lambda c: runs.finish_run(c, run_id, utc_now(), state=state)).result()
    return RunReport(run_id, tuple(finished), tuple(busy), came[0] if came else None)


def first_cause(problems: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first leaf of an exception group: siblings of a database failure say the same."""
    problem: BaseException = problems
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return problem


def total(counts: Sequence[RunCounts]) -> RunCounts:
    """The sum of several passes."""
    names = RunCounts.__dataclass_fields__
    return RunCounts(**{name: sum(getattr(c, name) for c in counts) for name in names})


def record_all(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Note in the database what the source files say."""
    for source in sources:
        record_source(
            connection,
            source.name,
            title=source.title,
            home=source.home,
            language=source.language,
            country=source.country,
            platform=source.platform,
            now=now,
        )
