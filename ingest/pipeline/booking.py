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

from sqlalchemy.exc import SQLAlchemyError

from ingest.events import SourceFinished
from ingest.extract.chrome.site_lines import SiteLines
from ingest.health.judge import judge_source
from ingest.houses import house_of_address
from ingest.pipeline.noting import Noting
from ingest.uncancelled import uncancelled
from sources.errors import SourcesError
from sources.secrets import without_secrets
from storage import runs
from storage.errors import DatabaseAway, StorageError
from storage.publishers import record_source
from storage.runs import RunCounts, StartedBy

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.desk import Desk
    from ingest.health.state import SourceHealth
    from ingest.pipeline.verdict import LinkState
    from sources.client import Client
    from sources.source import Source
    from storage.transaction import Transaction

__all__ = [
    "STOPPED",
    "Pass",
    "count_missed",
    "count_saved",
    "first_cause",
    "pass_over",
    "record_sources",
]

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
    #: Why the pass as a whole failed, where it did, and the kind of that in a word.
    error: str | None = None
    cause: str | None = None
    #: The kind of the first misfortune of a document.
    document_cause: str | None = None
    #: What it has shown of how its source is.
    noting: Noting = field(default_factory=Noting)
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

    def fail(self, problem: SourcesError) -> None:
        """The pass as a whole fails, of ``problem``."""
        self.error, self.cause = str(problem), problem.cause

    def finished(self) -> SourceFinished:
        """What observers are told at the end."""
        return SourceFinished(
            self.source.name,
            replace(self.counts),
            self.error,
            self.told,
            self.health,
            self.cause,
        )


def count_saved(this: Pass, outcome: str) -> None:
    """Count a page whose article was saved, by what that was (``storage.articles.saving.Saved``)."""
    counts = this.counts
    match outcome:
        case "filed":
            counts.filed += 1
        case "revised":
            counts.revised += 1
        case "unchanged":
            counts.unchanged += 1
        case "duplicate":
            counts.duplicate += 1
        case "unlike":
            counts.failed += 1


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
        this.fail(problem)
    except asyncio.CancelledError:
        this.error, this.cause, blame = STOPPED, "stopped", False
        raise
    except Exception as raised:
        # Links are worked on side by side: what was wrong with one stands in a group.
        cause = first_cause(raised)
        blame = not isinstance(cause, StorageError)
        interrupted = isinstance(cause, DatabaseAway)
        this.error = without_secrets(f"{type(cause).__name__}: {cause}")
        this.cause = "fault" if blame else "database"
        if cause is raised:
            raise
        raise cause from None
    finally:
        if this.error is None and counts.documents and not this.documents_read and this.errors:
            this.error, this.cause = this.told[0], this.document_cause or SourcesError.cause
        ended = desk.now()
        noted = this.noting.noted()

        def finish(connection: Transaction) -> SourceHealth | None:
            runs.finish_source(
                connection,
                run_id,
                source.name,
                replace(counts),
                this.error,
                ended,
                errors=this.told,
                pass_id=number,
                blame=blame,
                interrupted=interrupted,
                cause=this.cause,
                notes=noted,
            )
            return _judged(connection, source.name, ended) if blame else None

        with contextlib.suppress(StorageError):
            this.health = await uncancelled(desk.store.write(finish))
    desk.tell(this.finished())


def _judged(connection: Transaction, source: str, now: datetime) -> SourceHealth | None:
    try:
        return judge_source(connection, source, now)
    except (SQLAlchemyError, StorageError):
        raise
    except Exception:
        # A fault of ours in what is said of a source must not cost the pass its end.
        import structlog

        structlog.get_logger("copydesk.pipeline").exception("health not judged", source=source)
        return None


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
