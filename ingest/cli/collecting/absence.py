"""What is said when the database's server goes away and comes back: one line each."""

from __future__ import annotations

import sys
from math import inf
from typing import TYPE_CHECKING

from ingest.periods import duration
from storage.database import Patience

if TYPE_CHECKING:
    from storage.errors import StorageError

__all__ = ["RUN_WAITS", "told_in_the_log", "told_on_stderr"]

#: Seconds for which a run waits for a server that went away; it is started again by a timetable.
RUN_WAITS = 600.0


def told_on_stderr(seconds: float) -> Patience:
    """Wait so long, and tell whoever sits in front of it, also where ``-q`` was given."""

    def gone(error: StorageError) -> None:
        most = "" if seconds == inf else f" for {duration(seconds)} at most"
        print(
            f"copydesk: the database is away: {error}; waiting{most}", file=sys.stderr, flush=True
        )

    def back(after: float) -> None:
        print(
            f"copydesk: the database is back after {duration(after)}; going on",
            file=sys.stderr,
            flush=True,
        )

    return Patience(seconds, gone, back)


def told_in_the_log() -> Patience:
    """Wait for however long it takes, and tell whoever reads the log."""
    import structlog

    log = structlog.get_logger("copydesk.database")
    return Patience(
        inf,
        lambda error: log.warning("database away", error=str(error)),
        lambda after: log.warning("database back", after=duration(after), seconds=round(after)),
    )
