"""What a channel tells now, and what it keeps for later: filters, digest, rate and quiet hours.

Nothing of it is kept anywhere: what waits are the changes beyond the channel's place in the database,
and all of this is reckoned from them anew each time. So it survives every restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from ingest.alerts.settings import Channel
from storage.alerts import ChannelPosition, HealthChange

__all__ = ["LONGEST_PAUSE", "OLDEST", "Gathered", "gather", "is_told"]

#: Changes that were noticed longer ago are not told any more.
OLDEST = timedelta(days=14)
#: No attempt is put off for longer; what says so was written by a clock that was wrong.
LONGEST_PAUSE = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What there is to be told on a channel."""

    #: The place of the channel once it is told; where there is nothing to tell, its place as of now.
    up_to: int
    #: All changes of the sources that are told of, in their order; empty where there is nothing.
    changes: tuple[HealthChange, ...] = ()
    #: How many of them the channel would tell by themselves.
    told: int = 0
    #: How many there were that are too old to be told.
    too_old: int = 0
    #: When to tell; ``None`` for now.
    until: datetime | None = None


def gather(
    channel: Channel, position: ChannelPosition, changes: Sequence[HealthChange], now: datetime
) -> Gathered:
    """What ``channel`` tells of ``changes``, which are those beyond its place, in their order."""
    up_to = changes[-1].id if changes else position.told_id
    young = [change for change in changes if now - change.at <= OLDEST]
    told = [change for change in young if is_told(channel, change)]
    if not told:
        return Gathered(up_to)
    of = {change.source for change in told}
    return Gathered(
        up_to,
        changes=tuple(change for change in young if change.source in of),
        told=len(told),
        too_old=len(changes) - len(young),
        until=_held_until(channel, position, told, now),
    )


def is_told(channel: Channel, change: HealthChange) -> bool:
    """Whether ``channel`` is for this change: one into its states, or out of them."""
    if channel.sources and not any(fnmatchcase(change.source, each) for each in channel.sources):
        return False
    if change.state in channel.states:
        return True
    return channel.recovery and change.before in channel.states


def _held_until(
    channel: Channel, position: ChannelPosition, told: Sequence[HealthChange], now: datetime
) -> datetime | None:
    held = [now]
    again = position.next_attempt_at
    if again is not None and again - now <= LONGEST_PAUSE:
        held.append(again)
    # The first may have been noticed by a clock that went ahead.
    held.append(min(told[0].at, now) + channel.digest)
    if channel.rate is not None:
        lately = [at for at in position.sent_at if now - _HOUR < at <= now]
        if len(lately) >= channel.rate:
            held.append(lately[-channel.rate] + _HOUR)
    if channel.quiet is not None and not any(each.state in channel.wake_for for each in told):
        quiet = channel.quiet.until(now)
        if quiet is not None:
            held.append(quiet)
    latest = max(held)
    return latest if latest > now else None
