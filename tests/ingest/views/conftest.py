"""A database with an article that was changed, credited and copied, and one that stands alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.article import Article, Block, Credit, Struck
from storage.articles.saving import save_article
from storage.database import Database

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
STATED = "2026-11-21T12:05:00+01:00"
PARAGRAPHS = (
    "The ferry crosses twice on Sundays from now on, the harbour master told the council of Lundale"
    " on Tuesday evening, since the wooden bridge is closed until the spring.",
    "Schoolchildren and the post go for free, everybody else pays four crowns at the mill, where the"
    " old ticket box was painted green and given a new roof last week.",
)


def article(**changes: object) -> Article:
    """The ferry, as the Courier has it."""
    made = Article(
        url="https://www.mill-lane.example/1",
        title="The ferry",
        source="mill-lane",
        blocks=tuple(Block("paragraph", text) for text in PARAGRAPHS),
        authors=("Anna Berg",),
        language="en",
        published_at=STATED,
        credits=(Credit("agency", "Nordpress", "(nop)", "tail"),),
        struck=(Struck("top of page", "page_anchor"),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def fill(database: Database) -> None:
    """The Courier's ferry, changed a day later; the Herald's copy; a note of its own in German."""
    longer = (*article().blocks, Block("paragraph", "The harbour master hopes for mild weather."))
    other = (Block("paragraph", "Das Brot im Hafen wird teurer, sagt der Bäcker von Lundale."),)
    for number, (each, key) in enumerate(
        (
            (article(), "mill-lane.example/1"),
            (
                article(source="herald", url="https://herald.example/f", published_at="2026-11-22"),
                "herald.example/f",
            ),
            (
                article(
                    source="herald",
                    url="https://herald.example/brot",
                    title="Das Brot",
                    blocks=other,
                    language="de",
                    kind="opinion",
                    published_at="2025-03-01",
                    credits=(),
                ),
                "herald.example/brot",
            ),
            (article(blocks=longer), "mill-lane.example/1"),
        )
    ):
        at = NOW + timedelta(hours=number)
        database.write(
            lambda c, each=each, key=key, at=at: save_article(  # type: ignore[misc]
                c, None, each, key=key, fetched_key=None, now=at
            )
        )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file; not to be written to."""
    path = tmp_path_factory.mktemp("views") / "news.sqlite3"
    with Database.open(path) as database:
        fill(database)
    return path


@pytest.fixture
def filed(filled: Path) -> Iterator[Database]:
    """The same, open for reading."""
    with Database.open(filled, read_only=True) as opened:
        yield opened
