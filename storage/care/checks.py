"""Whether the database holds together: what ``copydesk db check`` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from storage.errors import StorageError
from storage.pages.raw_pages import PageArchive
from storage.schema import articles, raw_pages
from storage.text.fingerprint import fingerprint

__all__ = ["Finding", "check_database"]

#: Articles and pages that are read whole, the newest.
READ_WHOLE = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``problems`` is how many rows are wrong, 0 for none."""

    name: str
    problems: int
    #: The first few of them.
    examples: tuple[str, ...] = ()


#: Rows that must not be: name of the check and the query that finds them.
_QUERIES = {
    "every article stands in the change feed": (
        "SELECT id FROM articles WHERE NOT EXISTS"
        " (SELECT 1 FROM changes WHERE changes.article_id = articles.id)"
    ),
    "the change feed speaks of articles that there are": (
        "SELECT id FROM changes WHERE NOT EXISTS"
        " (SELECT 1 FROM articles WHERE articles.id = changes.article_id)"
    ),
    "every earlier text of an article is kept": (
        "SELECT id FROM articles WHERE revision - 1 <>"
        " (SELECT count(*) FROM revisions WHERE revisions.article_id = articles.id)"
    ),
    "a link that is done leads to an article": (
        "SELECT id FROM links WHERE state IN ('done', 'duplicate') AND article_id IS NULL"
    ),
    "no article is in a story that was merged": (
        "SELECT article_id FROM story_articles JOIN stories ON stories.id = story_articles.story_id"
        " WHERE merged_into IS NOT NULL"
    ),
    "a story knows how many articles it has": (
        "SELECT id FROM stories WHERE articles <>"
        " (SELECT count(*) FROM story_articles WHERE story_articles.story_id = stories.id)"
    ),
    "the first and the original of a story are of its articles": (
        "SELECT id FROM stories WHERE merged_into IS NULL AND ("
        "(first_article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM story_articles AS f"
        " WHERE f.story_id = stories.id AND f.article_id = first_article_id)) OR"
        " (original_article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM story_articles AS o"
        " WHERE o.story_id = stories.id AND o.article_id = original_article_id)))"
    ),
    "no story has one article": "SELECT id FROM stories WHERE articles = 1",
    "every article can be searched": (
        "SELECT id FROM articles WHERE NOT EXISTS"
        " (SELECT 1 FROM article_search WHERE {number} = articles.id) AND NOT EXISTS"
        " (SELECT 1 FROM index_backlogs WHERE name = 'search' AND done_id < articles.id"
        " AND last_id >= articles.id)"
    ),
    "search finds articles that there are": (
        "SELECT {number} FROM article_search WHERE NOT EXISTS"
        " (SELECT 1 FROM articles WHERE articles.id = {number})"
    ),
    "marks are of articles that there are": (
        "SELECT article_id FROM story_marks WHERE NOT EXISTS"
        " (SELECT 1 FROM articles WHERE articles.id = story_marks.article_id)"
    ),
    "sketches are of articles that there are": (
        "SELECT article_id FROM sketches WHERE NOT EXISTS"
        " (SELECT 1 FROM articles WHERE articles.id = sketches.article_id)"
    ),
}


def check_database(connection: sa.Connection) -> Iterator[Finding]:
    """Look at one thing after the other; slow ones take minutes at a million articles."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        wrong = [str(line) for line in said if line != "ok"]
        yield Finding("the file is sound", len(wrong), tuple(wrong[:5]))
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        broken = tuple(f"{row[0]} {row[1]}" for row in rows[:5])
        yield Finding("every reference leads somewhere", len(rows), broken)
    number = "article_search.rowid" if sqlite else "article_search.article_id"
    for name, query in _QUERIES.items():
        found = connection.execute(sa.text(query.format(number=number))).scalars().all()
        yield Finding(name, len(found), tuple(map(str, found[:5])))
    yield _fingerprints(connection)
    yield _pages(connection)


def _fingerprints(connection: sa.Connection) -> Finding:
    rows = connection.execute(
        sa.select(articles.c.id, articles.c.text, articles.c.fingerprint)
        .order_by(articles.c.id.desc())
        .limit(READ_WHOLE)
    )
    wrong = [str(row.id) for row in rows if fingerprint(row.text) != row.fingerprint]
    return Finding(
        f"the newest {READ_WHOLE} articles are what was filed", len(wrong), tuple(wrong[:5])
    )


def _pages(connection: sa.Connection) -> Finding:
    archive = PageArchive()
    wrong: list[str] = []
    numbers = connection.execute(
        sa.select(raw_pages.c.id).order_by(raw_pages.c.id.desc()).limit(READ_WHOLE)
    ).scalars()
    for number in list(numbers):
        try:
            archive.restore(connection, number)
        except StorageError as error:
            wrong.append(f"{number}: {error}")
    return Finding(
        f"the newest {READ_WHOLE} raw pages can be restored", len(wrong), tuple(wrong[:5])
    )
