"""Leases: who does what only one may do, since when, and until when that is believed.

The lock of ``storage.locks`` is what keeps a second one out: it falls with its process. A lease tells
who it is, and holds where a lock does not reach: a SQLite file on a share, another container. Who
holds it adds a beat every :data:`BEAT_EVERY`; without one it has run out after :data:`LEASE_FOR`.

Clocks of two machines differ, so nobody takes over another's lease because of the times in it: either
its process has certainly ended (``storage.process_mark``), or its beats were watched for as long as it
lasts, by one's own clock, and did not grow.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.engine.upsert import insert_or_replace
from storage.process_mark import HOST, ProcessMark, is_gone, this_process
from storage.schema import leases

__all__ = [
    "BEAT_EVERY",
    "DAEMON",
    "LEASE_FOR",
    "Lease",
    "beat",
    "lease_of",
    "release",
    "take_lease",
]

#: The lease of the daemon.
DAEMON = "daemon"
#: How long a lease lasts without a beat, and how often its holder adds one.
LEASE_FOR, BEAT_EVERY = timedelta(seconds=60), timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease, as it stood when it was read."""

    name: str
    #: Of its process, as ``storage.process_mark`` writes it.
    holder: str
    host: str
    pid: int
    #: When it was taken, and its last beat, by its holder's clock.
    since: datetime
    beats: int
    beat_at: datetime
    expires_at: datetime

    @property
    def is_ours(self) -> bool:
        """Whether this process holds it."""
        return self.holder == str(this_process())

    @property
    def is_abandoned(self) -> bool:
        """Whether its process has certainly ended; false where nobody here can tell."""
        return is_gone(self.host, self.pid, ProcessMark.parse(self.holder))

    def is_live(self, now: datetime) -> bool:
        """Whether its holder is at work, as far as one look can tell.

        A beat from the future is of a clock that has been set back since, or of none that can be
        gone by.
        """
        return self.beat_at - LEASE_FOR <= now < self.expires_at and not self.is_abandoned


def lease_of(connection: sa.Connection, name: str, now: datetime) -> Lease | None:
    """The lease ``name``, live or not (:meth:`Lease.is_live`); ``None`` where nobody holds it.

    Where the clock was set back after it was taken, ``since`` is ``now``, not a time to come.
    """
    row = connection.execute(sa.select(leases).where(leases.c.name == name)).first()
    if row is None:
        return None
    found = row._asdict()
    found["since"] = min(row.since, now)
    return Lease(**found)


def take_lease(
    connection: sa.Connection, name: str, now: datetime, *, instead_of: Lease | None = None
) -> Lease:
    """Take the lease ``name`` where it is free; the one that holds afterwards: ours or another's.

    Args:
        connection: of the writer.
        name: such as :data:`DAEMON`.
        now: aware.
        instead_of: another's whose beats did not grow for as long as it lasts. It is taken over if
            it is still the same, and not one beat more.
    """
    there = lease_of(connection, name, now)
    if there is not None and not there.is_ours and not there.is_abandoned:
        unchanged = instead_of is not None and (there.holder, there.beats) == (
            instead_of.holder,
            instead_of.beats,
        )
        if not unchanged:
            return there
    ours = Lease(
        name=name,
        holder=str(this_process()),
        host=HOST,
        pid=os.getpid(),
        since=now,
        beats=0,
        beat_at=now,
        expires_at=now + LEASE_FOR,
    )
    values = {field: getattr(ours, field) for field in Lease.__slots__}
    connection.execute(insert_or_replace(connection, leases, ["name"]), values)
    return ours


def beat(connection: sa.Connection, lease: Lease, now: datetime) -> Lease:
    """Say that ``lease``, one of ours, still holds; the one that holds: ours, or who took it over.

    Where there is none at all, as in a database that was put back from a copy, it is taken anew.
    """
    values = {
        "beats": leases.c.beats + 1,
        "beat_at": now,
        "expires_at": now + LEASE_FOR,
    }
    connection.execute(
        sa.update(leases)
        .where(leases.c.name == lease.name, leases.c.holder == lease.holder)
        .values(values)
    )
    return lease_of(connection, lease.name, now) or take_lease(connection, lease.name, now)


def release(connection: sa.Connection, lease: Lease) -> None:
    """Give ``lease`` back, where it is still ours."""
    connection.execute(
        sa.delete(leases).where(leases.c.name == lease.name, leases.c.holder == lease.holder)
    )
