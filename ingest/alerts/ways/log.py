"""What the daemon's log says of how sources are: a line for each change."""

from __future__ import annotations

from datetime import datetime

import structlog

from ingest.alerts.message import one_line
from ingest.periods import duration
from storage.alerts import HealthChange

__all__ = ["log_change"]

log = structlog.get_logger("copydesk.daemon")

#: What is said of a source that has come into a state, and of one that has left it.
_CAME = {"broken": "source broken", "degraded": "source degraded", "quiet": "source quiet"}
_BETTER = ("broken", "degraded", "quiet", "healthy")
_LEFT = {
    "broken": "source works again",
    "degraded": "source well again",
    "quiet": "source publishes again",
}


def log_change(change: HealthChange) -> None:
    """Say it; a warning, its end too, so that a log of warnings tells both.

    What an operator did (``pause``, ``resume``) is for information.
    """
    before, state = change.before, change.state
    if "paused" in (before, state) and before != state:
        line = "source paused" if state == "paused" else "source resumed"
        log.info(line, source=change.source, since=_minute(change.since or change.at))
    if before in _LEFT and state != "paused" and _BETTER.index(state) > _BETTER.index(before):
        since = change.before_since
        log.warning(
            _LEFT[before],
            source=change.source,
            after=duration((change.at - since).total_seconds()) if since else None,
            since=_minute(since),
            cause=one_line(change.before_why),
        )
    if state in _CAME:
        log.warning(
            "source still broken" if before == state == "broken" else _CAME[state],
            source=change.source,
            since=_minute(change.since),
            cause=one_line(change.why),
        )


def _minute(at: datetime | None) -> str | None:
    return at.isoformat(timespec="minutes") if at is not None else None
