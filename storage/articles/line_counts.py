"""In how many articles of a source each line stood: what extraction tells a site's chrome by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.engine.inserts import insert_of
from storage.engine.statements import run, run_listed, run_many
from storage.engine.stored_text import stored_key
from storage.schema import site_lines, sources
from storage.transaction import Transaction

__all__ = ["FORGET_EVERY", "RepeatedLines", "count_lines", "repeated_lines"]

#: After so many articles of a source its lines that stood in one article only are forgotten: what
#: returns less often is no chrome, and the table stays at some ten thousand lines a source.
FORGET_EVERY = 300
#: Lines read at most, the most frequent first.
MOST_READ = 5000

_COUNT = insert_of(site_lines, "source", "line", "articles", adding=("articles",))
_COUNTED = "UPDATE sources SET lines_counted = lines_counted + ? WHERE name = ?"
_TOTALS = "SELECT name, lines_counted FROM sources WHERE name IN (??)"
_FORGET = "DELETE FROM site_lines WHERE source = ? AND articles = 1"


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """The lines of a source that stood in several articles."""

    #: Articles whose lines were counted.
    articles: int
    #: Key of a line to the number of articles.
    counts: dict[str, int]


def count_lines(transaction: Transaction, source: str, lines: Collection[str]) -> None:
    """Count one more article of ``source``, whose lines have the keys ``lines``."""
    transaction.gather(_write_lines, [(source, lines)])


def _write_lines(connection: sa.Connection, counted: Sequence[tuple[str, Collection[str]]]) -> None:
    counts = Counter((source, stored_key(line)) for source, lines in counted for line in lines)
    # In one order, so that two processes never wait for each other.
    run_many(connection, _COUNT, [(*each, counts[each]) for each in sorted(counts)])
    articles = Counter(source for source, _ in counted)
    run_many(connection, _COUNTED, [(articles[source], source) for source in sorted(articles)])
    for source, total in run_listed(connection, _TOTALS, articles).all():
        if total // FORGET_EVERY > (total - articles[source]) // FORGET_EVERY:
            run(connection, _FORGET, (source,))


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
