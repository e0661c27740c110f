"""A pass: one source collected once, with a row in the database from its first moment to its end.

Polls, backfills and imports are booked the same way, whatever becomes of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.events import SourceFinished
from ingest.extract.chrome.site_lines import SiteLines
from ingest.houses import house_of_address
from sources.errors import SourcesError
from sources.secrets import without_secrets
from storage import runs
from storage.errors import DatabaseAway, StorageError
from storage.publishers import record_source
from storage.reading.health import SourceHealth, health_of
from storage.runs import RunCounts, StartedBy

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.desk import Desk
    from ingest.pipeline.verdict import LinkState
    from sources.client import Client
    from sources.source import Source

__all__ = ["STOPPED", "Pass", "count_missed", "first_cause", "pass_over", "record_sources"]

#: Why a pass failed that was broken off: a second Ctrl-C, a stop that took too long.
STOPPED = "stopped before the end"


@dataclass(slots=True)
class Pass:
    """One pass over one source: what it works with, and what has come of it so far."""

    source: Source
    #: Of its row.
    id: int
    #: The desk's client; what it is asked counts for this pass.
    client: Client
    counts: RunCounts
    #: Misfortunes on the way, one line each: endpoints and pages that failed.
    errors: list[str] = field(default_factory=list)
    #: Documents that could be read; a pass that asked for some and could read none has failed.
    documents_read: int = 0
    #: Why the pass as a whole failed, where it did.
    error: str | None = None
    #: Lines that other articles of the source hold, and how many articles this pass had filed when
    #: they were read; -1 before.
    site: SiteLines = field(default_factory=SiteLines)
    site_read_at: int = -1
    #: How the source is, once the pass is booked.
    health: SourceHealth | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """The misfortunes as they may be told: without log-ins and tokens of addresses."""
        return tuple(map(without_secrets, self.errors))

    def finished(self) -> SourceFinished:
        """What observers are told at the end."""
        return SourceFinished(
            self.source.name,
            replace(self.counts),
            self.error,
            self.told,
            self.health,
        )


def count_missed(this: Pass, state: LinkState, *, robots: bool, known: bool) -> None:
    """Count a link that brought no article under the state that it takes.

    ``known``: an article came of it earlier, and stays whatever is there now.
    """
    counts = this.counts
    if robots:
        counts.robots += 1
    elif state == "gone":
        if known:
            counts.withdrawn += 1
        else:
            counts.gone += 1
    elif state == "refused" and not known:
        counts.refused += 1
    else:
        counts.failed += 1


@contextlib.asynccontextmanager
async def pass_over(
    desk: Desk, source: Source, run_id: int, started_by: StartedBy
) -> AsyncIterator[Pass]:
    """Book a pass over ``source`` while the block runs, and tell the observers when it is over.

    A ``SourcesError`` that ends the block is the pass's ``error`` and ends here; everything else is
    booked and goes on. What is not the source's doing (a stop, the database) is not held against it.

    Raises:
        StorageError: the database cannot go on; then there may be nowhere to book this.
    """
    counts = RunCounts()
    began = desk.now()
    number = await desk.store.write(
        lambda c: runs.start_source(c, run_id, source.name, began, started_by=started_by)
    )
    blame, interrupted = True, False
    this = Pass(source, number, desk.client.counting(counts), counts)
    try:
        yield this
    except SourcesError as problem:
        this.error = str(problem)
    except asyncio.CancelledError:
        this.error, blame = STOPPED, False
        raise
    except Exception as raised:
        # Links are worked on side by side: what was wrong with one stands in a group.
        cause = first_cause(raised)
        blame = not isinstance(cause, StorageError)
        interrupted = isinstance(cause, DatabaseAway)
        this.error = without_secrets(f"{type(cause).__name__}: {cause}")
        if cause is raised:
            raise
        raise cause from None
    finally:
        if this.error is None and counts.documents and not this.documents_read and this.errors:
            this.error = this.told[0]
        ended = desk.now()
        with contextlib.suppress(StorageError):
            # To its end even where this task is being cancelled.
            await asyncio.shield(
                desk.store.write(
                    lambda c: runs.finish_source(
                        c,
                        run_id,
                        source.name,
                        replace(counts),
                        this.error,
                        ended,
                        errors=this.told,
                        pass_id=number,
                        blame=blame,
                        interrupted=interrupted,
                    )
                )
            )
    with contextlib.suppress(StorageError):
        this.health = await desk.store.read(lambda c: health_of(c, source.name))
    desk.tell(this.finished())


def first_cause(problem: BaseException) -> BaseException:
    """The first leaf of an exception group: siblings of a database failure say the same."""
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return problem


def record_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
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
            house_of=house_of_address,
            now=now,
        )
