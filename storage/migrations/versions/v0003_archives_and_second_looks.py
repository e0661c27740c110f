"""Backfills and what they have read, second looks at articles, shapes of addresses, robots.txt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import Id, KeyText, StoredText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add columns and tables; nothing that is stored changes its meaning."""
    for column in (
        sa.Column("fetch_url", StoredText),
        sa.Column("etag", StoredText),
        sa.Column("last_modified", StoredText),
        sa.Column("look_again_at", UtcDateTime),
        sa.Column("looks_in_vain", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("links", column)
    op.create_index(
        "ix_links_look_again",
        "links",
        ["source", "look_again_at"],
        sqlite_where=sa.text("look_again_at IS NOT NULL"),
        postgresql_where=sa.text("look_again_at IS NOT NULL"),
    )
    op.add_column("articles", sa.Column("withdrawn_at", UtcDateTime))
    op.add_column(
        "run_sources", sa.Column("withdrawn", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("documents", sa.Column("following", Json))
    op.create_table(
        "backfills",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("asked", KeyText, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("planned_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_backfills_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfills")),
    )
    op.create_index(op.f("ix_backfills_source_asked"), "backfills", ["source", "asked"])
    op.create_table(
        "backfill_documents",
        sa.Column("backfill_id", Id, nullable=False, autoincrement=False),
        sa.Column("url", KeyText, nullable=False),
        sa.Column("following", Json, nullable=False),
        sa.Column("position", StoredText),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["backfill_id"],
            ["backfills.id"],
            name=op.f("fk_backfill_documents_backfill_id_backfills"),
        ),
        sa.PrimaryKeyConstraint("backfill_id", "url", name=op.f("pk_backfill_documents")),
    )
    op.create_table(
        "address_shapes",
        sa.Column("source", StoredText, nullable=False),
        sa.Column("shape", KeyText, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("others", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_address_shapes_source_sources")
        ),
        sa.PrimaryKeyConstraint("source", "shape", name=op.f("pk_address_shapes")),
    )
    op.create_table(
        "robots_files",
        sa.Column("origin", KeyText, nullable=False),
        sa.Column("url", StoredText, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("fetched_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots_files")),
    )
