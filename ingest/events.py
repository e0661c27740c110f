"""What happens in a run, as it happens: for progress bars, logs and ``--json`` lines.

An observer is any callable that takes one event. It is called on the event loop's thread and must
be quick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.health.state import SourceHealth
    from storage.runs import RunCounts

__all__ = [
    "BackfillPlanned",
    "EndpointRead",
    "Event",
    "LinksFound",
    "Observer",
    "PageDone",
    "SourceFinished",
    "SourceStarted",
    "Waiting",
]


@dataclass(frozen=True, slots=True)
class SourceStarted:
    """A pass over a source begins."""

    source: str


@dataclass(frozen=True, slots=True)
class EndpointRead:
    """One document of an endpoint (a feed, a sitemap file, a listing page) was read."""

    source: str
    url: str
    #: Links that it announced, known ones included.
    links: int
    not_modified: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class LinksFound:
    """Links that were not known before were recorded."""

    source: str
    count: int


@dataclass(frozen=True, slots=True)
class PageDone:
    """A link is dealt with for now."""

    source: str
    url: str
    #: ``filed``, ``revised``, ``unchanged``, ``duplicate``, or the link's state: ``refused``, ...
    outcome: str
    #: Short code, where no article came of it.
    reason: str | None
    #: The article's title, or a sentence that says why there is none.
    text: str | None
    article_id: int | None


@dataclass(frozen=True, slots=True)
class SourceFinished:
    """A pass over a source is over."""

    source: str
    counts: RunCounts
    #: Why the pass as a whole failed, where it did.
    error: str | None
    #: Every endpoint and page that failed, one line each.
    problems: tuple[str, ...] = ()
    #: How the source is after it; ``None`` where that was not judged.
    health: SourceHealth | None = None
    #: The kind of ``error`` in a word, such as ``dns`` or ``http_403``.
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class BackfillPlanned:
    """The endpoints have been read: what a backfill will fetch."""

    source: str
    #: Links of the time that wait to be fetched, and pages that this command fetches of them.
    links: int
    pages: int
    #: Links by the month (``2026-11``) for which they were announced; ``None``: unknown.
    by_month: Mapping[str | None, int]
    #: Documents of endpoints that were read.
    documents: int
    #: How long the pages take at the polite rate.
    seconds: float
    #: Whether this goes on with what an earlier command began.
    resumed: bool
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing can be fetched for now."""

    source: str
    why: str
    seconds: float


Event = (
    SourceStarted
    | EndpointRead
    | LinksFound
    | PageDone
    | SourceFinished
    | BackfillPlanned
    | Waiting
)
Observer = Callable[[Event], None]
