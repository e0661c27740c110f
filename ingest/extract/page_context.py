"""What is known of a page beside its bytes, in one value that every reader of the page is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.extract.chrome.site_lines import SiteLines
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source

__all__ = ["PageContext"]


def _time_of_day() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PageContext:
    """Where a page came from, whose it is, and what others say of it."""

    #: Its address, where known.
    url: str | None = None
    #: The header, where there was one.
    content_type: str | None = None
    #: Whose page it is.
    source: Source | None = None
    #: What the endpoint that announced it said of it.
    link: Link | None = None
    #: The latest that a date may be.
    now: datetime = field(default_factory=_time_of_day)
    #: The lines that other articles of the source hold; ``None`` where they are not to be struck.
    site: SiteLines | None = None
    #: Of the answer, names in lower case; what they say about reuse is read.
    headers: Mapping[str, str] | None = None
    #: Address of the first page of its article, where it is a further part of one.
    first_part: str | None = None

    @classmethod
    def of(
        cls,
        page: Page,
        source: Source | None = None,
        link: Link | None = None,
        site: SiteLines | None = None,
    ) -> PageContext:
        """Of a page that was fetched: no date on it is later than that."""
        return cls(
            url=page.url,
            content_type=page.headers.get("content-type"),
            source=source,
            link=link,
            now=page.fetched_at,
            site=site,
            headers=page.headers,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Sent with each page: what dataclasses with slots do by themselves takes twice as long.
        return PageContext, (
            self.url,
            self.content_type,
            self.source,
            self.link,
            self.now,
            self.site,
            self.headers,
            self.first_part,
        )
