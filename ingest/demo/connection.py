"""One client's connection to the demo's server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import formatdate

from ingest.demo.answers import Request, phrase

__all__ = ["Connection"]

LARGEST_HEAD = 32 * 1024

#: Delay in seconds, head without its last fields, and body of the answer to a request.
Respond = Callable[[Request], tuple[float, bytes, bytes]]


class Connection(asyncio.Protocol):
    """One client's connection: requests answered in their order (RFC 9112, section 9.3.2)."""

    def __init__(
        self,
        respond: Respond,
        connections: set[Connection],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """While it lives it is in ``connections``."""
        self._respond = respond
        self._connections = connections
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and send no answer that waits."""
        if self._later is not None:
            self._later.cancel()
        self._transport = None
        self._connections.discard(self)

    def abort(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        self._buffer += data
        self._work()

    def _work(self) -> None:
        """Answer the requests that are whole, up to one whose answer waits."""
        while self._later is None and self._transport is not None:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                if len(self._buffer) > LARGEST_HEAD:
                    self._refuse(431)
                return
            request = _parse(head)
            if request is None:
                self._refuse(400)
                return
            length = request.headers.get("content-length", "0")
            if not length.isdigit() or int(length) > LARGEST_HEAD:
                self._refuse(413)
                return
            if len(rest) < int(length):
                return
            self._buffer = rest[int(length) :]
            delay, answer, body = self._respond(request)
            closing = request.headers.get("connection", "").lower() == "close"
            if delay > 0:
                self._later = self._loop.call_later(delay, self._resume, answer, body, closing)
            else:
                self._send(answer, body, closing=closing)

    def _resume(self, head: bytes, body: bytes, closing: bool) -> None:
        self._later = None
        self._send(head, body, closing=closing)
        self._work()

    def _send(self, head: bytes, body: bytes, *, closing: bool) -> None:
        if self._transport is None:
            return
        last = b"Connection: close\r\n\r\n" if closing else b"\r\n"
        date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        self._transport.write(head + date + last + body)
        if closing:
            self._transport.close()
            self._transport = None

    def _refuse(self, status: int) -> None:
        self._buffer = b""
        line = f"HTTP/1.1 {status} {phrase(status)}\r\nContent-Length: 0\r\n"
        self._send(line.encode(), b"", closing=True)


def _parse(head: bytes) -> Request | None:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1" or not words[1].startswith("/"):
        return None
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        headers[name.strip().lower()] = value.strip()
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    return Request(words[0], host.lower(), words[1], headers)
