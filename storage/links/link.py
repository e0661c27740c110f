"""The values of a link: what was said of it when it was announced, and what it takes to fetch it.

A field is spelled once: it is called as its column is, but for the two of ``_OTHERWISE``, so that
questions and rows are made from the fields.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.schema import links

__all__ = [
    "CLAIMED",
    "NOT_ITS_OWN",
    "PART",
    "SAME_ARTICLE",
    "SAME_TEXT",
    "AnnouncedLink",
    "DueLink",
    "NewLink",
    "announced_columns",
    "due_link",
    "select_due",
]

#: Reasons of links that lead to an article of another address: its text word by word, a further view
#: of it, a further page of it, an address that only a page has named so far.
SAME_TEXT, SAME_ARTICLE, PART, CLAIMED = "same_text", "same_article", "part", "claimed"
NOT_ITS_OWN = (SAME_TEXT, SAME_ARTICLE, PART, CLAIMED)


@dataclass(frozen=True, slots=True)
class AnnouncedLink:
    """One announced address; times are ISO 8601 exactly as precise as the endpoint was."""

    #: What makes two addresses one article; unique over all sources, the first announcer wins.
    key: str
    #: Absolute address as announced.
    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    #: Body that the endpoint carried, as HTML; dropped once the link is done.
    content: str | None = None
    #: Where the page is downloaded from, where that is not ``url``: an archive's copy.
    fetch_url: str | None = None
    #: The publication that the endpoint said it is from.
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink(AnnouncedLink):
    """An announced address on its way into the table."""

    #: The day that the address itself shows, where nothing states a time: for order and range only.
    dated: str | None = None
    #: Why it will not be fetched, where its address already says that it is no article.
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLink(AnnouncedLink):
    """A link that is to be fetched now."""

    id: int
    source: str
    state: str
    #: Fetches that have failed so far.
    attempts: int
    #: The article of an earlier fetch, which is looked at again.
    article_id: int | None
    #: Validators of that fetch (RFC 9110, section 13).
    etag: str | None = None
    last_modified: str | None = None
    #: Looks in a row that found nothing new.
    looks_in_vain: int = 0
    discovered_at: datetime | None = None

    @property
    def planned(self) -> bool:
        """Whether a backfill found it, so that the time of discovery says nothing of its age."""
        return self.state == "planned"


#: Columns that are called otherwise than their field: beside the article's own times.
_OTHERWISE = {"published": "announced_published", "modified": "announced_modified"}
#: Of what is announced: the field, and its column.
_ANNOUNCED = tuple((f.name, _OTHERWISE.get(f.name, f.name)) for f in fields(AnnouncedLink))


def announced_columns(link: AnnouncedLink) -> dict[str, Any]:
    """What was said of ``link``, by the names of the columns."""
    said = {column: getattr(link, field) for field, column in _ANNOUNCED}
    return {**said, "authors": list(link.authors)}


def select_due() -> sa.Select[Any]:
    """The question for links whose rows :func:`due_link` reads."""
    return sa.select(
        *(links.c[_OTHERWISE.get(f.name, f.name)].label(f.name) for f in fields(DueLink))
    )


def due_link(row: AnyRow) -> DueLink:
    """The link of a row of :func:`select_due`."""
    return DueLink(**{**row._asdict(), "authors": tuple(row.authors)})
