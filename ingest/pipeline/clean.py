"""Cleaning what is filed: lines that turned out to be the site's, once more articles were read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from ingest.extract.chrome.site_lines import SiteLines, clean_again, fewest_of_a_site
from storage.articles.cleaning import articles_before, save_cleaned
from storage.articles.line_counts import repeated_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database

__all__ = ["Cleaned", "clean_source", "site_lines_of"]

#: Articles read at once.
PAGE = 20


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
    most: int | None = None,
    dry_run: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Cleaned:
    """Strike the site's lines from the newest ``most`` articles of ``source`` (all where left out)."""
    with database.reading() as connection:
        site = site_lines_of(connection, source)
    articles = changed = lines = 0
    before: int | None = None
    while most is None or articles < most:
        limit = PAGE if most is None else min(PAGE, most - articles)
        with database.reading() as connection:
            page = articles_before(connection, source, before, limit)
        if not page:
            break
        for number, article in page:
            before = number
            articles += 1
            cleaned = clean_again(article, site)
            if cleaned is article:
                continue
            save = partial(save_cleaned, article_id=number, old=article, new=cleaned, now=now())
            if dry_run or database.write(save):
                changed += 1
                lines += len(article.blocks) - len(cleaned.blocks)
    return Cleaned(source, articles, changed, lines)
