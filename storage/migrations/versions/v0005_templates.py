"""Templates: where a source keeps each part of its articles, learned from its own pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import KeyText, StoredText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "templates",
        sa.Column("source", StoredText, nullable=False),
        sa.Column("name", KeyText, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("signature", StoredText, nullable=False),
        sa.Column("status", StoredText, nullable=False),
        sa.Column("rules", StoredText, nullable=False),
        sa.Column("support", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("checked", sa.Integer, nullable=False),
        sa.Column("agreed", sa.Integer, nullable=False),
        sa.Column("applied", sa.Integer, nullable=False),
        sa.Column("misfits", sa.Integer, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("last_applied_at", UtcDateTime),
        sa.Column("replaces", StoredText),
        sa.Column("reason", StoredText),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_templates_source_sources")
        ),
        sa.PrimaryKeyConstraint("source", "name", "version", name=op.f("pk_templates")),
    )
