"""One file a revision; Alembic finds them by folder."""
