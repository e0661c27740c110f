"""A link: the address of an article that an endpoint announced, with what the endpoint said."""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["Announced", "Link"]


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of a document as it stands there, before it is judged.

    Times are ISO 8601 exactly as precise as the endpoint was: ``2026-11-20`` (a day),
    ``2026-11-20T10:00:00`` (no zone known), ``2026-11-20T10:00:00+04:00``.
    """

    #: As it stands there; of a link absolute, http(s).
    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    #: HTML of the article where the endpoint carries it whole: a fallback body, no more.
    content: str | None = None
    #: Where the page is downloaded from, where that is not ``url``: an archive's copy.
    fetch_url: str | None = None
    #: The publication that the entry is said to be from (RSS 2.0 ``<source>``, Atom ``<source>``).
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Announced):
    """An entry that is one of its source's articles."""

    #: ``address_key(url)``: what makes two addresses the same article.
    key: str
    #: The day that the address itself shows, where the endpoint states no time of publication.
    dated: str | None = None

    @classmethod
    def of(cls, entry: Announced, *, url: str, key: str, dated: str | None) -> Link:
        """The link that ``entry`` announces, whose absolute address is ``url``."""
        said = {name: getattr(entry, name) for name in _SAID}
        return cls(**{**said, "url": url}, key=key, dated=dated)


_SAID = tuple(field.name for field in fields(Announced))
