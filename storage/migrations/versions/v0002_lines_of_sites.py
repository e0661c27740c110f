"""Lines of sites, the rule of what was struck, and what more a page says of its article."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import KeyText, StoredText

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Add the columns, with what is true of articles filed before, and the table of lines."""
    op.add_column("struck", sa.Column("rule", StoredText))
    for column in (
        sa.Column("organisations", Json),
        sa.Column("image_caption", StoredText),
        sa.Column("image_credit", StoredText),
        sa.Column("publisher", StoredText),
        sa.Column("paid", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reuse", Json),
        sa.Column("declared_language", StoredText),
    ):
        op.add_column("articles", column)
    op.add_column(
        "sources", sa.Column("lines_counted", sa.Integer, nullable=False, server_default="0")
    )
    op.create_table(
        "site_lines",
        sa.Column("source", StoredText, nullable=False),
        sa.Column("line", KeyText, nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_site_lines_source_sources")
        ),
        sa.PrimaryKeyConstraint("source", "line", name=op.f("pk_site_lines")),
    )
    op.create_index(op.f("ix_site_lines_source_articles"), "site_lines", ["source", "articles"])
