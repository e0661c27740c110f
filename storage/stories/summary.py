"""What a story knows of its articles: the first, the original, languages, sources, how many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.schema import articles, credits, links, sources, stories, story_articles
from storage.text.tokens import fold

__all__ = ["add_to_summary", "summarise"]

#: Articles by which a story is described; a newcomer beyond is counted, no more.
DESCRIBED_BY = 200
#: Roles of a credit that name where the text was first, the surest first.
_ORIGINAL_ROLES = ("original_publisher", "agency", "source")


def add_to_summary(
    connection: sa.Connection, story_id: int, article_ids: Sequence[int], now: datetime
) -> None:
    """Some articles have joined."""
    row = connection.execute(sa.select(stories).where(stories.c.id == story_id)).one()
    if row.articles + len(article_ids) <= DESCRIBED_BY:
        summarise(connection, story_id, now)
        return
    new = connection.execute(
        sa.select(articles.c.source, articles.c.language).where(articles.c.id.in_(article_ids))
    ).all()
    connection.execute(
        sa.update(stories)
        .where(stories.c.id == story_id)
        .values(
            articles=row.articles + len(article_ids),
            sources=sorted({*row.sources, *(each.source for each in new)}),
            languages=sorted({*row.languages, *(each.language for each in new if each.language)}),
            updated_at=now,
        )
    )


def summarise(connection: sa.Connection, story_id: int, now: datetime) -> None:
    """Describe a story anew from its articles."""
    members = story_articles.c.story_id == story_id
    count = connection.execute(
        sa.select(sa.func.count()).select_from(story_articles).where(members)
    ).scalar_one()
    rows = connection.execute(
        sa.select(
            articles.c.id,
            articles.c.source,
            articles.c.language,
            articles.c.publisher,
            articles.c.published_at,
            articles.c.published_precision,
            articles.c.filed_at,
            sources.c.title.label("source_title"),
        )
        .join_from(story_articles, articles, articles.c.id == story_articles.c.article_id)
        .join(sources, sources.c.name == articles.c.source)
        .where(members)
        .order_by(articles.c.id)
        .limit(DESCRIBED_BY)
    ).all()
    seen = _seen_first(connection, rows)
    named = _original_by_credit(connection, rows, seen)
    by_name = next((row for row in rows if named is not None and _is_house(row, named)), None)
    values: dict[str, Any] = {
        "articles": count,
        "first_article_id": _first(seen, by_name),
        "original": named,
        "original_article_id": by_name.id if by_name is not None else None,
        "sources": sorted({row.source for row in rows}),
        "languages": sorted({row.language for row in rows if row.language}),
        "updated_at": now,
    }
    connection.execute(sa.update(stories).where(stories.c.id == story_id).values(**values))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The article of a story that was seen first, and when."""

    row: AnyRow
    at: datetime


def _seen_first(connection: sa.Connection, rows: Sequence[AnyRow]) -> _Seen | None:
    if not rows:
        return None
    announced = dict(
        connection.execute(
            sa.select(
                links.c.article_id,
                sa.func.min(links.c.discovered_at, type_=links.c.discovered_at.type),
            )
            .where(links.c.article_id.in_([row.id for row in rows]))
            .group_by(links.c.article_id)
        ).all()
    )
    at = {row.id: min(row.filed_at, announced.get(row.id, row.filed_at)) for row in rows}
    row = min(rows, key=lambda row: (at[row.id], _stated(row), row.id))
    return _Seen(row, at[row.id])


def _first(seen: _Seen | None, credited: AnyRow | None) -> int | None:
    """The article that was there first: the one that was seen first, whatever others say of themselves.

    A time is easily stated, and whoever states an earlier one would be first everywhere. It counts
    for the article whose house others of the story credit, and among those that were seen at once.
    """
    if seen is None:
        return None
    if credited is not None and _stated(credited) <= seen.at:
        return int(credited.id)
    return int(seen.row.id)


def _stated(row: AnyRow) -> datetime:
    """When an article was there at the latest, by its own word where that is exact."""
    if row.published_at is None:
        return row.filed_at  # type: ignore[no-any-return]
    stated = row.published_at
    if row.published_precision == "day":
        stated += timedelta(days=1)
    return min(stated, row.filed_at)  # type: ignore[no-any-return]


def _original_by_credit(
    connection: sa.Connection, rows: Sequence[AnyRow], seen: _Seen | None
) -> str | None:
    """The name that most of the articles are credited to, by the surest role.

    What an article says of its own house counts only where it was seen first, and no other says more.
    """
    by_id = {row.id: row for row in rows}
    named: dict[str, Counter[str]] = {role: Counter() for role in _ORIGINAL_ROLES}
    spelled: dict[str, str] = {}
    own: str | None = None
    for number, role, name in connection.execute(
        sa.select(credits.c.article_id, credits.c.role, credits.c.name)
        .where(credits.c.article_id.in_(by_id), credits.c.role.in_(_ORIGINAL_ROLES))
        .order_by(credits.c.id)
    ):
        if _is_house(by_id[number], name):
            if seen is not None and number == seen.row.id and own is None:
                own = name
            continue
        spelled.setdefault(_house(name), name)
        named[role][_house(name)] += 1
    for role in _ORIGINAL_ROLES:
        if named[role]:
            return spelled[named[role].most_common(1)[0][0]]
    return own


def _is_house(row: AnyRow, name: str) -> bool:
    """Whether the article is of the house of this name."""
    wanted = _house(name)
    return wanted in {
        _house(each) for each in (row.source_title, row.publisher, row.source) if each
    }


def _house(name: str) -> str:
    """A house's name without article, blanks and hyphens."""
    return re.sub(r"^the |\W+", "", fold(name))
