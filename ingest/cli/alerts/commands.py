"""What ``copydesk alerts`` and ``copydesk alerts test`` do."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.alerts.overview import ChannelStanding, standings
from ingest.alerts.texts import trial_message
from ingest.alerts.ways.senders import sender_of
from ingest.alerts.ways.sending import NotSent
from ingest.cli.reading.articles import print_json
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, SettingsError
from ingest.unknown_names import unknown_name
from ingest.views.article_text import plain
from storage.database import Database

if TYPE_CHECKING:
    from ingest.alerts.settings import AlertSettings, Channel
    from ingest.settings import Settings

__all__ = ["show_channels", "try_channels"]


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of a test message."""

    channel: str
    kind: str
    sent: bool
    #: What the other side said, or why it was not sent.
    said: str
    seconds: float


def show_channels(settings: Settings, *, as_json: bool) -> int:
    """List the channels; 1 where the last message of one failed."""
    now = datetime.now(UTC)
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        found = standings(c, settings.alerts, now)
    for each in found:
        if as_json:
            print_json(asdict(each))
        else:
            print(plain(_line(each)))
    if len(found) == 1 and not as_json:
        print("no other is declared; [[alerts.channel]] of the settings declares one")
    return EXIT_INCOMPLETE if any(each.error for each in found) else EXIT_OK


def try_channels(settings: Settings, names: Sequence[str], *, as_json: bool) -> int:
    """Send a test message through the channels named, or all; 1 where one failed."""
    channels = _named(settings.alerts, names)
    tried = asyncio.run(_try_all(channels))
    for each in tried:
        if as_json:
            print_json(asdict(each))
        else:
            said = "sent" if each.sent else "NOT SENT"
            print(
                plain(f"{each.channel} ({each.kind}): {said}: {each.said} ({each.seconds:.1f} s)")
            )
    return EXIT_OK if all(each.sent for each in tried) else EXIT_INCOMPLETE


def _named(settings: AlertSettings, names: Sequence[str]) -> list[Channel]:
    if not settings.channels:
        raise SettingsError(
            "no channel of alerts is declared; [[alerts.channel]] of the settings declares one"
        )
    known = {channel.name: channel for channel in settings.channels}
    for name in names:
        if name not in known:
            raise unknown_name("channel", name, known)
    return [known[name] for name in dict.fromkeys(names or known)]


async def _try_all(channels: Sequence[Channel]) -> list[_Tried]:
    return list(await asyncio.gather(*map(_try, channels)))


async def _try(channel: Channel) -> _Tried:
    message = trial_message(channel.name, datetime.now(UTC), host=socket.gethostname())
    began = time.monotonic()
    try:
        said, sent = await sender_of(channel).send(message), True
    except NotSent as error:
        said, sent = error.why, False
    return _Tried(channel.name, channel.kind, sent, said, round(time.monotonic() - began, 3))


def _line(standing: ChannelStanding) -> str:
    name = f"{standing.name} ({standing.kind})" if standing.kind != standing.name else standing.name
    if standing.told_id is None:
        return f"{name}: has not begun; it does when a daemon or a run is next at work"
    parts = [_waiting(standing)]
    if standing.last_sent_at is not None:
        parts.append(f"last message {standing.last_sent_at:%Y-%m-%d %H:%M} UTC")
    if standing.error is not None:
        times = f"failed {standing.attempts} times: " if standing.attempts else ""
        parts.append(times + standing.error)
    return f"{name}: " + "; ".join(parts)


def _waiting(standing: ChannelStanding) -> str:
    if not standing.waiting:
        return "all is told"
    until = f" until {standing.until:%Y-%m-%d %H:%M} UTC" if standing.until else ""
    changes = "1 change waits" if standing.waiting == 1 else f"{standing.waiting} changes wait"
    return changes + until
