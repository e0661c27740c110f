"""What the daemon's log says of how sources are: once that one broke, once that it works again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog

from ingest.health.state import HEALTHY, SourceHealth
from ingest.periods import duration

__all__ = ["HealthLog"]

log = structlog.get_logger("copydesk.daemon")


class HealthLog:
    """Remembers how each source was when it was judged last, by this daemon or before it."""

    def __init__(self) -> None:
        self._last: dict[str, SourceHealth] = {}

    def begin(self, known: Mapping[str, SourceHealth]) -> None:
        """Take over what was judged before; it was told then."""
        self._last = {**known, **self._last}

    def broken(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that are broken, sorted."""
        return sorted(name for name in names if self._of(name).state == "broken")

    def note(self, source: str, health: SourceHealth | None, now: datetime) -> None:
        """Say what has changed; both are warnings, so that a log of warnings tells the end as well."""
        if health is None:
            return
        before, self._last[source] = self._of(source), health
        if health.state == "broken" and before.state != "broken":
            log.warning(
                "source broken", source=source, since=_minute(health.since), cause=health.why
            )
        elif health.state != "broken" and before.state == "broken":
            log.warning(
                "source works again",
                source=source,
                after=duration((now - before.since).total_seconds()) if before.since else None,
                since=_minute(before.since),
                cause=before.why,
            )

    def _of(self, source: str) -> SourceHealth:
        return self._last.get(source, HEALTHY)


def _minute(at: datetime | None) -> str | None:
    return at.isoformat(timespec="minutes") if at is not None else None
