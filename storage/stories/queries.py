"""Reading stories: which there are, and which articles carry the text of one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from storage.engine.column_types import AnyRow
from storage.reading.article_filter import ArticleFilter
from storage.schema import articles, stories, story_articles
from storage.stories.origin import InferredFrom, Origin

__all__ = ["Story", "StoryArticle", "get_story", "list_stories"]


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
    #: Which house ``original`` is, where it is known, such as ``"afp"``.
    original_house: str | None
    #: What says so, since no article states it of the story: ``credits`` of other houses' articles,
    #: or ``own_word``, the credit of that house's own article, which was seen first.
    original_from: InferredFrom | None
    #: How many sources say so.
    original_sources: int | None

    @property
    def origin(self) -> Origin | None:
        """All that is inferred of whose text it is, as one value."""
        if self.original is None:
            return None
        return Origin(
            self.original,
            self.original_house,
            self.original_article_id,
            self.original_from,
            self.original_sources,
        )


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story."""

    id: int
    source: str
    url: str | None
    title: str | None
    #: As the page states it.
    published_at: str | None
    #: Of the shorter text, the share that stands in the closest article's in long stretches.
    share: float
    closest_id: int | None


#: Apart from the articles that a filter is asked about.
_first = articles.alias("first_article")
#: A column for each field of a :class:`Story`.
_QUERY = sa.select(
    *(_first.c.title if each.name == "title" else stories.c[each.name] for each in fields(Story))
).outerjoin_from(stories, _first, _first.c.id == stories.c.first_article_id)


def list_stories(
    connection: sa.Connection,
    chosen: ArticleFilter | None = None,
    *,
    least_sources: int = 1,
    limit: int = 20,
) -> list[Story]:
    """Stories with an article that a filter lets pass, the latest first; merged ones are left out.

    The times of the filter are a story's own: when something last joined or left.
    """
    query = _QUERY.where(stories.c.merged_into.is_(None), stories.c.articles > 0)
    if chosen is not None:
        query = query.where(*chosen.times(stories.c.updated_at))
        conditions = chosen.without_times().conditions()
        if conditions:
            member = sa.exists().where(
                story_articles.c.story_id == stories.c.id,
                story_articles.c.article_id == articles.c.id,
                *conditions,
            )
            query = query.where(member)
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


def _story(row: AnyRow) -> Story:
    values = dict(row._mapping)
    values["sources"] = tuple(values["sources"])
    values["languages"] = tuple(values["languages"])
    return Story(**values)
