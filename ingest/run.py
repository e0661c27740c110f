"""One run over some sources, several at a time: ``copydesk run`` and ``copydesk backfill``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ingest.collectors.assignment import Assignment
from ingest.collectors.collectors import Collectors, open_collectors
from ingest.collectors.serving import LET_GO_AFTER
from ingest.desk import utc_now
from ingest.events import Observer, SourceFinished
from ingest.pipeline.booking import first_cause, record_sources
from ingest.signals import stop_on_signals
from sources.errors import SourcesError
from sources.source import Source
from storage import runs
from storage.database import Database
from storage.errors import AlreadyRunning, DatabaseAway, StorageError
from storage.runs import RunCounts

if TYPE_CHECKING:
    from ingest.alerts.dispatcher import Dispatcher
    from ingest.backfill.request import BackfillRequest
    from ingest.settings import Settings
    from storage.async_store import AsyncStore

__all__ = ["RunReport", "run_backfills", "run_sources", "total"]

#: Seconds that a run waits at its end for its alerts to be sent.
_TELLING_WITHIN = 30.0

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
    #: Channels of alerts whose message was not sent, and why; it is tried again by the next run.
    untold: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[SourceFinished, ...]:
        """The sources whose pass failed as a whole."""
        return tuple(finished for finished in self.sources if finished.error)

    @property
    def dry(self) -> tuple[SourceFinished, ...]:
        """The sources whose pass did not fail, and from which nothing comes through any more."""
        return tuple(
            finished
            for finished in self.sources
            if not finished.error and finished.health and finished.health.state == "broken"
        )


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

    def work(collectors: Collectors, run_id: int) -> _Work:
        return lambda source: collectors.work(Assignment(source, run_id))

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

    def work(collectors: Collectors, run_id: int) -> _Work:
        if not dry_run:
            return lambda source: collectors.work(Assignment(source, run_id, backfill=request))
        from ingest.backfill.backfiller import Backfiller

        room = collectors.room
        backfiller = Backfiller(room.desk, room.filing, request)

        async def plan(source: Source) -> SourceFinished:
            try:
                planned = await backfiller.plan(source)
            except SourcesError as error:
                return SourceFinished(source.name, RunCounts(), str(error))
            room.desk.tell(planned)
            return SourceFinished(source.name, RunCounts(links_new=planned.links), None)

        return plan

    kind = "plan" if dry_run else "backfill"
    return await _run(sources, database, settings, work, observer=observer, kind=kind)


async def _run(
    sources: Sequence[Source],
    database: Database,
    settings: Settings,
    work: Callable[[Collectors, int], _Work],
    *,
    observer: Observer | None,
    kind: str,
) -> RunReport:
    write, now = database.writer.submit, utc_now()
    write(lambda c: runs.close_interrupted(c, now)).result()
    write(lambda c: record_sources(c, sources, now)).result()
    run_id = write(lambda c: runs.start_run(c, kind, now)).result()
    finished: list[SourceFinished] = []
    busy: list[str] = []
    turn = asyncio.Semaphore(settings.collect.parallel_sources)
    state: Literal["ok", "failed", "interrupted"] = "failed"
    came: list[int] = []
    observers = (observer,) if observer is not None else ()
    try:
        async with open_collectors(database, settings, sources, *observers) as collectors:
            loop, room = asyncio.get_running_loop(), collectors.room

            def stop() -> None:
                room.desk.stopping.set()
                # What is in flight is filed, where there is a database to file it in.
                loop.call_later(LET_GO_AFTER, database.wait_no_longer)

            alerts = await _alerts(settings, room.desk.store) if kind == "run" else None
            with stop_on_signals(stop) as came:
                one_source = work(collectors, run_id)

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
                    cause = first_cause(problems)
                    # Told to stop while the database was away: what was in flight waits for the
                    # next command, as what had not been begun does.
                    if not (came and isinstance(cause, DatabaseAway)):
                        raise cause from None
            if alerts is not None and not came:
                await alerts.end(utc_now(), _TELLING_WITHIN)
        state = "interrupted" if came else "ok"
        if not came and kind != "plan":
            from ingest.pipeline.housekeeping import keep_house

            await asyncio.to_thread(keep_house, database, settings.raw)
    finally:
        with contextlib.suppress(StorageError):
            write(lambda c: runs.finish_run(c, run_id, utc_now(), state=state)).result()
    untold = dict(alerts.errors) if alerts is not None else {}
    return RunReport(run_id, tuple(finished), tuple(busy), came[0] if came else None, untold)


async def _alerts(settings: Settings, store: AsyncStore) -> Dispatcher | None:
    """Who is told of changes at the end; a run has no log of its own."""
    if not settings.alerts.channels:
        return None
    from ingest.alerts.dispatcher import Dispatcher

    dispatcher = Dispatcher(settings.alerts, store, to_log=False)
    # Before anything is judged: what this run finds is told on channels that are new, too.
    await dispatcher.begin()
    return dispatcher


def total(counts: Sequence[RunCounts]) -> RunCounts:
    """The sum of several passes."""
    names = RunCounts.__dataclass_fields__
    return RunCounts(**{name: sum(getattr(c, name) for c in counts) for name in names})
