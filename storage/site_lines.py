"""In how many articles of a source each line stood: what extraction tells a site's chrome by."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage.schema import site_lines, sources
from storage.upsert import insert_or_count

__all__ = ["FORGET_EVERY", "RepeatedLines", "count_lines", "repeated_lines"]

#: After so many articles of a source its lines that stood in one article only are forgotten: what
#: returns less often is no chrome, and the table stays at some ten thousand lines a source.
FORGET_EVERY = 300
#: Lines read at most, the most frequent first.
MOST_READ = 5000


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """The lines of a source that stood in several articles."""

    #: Articles whose lines were counted.
    articles: int
    #: Key of a line to the number of articles.
    counts: dict[str, int]


def count_lines(connection: sa.Connection, source: str, lines: Collection[str]) -> None:
    """Count one more article of ``source``, whose lines have the keys ``lines``."""
    # In one order, so that two processes never wait for each other.
    rows = [{"source": source, "line": line, "articles": 1} for line in sorted(lines)]
    if rows:
        connection.execute(
            insert_or_count(connection, site_lines, ["source", "line"], "articles"), rows
        )
    counted = connection.execute(
        sa.update(sources)
        .where(sources.c.name == source)
        .values(lines_counted=sources.c.lines_counted + 1)
        .returning(sources.c.lines_counted)
    ).scalar()
    if counted and counted % FORGET_EVERY == 0:
        connection.execute(
            sa.delete(site_lines).where(site_lines.c.source == source, site_lines.c.articles == 1)
        )


def repeated_lines(
    connection: sa.Connection, source: str, least: Callable[[int], int] = lambda articles: 2
) -> RepeatedLines:
    """What is known of the lines of ``source``; nothing for one that has filed nothing.

    ``least``: from the number of articles counted to that of those in which a line stands at least.
    """
    counted = connection.execute(
        sa.select(sources.c.lines_counted).where(sources.c.name == source)
    ).scalar()
    rows = connection.execute(
        sa.select(site_lines.c.line, site_lines.c.articles)
        .where(site_lines.c.source == source, site_lines.c.articles >= least(counted or 0))
        .order_by(site_lines.c.articles.desc(), site_lines.c.line)
        .limit(MOST_READ)
    )
    return RepeatedLines(counted or 0, {row.line: row.articles for row in rows})
