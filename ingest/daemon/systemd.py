"""What a supervisor such as systemd is told: ready, reloading, stopping, alive, a line of status.

Datagrams to the socket that ``NOTIFY_SOCKET`` names: sd_notify(3), sd_watchdog_enabled(3). Where there
is none nobody is told, and no datagram that cannot be sent keeps the daemon from its work.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping

__all__ = ["Supervisor"]


class Supervisor:
    """The one who started this process, if it wants to be told."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Take the socket and the watchdog's time from ``environment``, the process's if left out."""
        given = os.environ if environment is None else environment
        path = given.get("NOTIFY_SOCKET", "")
        #: A name that begins with @ is in no folder: unix(7), abstract.
        self._address = "\0" + path[1:] if path.startswith("@") else path
        self._socket: socket.socket | None = None
        if path.startswith(("/", "@")):
            self._socket = socket.socket(
                socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0)
            )
            self._socket.setblocking(False)
        self._status = ""
        #: Seconds without a sign of life after which we are killed; ``None`` for never.
        self.watchdog = _watchdog(given) if self._socket is not None else None

    def ready(self) -> None:
        """The daemon works, or works again with other settings."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """Settings are being read; ``ready`` says that they are."""
        # By the clock of systemd, which tells reloads from one another by it.
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The daemon finishes what is in flight."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """All that matters still answers."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for people; told where it is another than before."""
        line = " ".join(text.split())
        if line != self._status:
            self._status = line
            self._tell(f"STATUS={line}")

    def starting(self, seconds: float) -> None:
        """The start takes up to so many seconds more."""
        self._tell(f"EXTEND_TIMEOUT_USEC={round(seconds * 1_000_000)}")

    def close(self) -> None:
        """Tell nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _tell(self, message: str) -> None:
        if self._socket is not None:
            # Full, gone, or not ours to write to: all the same to our work.
            with contextlib.suppress(OSError):
                self._socket.sendto(message.encode(), self._address)


def _watchdog(given: Mapping[str, str]) -> float | None:
    # A child of the process that is watched inherits both, and is not meant.
    if given.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(given.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return None
    return microseconds / 1_000_000 if microseconds > 0 else None
