"""The values that health is told in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["HEALTHY", "Finding", "Severity", "SourceHealth", "State"]

State = Literal["healthy", "quiet", "degraded", "broken", "paused"]
#: What a finding makes of its source; a ``note`` is worth knowing and changes nothing.
Severity = Literal["broken", "degraded", "quiet", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a source, or worth knowing of it."""

    #: In a word, such as ``login_wall``; the same word as long as it is the same trouble.
    reason: str
    severity: Severity
    #: Begin of the first poll that showed it, where that is known.
    since: datetime | None
    #: One sentence for a person, with numbers.
    why: str
    advice: str
    #: Polls in a row that showed it.
    polls: int = 1


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is."""

    #: ``broken``: nothing good comes; ``degraded``: what comes is worse; ``quiet``: silent beyond what
    #: is usual, and nobody knows why.
    state: State = "healthy"
    #: Since when; ``None`` where it always was so.
    since: datetime | None = None
    #: The chief reason in a word; ``None`` where it is healthy.
    reason: str | None = None
    why: str | None = None
    advice: str | None = None
    #: All of them, the chief one first.
    findings: tuple[Finding, ...] = ()


#: Of a source about which there is nothing to be said.
HEALTHY = SourceHealth()
