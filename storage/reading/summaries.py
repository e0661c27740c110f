"""Articles in short: one line of a list, an answer to a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.article import Credit
from storage.engine.column_types import AnyRow
from storage.reading.article_filter import ArticleFilter
from storage.reading.stored_articles import credits_of
from storage.schema import articles

__all__ = ["SUMMARY_COLUMNS", "ArticleSummary", "list_articles", "summary_values"]


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text; times are UTC."""

    id: int
    source: str
    url: str | None
    title: str | None
    #: As the page states it, and as an instant for sorting.
    published_at: str | None
    published_instant: datetime | None
    language: str | None
    kind: str
    authors: tuple[str, ...]
    credits: tuple[Credit, ...]
    words: int
    #: 1 for a text that never changed.
    revision: int
    filed_at: datetime


#: Fields whose columns bear another name.
_NAMED = {"published_at": "published", "published_instant": "published_at"}
#: What a summary takes of ``articles``, under the names of its fields.
SUMMARY_COLUMNS: tuple[sa.ColumnElement[Any], ...] = tuple(
    articles.c[_NAMED.get(each.name, each.name)].label(each.name)
    for each in fields(ArticleSummary)
    if each.name != "credits"
)


def list_articles(
    connection: sa.Connection,
    chosen: ArticleFilter | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
    order: Literal["filed", "published"] = "filed",
) -> list[ArticleSummary]:
    """Articles, newest first by ``order``, which is also the time that the filter's span means.

    Those without a published time come last.
    """
    time = articles.c.filed_at if order == "filed" else articles.c.published_at
    query = (
        sa.select(*SUMMARY_COLUMNS)
        .where(*(chosen or ArticleFilter()).conditions(time))
        .order_by(time.desc().nulls_last(), articles.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(query).all()
    return [ArticleSummary(**values) for values in summary_values(connection, rows)]


def summary_values(connection: sa.Connection, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """The fields of a summary, by name, of each row that holds :data:`SUMMARY_COLUMNS`."""
    credited = credits_of(connection, [row.id for row in rows])
    names = [column.name for column in SUMMARY_COLUMNS]
    return [
        {name: getattr(row, name) for name in names}
        | {"authors": tuple(row.authors), "credits": credited.get(row.id, ())}
        for row in rows
    ]
