"""Cleaning what is filed: lines that turned out to be the site's, once more articles were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ingest.extract.chrome.site_lines import (
    SiteLines,
    clean_again,
    fewest_of_a_site,
    standing_of,
    strike_site_lines,
)
from storage.articles.cleaning import article_of, bodies_before, bodies_since, save_cleaned
from storage.articles.line_counts import KnownLines, known_lines, note_cleaned, repeated_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.article import Block
    from storage.database import Database

__all__ = ["Cleaned", "clean_source", "clean_what_is_new", "site_lines_of"]

#: Articles read at once.
PAGE = 50
#: An article may be committed so long after the time that it is filed under, by clocks that differ too.
MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning a source did, or would do."""

    source: str
    articles: int = 0
    changed: int = 0
    lines: int = 0


def site_lines_of(connection: Connection, source: str) -> SiteLines:
    """What the store knows of those lines of ``source`` that may be the site's."""
    known = repeated_lines(connection, source, fewest_of_a_site)
    return SiteLines(known.articles, known.counts)


def clean_source(
    database: Database,
    source: str,
    *,
    dry_run: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Cleaned:
    """Strike the site's lines from all articles of ``source``."""
    began = now()
    with database.reading() as connection:
        known = known_lines(connection, source, fewest_of_a_site)
    cleaning = _Cleaning(database, source, _site(known), now, dry_run=dry_run)
    before: int | None = None
    while True:
        with database.reading() as connection:
            page = bodies_before(connection, source, before, PAGE)
        if not page:
            break
        cleaning.clean(page)
        before = page[-1][0]
    if not dry_run:
        _note(database, source, known, began)
    return cleaning.done


def clean_what_is_new(
    database: Database,
    source: str,
    *,
    most: int,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Cleaned:
    """Strike what ``source`` was not cleaned of yet from its newest ``most`` articles.

    Where no line has become the site's since, only those are looked at that were filed since: they may
    have been read before it was known what is the site's.
    """
    began = now()
    with database.reading() as connection:
        known = known_lines(connection, source, fewest_of_a_site)
        standing = _standing(known)
        if not most or not any(standing.values()):
            return Cleaned(source)
        risen = any(standing[line] > known.held_for.get(line, 0) for line in standing)
        since = None if risen or known.cleaned_at is None else known.cleaned_at - MARGIN
        page = bodies_since(connection, source, since, most)
    cleaning = _Cleaning(database, source, _site(known), now)
    cleaning.clean(page)
    # To write for every article that nothing has changed would cost more than to look at a few again.
    if standing != known.held_for or len(page) >= PAGE:
        _note(database, source, known, began)
    return cleaning.done


class _Cleaning:
    """Cleans articles of one source, and counts."""

    def __init__(
        self,
        database: Database,
        source: str,
        site: SiteLines,
        now: Callable[[], datetime],
        *,
        dry_run: bool = False,
    ) -> None:
        self._database = database
        self._site = site
        self._now = now
        self._dry_run = dry_run
        self.done = Cleaned(source)

    def clean(self, page: Sequence[tuple[int, tuple[Block, ...]]]) -> None:
        """Look at the blocks of each, and at those whole that hold a line of the site."""
        self.done = replace(self.done, articles=self.done.articles + len(page))
        if not self._site.counts:
            return
        counted = replace(self._site, includes_this=True)
        for number, blocks in page:
            if strike_site_lines(blocks, counted)[1]:
                self._strike(number)

    def _strike(self, number: int) -> None:
        with self._database.reading() as connection:
            article = article_of(connection, number)
        if article is None:
            return
        cleaned = clean_again(article, self._site)
        if cleaned is article:
            return
        save = partial(save_cleaned, article_id=number, old=article, new=cleaned, now=self._now())
        if self._dry_run or self._database.write(save):
            self.done = replace(
                self.done,
                changed=self.done.changed + 1,
                lines=self.done.lines + len(article.blocks) - len(cleaned.blocks),
            )


def _site(known: KnownLines) -> SiteLines:
    return SiteLines(known.repeated.articles, known.repeated.counts)


def _standing(known: KnownLines) -> dict[str, int]:
    """How far each line is the site's now; those that were, and are not any more, too."""
    counts, articles = known.repeated.counts, known.repeated.articles
    now = {line: standing_of(count, articles) for line, count in counts.items()}
    return {line: now.get(line, 0) for line in known.held_for}


def _note(database: Database, source: str, known: KnownLines, began: datetime) -> None:
    changed = {
        line: standing
        for line, standing in _standing(known).items()
        if standing != known.held_for[line]
    }
    database.write(lambda c: note_cleaned(c, source, changed, began))
