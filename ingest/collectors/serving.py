"""A process that collects: what the first process assigns, with a desk of its own.

It ends when the first process closes the channel or is gone. The keyboard's interrupt and a
supervisor's SIGTERM, which reach every process of a group, are left to the first one, which passes
them on as a ``Stop``.
"""

from __future__ import annotations

import asyncio
import multiprocessing.forkserver
import os
import signal
import socket
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.assembly import Newsroom, open_newsroom
from ingest.collectors.messages import (
    Assigned,
    Cancel,
    Channel,
    Done,
    Failed,
    Happened,
    Ping,
    Pong,
    Ready,
    Stop,
    sendable,
)
from ingest.events import Event
from sources.client.shared_hosts import SharedHosts

if TYPE_CHECKING:
    from ingest.collectors.assignment import Assignment
    from ingest.settings import Settings
    from storage.database import Database, Reopening

__all__ = ["LET_GO_AFTER", "Equipment", "serve", "share_forkserver", "share_of"]

#: Seconds for which a database that is away is still waited for once a stop was asked for.
LET_GO_AFTER = 5.0
#: Seconds for which events are gathered before they are sent.
TELL_EVERY = 0.1
#: Seconds that what was broken off gets to be booked.
_LAST_WORDS = 2.0


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a collecting process works with."""

    database: Reopening
    settings: Settings
    #: Where the processes of this run share hosts.
    hosts: Path

    @classmethod
    def shared(
        cls, settings: Settings, database: Database, hosts: Path, processes: int
    ) -> Equipment:
        """An equal share of what ``settings`` allow, for each of so many processes."""
        return cls(database.reopening, share_of(settings, processes), hosts)


def share_of(settings: Settings, processes: int) -> Settings:
    """What one of so many processes may take of workers and connections."""
    collect, client = settings.collect, settings.client
    return replace(
        settings,
        collect=replace(collect, workers=max(1, collect.workers // processes)),
        client=replace(client, total_concurrency=ceil(client.total_concurrency / processes)),
    )


def serve(channel: socket.socket, equipment: Equipment) -> None:
    """Collect what is assigned over ``channel`` until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    share_forkserver()
    asyncio.run(_serve(channel, equipment))
    # Threads that wait for a database that is away are not waited for.
    os._exit(0)


async def _serve(channel: socket.socket, equipment: Equipment) -> None:
    channel.setblocking(False)
    ours = Channel(*await asyncio.open_connection(sock=channel))
    try:
        database = equipment.database.open()
    except Exception as error:
        ours.send(Ready(sendable(error)))
        await ours.aclose()
        return
    hosts = SharedHosts(equipment.hosts)
    with database:
        events = _Events(ours)
        async with open_newsroom(database, equipment.settings, events, shared_hosts=hosts) as room:
            ours.send(Ready())
            await _Collecting(room, ours, events, hosts).until_closed()
        await ours.aclose()


class _Events:
    """An observer that passes on what happens, some at a time."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[Event] = []

    def __call__(self, event: Event) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(TELL_EVERY, self.flush)
        self._waiting.append(event)

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            self._channel.send(Happened(tuple(self._waiting)))
            self._waiting.clear()


class _Collecting:
    """The assignments at work."""

    def __init__(
        self, room: Newsroom, channel: Channel, events: _Events, hosts: SharedHosts
    ) -> None:
        self._room = room
        self._channel = channel
        self._events = events
        self._hosts = hosts
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def until_closed(self) -> None:
        """Do what is assigned; what is at work when the channel is closed is broken off."""
        while True:
            match await self._channel.receive():
                case Assigned(number, assignment):
                    self._hosts.add_own(urlsplit(assignment.source.home).hostname or "")
                    self._tasks[number] = asyncio.create_task(self._work(number, assignment))
                case Cancel(number):
                    if number in self._tasks:
                        self._tasks[number].cancel()
                case Stop():
                    self._stop()
                case Ping():
                    self._channel.send(Pong())
                case _:
                    break
        self._room.desk.store.database.wait_no_longer()
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=_LAST_WORDS)

    def _stop(self) -> None:
        self._room.desk.stopping.set()
        # What is in flight is filed, where there is a database to file it in.
        loop = asyncio.get_running_loop()
        loop.call_later(LET_GO_AFTER, self._room.desk.store.database.wait_no_longer)

    async def _work(self, number: int, assignment: Assignment) -> None:
        answer: Done | Failed
        try:
            answer = Done(number, await assignment.work(self._room))
        except (Exception, asyncio.CancelledError) as error:
            answer = Failed(number, sendable(error))
        finally:
            self._tasks.pop(number, None)
        self._events.flush()
        self._channel.send(answer)
        await self._channel.drained()


def share_forkserver() -> None:
    """Have this process's extraction workers forked by the server that forked it.

    ``multiprocessing`` means a child to reuse it, and has it start one of its own, with all that is
    to be loaded for it, since it knows its parent's by its address and not by its number.
    """
    server: Any = multiprocessing.forkserver._forkserver
    # From 3.14 on a server is asked with a key, which a child does not get.
    known = ("_forkserver_address", "_forkserver_alive_fd", "_forkserver_authkey")
    if all(getattr(server, name, True) is not None for name in known):
        server.ensure_running = _nothing


def _nothing() -> None:
    """The server runs as long as a process that it forked."""
