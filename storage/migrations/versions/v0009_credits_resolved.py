"""What more is known of a credit: as it is written, which house it is, how sure, what said so.

And what follows from it: which house a source is, and whose text that of a story is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import StoredText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that are empty for what was read before, and the index by house.

    A source is told by the next pass over it, a story when something next joins it.
    """
    op.add_column("credits", sa.Column("stated", StoredText))
    op.add_column("credits", sa.Column("house", StoredText))
    op.add_column("credits", sa.Column("probability", sa.Float))
    op.add_column("credits", sa.Column("cue", StoredText))
    op.add_column("links", sa.Column("origin", StoredText))
    op.add_column("sources", sa.Column("house", StoredText))
    op.add_column("stories", sa.Column("original_house", StoredText))
    op.add_column("stories", sa.Column("original_from", StoredText))
    op.add_column("stories", sa.Column("original_sources", sa.Integer))
    op.create_index(
        "ix_credits_house",
        "credits",
        ["house", "article_id"],
        sqlite_where=sa.text("house IS NOT NULL"),
        postgresql_where=sa.text("house IS NOT NULL"),
    )
