"""What a backfill was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sources.source import EndpointKind

__all__ = ["BackfillRequest"]


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """What was asked for; times are aware, UTC."""

    since: datetime | None = None
    #: Articles before then; ``None``: up to now.
    until: datetime | None = None
    via: EndpointKind | None = None
    #: An endpoint of kind ``via`` that the source file does not have: an address, file or folder.
    address: str | None = None
    #: Pages at most.
    limit: int | None = None
    oldest_first: bool = False

    @property
    def asked(self) -> str:
        """What makes two commands the same backfill."""
        parts = {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "via": self.via,
            "from": self.address,
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value) or "all"
