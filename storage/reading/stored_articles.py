"""Articles whole, with what the database knows about them: one, or one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from storage.article import Article, Credit, Struck
from storage.articles.rows import CREDIT_COLUMNS, article_from
from storage.engine.column_types import AnyRow
from storage.reading.article_filter import ArticleFilter
from storage.schema import articles, credits, links, revisions, stories, story_articles, struck
from storage.stories.origin import Origin

__all__ = [
    "RevisionSummary",
    "StoredArticle",
    "credits_of",
    "get_article",
    "read_articles",
]

T = TypeVar("T")

#: Articles in memory at once, and numbers in one query.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """An earlier text of an article; :class:`StoredArticle` lists them, oldest first."""

    number: int
    title: str | None
    seen_at: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with what the database knows about it; times are UTC."""

    #: Never given to another article.
    id: int
    article: Article
    #: ``article.published_at`` and ``modified_at`` as instants, for sorting; ``None`` where they cannot
    #: be read. What the page left out is inferred: midnight of a bare day, UTC without a zone.
    published_instant: datetime | None
    modified_instant: datetime | None
    #: Words of its text, split at blanks.
    words: int
    #: First stored.
    filed_at: datetime
    #: Text or metadata last changed here.
    updated_at: datetime
    #: 1 for a text that never changed, then one more for each change.
    revision: int
    #: When its page was found gone.
    withdrawn_at: datetime | None
    #: The story that it is a copy of, where there is one.
    story_id: int | None
    #: Every address that leads to it: its own first, then those of its links.
    addresses: tuple[str, ...]
    revisions: tuple[RevisionSummary, ...]
    #: Whose text its story is, inferred from the credits of all of the story's articles; ``None`` without
    #: a story, and where nobody is credited.
    story_origin: Origin | None = None


#: Columns of ``stories`` under the names of the fields of an :class:`Origin`.
_ORIGIN = {
    "name": stories.c.original,
    "house": stories.c.original_house,
    "article_id": stories.c.original_article_id,
    "inferred_from": stories.c.original_from,
    "sources": stories.c.original_sources,
}
#: Every column of an article but its text, which its blocks hold.
_QUERY = (
    sa.select(
        *(column for column in articles.c if column is not articles.c.text),
        story_articles.c.story_id,
        *(column.label(f"origin_{name}") for name, column in _ORIGIN.items()),
    )
    .outerjoin_from(articles, story_articles, story_articles.c.article_id == articles.c.id)
    .outerjoin(stories, stories.c.id == story_articles.c.story_id)
)


def get_article(connection: sa.Connection, article_id: int) -> StoredArticle | None:
    """One article; ``None`` where there is none of that number."""
    rows = connection.execute(_QUERY.where(articles.c.id == article_id)).all()
    return next(_stored(connection, rows), None)


def read_articles(
    connection: sa.Connection,
    chosen: ArticleFilter | None = None,
    *,
    newest_first: bool = False,
    limit: int | None = None,
) -> Iterator[StoredArticle]:
    """The articles of a filter in the order of their numbers, never more than a few in memory.

    ``newest_first``: of those filed, from the greatest number down.
    """
    query = (
        _QUERY.where(*(chosen or ArticleFilter()).conditions())
        .order_by(articles.c.id.desc() if newest_first else articles.c.id)
        .limit(_AT_ONCE)
    )
    last: int | None = None
    left = limit
    while left is None or left > 0:
        further = query if left is None else query.limit(min(left, _AT_ONCE))
        if last is not None:
            further = further.where(articles.c.id < last if newest_first else articles.c.id > last)
        rows = connection.execute(further).all()
        if not rows:
            return
        last = rows[-1].id
        left = None if left is None else left - len(rows)
        yield from _stored(connection, rows)


def credits_of(
    connection: sa.Connection, article_ids: Sequence[int]
) -> dict[int, tuple[Credit, ...]]:
    """The credits of articles in order; those without any are left out."""
    query = sa.select(credits.c.article_id, *CREDIT_COLUMNS).order_by(
        credits.c.article_id, credits.c.position
    )
    return _by_article(connection, query, article_ids, lambda row: Credit(*row[1:]))


def _stored(connection: sa.Connection, rows: Sequence[AnyRow]) -> Iterator[StoredArticle]:
    numbers = [row.id for row in rows]
    credited = credits_of(connection, numbers)
    struck_lines = _by_article(
        connection,
        sa.select(struck.c.article_id, struck.c.text, struck.c.reason, struck.c.rule).order_by(
            struck.c.article_id, struck.c.position
        ),
        numbers,
        lambda row: Struck(*row[1:]),
    )
    earlier = _by_article(
        connection,
        sa.select(
            revisions.c.article_id,
            revisions.c.number,
            revisions.c.title,
            revisions.c.seen_at,
            revisions.c.replaced_at,
        ).order_by(revisions.c.article_id, revisions.c.number),
        numbers,
        lambda row: RevisionSummary(*row[1:]),
    )
    urls = _by_article(
        connection,
        sa.select(links.c.article_id, links.c.url).order_by(links.c.id),
        numbers,
        lambda row: str(row.url),
    )
    for row in rows:
        yield StoredArticle(
            id=row.id,
            article=article_from(row, credited.get(row.id, ()), struck_lines.get(row.id, ())),
            published_instant=row.published_at,
            modified_instant=row.modified_at,
            words=row.words,
            filed_at=row.filed_at,
            updated_at=row.updated_at,
            revision=row.revision,
            withdrawn_at=row.withdrawn_at,
            story_id=row.story_id,
            addresses=tuple(dict.fromkeys(url for url in (row.url, *urls.get(row.id, ())) if url)),
            revisions=earlier.get(row.id, ()),
            story_origin=_origin(row),
        )


def _origin(row: AnyRow) -> Origin | None:
    if row.origin_name is None:
        return None
    return Origin(**{name: getattr(row, f"origin_{name}") for name in _ORIGIN})


def _by_article(
    connection: sa.Connection,
    query: sa.Select[*tuple[Any, ...]],
    article_ids: Sequence[int],
    made: Callable[[AnyRow], T],
) -> dict[int, tuple[T, ...]]:
    """What a query says of some articles, whose number is its first column."""
    found: defaultdict[int, list[T]] = defaultdict(list)
    number = query.selected_columns[0]
    for start in range(0, len(article_ids), _AT_ONCE):
        some = number.in_(article_ids[start : start + _AT_ONCE])
        for row in connection.execute(query.where(some)):
            found[row[0]].append(made(row))
    return {article_id: tuple(each) for article_id, each in found.items()}
