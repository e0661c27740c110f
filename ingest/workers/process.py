"""An extraction process as its parent sees it: requests go out, answers come back in their order."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import pickle
import signal
import socket
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import ExtractionCrashed, TooCostly
from ingest.workers.limits import Limits, died_of
from ingest.workers.sharing import TaskWriter
from ingest.workers.worker import LENGTH, Answer, framed, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.workers.tasks import Task

__all__ = ["Job", "WorkerProcess"]


#: How a process ends by what it does itself, rather than by what the system does to it.
_OWN_FAULTS = {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE}


@dataclass(slots=True, eq=False)
class Job:
    """One task and who waits for it."""

    task: Task[Any]
    future: asyncio.Future[Any]
    #: Workers that died on it.
    deaths: int = 0

    def fail(
        self,
        why: str,
        cause: BaseException | None = None,
        *,
        kind: type[ExtractionCrashed] = ExtractionCrashed,
    ) -> None:
        """Tell who waits, if anybody still does."""
        if not self.future.done():
            failure = kind(f"{self.task.what}: {why}")
            failure.__cause__ = cause
            self.future.set_exception(failure)


class WorkerProcess(asyncio.Protocol):
    """One worker; made by ``start``."""

    def __init__(
        self,
        process: multiprocessing.process.BaseProcess,
        *,
        limits: Limits,
        answered: Callable[[WorkerProcess], None],
        lost: Callable[[WorkerProcess], None],
    ) -> None:
        self._process = process
        self._limits = limits
        self._answered = answered
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        #: Sent and not answered; the worker is at the first.
        self.jobs: deque[Job] = deque()
        #: Whether it was given up: the first job took too long.
        self.overdue = False
        #: Whether it ends of itself: of the jobs that are left none has had its turn.
        self.retired = False
        self._timer: asyncio.TimerHandle | None = None
        self._writer = TaskWriter()
        self._received: list[bytes] = []
        self._size = 0

    @classmethod
    async def start(
        cls,
        context: multiprocessing.context.BaseContext,
        *,
        limits: Limits,
        answered: Callable[[WorkerProcess], None],
        lost: Callable[[WorkerProcess], None],
    ) -> WorkerProcess:
        """A worker that takes jobs.

        Args:
            context: how processes are started.
            limits: what one job may take.
            answered: called when a job was.
            lost: called when the process is gone; its ``jobs`` were not answered.

        Raises:
            OSError: there can be no more processes.
        """
        ours, theirs = socket.socketpair()
        try:
            # A process has to be made in a thread: the first one waits until the extractor is loaded.
            with theirs:
                process = context.Process(target=serve, args=(theirs, limits), daemon=True)  # type: ignore[attr-defined]
                await asyncio.to_thread(process.start)
            worker = cls(process, limits=limits, answered=answered, lost=lost)
            await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        except BaseException:
            ours.close()
            raise
        return worker

    def give(self, job: Job) -> None:
        """Have the worker do ``job`` after those that it has; one that cannot be sent fails."""
        assert self._transport is not None
        try:
            data, body = self._writer.write(job.task)
        except Exception as error:
            job.fail(f"cannot be sent to a worker: {error}", error)
            return
        self.jobs.append(job)
        for part in framed(data, body):
            self._transport.write(part)
        if len(self.jobs) == 1:
            self._watch()

    def death(self) -> tuple[str, type[ExtractionCrashed]] | None:
        """Why the first job is to blame for the end of the process; ``None`` where it may not be.

        ``deaths`` of that job counts this one.

        What the system ends for want of memory may have met the wrong one: it is tried once more.
        """
        first = self.jobs[0]
        if self.overdue:
            return f"not read within {self._limits.time:.0f} s", ExtractionCrashed
        number = died_of(self._process.exitcode)
        if number == signal.SIGPROF:
            return self._limits.too_long(first.task.most_cpu or self._limits.cpu), TooCostly
        if first.deaths < 2:
            return None
        if number in _OWN_FAULTS:
            return f"the worker died on this page twice ({number.name})", TooCostly
        return "the worker died on this page", ExtractionCrashed

    def close(self) -> None:
        """End the process at once."""
        self._stop_watching()
        self._process.kill()
        if self._transport is not None:
            self._transport.abort()
        self._process.join()

    # The time of the first job

    def _watch(self) -> None:
        self._stop_watching()
        if self.jobs:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._limits.time, self._give_up)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self.overdue = True
        self._process.kill()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The channel is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Part of an answer, or several."""
        self._received.append(data)
        self._size += len(data)
        if self._size < LENGTH.size:
            return
        # Joined once where an answer is complete, not for each part of it.
        if len(self._received[0]) < LENGTH.size:
            self._received = [b"".join(self._received)]
        while self._size >= LENGTH.size:
            # Answers have no buffers.
            length, _ = LENGTH.unpack_from(self._received[0])
            end = LENGTH.size + length
            if self._size < end:
                return
            whole = b"".join(self._received)
            self._received, self._size = [whole[end:]], len(whole) - end
            self._take(pickle.loads(memoryview(whole)[LENGTH.size : end]))  # noqa: S301
        if not self._size:
            self._received.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        """The process is gone."""
        self._stop_watching()
        self._process.kill()
        with contextlib.suppress(AssertionError, ChildProcessError):
            self._process.join()
        self._lost(self)

    def _take(self, answer: Answer) -> None:
        job = self.jobs.popleft()
        self._watch()
        self.retired = answer.last
        if not job.future.done():
            match answer.outcome:
                case "done":
                    job.future.set_result(answer.value)
                case "failed":
                    job.fail(answer.value)
                case "costly":
                    job.fail(answer.value, kind=TooCostly)
        self._answered(self)
