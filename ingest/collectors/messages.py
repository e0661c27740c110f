"""What goes between the first process and one that collects: pickled values, each behind its length."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.errors import StorageError

if TYPE_CHECKING:
    from ingest.collectors.assignment import Assignment
    from ingest.events import Event, SourceFinished

__all__ = [
    "Assigned",
    "Cancel",
    "Channel",
    "Done",
    "Failed",
    "Happened",
    "Ping",
    "Pong",
    "Ready",
    "Stop",
    "sendable",
]

_LENGTH = struct.Struct("!Q")
#: Bytes that wait to be sent before who sends has to wait.
_HIGH_WATER = 1 << 20


@dataclass(frozen=True, slots=True)
class Assigned:
    """Do this."""

    number: int
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class Cancel:
    """Break that off."""

    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Begin nothing new; finish what is in flight."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Say that you are at work."""


@dataclass(frozen=True, slots=True)
class Pong:
    """Here."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has opened the database, or has not, and ends."""

    problem: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What observers are to be told."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A pass is over."""

    number: int
    finished: SourceFinished


@dataclass(frozen=True, slots=True)
class Failed:
    """A pass could not be brought to its end, or not begun."""

    number: int
    error: BaseException


class Channel:
    """One end of the way between two processes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(high=_HIGH_WATER)

    def send(self, message: object) -> None:
        """Send ``message``; nothing happens where nobody is at the other end any more."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        if not self._writer.is_closing():
            self._writer.write(_LENGTH.pack(len(data)) + data)

    async def drained(self) -> None:
        """Wait until the other end has taken most of what was sent."""
        with contextlib.suppress(OSError):
            await self._writer.drain()

    async def receive(self) -> Any:
        """The next message; ``None`` where there will be none."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            data = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            return None
        return pickle.loads(data)  # noqa: S301 - from our own process

    async def aclose(self) -> None:
        """Send what waits, and close."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def sendable(error: BaseException) -> BaseException:
    """``error``, or one that says the same, where it cannot go to another process as it is."""
    try:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        again = None
    if type(again) is type(error) and str(again) == str(error):
        return error
    return StorageError(f"{type(error).__name__}: {error}")
