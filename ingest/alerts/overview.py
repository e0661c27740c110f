"""Where each channel stands: how far it has told, what waits, why it failed last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.alerts.gathering import gather
from ingest.alerts.message import MOST_CHANGES
from ingest.alerts.settings import LOG, AlertSettings, Channel
from storage.alerts import changes_after, positions

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["ChannelStanding", "standings"]


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """One channel, as it is now."""

    name: str
    kind: str
    #: ``None`` where it has not begun: no daemon or run has been at work since it was declared.
    told_id: int | None
    #: Changes that wait to be told on it, and until when they are held; ``None`` for no longer.
    waiting: int
    until: datetime | None
    last_sent_at: datetime | None
    #: Failed attempts in a row, and why the last one failed.
    attempts: int
    error: str | None


def standings(
    connection: sa.Connection, settings: AlertSettings, now: datetime
) -> list[ChannelStanding]:
    """All channels in the order of the settings, after the log."""
    known = positions(connection)
    found = []
    for channel in (Channel(LOG, LOG, None), *settings.channels):
        position = known.get(channel.name)
        if position is None:
            found.append(ChannelStanding(channel.name, channel.kind, None, 0, None, None, 0, None))
            continue
        changes = changes_after(connection, position.told_id, MOST_CHANGES)
        gathered = gather(channel, position, changes, now)
        found.append(
            ChannelStanding(
                name=channel.name,
                kind=channel.kind,
                told_id=position.told_id,
                waiting=gathered.told,
                until=gathered.until,
                last_sent_at=position.sent_at[-1] if position.sent_at else None,
                attempts=position.attempts,
                error=position.error,
            )
        )
    return found
