"""What every part of the pipeline works with: one value, built in one place, handed in.

``ingest.assembly`` builds it and ends what it holds. Nothing is looked up from within it, and no part
reaches another part through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.workers.documents import DocumentParsing

if TYPE_CHECKING:
    from ingest.events import Event, Observer
    from ingest.settings import CollectSettings
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client
    from sources.endpoints.parsing import Parsing
    from sources.source import Source
    from storage.async_store import AsyncStore

__all__ = ["Desk", "utc_now"]


def utc_now() -> datetime:
    """The time of day, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The database, the network, the extraction processes, the clock, and who is told."""

    store: AsyncStore
    client: Client
    pool: ExtractionPool
    settings: CollectSettings
    #: Each is told of everything that happens, in this order.
    observers: tuple[Observer, ...] = ()
    now: Callable[[], datetime] = utc_now
    #: Set when nothing new is to be begun; what is in flight is finished and filed.
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, event: Event) -> None:
        """Tell every observer."""
        for observe in self.observers:
            observe(event)

    def parsing(self, source: Source) -> Parsing:
        """Where the documents of ``source`` are parsed."""
        return DocumentParsing(self.pool, source.name)

    def rest(self, source: Source) -> float:
        """Seconds that a host of ``source`` is owed after a request."""
        delay = source.fetch.delay
        return self.client.settings.delay if delay is None else delay
