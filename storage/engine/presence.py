"""Whether the server is there: whoever meets its absence waits here, all of them together.

One thread of ours asks for the server while the others wait, so that an hour's absence costs a few
hundred attempts however much waits for it, and is told in two lines: when it began, when it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import sqlalchemy as sa

from storage.engine.failures import explain
from storage.errors import StorageError

__all__ = ["Patience", "Presence"]

#: Seconds between two attempts to reach the server, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


def _nobody(_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long an absence of the server is waited out, and who is told of it."""

    #: Seconds; ``inf`` for however long it takes.
    seconds: float = 30.0
    #: Told once when the server is away, with the cause. On a thread of ours.
    gone: Callable[[StorageError], None] = _nobody
    #: Told once when it is back, with the seconds that it was away.
    back: Callable[[float], None] = _nobody
    clock: Callable[[], float] = time.monotonic
    #: Waits so many seconds; one of ours, which a stop cuts short, where left out.
    sleep: Callable[[float], None] | None = None


class Presence:
    """Of one server, as one process sees it. Thread-safe."""

    def __init__(
        self,
        probe: Callable[[], None],
        database: str,
        patience: Patience,
        *,
        again: Callable[[], None] = lambda: None,
    ) -> None:
        """Watch nothing yet.

        Args:
            probe: asks the server something; raises where it is away.
            database: its address, to show.
            patience: how long to wait.
            again: what is to be done when it is back, before anything else is: taking locks.
        """
        self._probe = probe
        self._database = database
        self._patience = patience
        self._again = again
        self._mutex = threading.Lock()
        self._wake = threading.Event()
        self._absence: Future[bool] | None = None
        self._hurried = False
        self._gave_up = False

    @property
    def given_up(self) -> bool:
        """Whether the server was away when it was waited for no longer, and none is to be tried."""
        return self._hurried and self._gave_up

    @property
    def is_absent(self) -> bool:
        """Whether somebody waits for it."""
        return self._absence is not None

    def answered(self) -> None:
        """Note that the server has done something: its next absence is waited out again."""
        self._gave_up = False

    def wait(self, error: StorageError) -> bool:
        """Wait for the server after ``error``; false where it is waited for no longer.

        A server that answers at once had only dropped a connection: that is told to nobody.
        """
        return self._absent(error).result()

    async def back(self, error: StorageError) -> bool:
        """As :meth:`wait`, on an event loop that goes on meanwhile."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()

        def resolve(there: bool) -> None:
            if not waiter.done():
                waiter.set_result(there)

        def tell(absence: Future[bool]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(resolve, absence.result())

        self._absent(error).add_done_callback(tell)
        return await waiter

    def wait_no_longer(self) -> None:
        """Let whoever waits go on without the server, at once and from now on."""
        with self._mutex:
            self._hurried = True
            absence = self._absence
        if absence is not None:
            self._end(absence, there=False)
        self._wake.set()

    def _absent(self, error: StorageError) -> Future[bool]:
        with self._mutex:
            if self._absence is not None:
                return self._absence
            absence: Future[bool] = Future()
            if self._hurried or self._gave_up:
                self._gave_up = True
                absence.set_result(False)
                return absence
            self._absence = absence
        # A daemon thread: an attempt that hangs must not keep the program from ending.
        threading.Thread(
            target=self._watch, args=(absence, error), name="copydesk-presence", daemon=True
        ).start()
        return absence

    def _watch(self, absence: Future[bool], error: StorageError) -> None:
        there = False
        try:
            there = self._wait_for_server(absence, error)
        finally:
            self._end(absence, there=there)

    def _wait_for_server(self, absence: Future[bool], error: StorageError) -> bool:
        patience = self._patience
        began = patience.clock()
        told = False
        pause = _FIRST_PAUSE
        while not absence.done():
            try:
                self._probe()
                self._again()
            except (sa.exc.SQLAlchemyError, StorageError) as problem:
                error = explain(problem, self._database)
            else:
                if told:
                    patience.back(patience.clock() - began)
                return True
            if not told:
                told = True
                patience.gone(error)
            if patience.clock() - began + pause > patience.seconds:
                return False
            (patience.sleep or self._wake.wait)(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return False

    def _end(self, absence: Future[bool], *, there: bool) -> None:
        with self._mutex:
            if self._absence is not absence:
                return
            self._absence = None
            self._gave_up = not there
        absence.set_result(there)
