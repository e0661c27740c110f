"""Which sources, languages and kinds the database knows: what a filter may name."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from storage.schema import articles, sources

__all__ = ["has_articles", "known_sources", "known_values"]


def known_sources(connection: sa.Connection) -> set[str]:
    """The sources that were ever collected."""
    return set(connection.execute(sa.select(sources.c.name)).scalars())


def has_articles(connection: sa.Connection, column: str, value: str) -> bool:
    """Whether an article has ``value`` in ``column``, ``language`` or ``kind``.

    Where many do it is quick; where none does the whole table is read.
    """
    some = sa.select(articles.c.id).where(articles.c[column] == value).limit(1)
    return connection.execute(some).first() is not None


def known_values(connection: sa.Connection, column: str) -> Collection[str]:
    """Every ``language`` or ``kind`` that an article has; reads the whole table."""
    found = connection.execute(sa.select(articles.c[column]).distinct()).scalars()
    return {value for value in found if value}
