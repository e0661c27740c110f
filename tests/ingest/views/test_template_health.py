"""What ``copydesk status`` says of templates: that a site has changed, and nothing where it has not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.views.template_health import RECENT, template_notes
from storage.database import Database
from storage.publishers import ensure_source
from storage.templates import ON_TRIAL, TemplateRow, save_templates

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TITLE = "differs from the generic path in title"


def row(label: str, status: str, *, days_ago: float = 1, **changes: Any) -> TemplateRow:
    name, _, version = label.partition("@")
    made = NOW - timedelta(days=days_ago)
    return replace(
        TemplateRow(
            source="nordmetro",
            name=name,
            version=int(version),
            signature=f"article div.{name}",
            status=status,
            rules="{}",
            support=3,
            confidence=0.9,
            checked=8,
            agreed=8,
            applied=40,
            misfits=0,
            made_at=made,
            last_applied_at=made,
        ),
        **changes,
    )


def said(database: Database, *rows: TemplateRow, articles: int = 0) -> list[str]:
    def fill(connection: Any) -> None:
        ensure_source(connection, "nordmetro", NOW)
        save_templates(connection, [(each, None) for each in rows])
        for number in range(articles):
            connection.exec_driver_sql(
                "INSERT INTO articles (source, key, text, words, blocks, authors, tags, kind, complete,"
                " extractor, fingerprint, filed_at, updated_at, revision) VALUES ('nordmetro', ?, '', 0,"
                " '[]', '[]', '[]', 'article', 1, 'generic', ?, ?, ?, 1)",
                (f"k{number}", f"f{number}", *["2026-11-24T11:00:00.000000Z"] * 2),
            )

    database.write(fill)
    with database.reading() as connection:
        notes = template_notes(connection, ["nordmetro", "another"], NOW)
    return [note.sentence for note in notes.get("nordmetro", [])]


def test_a_doubted_template_with_a_successor(database: Database) -> None:
    assert said(
        database,
        row("article@1", "doubted", days_ago=90, reason=TITLE),
        row("article@2", "active", replaces="article@1"),
    ) == [
        f"its pages changed: template article@1 {TITLE}, article@2 took its place 2026-11-23",
    ]


def test_a_template_that_fits_no_page_since_another_came(database: Database) -> None:
    assert said(
        database,
        row("article@1", "active", days_ago=5),
        row("article-2@1", "active", replaces="article@1"),
    ) == [
        "its pages changed: template article@1 no longer fits, article-2@1 took its place 2026-11-23"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [row("article@1", "active")],
        # Refined, with more pages of the same place.
        [row("article@1", "active"), row("article@2", "active", replaces="article@1")],
        # Another kind of pages beside the first, which still come.
        [
            row("article@1", "active", days_ago=9, last_applied_at=NOW),
            row("article-2@1", "active", replaces="article@1"),
        ],
        # Long ago.
        [
            row("article@1", "doubted", days_ago=RECENT.days + 9, reason=TITLE),
            row("article@2", "active", days_ago=RECENT.days + 1, replaces="article@1"),
        ],
        # A refinement that failed its trial, and one that gave way.
        [row("article@1", "active"), row("article@2", "doubted", reason=f"differed {ON_TRIAL}")],
        [row("article@1", "active"), row("article@2", "dropped", reason="gave way")],
        [row("article@1", "forgotten"), row("article@2", "trial")],
    ],
)  # fmt: skip
def test_nothing_is_said_where_all_is_well(database: Database, rows: list[TemplateRow]) -> None:
    assert said(database, *rows) == []


def test_a_doubted_template_without_a_successor(database: Database) -> None:
    assert said(database, row("article@1", "doubted", reason=TITLE)) == [
        f"template article@1 {TITLE}; pages are read by the generic path until a new one is learned"
    ]


def test_a_doubted_template_whose_successor_is_on_trial(database: Database) -> None:
    assert said(
        database,
        row("article@1", "doubted", days_ago=3, reason=TITLE),
        row("article@2", "trial", replaces="article@1"),
    ) == [
        f"template article@1 {TITLE}; pages are read by the generic path until article@2 is believed"
    ]


def test_a_template_that_the_latest_articles_do_not_fit(database: Database) -> None:
    assert said(database, row("article@1", "active"), articles=12) == [
        "no page has fitted template article@1 since 2026-11-23; pages are read by the generic path"
        " until a new one is learned"
    ]
