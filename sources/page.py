"""A page: what the download of an address returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Page", "Validators"]


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again conditionally (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to one request, redirects followed, content coding undone."""

    #: Address that was asked for.
    requested_url: str
    #: Address that answered.
    url: str
    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    #: Decompressed; empty for 304.
    body: bytes
    #: UTC.
    fetched_at: datetime
    #: Seconds from the first request to the last byte, waiting for the limiter left out.
    elapsed: float = 0.0
    #: Addresses that redirected, in order.
    redirects: tuple[str, ...] = ()
    #: Whether each of them said that the page has moved for good (301, 308).
    moved: bool = False
    #: Seconds that the server asked to wait (Retry-After), if it did.
    retry_after: float | None = None
    validators: Validators = field(default_factory=Validators)

    @property
    def not_modified(self) -> bool:
        """Whether the server answered that nothing changed (304)."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty where none was given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
