"""Reading: what is filed, what one article holds, how the sources do."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage.article import Article
from storage.articles.rows import article_from, read_credits, read_struck
from storage.schema import articles, credits, links, revisions, sources

__all__ = [
    "ArticleSummary",
    "LinkProblem",
    "RevisionSummary",
    "SourceStatus",
    "StoredArticle",
    "Version",
    "find_article",
    "get_article",
    "link_problems",
    "list_articles",
    "source_status",
    "titles_of",
    "versions_of",
]

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One line of a list of articles; times are UTC."""

    id: int
    source: str
    url: str | None
    title: str | None
    #: As the page states it, and as an instant for sorting.
    published: str | None
    published_at: datetime | None
    language: str | None
    filed_at: datetime
    authors: tuple[str, ...]
    #: Names that the text is credited to.
    credits: tuple[str, ...]
    words: int
    kind: str
    #: 1 for a text that never changed.
    revision: int


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """An earlier text of an article; :class:`StoredArticle` lists them, oldest first."""

    number: int
    title: str | None
    seen_at: datetime
    replaced_at: datetime


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
class StoredArticle:
    """An article with what the database knows about it."""

    id: int
    article: Article
    filed_at: datetime
    updated_at: datetime
    revision: int
    revisions: tuple[RevisionSummary, ...]
    #: Every address that leads to it: its own first, then those of its links.
    addresses: tuple[str, ...]


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


def list_articles(
    connection: sa.Connection,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str | None = None,
    author: str | None = None,
    credit: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    offset: int = 0,
    order: Literal["filed", "published"] = "filed",
) -> list[ArticleSummary]:
    """Articles, newest first by ``order``; ``since`` (from) and ``until`` (before) mean that time.

    ``text`` is looked for in title and text, ``author`` and ``credit`` in names: part of them is
    enough, case counts only outside ASCII. Those without a published time come last.
    """
    time = articles.c.filed_at if order == "filed" else articles.c.published_at
    query = sa.select(
        *(
            articles.c[name]
            for name in (
                "id",
                "source",
                "url",
                "title",
                "published",
                "published_at",
                "language",
                "filed_at",
                "authors",
                "words",
                "kind",
                "revision",
            )
        )
    )
    if source is not None:
        query = query.where(articles.c.source == source)
    if since is not None:
        query = query.where(time >= since)
    if until is not None:
        query = query.where(time < until)
    if kind is not None:
        query = query.where(articles.c.kind == kind)
    if text is not None:
        query = query.where(
            sa.or_(
                articles.c.title.icontains(text, autoescape=True),
                articles.c.text.icontains(text, autoescape=True),
            )
        )
    if author is not None:
        # The name as it stands inside the JSON list, where a quote is escaped.
        written = json.dumps(author, ensure_ascii=False)[1:-1]
        names = sa.cast(articles.c.authors, sa.Text)
        query = query.where(names.icontains(written, autoescape=True))
    if credit is not None:
        query = query.where(
            sa.exists().where(
                credits.c.article_id == articles.c.id,
                credits.c.name.icontains(credit, autoescape=True),
            )
        )
    query = query.order_by(time.desc().nulls_last(), articles.c.id.desc())
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    names_of = _credit_names(connection, [row.id for row in rows])
    return [
        ArticleSummary(
            id=row.id,
            source=row.source,
            url=row.url,
            title=row.title,
            published=row.published,
            published_at=row.published_at,
            language=row.language,
            filed_at=row.filed_at,
            authors=tuple(row.authors),
            credits=tuple(names_of[row.id]),
            words=row.words,
            kind=row.kind,
            revision=row.revision,
        )
        for row in rows
    ]


def find_article(connection: sa.Connection, key: str) -> int | None:
    """The number of the article that an address key leads to, its own or a link's."""
    found: int | None = connection.execute(
        sa.select(articles.c.id).where(articles.c.key == key)
    ).scalar()
    if found is None:
        found = connection.execute(sa.select(links.c.article_id).where(links.c.key == key)).scalar()
    return found


def get_article(connection: sa.Connection, article_id: int) -> StoredArticle | None:
    """One article with its revisions and addresses; ``None`` where there is none of that number."""
    row = connection.execute(sa.select(articles).where(articles.c.id == article_id)).first()
    if row is None:
        return None
    earlier = connection.execute(
        sa.select(
            revisions.c.number, revisions.c.title, revisions.c.seen_at, revisions.c.replaced_at
        )
        .where(revisions.c.article_id == article_id)
        .order_by(revisions.c.number)
    )
    urls = connection.execute(
        sa.select(links.c.url).where(links.c.article_id == article_id).order_by(links.c.id)
    ).scalars()
    return StoredArticle(
        id=row.id,
        article=article_from(
            row, read_credits(connection, article_id), read_struck(connection, article_id)
        ),
        filed_at=row.filed_at,
        updated_at=row.updated_at,
        revision=row.revision,
        revisions=tuple(RevisionSummary(*each) for each in earlier),
        addresses=tuple(dict.fromkeys(url for url in (row.url, *urls) if url)),
    )


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
    """How each source does, by name."""
    counted = connection.execute(
        sa.select(articles.c.source, sa.func.count()).group_by(articles.c.source)
    )
    filed: dict[str, int] = {row[0]: row[1] for row in counted}
    states: defaultdict[str, dict[str, int]] = defaultdict(dict)
    counted_links = connection.execute(
        sa.select(links.c.source, links.c.state, sa.func.count()).group_by(
            links.c.source, links.c.state
        )
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
        for row in connection.execute(sa.select(sources).order_by(sources.c.name))
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


def _credit_names(
    connection: sa.Connection, article_ids: Sequence[int]
) -> defaultdict[int, list[Any]]:
    names: defaultdict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(article_ids), _CHUNK):
        rows = connection.execute(
            sa.select(credits.c.article_id, credits.c.name)
            .where(credits.c.article_id.in_(article_ids[start : start + _CHUNK]))
            .order_by(credits.c.article_id, credits.c.position)
        )
        for article_id, name in rows:
            if name not in names[article_id]:
                names[article_id].append(name)
    return names
