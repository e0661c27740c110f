"""In how many articles of a source each line stood: what extraction tells a site's chrome by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine.inserts import insert_all
from storage.engine.statements import run, run_listed, run_many, stored_time, time_value
from storage.engine.stored_text import stored_key
from storage.schema import site_lines
from storage.transaction import Transaction

__all__ = [
    "FORGET_EVERY",
    "KnownLines",
    "RepeatedLines",
    "count_lines",
    "known_lines",
    "note_cleaned",
    "repeated_lines",
]

#: After so many articles of a source its lines that stood in one article only are forgotten: what
#: returns less often is no chrome, and the table stays at some ten thousand lines a source.
FORGET_EVERY = 300
#: Lines read at most, the most frequent first.
MOST_READ = 5000

_COLUMNS = ("source", "line", "articles")
_COUNTED = "UPDATE sources SET lines_counted = lines_counted + ? WHERE name = ?"
_TOTALS = "SELECT name, lines_counted FROM sources WHERE name IN (??)"
_FORGET = "DELETE FROM site_lines WHERE source = ? AND articles = 1"


# What is said of "articles > 1" is said for the index that holds those alone.
_REPEATED = (
    "SELECT line, articles, cleaned FROM site_lines"
    " WHERE source = ? AND articles > 1 AND articles >= ? ORDER BY articles DESC, line LIMIT ?"
)
_CLEANED = "SELECT line, articles, cleaned FROM site_lines WHERE source = ? AND cleaned > 0"
_SOURCE = "SELECT lines_counted, cleaned_at FROM sources WHERE name = ?"
_HELD_FOR = "UPDATE site_lines SET cleaned = ? WHERE source = ? AND line = ?"
_CLEANED_AT = "UPDATE sources SET cleaned_at = ? WHERE name = ?"


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """The lines of a source that stood in several articles."""

    #: Articles whose lines were counted.
    articles: int
    #: Key of a line to the number of articles.
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class KnownLines:
    """What the lines of a source were held for when it was cleaned, and what stands of them now."""

    #: Those that return often enough to be the site's.
    repeated: RepeatedLines
    #: Key of a line to what it was held for (``site_lines.cleaned``): those that return, and those that
    #: were held for something.
    held_for: dict[str, int]
    #: Up to when articles have been cleaned.
    cleaned_at: datetime | None


def count_lines(transaction: Transaction, source: str, lines: Collection[str]) -> None:
    """Count one more article of ``source``, whose lines have the keys ``lines``."""
    transaction.gather(_write_lines, [(source, lines)])


def _write_lines(connection: sa.Connection, counted: Sequence[tuple[str, Collection[str]]]) -> None:
    counts = Counter((source, stored_key(line)) for source, lines in counted for line in lines)
    # In one order, so that two processes never wait for each other.
    rows = [(*each, counts[each]) for each in sorted(counts)]
    insert_all(connection, site_lines, _COLUMNS, rows, adding=("articles",))
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
    articles = run(connection, _SOURCE, (source,)).scalar() or 0
    rows = run(connection, _REPEATED, (source, least(articles), MOST_READ))
    return RepeatedLines(articles, {line: count for line, count, _ in rows})


def known_lines(
    connection: sa.Connection, source: str, least: Callable[[int], int] = lambda articles: 2
) -> KnownLines:
    """What cleaning has to know of ``source``; ``least`` as for :func:`repeated_lines`."""
    counted = run(connection, _SOURCE, (source,)).first()
    if counted is None:
        return KnownLines(RepeatedLines(0, {}), {}, None)
    articles, at = counted
    rows = run(connection, _REPEATED, (source, least(articles), MOST_READ)).all()
    held_for = {line: held for line, _, held in run(connection, _CLEANED, (source,))}
    held_for |= {line: held for line, _, held in rows}
    return KnownLines(
        RepeatedLines(articles, {line: count for line, count, _ in rows}),
        held_for,
        None if at is None else stored_time(at),
    )


def note_cleaned(
    transaction: Transaction, source: str, held_for: Mapping[str, int], at: datetime
) -> None:
    """Articles of ``source`` that were filed before ``at`` are clean of lines held for this."""
    transaction.write_waiting()
    rows = [(held, source, line) for line, held in sorted(held_for.items())]
    run_many(transaction, _HELD_FOR, rows)
    run(transaction, _CLEANED_AT, (time_value(transaction, at), source))
