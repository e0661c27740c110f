"""Hosts that several processes of one run may ask: one of them at a time, with the gap between.

Each process has sites of its own, whose hosts nobody else asks but by chance: a link or a redirect
leads elsewhere. Who asks a host that is not its own takes the lock of a file that is named after it
(``flock(2)``: the kernel lets go of it when a process dies), which holds when the last request ended
and until when the host wants to be left alone. The host's own process does so too from the first
such file on, and pays nothing before.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from pathlib import Path

from sources.hosting import site_of

__all__ = ["SharedHosts", "site_of_host"]

#: End of the last request and of the rest, seconds of the system's monotonic clock.
_TIMES = struct.Struct("!dd")
#: Seconds between two looks whether another process has let go.
_LOOK_EVERY = 0.05


@lru_cache(maxsize=16_384)
def site_of_host(host: str) -> str:
    """What the hosts of one site have in common, whatever their ports; a host that is none is its own."""
    name = f"[{host}]" if ":" in host else host
    try:
        return site_of(f"https://{name}/").key
    except ValueError:
        return host


class SharedHosts:
    """As one of the processes sees them."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Share them through files in ``folder``, which is the same for all processes of a run."""
        self.folder = folder
        self._clock = clock
        self._sleep = sleep
        self._own: set[str] = set()

    def add_own(self, host: str) -> None:
        """The site of ``host`` is this process's own from now on."""
        self._own.add(site_of_host(host))

    def has(self, host: str) -> bool:
        """Whether other processes may ask ``host`` (``name:port``) too."""
        site = site_of_host(host.rpartition(":")[0].strip("[]"))
        return site not in self._own or self._path(host).exists()

    @contextlib.asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Hold a host of those that :meth:`has` knows while a request is under way.

        ``delay``: seconds between the last request and this one's start.
        """
        descriptor = self._open(host)
        try:
            while not _locked(descriptor):
                await self._sleep(_LOOK_EVERY)
            while (wait := _read(descriptor)[0] + delay - self._clock()) > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                # Others may have noted a longer rest meanwhile, without the lock.
                _write(descriptor, self._clock(), _read(descriptor)[1])
        finally:
            os.close(descriptor)

    def rest(self, host: str) -> float:
        """Seconds for which a host still wants to be left alone, as other processes were told."""
        try:
            descriptor = os.open(self._path(host), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0.0
        try:
            return max(0.0, _read(descriptor)[1] - self._clock())
        finally:
            os.close(descriptor)

    def pause(self, host: str, seconds: float) -> None:
        """Tell the other processes that a host wants to be left alone for so long."""
        descriptor = self._open(host)
        try:
            last, rest = _read(descriptor)
            _write(descriptor, last, max(rest, self._clock() + seconds))
        finally:
            os.close(descriptor)

    def _open(self, host: str) -> int:
        return os.open(self._path(host), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _path(self, host: str) -> Path:
        return self.folder / hashlib.sha256(host.encode("utf-8", "replace")).hexdigest()[:32]


def _locked(descriptor: int) -> bool:
    # Not on Windows, where the client is used as well, by one process.
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> tuple[float, float]:
    data = os.pread(descriptor, _TIMES.size, 0)
    return _TIMES.unpack(data) if len(data) == _TIMES.size else (float("-inf"), float("-inf"))


def _write(descriptor: int, last: float, rest: float) -> None:
    os.pwrite(descriptor, _TIMES.pack(last, rest), 0)
