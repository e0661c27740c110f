"""Stories, the change feed, raw pages, search; what changed in a revision and who changed it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import Id, KeyText, StoredText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add columns and tables; articles filed before stand in the change feed as filed, in order.

    Their stories and their search index are work of minutes at a million articles: that is written
    down in ``index_backlogs``, and done by ``copydesk db upgrade`` or by the next run.
    """
    for column in (
        sa.Column("cause", StoredText, nullable=False, server_default="publisher"),
        sa.Column("changed", Json),
        sa.Column("words_added", sa.Integer),
        sa.Column("words_removed", sa.Integer),
    ):
        op.add_column("revisions", column)
    _create_stories()
    _create_pages()
    op.create_table(
        "changes",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", StoredText, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("story_id", Id),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "index_backlogs",
        sa.Column("name", StoredText, nullable=False),
        sa.Column("done_id", Id, nullable=False),
        sa.Column("last_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_index_backlogs")),
    )
    _create_search()
    connection = op.get_bind()
    connection.exec_driver_sql(
        "INSERT INTO changes (at, kind, article_id, source, revision)"
        " SELECT updated_at, 'filed', id, source, revision FROM articles ORDER BY id"
    )
    connection.exec_driver_sql(
        "INSERT INTO index_backlogs (name, done_id, last_id)"
        " SELECT name, 0, last_id FROM (SELECT max(id) AS last_id FROM articles) AS filed,"
        " (SELECT 'search' AS name UNION ALL SELECT 'stories') AS names WHERE last_id IS NOT NULL"
    )


def _create_stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", Id, nullable=False),
        sa.Column("first_article_id", Id),
        sa.Column("original", StoredText),
        sa.Column("original_article_id", Id),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("merged_into", Id),
        _foreign("stories", "first_article_id", "articles", "id"),
        _foreign("stories", "original_article_id", "articles", "id"),
        _foreign("stories", "merged_into", "stories", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stories_updated_at"), "stories", ["updated_at"])
    op.create_table(
        "story_articles",
        sa.Column("article_id", Id, nullable=False, autoincrement=False),
        sa.Column("story_id", Id, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("closest_id", Id),
        _foreign("story_articles", "article_id", "articles", "id"),
        _foreign("story_articles", "story_id", "stories", "id"),
        _foreign("story_articles", "closest_id", "articles", "id"),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_articles")),
    )
    op.create_index(op.f("ix_story_articles_story_id"), "story_articles", ["story_id"])
    op.create_table(
        "story_marks",
        sa.Column("mark", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("article_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("mark", "article_id", name=op.f("pk_story_marks")),
        sqlite_with_rowid=False,
    )


def _create_pages() -> None:
    op.create_table(
        "page_dictionaries",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        _foreign("page_dictionaries", "source", "sources", "name"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_dictionaries")),
    )
    op.create_index(op.f("ix_page_dictionaries_source"), "page_dictionaries", ["source"])
    op.create_table(
        "raw_pages",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("link_id", Id, nullable=False),
        sa.Column("url", StoredText, nullable=False),
        sa.Column("fetched_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("digest", StoredText, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("stored_bytes", sa.Integer, nullable=False),
        sa.Column("dictionary_id", Id),
        sa.Column("page", sa.LargeBinary, nullable=False),
        _foreign("raw_pages", "source", "sources", "name"),
        _foreign("raw_pages", "link_id", "links", "id"),
        _foreign("raw_pages", "dictionary_id", "page_dictionaries", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_pages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_raw_pages_source_id"), "raw_pages", ["source", "id"])
    op.create_index(op.f("ix_raw_pages_link_id"), "raw_pages", ["link_id"])
    op.create_index(
        op.f("ix_raw_pages_fetched_at_stored_bytes"), "raw_pages", ["fetched_at", "stored_bytes"]
    )
    op.create_table(
        "reextractions",
        sa.Column("id", Id, nullable=False),
        sa.Column("asked", KeyText, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("done_id", Id, nullable=False),
        sa.Column("last_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reextractions")),
    )
    op.create_index(op.f("ix_reextractions_asked"), "reextractions", ["asked"])


def _create_search() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE TABLE article_search (article_id BIGINT PRIMARY KEY, document TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(
            "CREATE INDEX ix_article_search_document ON article_search USING gin (document)"
        )
        return
    # Without a copy of the text; the tokens come ready made, one blank apart.
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE article_search USING fts5(title, text, authors, credits, content='',"
        """ tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'")"""
    )


def _foreign(table: str, column: str, to: str, key: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to}")
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=name)
