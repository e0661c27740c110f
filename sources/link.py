"""A link: the address of an article that an endpoint announced, with what the endpoint said."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Link"]


@dataclass(frozen=True, slots=True)
class Link:
    """One announced address. Times are ISO 8601 exactly as precise as the endpoint was:

    ``2026-11-20`` (a day), ``2026-11-20T10:00:00`` (no zone known), ``2026-11-20T10:00:00+04:00``.
    """

    #: Absolute http(s) address as announced.
    url: str
    #: ``address_key(url)``: what makes two addresses the same article.
    key: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    #: HTML of the article where the endpoint carries it whole: a fallback body, no more.
    content: str | None = None
    #: Where the page is downloaded from, where that is not ``url``: an archive's copy.
    fetch_url: str | None = None
    #: The day that the address itself shows, where the endpoint states no time of publication.
    dated: str | None = None
