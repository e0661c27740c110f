"""One limiter for all that a process asks: by host a gap between starts and so many at once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from sources.client.failure import Failure
from sources.client.shared_hosts import SharedHosts
from sources.errors import Unreachable

__all__ = ["HostLimiter"]

#: Hosts remembered before the idle ones are forgotten.
MOST_HOSTS = 4096
#: For how long a host's last start is remembered at least, should a later caller ask for a wide gap.
MEMORY = 60.0


@dataclass(slots=True)
class _Host:
    #: Whoever holds it is next; asyncio's lock serves in order and survives cancelled waiters.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    active: int = 0
    waiting: int = 0
    last_start: float = float("-inf")
    #: Nobody needs to remember the last start after that.
    forget_at: float = float("-inf")
    #: The host asked for quiet until then.
    paused_until: float = float("-inf")


class HostLimiter:
    """Hands out turns by host, first come first served; memory is bounded for many hosts."""

    def __init__(
        self,
        total: int,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        *,
        shared: SharedHosts | None = None,
    ) -> None:
        """Allow ``total`` turns at once; a pause beyond ``patience`` seconds is not waited for.

        ``shared``: hosts that other processes ask too.
        """
        self._shared = shared
        self._total = asyncio.Semaphore(total)
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = MOST_HOSTS

    @contextlib.asynccontextmanager
    async def turn(self, host: str, *, delay: float, concurrency: int) -> AsyncIterator[None]:
        """Wait for a turn at ``host`` and hold it while the request is under way.

        Args:
            host: ``name:port``.
            delay: seconds between the last request's start and this one's.
            concurrency: requests under way at once, this one included.

        Raises:
            Failure: the host asked to be left alone for longer than we wait.
        """
        if self._shared is None or not self._shared.has(host):
            async with self._turn(host, delay, concurrency):
                yield
            return
        # First of all, while nothing is held that others here want.
        async with self._shared.turn(host, delay):
            state = self._state(host)
            rest = self._clock() + self._shared.rest(host)
            state.paused_until = max(state.paused_until, rest)
            async with self._turn(host, delay, concurrency):
                yield

    @contextlib.asynccontextmanager
    async def _turn(self, host: str, delay: float, concurrency: int) -> AsyncIterator[None]:
        state = self._state(host)
        state.waiting += 1
        try:
            async with state.turn:
                await self._wait(host, state, delay, concurrency)
                state.active += 1
                state.last_start = self._clock()
                state.forget_at = state.last_start + max(delay, MEMORY)
        finally:
            state.waiting -= 1
        try:
            yield
        finally:
            state.active -= 1
            state.freed.set()
            self._total.release()

    async def _wait(self, host: str, state: _Host, delay: float, concurrency: int) -> None:
        """Return when the request may start, with a place of the total taken."""
        while True:
            self.check_pause(host)
            if state.active >= concurrency:
                state.freed.clear()
                await state.freed.wait()
                continue
            wait = max(state.last_start + delay, state.paused_until) - self._clock()
            if wait > 0:
                await self._sleep(wait)
                continue
            # Taken last, so that nobody holds it asleep; the wait for it may have seen a pause.
            await self._total.acquire()
            if state.paused_until <= self._clock():
                return
            self._total.release()

    def pause(self, host: str, seconds: float) -> None:
        """Start nothing at ``host`` for so long."""
        state = self._state(host)
        state.paused_until = max(state.paused_until, self._clock() + seconds)
        if self._shared is not None and self._shared.has(host):
            self._shared.pause(host, seconds)

    def check_pause(self, host: str) -> None:
        """Raise ``Failure`` where ``host`` is paused for longer than we wait."""
        state = self._hosts.get(host)
        paused = state.paused_until - self._clock() if state else 0.0
        if paused > self._patience:
            name = host.rpartition(":")[0]
            raise Failure(
                Unreachable,
                f"{name} asked to be left alone for another {paused:.0f} s (Retry-After)",
                retry_after=paused,
                cause="http_429",
            )

    def _state(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= self._sweep_at:
                now = self._clock()
                self._hosts = {
                    name: kept
                    for name, kept in self._hosts.items()
                    if kept.active or kept.waiting or max(kept.forget_at, kept.paused_until) > now
                }
                # Sweeping costs as much as there is, so the next is only after as many more.
                self._sweep_at = max(MOST_HOSTS, 2 * len(self._hosts))
            state = self._hosts[host] = _Host()
        return state
