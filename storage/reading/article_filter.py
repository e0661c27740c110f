"""Which articles are meant: one model for lists, search, stories, export, and its one way into SQL."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.schema import articles, changes, credits

__all__ = ["ArticleFilter", "CreditedHouse"]


@dataclass(frozen=True, slots=True)
class CreditedHouse:
    """A house that texts are credited to, under whatever name."""

    #: Its identifier, as ``credits.house`` holds it.
    house: str
    #: Its names, by which credits are told that bear no identifier; case counts only outside ASCII.
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Articles that meet every condition that is given; none given means all of them."""

    #: At or after this instant, and before that one: when they were published, where whoever asks
    #: has no other time in mind. An article of unknown time is in no span.
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    #: ISO 639-1, of the text.
    language: str | None = None
    kind: str | None = None
    #: A house that the text is credited to, or part of a name, as resolved or as the page has it; case
    #: counts only outside ASCII, as in the next.
    credited: CreditedHouse | str | None = None
    #: Part of an author's name.
    author: str | None = None
    #: Stands in title or text, letter by letter.
    text: str | None = None
    #: Something has happened to them after this place in the change feed.
    changed_after: int | None = None

    def without_times(self) -> ArticleFilter:
        """The same without ``since`` and ``until``."""
        return replace(self, since=None, until=None)

    def times(self, column: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """``since`` and ``until`` as conditions on a column."""
        found: list[sa.ColumnElement[bool]] = []
        if self.since is not None:
            found.append(column >= self.since)
        if self.until is not None:
            found.append(column < self.until)
        return found

    def conditions(
        self, time: sa.ColumnElement[Any] = articles.c.published_at
    ) -> list[sa.ColumnElement[bool]]:
        """Every condition, on the table ``articles``; ``time`` is the column of the times."""
        found = self.times(time)
        for name in ("source", "language", "kind"):
            value = getattr(self, name)
            if value is not None:
                found.append(articles.c[name] == value)
        if self.text is not None:
            found.append(
                sa.or_(
                    articles.c.title.icontains(self.text, autoescape=True),
                    articles.c.text.icontains(self.text, autoescape=True),
                )
            )
        if self.author is not None:
            # The name as it stands inside the JSON list, where a quote is escaped.
            written = json.dumps(self.author, ensure_ascii=False)[1:-1]
            names = sa.cast(articles.c.authors, sa.Text)
            found.append(names.icontains(written, autoescape=True))
        if self.credited is not None:
            found.append(_credited(self.credited))
        if self.changed_after is not None:
            changed = sa.select(changes.c.article_id).where(changes.c.id > self.changed_after)
            found.append(articles.c.id.in_(changed))
        return found


def _credited(wanted: CreditedHouse | str) -> sa.ColumnElement[bool]:
    names = (credits.c.name, credits.c.stated)
    if isinstance(wanted, str):
        return sa.exists().where(
            credits.c.article_id == articles.c.id,
            sa.or_(*(name.icontains(wanted, autoescape=True) for name in names)),
        )
    by_house = sa.select(credits.c.article_id).where(credits.c.house == wanted.house)
    if not wanted.names:
        return articles.c.id.in_(by_house)
    # Of before there were identifiers, or before this house had one.
    lowered = [sa.func.lower(sa.literal(name)) for name in dict.fromkeys(wanted.names)]
    by_name = sa.select(credits.c.article_id).where(
        credits.c.house.is_(None), sa.or_(*(sa.func.lower(name).in_(lowered) for name in names))
    )
    return articles.c.id.in_(by_house.union_all(by_name))
