"""How likely a page was held for an article, of those that were filed and of those that were not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column each, empty for what was judged before."""
    op.add_column("articles", sa.Column("probability", sa.Float))
    op.add_column("links", sa.Column("probability", sa.Float))
