"""Texts as stories compare them, kept; and what a source was cleaned of, so that it is not asked again.

The lines of a site that return are indexed without the many that stood once, and search merges its
segments less often.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Articles of before have no sketch: they are compared by their texts."""
    op.create_table(
        "sketches",
        sa.Column(
            "article_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_sketches")),
    )
    # Nothing has been cleaned of these lines, as far as anybody remembers: the next pass looks once.
    op.add_column(
        "site_lines", sa.Column("cleaned", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("sources", sa.Column("cleaned_at", UtcDateTime))
    op.drop_index("ix_site_lines_source_articles", "site_lines")
    repeated = sa.text("articles > 1")
    op.create_index(
        "ix_site_lines_repeated",
        "site_lines",
        ["source", "articles"],
        sqlite_where=repeated,
        postgresql_where=repeated,
    )
    cleaned = sa.text("cleaned > 0")
    op.create_index(
        "ix_site_lines_cleaned",
        "site_lines",
        ["source", "line"],
        sqlite_where=cleaned,
        postgresql_where=cleaned,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Hashes do not compress; to try costs more than to store them.
        op.execute("ALTER TABLE sketches ALTER COLUMN shingles SET STORAGE EXTERNAL")
    else:
        # https://sqlite.org/fts5.html#the_automerge_configuration_option
        op.execute("INSERT INTO article_search (article_search, rank) VALUES ('automerge', 8)")
