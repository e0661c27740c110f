"""Tells every channel what it has not been told yet: at least once, in order, each at its own pace.

A channel's place in ``health_changes`` is kept in the database, and moved on after its message was
taken. So whoever is killed in between sends that message once more, with the same number; and nothing
is lost, however long a channel fails.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from ingest.alerts.gathering import Gathered, gather
from ingest.alerts.message import MOST_CHANGES, one_line
from ingest.alerts.settings import LOG, AlertSettings, Channel
from ingest.alerts.texts import alert
from ingest.alerts.ways.log import log_change
from ingest.alerts.ways.senders import sender_of
from ingest.alerts.ways.sending import NotSent, Sender
from ingest.uncancelled import uncancelled
from storage.alerts import (
    ChannelPosition,
    begin_channels,
    changes_after,
    keep_position,
    last_change,
    positions,
)
from storage.async_store import AsyncStore
from storage.errors import AlreadyRunning, DatabaseAway, StorageError

__all__ = ["FIRST_PAUSE", "LONGEST_PAUSE", "Dispatcher"]

log = structlog.get_logger("copydesk.alerts")

#: The lock that keeps two processes from telling the same.
_LOCK = "alerts"
#: Between a failed attempt and the next; twice as long each time, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
#: Times of messages that are kept, for the rate.
_MOST_TIMES = 1000
_LOG_CHANNEL = Channel(LOG, LOG, None)


@dataclass(frozen=True, slots=True)
class _Due:
    channel: Channel
    position: ChannelPosition
    gathered: Gathered


@dataclass(frozen=True, slots=True)
class _Held:
    """Remembered so that what waits for the morning is not read anew every few seconds."""

    last_id: int
    channel: Channel
    since: datetime
    until: datetime

    def holds(self, last_id: int, channel: Channel, now: datetime) -> bool:
        """Whether all is as it was; the clock may have been set back, too."""
        same = (self.last_id, self.channel) == (last_id, channel)
        return same and self.since <= now < self.until


class Dispatcher:
    """Of one event loop. :meth:`look` every few seconds, :meth:`end` before the store is closed."""

    def __init__(
        self,
        settings: AlertSettings,
        store: AsyncStore,
        *,
        to_log: bool = True,
        sender: Callable[[Channel], Sender] = sender_of,
    ) -> None:
        """``to_log``: whether this process has the log that the channel ``log`` is about.

        One that has none says nothing, and keeps in ``errors`` what could not be sent.
        """
        self._store = store
        self._to_log = to_log
        self._sender = sender
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()
        self._lock: contextlib.ExitStack | None = None
        self._settings = settings
        self._begun: set[str] = set()
        self._held: dict[str, _Held] = {}
        #: Why each channel failed last, of those whose last message this process could not send.
        self.errors: dict[str, str] = {}

    @property
    def _channels(self) -> tuple[Channel, ...]:
        return (*((_LOG_CHANNEL,) if self._to_log else ()), *self._settings.channels)

    def change(self, settings: AlertSettings) -> None:
        """Go on with other channels; what is under way is finished."""
        self._settings = settings

    async def begin(self) -> None:
        """Let channels that are new begin here: call it before anything is judged.

        Raises:
            StorageError: the database failed.
        """
        names = [each.name for each in self._channels if each.name not in self._begun]
        if not names:
            return
        known = await self._store.read(positions)
        if not known.keys() >= set(names):
            await self._store.write(lambda c: begin_channels(c, names))
        self._begun |= set(names)

    async def look(self, now: datetime) -> None:
        """Begin to send what is due at ``now``; returns before it has been sent.

        Where another process is telling, or the database is away, nothing is done. What goes wrong
        with a channel is logged, and tried again at a later look. Whoever cancels it does not
        undo it: what was said is noted all the same, and not said again.

        Raises:
            StorageError: the database failed.
        """
        await uncancelled(self._look(now))

    async def _look(self, now: datetime) -> None:
        async with self._looking:
            with contextlib.suppress(DatabaseAway):
                await self.begin()
                due = await self._store.read(lambda c: self._waiting(c, now))
                if due and await self._take_lock():
                    try:
                        # What another process told meanwhile is not told again.
                        due = await self._store.read(lambda c: self._waiting(c, now))
                        await self._tell(due, now)
                    finally:
                        await self._give_back_lock()

    async def finish(self, within: float = 10.0) -> None:
        """Wait for what is being sent, ``within`` seconds at most; the rest is sent by the next one."""
        if self._sending:
            _, late = await asyncio.wait(self._sending.values(), timeout=within)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=2.0)
        # Where a look waits for a database that is away, the lock falls when that is closed.
        if not self._looking.locked():
            async with self._looking:
                await self._give_back_lock()

    async def end(self, now: datetime, within: float) -> None:
        """Look once more, and wait for what is sent then: ``within`` seconds each, whatever is away."""
        try:
            async with asyncio.timeout(within):
                await self.look(now)
        except TimeoutError:
            pass
        except StorageError as error:
            self.errors["any channel"] = str(error)
        await self.finish(within)

    def _waiting(self, connection: sa.Connection, now: datetime) -> list[_Due]:
        """What there is to do for each channel that has nothing under way."""
        last, known = last_change(connection), positions(connection)
        due = []
        for channel in self._channels:
            position, held = known.get(channel.name), self._held.get(channel.name)
            if channel.name in self._sending or position is None or position.told_id >= last:
                continue
            if held is not None and held.holds(last, channel, now):
                continue
            changes = changes_after(connection, position.told_id, MOST_CHANGES)
            gathered = gather(channel, position, changes, now)
            if channel.way is None or gathered.until is None:
                due.append(_Due(channel, position, gathered))
            else:
                self._held[channel.name] = _Held(last, channel, now, gathered.until)
        return due

    async def _tell(self, due: Sequence[_Due], now: datetime) -> None:
        for each in due:
            if each.channel.way is None:
                for change in each.gathered.changes:
                    log_change(change)
            if each.channel.way is None or not each.gathered.changes:
                passed = replace(each.position, told_id=each.gathered.up_to)
                await self._store.write(lambda c, passed=passed: keep_position(c, passed))  # type: ignore[misc]
            else:
                task = asyncio.create_task(self._send(each, now), name=f"tell {each.channel.name}")
                self._sending[each.channel.name] = task

    async def _send(self, due: _Due, now: datetime) -> None:
        channel, gathered = due.channel, due.gathered
        try:
            message = alert(
                channel.name,
                gathered.changes,
                now,
                zone=self._settings.zone,
                too_old=gathered.too_old,
            )
            try:
                said = await self._sender(channel).send(message)
            except NotSent as error:
                position = self._failed(due, error, now)
            except Exception as error:
                # A fault of ours, or of a library's, in one channel must not stop the others.
                if self._to_log:
                    log.exception("telling failed", channel=channel.name)
                why = f"{type(error).__name__}: {one_line(str(error))}"
                position = self._failed(due, NotSent(why), now)
            else:
                self.errors.pop(channel.name, None)
                if due.position.attempts and self._to_log:
                    log.info("alerts sent again", channel=channel.name, said=said)
                times = (*due.position.sent_at, now)[-_MOST_TIMES:]
                position = ChannelPosition(
                    channel.name,
                    gathered.up_to,
                    sent_at=tuple(at for at in times if now - at < timedelta(hours=1))
                    or times[-1:],
                )
            with contextlib.suppress(DatabaseAway):
                await self._store.write(lambda c: keep_position(c, position))
        except StorageError as error:
            # Its place is as it was: the message is sent once more.
            self.errors[channel.name] = f"sent, but that could not be kept: {error}"
            if self._to_log:
                log.error("place of the alerts not kept", channel=channel.name, error=str(error))
        finally:
            del self._sending[channel.name]
            if not self._sending:
                async with self._looking:
                    await self._give_back_lock()

    def _failed(self, due: _Due, error: NotSent, now: datetime) -> ChannelPosition:
        """Where the channel stands after a message that was not sent."""
        name, position = due.channel.name, due.position
        why = one_line(error.why) or "unknown"
        self.errors[name] = why
        if error.again == "never":
            if self._to_log:
                log.error("alert refused, and passed over", channel=name, error=why)
            return replace(
                position,
                told_id=due.gathered.up_to,
                attempts=0,
                next_attempt_at=None,
                error=f"passed over: {why}",
            )
        attempts = position.attempts + 1
        pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
        if error.again == "later":
            pause = LONGEST_PAUSE
        if error.after is not None:
            pause = max(pause, timedelta(seconds=error.after))
        if position.error != why and self._to_log:
            log.error("alert not sent", channel=name, error=why, again=(now + pause).isoformat())
        return replace(position, attempts=attempts, next_attempt_at=now + pause, error=why)

    async def _take_lock(self) -> bool:
        if self._lock is None:
            held = contextlib.ExitStack()
            take = self._store.database.lock(_LOCK)
            try:
                await self._store.call(lambda: held.enter_context(take))
            except AlreadyRunning:
                return False
            self._lock = held
        return True

    async def _give_back_lock(self) -> None:
        """Where nothing is under way any more."""
        held = self._lock
        if held is not None and not self._sending:
            self._lock = None
            await self._store.call(held.close)
