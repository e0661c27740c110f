"""What a daemon of months goes by: rhythms, hours, health and its changes, alerts, the lease, pauses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.engine.column_types import StoredText, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: 64 bits; SQLite gives its own row number only to a column spelled INTEGER.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: What passes note for judging a source's health.
_NOTES = (
    "announced",
    "known",
    "appeared",
    "tried",
    "reasons",
    "troubles",
    "words",
    "untitled",
    "undated",
    "authorless",
    "by_template",
    "struck",
    "garbled",
    "incomplete",
    "delays",
    "delay",
)
#: Columns of ``source_hours`` that are sums of the same ones of ``passes``.
_SUMS = (
    "requests",
    "links_new",
    "filed",
    "revised",
    "duplicate",
    "refused",
    "gone",
    "robots",
    "failed",
)


def upgrade() -> None:
    """Hours are counted from the passes of before; all else begins now."""
    op.add_column("sources", sa.Column("paused_at", UtcDateTime))
    op.add_column("sources", sa.Column("poll_asked_at", UtcDateTime))
    op.add_column("sources", sa.Column("last_cause", StoredText))
    op.add_column("documents", sa.Column("moved_to", StoredText))
    op.create_index(
        "ix_documents_moved",
        "documents",
        ["source"],
        sqlite_where=sa.text("moved_to IS NOT NULL"),
        postgresql_where=sa.text("moved_to IS NOT NULL"),
    )
    _note_more_of_passes()
    # A source's rhythm is read from this index alone: the columns stand behind the text, and thousands
    # of texts are a second of reading where they are not in memory.
    op.drop_index("ix_articles_source_filed_at", "articles")
    op.create_index(
        "ix_articles_source_filed_at",
        "articles",
        ["source", "filed_at", "published_at", "published_precision"],
    )
    _make_hours()
    op.create_table(
        "rhythms",
        _source("rhythms"),
        sa.Column("learned_at", UtcDateTime, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_rhythms")),
    )
    op.create_table(
        "health",
        _source("health"),
        sa.Column("state", StoredText, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("reason", StoredText),
        sa.Column("why", StoredText),
        sa.Column("advice", StoredText),
        sa.Column("judged_at", UtcDateTime, nullable=False),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_health")),
    )
    op.create_table(
        "health_changes",
        sa.Column("id", _Id, nullable=False),
        _source("health_changes"),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("before", StoredText, nullable=False),
        sa.Column("state", StoredText, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("reason", StoredText),
        sa.Column("why", StoredText),
        sa.Column("advice", StoredText),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_health_changes_source_at", "health_changes", ["source", "at"])
    op.create_table(
        "alert_channels",
        sa.Column("name", StoredText, nullable=False),
        sa.Column("told_id", _Id, nullable=False),
        sa.Column("sent_at", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime),
        sa.Column("error", StoredText),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alert_channels")),
    )
    op.create_table(
        "leases",
        sa.Column("name", StoredText, nullable=False),
        sa.Column("holder", StoredText, nullable=False),
        sa.Column("host", StoredText, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("beats", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _note_more_of_passes() -> None:
    op.add_column("passes", sa.Column("cause", StoredText))
    for name in _NOTES:
        kind: sa.types.TypeEngine[Any] = (
            sa.JSON(none_as_null=True) if name in ("reasons", "troubles") else sa.Integer()
        )
        op.add_column("passes", sa.Column(name, kind))
    # The nearest that there is of before: pages that are tried again are in it.
    op.execute(
        "UPDATE passes SET tried = filed + duplicate + refused + gone + robots + failed"
        " WHERE started_by <> 'backfill' AND outcome IN ('ok', 'failed')"
    )
    op.create_index(
        "ix_passes_tried",
        "passes",
        ["source", "started_at"],
        sqlite_where=sa.text("tried > 0"),
        postgresql_where=sa.text("tried > 0"),
    )


def _make_hours() -> None:
    op.create_table(
        "source_hours",
        _source("source_hours"),
        sa.Column("hour", UtcDateTime, nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("passes_failed", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("source", "hour", name=op.f("pk_source_hours")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_source_hours_hour", "source_hours", ["hour"])
    if op.get_bind().dialect.name == "postgresql":
        hour = "date_trunc('hour', finished_at, 'UTC')"
    else:
        hour = "substr(finished_at, 1, 13) || ':00:00.000000Z'"
    sums = ", ".join(f"sum(coalesce({name}, 0))" for name in _SUMS)
    op.execute(
        f"INSERT INTO source_hours (source, hour, passes, passes_failed, {', '.join(_SUMS)})"  # noqa: S608
        f" SELECT source, {hour}, count(*), sum(CASE outcome WHEN 'failed' THEN 1 ELSE 0 END), {sums}"
        " FROM passes WHERE started_by <> 'backfill' AND outcome IN ('ok', 'failed')"
        f" AND finished_at IS NOT NULL GROUP BY source, {hour}"
    )


def _source(table: str) -> sa.Column[str]:
    return sa.Column(
        "source",
        StoredText,
        sa.ForeignKey("sources.name", name=op.f(f"fk_{table}_source_sources")),
        nullable=False,
    )
