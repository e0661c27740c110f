"""Addresses that pages of other texts have claimed; the rules by which a document was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import Id, KeyText, StoredText, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table more, and a column that is empty until a document is read anew."""
    op.create_table(
        "wrong_claims",
        sa.Column("id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("key", KeyText, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("example", StoredText, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_wrong_claims_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_claims")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_wrong_claims_source_key")),
    )
    op.add_column("documents", sa.Column("rules", StoredText))
