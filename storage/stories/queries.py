"""Reading stories: which there are, and which articles carry the text of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.schema import articles, stories, story_articles

__all__ = ["Story", "StoryArticle", "get_story", "list_stories", "story_of"]


@dataclass(frozen=True, slots=True)
class Story:
    """A text that several articles carry."""

    id: int
    articles: int
    #: Title of its first article.
    title: str | None
    #: The article that was there first, by the publishers' own times where they are exact.
    first_article_id: int | None
    #: Whom the articles credit the text to, where they do; and that house's own article.
    original: str | None
    original_article_id: int | None
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    made_at: datetime
    updated_at: datetime
    #: The story that took this one's articles in.
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story."""

    id: int
    source: str
    url: str | None
    title: str | None
    published: str | None
    #: Of the shorter text, the share that stands in the closest article's in long stretches.
    share: float
    closest_id: int | None


_QUERY = sa.select(
    stories.c.id,
    stories.c.articles,
    articles.c.title,
    stories.c.first_article_id,
    stories.c.original,
    stories.c.original_article_id,
    stories.c.sources,
    stories.c.languages,
    stories.c.made_at,
    stories.c.updated_at,
    stories.c.merged_into,
).outerjoin_from(stories, articles, articles.c.id == stories.c.first_article_id)


def list_stories(
    connection: sa.Connection,
    *,
    since: datetime | None = None,
    least_sources: int = 1,
    limit: int = 20,
) -> list[Story]:
    """Stories that something joined ``since`` then, the latest first; merged ones are left out."""
    query = _QUERY.where(stories.c.merged_into.is_(None), stories.c.articles > 0)
    if since is not None:
        query = query.where(stories.c.updated_at >= since)
    if least_sources > 1:
        query = query.where(sa.func.json_array_length(stories.c.sources) >= least_sources)
    query = query.order_by(stories.c.updated_at.desc(), stories.c.id.desc()).limit(limit)
    return [_story(row) for row in connection.execute(query)]


def get_story(connection: sa.Connection, story_id: int) -> tuple[Story, list[StoryArticle]] | None:
    """A story and its articles, the first filed first; ``None`` where there is none of this number."""
    row = connection.execute(_QUERY.where(stories.c.id == story_id)).first()
    if row is None:
        return None
    members = connection.execute(
        sa.select(
            articles.c.id,
            articles.c.source,
            articles.c.url,
            articles.c.title,
            articles.c.published,
            story_articles.c.share,
            story_articles.c.closest_id,
        )
        .join_from(story_articles, articles, articles.c.id == story_articles.c.article_id)
        .where(story_articles.c.story_id == story_id)
        .order_by(articles.c.id)
    )
    return _story(row), [StoryArticle(*each) for each in members]


def story_of(connection: sa.Connection, article_id: int) -> int | None:
    """The story that an article belongs to, if there is a copy of it."""
    found: int | None = connection.execute(
        sa.select(story_articles.c.story_id).where(story_articles.c.article_id == article_id)
    ).scalar()
    return found


def _story(row: AnyRow) -> Story:
    values = dict(row._mapping)
    values["sources"] = tuple(values["sources"])
    values["languages"] = tuple(values["languages"])
    return Story(**values)
