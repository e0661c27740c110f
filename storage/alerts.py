"""What alerts tell, and how far each channel has told it: ``health_changes`` and ``alert_channels``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from storage.engine.upsert import insert_ignoring, insert_or_replace
from storage.schema import alert_channels, health_changes

__all__ = [
    "ChannelPosition",
    "HealthChange",
    "begin_channels",
    "changes_after",
    "keep_position",
    "last_change",
    "positions",
]

#: Changes of a source that are looked through for the beginning of a state.
_FURTHEST_BACK = 50


@dataclass(frozen=True, slots=True)
class HealthChange:
    """One row of ``health_changes``, with what there was of the state that it ended."""

    id: int
    source: str
    #: When it was noticed.
    at: datetime
    #: The state until then, and the one from then on.
    before: str
    state: str
    #: Since when the new state is; ``None`` where nobody knows.
    since: datetime | None = None
    #: Its chief reason in a word, in a sentence, and what to do.
    reason: str | None = None
    why: str | None = None
    advice: str | None = None
    #: Since when the state before had been, and its reason in a word and in a sentence.
    before_since: datetime | None = None
    before_reason: str | None = None
    before_why: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelPosition:
    """How far a channel has told."""

    name: str
    #: The last change that it has dealt with.
    told_id: int
    #: Times of its last messages, oldest first.
    sent_at: tuple[datetime, ...] = ()
    #: Failed attempts in a row, when the next one is, and why the last one failed.
    attempts: int = 0
    next_attempt_at: datetime | None = None
    error: str | None = None


def last_change(connection: sa.Connection) -> int:
    """The number of the newest change; 0 where there is none."""
    found = connection.execute(sa.select(sa.func.max(health_changes.c.id))).scalar()
    return int(found or 0)


def changes_after(connection: sa.Connection, told_id: int, limit: int) -> list[HealthChange]:
    """The next ``limit`` changes after the one numbered ``told_id``, in their order."""
    rows = connection.execute(
        sa.select(health_changes)
        .where(health_changes.c.id > told_id)
        .order_by(health_changes.c.id)
        .limit(limit)
    ).all()
    return [_change(connection, row) for row in rows]


def positions(connection: sa.Connection) -> dict[str, ChannelPosition]:
    """How far every channel that ever told anything has come, by name."""
    return {
        row.name: ChannelPosition(
            name=row.name,
            told_id=row.told_id,
            sent_at=tuple(map(_instant, row.sent_at)),
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            error=row.error,
        )
        for row in connection.execute(sa.select(alert_channels))
    }


def begin_channels(connection: sa.Connection, names: Sequence[str]) -> None:
    """Let channels that are not known yet begin now: what was before is no news."""
    known = set(
        connection.execute(
            sa.select(alert_channels.c.name).where(alert_channels.c.name.in_(names))
        ).scalars()
    )
    begun = last_change(connection)
    for name in names:
        if name not in known:
            connection.execute(
                insert_ignoring(connection, alert_channels),
                {"name": name, "told_id": begun, "sent_at": [], "attempts": 0},
            )


def keep_position(connection: sa.Connection, position: ChannelPosition) -> None:
    """Keep how far a channel has come."""
    connection.execute(
        insert_or_replace(connection, alert_channels, ["name"]),
        {
            "name": position.name,
            "told_id": position.told_id,
            "sent_at": [at.isoformat() for at in position.sent_at],
            "attempts": position.attempts,
            "next_attempt_at": position.next_attempt_at,
            "error": position.error,
        },
    )


def _change(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> HealthChange:
    """A change with what there was of the state that it ended; of which there may be several rows."""
    earlier = connection.execute(
        sa.select(health_changes)
        .where(health_changes.c.source == row.source, health_changes.c.id < row.id)
        .order_by(health_changes.c.id.desc())
        .limit(_FURTHEST_BACK)
    ).all()
    of_before = []
    for each in earlier:
        if each.state != row.before:
            break
        of_before.append(each)
    ended = {}
    if of_before:
        first, last = of_before[-1], of_before[0]
        ended = {
            "before_since": first.since or first.at,
            "before_reason": last.reason,
            "before_why": last.why,
        }
    return HealthChange(**{**row._asdict(), **ended})


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
