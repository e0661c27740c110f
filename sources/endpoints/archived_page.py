"""A page that an archive on file holds whole, as if it had just been downloaded."""

from __future__ import annotations

from dataclasses import dataclass

from sources.page import Page

__all__ = ["ArchivedPage", "PassedOver"]


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One page of a WARC file or a folder."""

    #: Its address: of the page when it was online.
    url: str
    page: Page
    #: Where it stands, so that reading goes on from there: bytes into the file, or a path.
    position: int | str


@dataclass(slots=True)
class PassedOver:
    """Records or files that gave no page, by reason."""

    #: Of other sites.
    others: int = 0
    #: No answer with a page: requests, metadata, pictures, errors.
    no_page: int = 0
    #: Copies of an earlier record that are not repeated (WARC ``revisit``).
    revisits: int = 0
    too_large: int = 0
    #: Broken, or unreadable.
    broken: int = 0
