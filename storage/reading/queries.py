"""Reading: what is filed, what one article holds, how the sources do; the one place to import it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.reading.article_filter import ArticleFilter, CreditedHouse
from storage.reading.stored_articles import (
    RevisionSummary,
    StoredArticle,
    get_article,
    read_articles,
)
from storage.reading.summaries import ArticleSummary, list_articles
from storage.schema import articles, links, revisions, sources

__all__ = [
    "ArticleFilter",
    "ArticleSummary",
    "CreditedHouse",
    "LinkProblem",
    "RevisionSummary",
    "SourceStatus",
    "StoredArticle",
    "Version",
    "get_article",
    "link_problems",
    "list_articles",
    "read_articles",
    "source_status",
    "status_of",
    "titles_of",
    "versions_of",
]

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an article, as :func:`versions_of` lists them; the last one stands today."""

    number: int
    title: str | None
    standfirst: str | None
    blocks: tuple[str, ...]
    seen_at: datetime | None = None
    #: When the next text took its place, who changed it (``publisher``, ``reextracted``), and what:
    #: ``title``, ``standfirst``, ``text``; ``None`` for the one that stands.
    replaced_at: datetime | None = None
    cause: str | None = None
    changed: tuple[str, ...] | None = None
    words_added: int | None = None
    words_removed: int | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one source does."""

    name: str
    title: str | None
    articles: int
    #: Number of links by state; states without any are left out.
    links: dict[str, int]
    last_run_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None
    #: Runs that failed since the last one that did not.
    failures: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkProblem:
    """A link that gave no article, and why."""

    id: int
    source: str
    url: str
    state: str
    reason: str | None
    detail: str | None
    status: int | None
    attempts: int
    next_attempt_at: datetime | None
    fetched_at: datetime | None
    #: How likely its page was held for an article, where that was weighed.
    probability: float | None = None


def versions_of(connection: sa.Connection, article_id: int) -> list[Version]:
    """Every text that an article had, the oldest first; none where there is no such article."""
    row = connection.execute(sa.select(articles).where(articles.c.id == article_id)).first()
    if row is None:
        return []
    earlier = connection.execute(
        sa.select(revisions)
        .where(revisions.c.article_id == article_id)
        .order_by(revisions.c.number)
    ).all()
    found = [
        Version(
            number=each.number,
            title=each.title,
            standfirst=each.standfirst,
            blocks=tuple(block["text"] for block in each.blocks),
            seen_at=each.seen_at,
            replaced_at=each.replaced_at,
            cause=each.cause,
            changed=tuple(each.changed) if each.changed is not None else None,
            words_added=each.words_added,
            words_removed=each.words_removed,
        )
        for each in earlier
    ]
    blocks = tuple(block["text"] for block in row.blocks)
    return [*found, Version(row.revision, row.title, row.standfirst, blocks)]


def titles_of(
    connection: sa.Connection, article_ids: Collection[int]
) -> dict[int, tuple[str | None, str | None]]:
    """Address and title of articles, by their numbers."""
    found: dict[int, tuple[str | None, str | None]] = {}
    numbers = sorted(article_ids)
    for start in range(0, len(numbers), _CHUNK):
        rows = connection.execute(
            sa.select(articles.c.id, articles.c.url, articles.c.title).where(
                articles.c.id.in_(numbers[start : start + _CHUNK])
            )
        )
        found |= {row.id: (row.url, row.title) for row in rows}
    return found


def source_status(connection: sa.Connection) -> list[SourceStatus]:
    """How each source does, by name; counts every article and link."""
    return status_of(connection, None)


def status_of(connection: sa.Connection, names: Collection[str] | None) -> list[SourceStatus]:
    """The same of those named, or of all."""

    def of_them(table: sa.Table, column: str = "source") -> sa.ColumnElement[bool]:
        return sa.true() if names is None else table.c[column].in_(names)

    counted = connection.execute(
        sa.select(articles.c.source, sa.func.count())
        .where(of_them(articles))
        .group_by(articles.c.source)
    )
    filed: dict[str, int] = {row[0]: row[1] for row in counted}
    states: defaultdict[str, dict[str, int]] = defaultdict(dict)
    counted_links = connection.execute(
        sa.select(links.c.source, links.c.state, sa.func.count())
        .where(of_them(links))
        .group_by(links.c.source, links.c.state)
    )
    for source, state, count in counted_links:
        states[source][state] = count
    return [
        SourceStatus(
            name=row.name,
            title=row.title,
            articles=filed.get(row.name, 0),
            links=states[row.name],
            last_run_at=row.last_run_at,
            last_success_at=row.last_success_at,
            last_error=row.last_error,
            failures=row.failures,
            next_due_at=row.next_due_at,
        )
        for row in connection.execute(
            sa.select(sources).where(of_them(sources, "name")).order_by(sources.c.name)
        )
    ]


def link_problems(
    connection: sa.Connection, source: str | None, limit: int = 50
) -> list[LinkProblem]:
    """Links that gave no article, the latest attempt first; of every source for ``None``."""
    names = LinkProblem.__slots__
    query = sa.select(*(links.c[name] for name in names)).where(
        links.c.state.in_(["failed", "refused", "gone", "given_up"])
    )
    if source is not None:
        query = query.where(links.c.source == source)
    query = query.order_by(links.c.fetched_at.desc().nulls_last(), links.c.id.desc()).limit(limit)
    return [LinkProblem(*row) for row in connection.execute(query)]
