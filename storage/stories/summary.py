"""What a story knows of its articles: the first, the original, languages, sources, how many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.schema import articles, credits, links, sources, stories, story_articles
from storage.stories.origin import WEIGHTS, CreditOf, Member, infer_origin

__all__ = ["add_to_summary", "credit_again", "summarise"]

#: Articles by which a story is described; a newcomer beyond is counted, no more.
DESCRIBED_BY = 200


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
    count = connection.execute(
        sa.select(sa.func.count())
        .select_from(story_articles)
        .where(story_articles.c.story_id == story_id)
    ).scalar_one()
    rows = _members(connection, story_id)
    values: dict[str, Any] = {
        "articles": count,
        "sources": sorted({row.source for row in rows}),
        "languages": sorted({row.language for row in rows if row.language}),
        "updated_at": now,
        **_first_and_original(connection, rows),
    }
    connection.execute(sa.update(stories).where(stories.c.id == story_id).values(**values))


def credit_again(connection: sa.Connection, article_ids: Collection[int]) -> None:
    """The credits of some articles are others: what follows from them is told anew of their stories.

    Nothing has joined or left, so a story's ``updated_at`` stays.
    """
    if not article_ids:
        return
    found = connection.execute(
        sa.select(story_articles.c.story_id)
        .where(story_articles.c.article_id.in_(article_ids))
        .distinct()
        .order_by(story_articles.c.story_id)
    ).scalars()
    for story_id in found.all():
        values = _first_and_original(connection, _members(connection, story_id))
        told = connection.execute(
            sa.select(*(stories.c[name] for name in values)).where(stories.c.id == story_id)
        ).one()
        if told._asdict() != values:
            connection.execute(sa.update(stories).where(stories.c.id == story_id).values(**values))


def _members(connection: sa.Connection, story_id: int) -> Sequence[AnyRow]:
    """The articles by which a story is described, the first filed first."""
    return connection.execute(
        sa.select(
            articles.c.id,
            articles.c.source,
            articles.c.language,
            articles.c.publisher,
            articles.c.published_at,
            articles.c.published_precision,
            articles.c.filed_at,
            sources.c.title.label("source_title"),
            sources.c.house,
            sources.c.home,
        )
        .join_from(story_articles, articles, articles.c.id == story_articles.c.article_id)
        .join(sources, sources.c.name == articles.c.source)
        .where(story_articles.c.story_id == story_id)
        .order_by(articles.c.id)
        .limit(DESCRIBED_BY)
    ).all()


def _first_and_original(connection: sa.Connection, rows: Sequence[AnyRow]) -> dict[str, Any]:
    """What a story says of who was first: what was seen, and beside it what credits let infer."""
    seen = _seen_first(connection, rows)
    by_id = {row.id: row for row in rows}
    said = connection.execute(
        sa.select(*(credits.c[name] for name in CreditOf.__slots__))
        .where(credits.c.article_id.in_(by_id), credits.c.role.in_(WEIGHTS))
        .order_by(credits.c.id)
    )
    origin = infer_origin(
        [
            Member(
                row.id,
                row.source,
                row.house,
                row.source_title,
                row.publisher,
                has_home=row.home is not None,
            )
            for row in rows
        ],
        [CreditOf(*row) for row in said],
        seen.row.id if seen is not None else None,
    )
    own = origin.article_id if origin is not None else None
    return {
        "first_article_id": _first(seen, by_id[own] if own is not None else None),
        "original": origin.name if origin is not None else None,
        "original_article_id": own,
        "original_house": origin.house if origin is not None else None,
        "original_from": origin.inferred_from if origin is not None else None,
        "original_sources": origin.sources if origin is not None else None,
    }


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
