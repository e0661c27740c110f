"""Articles one after the other, whole, for export: by number, never more than a few in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import articles, changes, credits, story_articles

__all__ = ["EXPORTED", "ExportFilter", "export_rows"]

_AT_ONCE = 200

#: The columns of ``articles`` that are exported, in their order; ``credits`` and ``story_id`` follow.
EXPORTED = (
    "id",
    "source",
    "url",
    "title",
    "standfirst",
    "text",
    "words",
    "authors",
    "organisations",
    "published",
    "published_at",
    "modified",
    "modified_at",
    "language",
    "section",
    "tags",
    "kind",
    "complete",
    "paid",
    "publisher",
    "reuse",
    "image",
    "image_caption",
    "image_credit",
    "extractor",
    "filed_at",
    "updated_at",
    "revision",
    "withdrawn_at",
)


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which articles; ``since`` (from) and ``until`` (before) mean the published time."""

    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    kind: str | None = None
    #: Only articles to which something has happened after this place in the change feed.
    cursor: int | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As conditions on ``articles``."""
        found: list[sa.ColumnElement[bool]] = []
        for name in ("source", "language", "kind"):
            value = getattr(self, name)
            if value is not None:
                found.append(articles.c[name] == value)
        if self.since is not None:
            found.append(articles.c.published_at >= self.since)
        if self.until is not None:
            found.append(articles.c.published_at < self.until)
        if self.cursor is not None:
            changed = sa.select(changes.c.article_id).where(changes.c.id > self.cursor)
            found.append(articles.c.id.in_(changed))
        return found


def export_rows(
    connection: sa.Connection, chosen: ExportFilter, *, newest_first: bool = False
) -> Iterator[dict[str, Any]]:
    """The articles of a filter in the order of their numbers, with credits and story."""
    query = (
        sa.select(*(articles.c[name] for name in EXPORTED), story_articles.c.story_id)
        .outerjoin_from(articles, story_articles, story_articles.c.article_id == articles.c.id)
        .where(*chosen.conditions())
        .order_by(articles.c.id.desc() if newest_first else articles.c.id)
        .limit(_AT_ONCE)
    )
    last: int | None = None
    while True:
        further = query
        if last is not None:
            further = query.where(articles.c.id < last if newest_first else articles.c.id > last)
        rows = connection.execute(further).all()
        if not rows:
            return
        last = rows[-1].id
        credited = _credits(connection, [row.id for row in rows])
        for row in rows:
            values = dict(row._mapping)
            story = values.pop("story_id")
            yield {**values, "credits": credited[row.id], "story_id": story}


def _credits(connection: sa.Connection, numbers: list[int]) -> dict[int, list[dict[str, str]]]:
    found: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    rows = connection.execute(
        sa.select(credits.c.article_id, credits.c.role, credits.c.name, credits.c.evidence)
        .where(credits.c.article_id.in_(numbers))
        .order_by(credits.c.article_id, credits.c.position)
    )
    for number, role, name, evidence in rows:
        found[number].append({"role": role, "name": name, "evidence": evidence})
    return found
