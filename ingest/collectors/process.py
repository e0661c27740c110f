"""A collecting process as the first process sees it: assignments go out, events and ends come back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from ingest.collectors.messages import (
    Assigned,
    Cancel,
    Channel,
    Done,
    Failed,
    Happened,
    Ping,
    Ready,
    Stop,
)
from ingest.collectors.serving import serve
from ingest.errors import CollectorDied
from ingest.workers.forking import forking

if TYPE_CHECKING:
    import multiprocessing.process
    from collections.abc import Callable

    from ingest.collectors.assignment import Assignment
    from ingest.collectors.serving import Equipment
    from ingest.events import Event, SourceFinished

__all__ = ["CollectingProcess"]

#: Seconds that a process gets to end by itself once its channel is closed.
_TO_END = 4.0
#: Seconds between two questions whether a process is at work, and how many in a row may stay without
#: a word from it. Counted and not clocked: what slept with this process has not hung.
ASK_EVERY, MOST_UNANSWERED = 30.0, 4


class CollectingProcess:
    """One process; made by ``start``."""

    def __init__(
        self,
        process: multiprocessing.process.BaseProcess,
        channel: Channel,
        tell: Callable[[Event], None],
    ) -> None:
        self._process = process
        self._channel = channel
        self._tell = tell
        self._waiting: dict[int, asyncio.Future[SourceFinished]] = {}
        self._number = 0
        self._closed = False
        self._unanswered = 0
        self._listening: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, equipment: Equipment, tell: Callable[[Event], None]) -> CollectingProcess:
        """A process that takes assignments.

        Args:
            equipment: what it works with.
            tell: is told of all that happens there.

        Raises:
            OSError: there can be no more processes.
            CollectorDied: it ended before it was ready.
            StorageError: it cannot open the database.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                context = forking()
                # Not a daemon in multiprocessing's sense, which could have no workers.
                process = context.Process(target=serve, args=(theirs, equipment))  # type: ignore[attr-defined]
                await asyncio.to_thread(process.start)
            ours.setblocking(False)
            channel = Channel(*await asyncio.open_connection(sock=ours))
        except BaseException:
            ours.close()
            raise
        started = cls(process, channel, tell)
        try:
            match await channel.receive():
                case Ready(None):
                    pass
                case Ready(BaseException() as problem):
                    raise problem
                case _:
                    raise CollectorDied("a collecting process ended before it began")
        except BaseException:
            await started.aclose()
            raise
        started._listening = asyncio.create_task(started._listen())
        started._asking = asyncio.create_task(started._keep_asking())
        return started

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        """Whether it takes assignments."""
        return not self._closed

    async def work(self, assignment: Assignment) -> SourceFinished:
        """Have it do ``assignment``.

        Raises:
            CollectorDied: the process ended on the way.
            Exception: what the work raised there.
        """
        if self._closed:
            raise CollectorDied("a collecting process is gone")
        self._number += 1
        number = self._number
        future: asyncio.Future[SourceFinished] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._channel.send(Assigned(number, assignment))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if not future.cancelled():
                self._channel.send(Cancel(number))
                # It books what it broke off.
                await asyncio.wait([future], timeout=_TO_END)
            raise
        finally:
            self._waiting.pop(number, None)

    def stop(self) -> None:
        """Have it begin nothing new."""
        self._channel.send(Stop())

    async def aclose(self) -> None:
        """End it: what is at work there is broken off."""
        self._closed = True
        if self._asking is not None:
            self._asking.cancel()
        await self._channel.aclose()
        await asyncio.to_thread(self._process.join, _TO_END)
        if self._process.is_alive():
            self._process.kill()
            await asyncio.to_thread(self._process.join)
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def _keep_asking(self) -> None:
        """End the process where it hangs: then its assignments go to another."""
        while not self._closed:
            if self._unanswered >= MOST_UNANSWERED:
                self._process.kill()
                return
            self._unanswered += 1
            self._channel.send(Ping())
            await asyncio.sleep(ASK_EVERY)

    async def _listen(self) -> None:
        while (message := await self._channel.receive()) is not None:
            self._unanswered = 0
            match message:
                case Happened(events):
                    for event in events:
                        self._tell(event)
                case Done(number, finished):
                    self._settle(number, finished)
                case Failed(number, error):
                    self._settle(number, error)
        self._closed = True
        died = CollectorDied("the process that collected it ended before its time")
        for number in list(self._waiting):
            self._settle(number, died)

    def _settle(self, number: int, outcome: SourceFinished | BaseException) -> None:
        future = self._waiting.pop(number, None)
        if future is None or future.done():
            return
        if isinstance(outcome, asyncio.CancelledError):
            future.cancel()
        elif isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
