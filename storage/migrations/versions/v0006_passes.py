"""A row a pass: what ``run_sources`` held of each source's last pass in a run becomes a history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import Id, StoredText, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True)

#: The columns of ``run_sources``, which the view of that name has in this order.
_OF_OLD = (
    "run_id, source, started_at, finished_at, outcome, documents, not_modified, links_new, fetched,"
    " filed, revised, unchanged, duplicate, refused, failed, robots, error, errors, withdrawn"
)


def upgrade() -> None:
    """Move the rows into ``passes``, in the order of time; a view takes the place of the table."""
    op.create_table(
        "passes",
        sa.Column("id", Id, nullable=False),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("source", StoredText, nullable=False),
        sa.Column("started_by", StoredText, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.Column("outcome", StoredText, nullable=False),
        *(
            sa.Column(name, sa.Integer, server_default="0", nullable=False)
            for name in (
                "documents",
                "not_modified",
                "links_new",
                "fetched",
                "filed",
                "revised",
                "unchanged",
                "duplicate",
                "refused",
                "gone",
                "robots",
                "failed",
                "withdrawn",
            )
        ),
        sa.Column("requests", sa.Integer),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("error", StoredText),
        sa.Column("errors", Json, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_passes_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.name"], name=op.f("fk_passes_source_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
    )
    op.create_index(op.f("ix_passes_source_started_at"), "passes", ["source", "started_at"])
    op.create_index(op.f("ix_passes_run_id_source"), "passes", ["run_id", "source"])
    op.create_index(
        "ix_passes_running",
        "passes",
        ["run_id"],
        sqlite_where=sa.text("outcome = 'running'"),
        postgresql_where=sa.text("outcome = 'running'"),
    )
    connection = op.get_bind()
    connection.exec_driver_sql(
        f"INSERT INTO passes ({_OF_OLD}, started_by)"  # noqa: S608 - names of ours
        " SELECT run_sources.run_id, source, run_sources.started_at, run_sources.finished_at,"
        " outcome, documents, not_modified, links_new, fetched, filed, revised, unchanged,"
        " duplicate, refused, failed, robots, error, errors, withdrawn,"
        " CASE runs.kind WHEN 'daemon' THEN 'schedule' WHEN 'backfill' THEN 'backfill'"
        " ELSE 'command' END"
        " FROM run_sources JOIN runs ON runs.id = run_sources.run_id"
        " ORDER BY run_sources.started_at, run_sources.run_id, source"
    )
    op.drop_index("ix_run_sources_source_started_at", table_name="run_sources")
    op.drop_table("run_sources")
    # A later revision that rebuilds `passes` has to drop this view first and make it anew.
    connection.exec_driver_sql(f"CREATE VIEW run_sources AS SELECT {_OF_OLD} FROM passes")  # noqa: S608
