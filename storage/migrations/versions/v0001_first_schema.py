"""The first schema: sources, endpoints, documents, links, articles, revisions, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import Id, KeyText, StoredText, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "runs",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", StoredText, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("state", StoredText, nullable=False),
        sa.Column("host", StoredText, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process", StoredText, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_state"), "runs", ["state"])
    op.create_table(
        "sources",
        sa.Column("name", StoredText, nullable=False),
        sa.Column("title", StoredText),
        sa.Column("home", StoredText),
        sa.Column("language", StoredText),
        sa.Column("country", StoredText),
        sa.Column("platform", StoredText),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("last_run_at", UtcDateTime),
        sa.Column("last_success_at", UtcDateTime),
        sa.Column("last_error", StoredText),
        sa.Column("failures", sa.Integer, server_default="0", nullable=False),
        sa.Column("next_due_at", UtcDateTime),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "articles",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("url", StoredText),
        sa.Column("key", KeyText, nullable=False),
        sa.Column("title", StoredText),
        sa.Column("standfirst", StoredText),
        sa.Column("text", StoredText, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("blocks", Json, nullable=False),
        sa.Column("authors", Json, nullable=False),
        sa.Column("published", StoredText),
        sa.Column("published_at", UtcDateTime),
        sa.Column("published_precision", StoredText),
        sa.Column("modified", StoredText),
        sa.Column("modified_at", UtcDateTime),
        sa.Column("modified_precision", StoredText),
        sa.Column("language", StoredText),
        sa.Column("section", StoredText),
        sa.Column("tags", Json, nullable=False),
        sa.Column("image", StoredText),
        sa.Column("kind", StoredText, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("extractor", StoredText, nullable=False),
        sa.Column("fingerprint", StoredText, nullable=False),
        sa.Column("filed_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_articles_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("key", name=op.f("uq_articles_key")),
        sa.UniqueConstraint("source", "fingerprint", name=op.f("uq_articles_source_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_articles_filed_at"), "articles", ["filed_at"])
    op.create_index(op.f("ix_articles_published_at"), "articles", ["published_at"])
    op.create_index(op.f("ix_articles_source_filed_at"), "articles", ["source", "filed_at"])
    op.create_table(
        "documents",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("endpoint_url", StoredText),
        sa.Column("url", KeyText, nullable=False),
        sa.Column("kind", StoredText, nullable=False),
        sa.Column("etag", StoredText),
        sa.Column("last_modified", StoredText),
        sa.Column("status", sa.Integer),
        sa.Column("error", StoredText),
        sa.Column("checked_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime),
        sa.Column("link_count", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_documents_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("source", "url", name=op.f("uq_documents_source_url")),
    )
    op.create_table(
        "endpoints",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("kind", StoredText, nullable=False),
        sa.Column("url", KeyText, nullable=False),
        sa.Column("selector", StoredText),
        sa.Column("archive", sa.Boolean, nullable=False),
        sa.Column("origin", StoredText, nullable=False),
        sa.Column("discovered_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_endpoints_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("source", "url", "kind", name=op.f("uq_endpoints_source_url_kind")),
    )
    op.create_table(
        "run_sources",
        sa.Column("run_id", Id, autoincrement=False, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("outcome", StoredText, nullable=False),
        sa.Column("documents", sa.Integer, server_default="0", nullable=False),
        sa.Column("not_modified", sa.Integer, server_default="0", nullable=False),
        sa.Column("links_new", sa.Integer, server_default="0", nullable=False),
        sa.Column("fetched", sa.Integer, server_default="0", nullable=False),
        sa.Column("filed", sa.Integer, server_default="0", nullable=False),
        sa.Column("revised", sa.Integer, server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer, server_default="0", nullable=False),
        sa.Column("duplicate", sa.Integer, server_default="0", nullable=False),
        sa.Column("refused", sa.Integer, server_default="0", nullable=False),
        sa.Column("failed", sa.Integer, server_default="0", nullable=False),
        sa.Column("robots", sa.Integer, server_default="0", nullable=False),
        sa.Column("error", StoredText),
        sa.Column("errors", Json, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_sources_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_run_sources_source_sources")
        ),
        sa.PrimaryKeyConstraint("run_id", "source", name=op.f("pk_run_sources")),
    )
    op.create_index(
        op.f("ix_run_sources_source_started_at"), "run_sources", ["source", "started_at"]
    )
    op.create_table(
        "credits",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("role", StoredText, nullable=False),
        sa.Column("name", StoredText, nullable=False),
        sa.Column("evidence", StoredText, nullable=False),
        sa.Column("place", StoredText, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_credits_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credits")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_credits_article_id_position")),
    )
    op.create_table(
        "links",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("key", KeyText, nullable=False),
        sa.Column("url", StoredText, nullable=False),
        sa.Column("title", StoredText),
        sa.Column("announced_published", StoredText),
        sa.Column("announced_at", UtcDateTime),
        sa.Column("announced_modified", StoredText),
        sa.Column("authors", Json, nullable=False),
        sa.Column("language", StoredText),
        sa.Column("content", StoredText),
        sa.Column("document_url", StoredText),
        sa.Column("state", StoredText, nullable=False),
        sa.Column("reason", StoredText),
        sa.Column("detail", StoredText),
        sa.Column("status", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime),
        sa.Column("discovered_at", UtcDateTime, nullable=False),
        sa.Column("fetched_at", UtcDateTime),
        sa.Column("article_id", Id),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_links_article_id_articles")
        ),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name=op.f("fk_links_source_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("key", name=op.f("uq_links_key")),
    )
    op.create_index(op.f("ix_links_article_id"), "links", ["article_id"])
    op.create_index(
        "ix_links_retry",
        "links",
        ["source", "next_attempt_at"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        op.f("ix_links_source_state_announced_at"), "links", ["source", "state", "announced_at"]
    )
    op.create_table(
        "revisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", StoredText),
        sa.Column("standfirst", StoredText),
        sa.Column("text", StoredText, nullable=False),
        sa.Column("blocks", Json, nullable=False),
        sa.Column("authors", Json, nullable=False),
        sa.Column("published", StoredText),
        sa.Column("modified", StoredText),
        sa.Column("fingerprint", StoredText, nullable=False),
        sa.Column("credits", Json, nullable=False),
        sa.Column("struck", Json, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("replaced_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_revisions_article_id_number")),
    )
    op.create_table(
        "struck",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", StoredText, nullable=False),
        sa.Column("reason", StoredText, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_struck_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_struck")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_struck_article_id_position")),
    )


def downgrade() -> None:
    """Refuse: the step back would drop what was filed."""
    raise NotImplementedError("the first schema has nothing before it")
