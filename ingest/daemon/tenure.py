"""One daemon a database: the lock that falls with its process, and the lease that says who it is.

Who meets a live one is told who that is. A dead one's lease is taken over: at once where its process
can be seen to have ended, else after its beats were watched for as long as it lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from ingest.daemon.clock import Clock
from ingest.periods import duration
from storage.errors import AlreadyRunning, DatabaseAway, StorageError
from storage.leases import DAEMON, LEASE_FOR, Lease, beat, lease_of, release, take_lease

if TYPE_CHECKING:
    from datetime import datetime

    from storage.async_store import AsyncStore
    from storage.database import Database

__all__ = ["Tenure", "who"]

log = structlog.get_logger("copydesk.daemon")

#: Seconds between two looks at the beats of another.
_LOOK_EVERY = 2.0


def who(lease: Lease, now: datetime) -> str:
    """Who holds ``lease``: machine, process number, since when, and how long ago its last beat was."""
    ago = (now - lease.beat_at).total_seconds()
    last = f"{duration(ago)} ago" if ago >= 0 else f"at {lease.beat_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"host {lease.host}, pid {lease.pid}, since {lease.since:%Y-%m-%d %H:%M} UTC, last beat {last}"


class Tenure:
    """A daemon's hold of its database."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        lasts: timedelta = LEASE_FOR,
    ) -> None:
        """Hold nothing yet; ``lasts`` is for how long another's lease is watched."""
        self._database = database
        self._clock = clock or Clock()
        self._lasts = lasts
        self._lease: Lease | None = None
        self._unkept = False

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock while the block runs.

        Raises:
            AlreadyRunning: another daemon does; the text says who.
        """
        database = self._database
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(database.lock(DAEMON))
            except AlreadyRunning as error:
                now = self._clock.now()
                with database.reading() as connection:
                    lease = lease_of(connection, DAEMON, now)
                if lease is None or not lease.is_live(now):
                    raise
                raise self._met(lease) from error
            yield

    def _met(self, lease: Lease) -> AlreadyRunning:
        said = who(lease, self._clock.now())
        return AlreadyRunning(
            f"another daemon works on {self._database.address}: {said}; stop it or leave it to it"
        )

    async def begin(self, store: AsyncStore) -> None:
        """Take the lease, if need be after watching another's, which is said.

        Raises:
            AlreadyRunning: another daemon holds it and is alive.
            StorageError: the database failed.
        """
        lease = await self._take(store)
        if not lease.is_ours:
            await self._watch(store, lease)
            again = await self._take(store, instead_of=lease)
            if not again.is_ours:
                raise self._met(again)
            log.warning("lease taken over", **_told(lease, self._clock.now()))
            lease = again
        self._lease = lease

    async def _take(self, store: AsyncStore, instead_of: Lease | None = None) -> Lease:
        now = self._clock.now()
        return await store.write(lambda c: take_lease(c, DAEMON, now, instead_of=instead_of))

    async def _watch(self, store: AsyncStore, lease: Lease) -> None:
        """Return when ``lease`` had no beat for as long as it lasts, by our own timers."""
        log.warning(
            "waiting for a lease to run out",
            seconds=round(self._lasts.total_seconds()),
            **_told(lease, self._clock.now()),
        )
        clock = self._clock.monotonic
        until = clock() + self._lasts.total_seconds()
        while clock() < until:
            await asyncio.sleep(min(_LOOK_EVERY, max(0.0, until - clock())))
            now = self._clock.now()
            there = await store.read(lambda c, now=now: lease_of(c, DAEMON, now))  # type: ignore[misc]
            if there is None:
                return
            if (there.holder, there.beats) != (lease.holder, lease.beats):
                raise self._met(there)

    async def keep(self, store: AsyncStore) -> None:
        """Add a beat, and see that nobody else has taken the place of this daemon.

        A beat that the database does not take is said once; the next may be taken.

        Raises:
            AlreadyRunning: another daemon began while the database was away, or this one slept.
        """
        address = self._database.address
        try:
            if DAEMON in await store.call(self._database.lost_locks):
                raise AlreadyRunning(f"another daemon took over {address} while it was away")
            lease = self._lease
            if lease is None:
                return
            now = self._clock.now()
            there = await store.write(lambda c: beat(c, lease, now))
        except AlreadyRunning:
            raise
        except DatabaseAway:
            return
        except StorageError as error:
            if not self._unkept:
                log.error("lease not kept", error=str(error))
            self._unkept = True
            return
        self._unkept = False
        if not there.is_ours:
            said = who(there, now)
            raise AlreadyRunning(
                f"another daemon took over {address} while this one did not beat: {said}"
            )

    def end(self) -> None:
        """Give the lease back, where the database is there to take it."""
        lease, self._lease = self._lease, None
        if lease is not None:
            with contextlib.suppress(StorageError):
                self._database.write(lambda c: release(c, lease))


def _told(lease: Lease, now: datetime) -> dict[str, object]:
    return {
        "host": lease.host,
        "pid": lease.pid,
        "since": lease.since.isoformat(timespec="seconds"),
        "last_beat": lease.beat_at.isoformat(timespec="seconds"),
        "ago": duration(max(0.0, (now - lease.beat_at).total_seconds())),
    }
