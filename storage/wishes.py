"""What operators ask of a daemon through the database: to pause a source, to resume it, to poll it.

A wish stays where it is written until a daemon has seen to it, whichever daemon that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.publishers import ensure_source
from storage.schema import sources

__all__ = ["Wishes", "ask_for_polls", "begin_asked_poll", "pause", "resume", "wishes_of"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that is asked for."""

    #: Since when sources are paused, by their names.
    paused: Mapping[str, datetime]
    #: When a poll at once was asked for, by the names of sources whose poll has not begun yet.
    polls: Mapping[str, datetime]


def wishes_of(connection: sa.Connection) -> Wishes:
    """What is asked for now; one query over a small table, so it may be asked every second."""
    rows = connection.execute(
        sa.select(sources.c.name, sources.c.paused_at, sources.c.poll_asked_at).where(
            sources.c.paused_at.is_not(None) | sources.c.poll_asked_at.is_not(None)
        )
    ).all()
    return Wishes(
        paused={row.name: row.paused_at for row in rows if row.paused_at is not None},
        polls={row.name: row.poll_asked_at for row in rows if row.poll_asked_at is not None},
    )


def pause(connection: sa.Connection, names: Iterable[str], now: datetime) -> list[str]:
    """Have no daemon poll these sources by itself; which of them were not paused before.

    A poll that was asked for and has not begun is not made either.
    """
    changed = []
    for name in names:
        ensure_source(connection, name, now)
        done = connection.execute(
            sa.update(sources)
            .where(sources.c.name == name, sources.c.paused_at.is_(None))
            .values(paused_at=now, poll_asked_at=None)
        )
        if done.rowcount:
            changed.append(name)
    return changed


def resume(connection: sa.Connection, names: Iterable[str], now: datetime) -> list[str]:
    """Have daemons poll these sources again, and soon; which of them were paused."""
    changed = []
    for name in names:
        done = connection.execute(
            sa.update(sources)
            .where(sources.c.name == name, sources.c.paused_at.is_not(None))
            .values(paused_at=None, poll_asked_at=now)
        )
        if done.rowcount:
            changed.append(name)
    return changed


def ask_for_polls(connection: sa.Connection, names: Iterable[str], now: datetime) -> None:
    """Ask for a poll of each of these sources at once, paused or not."""
    for name in names:
        ensure_source(connection, name, now)
        connection.execute(
            sa.update(sources).where(sources.c.name == name).values(poll_asked_at=now)
        )


def begin_asked_poll(
    connection: sa.Connection, source: str, asked_at: datetime, now: datetime
) -> None:
    """Take down the wish of ``asked_at``, whose poll begins; one that was made since stays.

    The source is due from ``now`` on, so that its poll is made anew where it does not come to its end.
    """
    connection.execute(
        sa.update(sources)
        .where(sources.c.name == source, sources.c.poll_asked_at == asked_at)
        .values(poll_asked_at=None, next_due_at=now)
    )
