"""One source to be collected: what a process is asked to do, and does with what is on its desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.assembly import Newsroom
    from ingest.backfill.request import BackfillRequest
    from ingest.events import SourceFinished
    from sources.source import Source
    from storage.runs import StartedBy

__all__ = ["Assignment"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The unit of work: one pass over one source, in a run that is booked already."""

    source: Source
    run_id: int
    #: What its pass is begun by, where it is a poll.
    started_by: StartedBy = "command"
    #: What of its archive is wanted, where it is a backfill.
    backfill: BackfillRequest | None = None

    async def work(self, room: Newsroom) -> SourceFinished:
        """Do it, in this process.

        Raises:
            AlreadyRunning: another process is at it.
            InputError: a backfill has no endpoint of the kind that was asked for.
            StorageError: the database cannot go on; everything saved before stays.
        """
        if self.backfill is None:
            return await room.collector.collect(
                self.source, self.run_id, started_by=self.started_by
            )
        from ingest.backfill.backfiller import Backfiller

        return await Backfiller(room.desk, room.filing, self.backfill).run(self.source, self.run_id)
