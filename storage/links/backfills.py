"""Backfills: what was asked for, which documents have been read for it, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.upsert import insert_or_update
from storage.publishers import ensure_source
from storage.schema import backfill_documents, backfills, links

__all__ = [
    "Backfill",
    "ReadDocument",
    "drop_plan",
    "failed_links",
    "finish_backfill",
    "finish_plan",
    "note_document",
    "open_backfill",
    "read_documents",
    "waiting_by_month",
]


@dataclass(frozen=True, slots=True)
class Backfill:
    """One backfill of one source."""

    id: int
    source: str
    since: datetime | None
    until: datetime
    started_at: datetime
    #: When every document had been read; ``None`` while the plan is being made.
    planned_at: datetime | None
    #: Whether it was begun by an earlier command.
    resumed: bool


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that a backfill has read, wholly or up to a position."""

    #: (address, modified) of the documents that it names.
    following: tuple[tuple[str, str | None], ...]
    #: Where reading goes on: bytes into a WARC file, a path within a folder.
    position: str | None
    whole: bool


def open_backfill(
    connection: sa.Connection,
    source: str,
    asked: str,
    *,
    since: datetime | None,
    until: datetime,
    now: datetime,
) -> Backfill:
    """The unfinished backfill of ``source`` for which ``asked`` was said, or a new one.

    ``asked``: what the command said, in one fixed spelling; the same words go on where they stood,
    with the times of the first command, so that "until now" does not move.
    """
    ensure_source(connection, source, now)
    row = connection.execute(
        sa.select(backfills)
        .where(
            backfills.c.source == source,
            backfills.c.asked == asked,
            backfills.c.finished_at.is_(None),
        )
        .order_by(backfills.c.id.desc())
    ).first()
    if row is not None:
        return Backfill(
            row.id, source, row.since, row.until, row.started_at, row.planned_at, resumed=True
        )
    values: dict[str, Any] = {"since": since, "until": until, "started_at": now}
    result = connection.execute(
        sa.insert(backfills).values(source=source, asked=asked, **values)
    ).inserted_primary_key
    assert result is not None
    return Backfill(int(result[0]), source, since, until, now, None, resumed=False)


def read_documents(connection: sa.Connection, backfill_id: int) -> dict[str, ReadDocument]:
    """What a backfill has read so far, by address."""
    rows = connection.execute(
        sa.select(backfill_documents).where(backfill_documents.c.backfill_id == backfill_id)
    )
    return {
        row.url: ReadDocument(
            tuple((url, modified) for url, modified in row.following), row.position, row.whole
        )
        for row in rows
    }


def note_document(
    connection: sa.Connection,
    backfill_id: int,
    url: str,
    now: datetime,
    *,
    following: Sequence[tuple[str, str | None]] = (),
    position: str | None = None,
    whole: bool = True,
) -> None:
    """Note that a document has been read; in the transaction that records its links or articles."""
    values = {
        "following": [list(pair) for pair in following],
        "position": position,
        "whole": whole,
        "read_at": now,
    }
    connection.execute(
        insert_or_update(connection, backfill_documents, ["backfill_id", "url"], values),
        {"backfill_id": backfill_id, "url": url, **values},
    )


def finish_plan(connection: sa.Connection, backfill_id: int, now: datetime) -> None:
    """Note that every document has been read."""
    connection.execute(
        sa.update(backfills).where(backfills.c.id == backfill_id).values(planned_at=now)
    )


def finish_backfill(connection: sa.Connection, backfill_id: int, now: datetime) -> None:
    """End a backfill: the same command begins a new one from here on."""
    connection.execute(
        sa.delete(backfill_documents).where(backfill_documents.c.backfill_id == backfill_id)
    )
    connection.execute(
        sa.update(backfills).where(backfills.c.id == backfill_id).values(finished_at=now)
    )


def drop_plan(connection: sa.Connection, source: str) -> int:
    """Forget the links that a backfill has planned and not fetched; how many there were."""
    result = connection.execute(
        sa.delete(links).where(links.c.source == source, links.c.state == "planned")
    )
    connection.execute(
        sa.update(backfills)
        .where(backfills.c.source == source, backfills.c.finished_at.is_(None))
        .values(finished_at=sa.func.coalesce(backfills.c.planned_at, backfills.c.started_at))
    )
    return int(result.rowcount)


def waiting_by_month(
    connection: sa.Connection, source: str, since: datetime | None, until: datetime
) -> dict[str | None, int]:
    """Waiting links by the month (``2026-11``) in which they were announced; ``None``: unknown."""
    if connection.dialect.name == "postgresql":
        month: sa.ColumnElement[Any] = sa.func.to_char(
            sa.func.timezone("UTC", links.c.announced_at), "YYYY-MM"
        )
    else:
        month = sa.func.substr(sa.type_coerce(links.c.announced_at, sa.Text), 1, 7)
    rows = connection.execute(
        sa.select(month.label("month"), sa.func.count())
        .where(_waiting(source), in_window(since, until))
        .group_by(sa.text("month"))
        .order_by(sa.text("month"))
    )
    return {row[0]: row[1] for row in rows}


def failed_links(
    connection: sa.Connection, source: str, since: datetime | None, until: datetime
) -> int:
    """Links of a time that failed for a passing reason, and will be tried again."""
    failed = links.c.state == sa.literal_column("'failed'")
    return int(
        connection.execute(
            sa.select(sa.func.count()).where(
                links.c.source == source, failed, in_window(since, until)
            )
        ).scalar_one()
    )


def in_window(since: datetime | None, until: datetime | None) -> sa.ColumnElement[bool]:
    """Whether a link was announced within a time; one of unknown time may have been."""
    conditions: list[sa.ColumnElement[bool]] = []
    if since is not None:
        conditions.append(links.c.announced_at >= since)
    if until is not None:
        conditions.append(links.c.announced_at < until)
    return sa.or_(links.c.announced_at.is_(None), sa.and_(sa.true(), *conditions))


def _waiting(source: str) -> sa.ColumnElement[bool]:
    return sa.and_(links.c.source == source, links.c.state.in_(["planned", "pending"]))
