"""Whether the daemon is alive: its lease, in a database that answers. For containers and load balancers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.periods import duration
from storage.database import Database
from storage.leases import DAEMON, lease_of

__all__ = ["Alive", "look_alive"]

#: Seconds that the database may take: whoever asks has a limit of their own.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Alive:
    """What was found."""

    alive: bool
    #: In one line.
    said: str


def look_alive(database: str, now: datetime) -> Alive:
    """Look for the daemon of the database at the address ``database``; nothing is written.

    Raises:
        StorageError: the database does not answer, or has another schema.
    """
    with (
        Database.open(database, read_only=True, lock_timeout=_PATIENCE) as opened,
        opened.reading() as connection,
    ):
        lease = lease_of(connection, DAEMON, now)
    if lease is None:
        return Alive(False, "no daemon runs")
    who = f"the daemon on {lease.host} (process {lease.pid})"
    beat = duration(max(0.0, (now - lease.beat_at).total_seconds()))
    if not lease.is_live(now):
        return Alive(False, f"{who} does not live any more; it last said so {beat} ago")
    since = duration(max(0.0, (now - lease.since).total_seconds()))
    return Alive(True, f"{who} lives: for {since}, last said {beat} ago")
