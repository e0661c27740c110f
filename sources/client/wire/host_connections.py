"""The kept-alive connections to one origin; the limiter says how many requests there are at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import httpx

from sources.client.web_address import WebAddress
from sources.client.wire.connection import Connection
from sources.client.wire.dialling import Dialler

__all__ = ["Connections", "HostConnections"]

#: Seconds without a request after which a server may have tired of a connection.
LEAST_TIRING = 1.0

#: What makes up a header's name (RFC 9110, section 5.6.2), and what its value must not hold.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_IN_VALUES = re.compile(r"[\0\r\n]")


class Connections(Protocol):
    """What answers the requests to one origin."""

    async def get(self, address: WebAddress, headers: Sequence[tuple[str, str]]) -> httpx.Response:
        """The answer, its body still on the wire; it must be closed. Raises ``httpx.TransportError``."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class HostConnections:
    """Connections over HTTP/1.1; ``most_idle`` unused ones are kept for ``keepalive`` seconds."""

    def __init__(
        self, dialler: Dialler, *, silence: float, keepalive: float, most_idle: int
    ) -> None:
        """``silence``: seconds without a byte after which an answer is given up."""
        self._dialler = dialler
        self._silence = silence
        self._keepalive = keepalive
        self._most_idle = most_idle
        #: Unused; the one that was used last stands last, so that those not needed grow stale.
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()

    async def get(self, address: WebAddress, headers: Sequence[tuple[str, str]]) -> httpx.Response:
        """The answer to a GET, its body still on the wire; it must be closed.

        Raises:
            httpx.TransportError, Failure: none came.
        """
        request = _request(address, headers)
        kept = self._kept()
        rested = asyncio.get_running_loop().time() - kept.idle_since if kept else 0.0
        connection = kept or await self._dialler.connect()
        while True:
            self._busy.add(connection)
            try:
                reader = await connection.ask(request, self._silence)
            except BaseException as error:
                self._drop(connection)
                # A server closes what is idle when it likes, also while a request is under way to it
                # (RFC 9112, section 9.3.1): asked once more, on a connection that nobody has used.
                tired = connection is kept and rested >= LEAST_TIRING
                if not (tired and _closed_unasked(error)):
                    raise
            else:
                return httpx.Response(
                    reader.status, headers=reader.headers, stream=_Body(connection, self)
                )
            connection = await self._dialler.connect()

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._idle.clear()
        self._busy.clear()

    def _kept(self) -> Connection | None:
        """A connection that was used before and takes a request now."""
        oldest = asyncio.get_running_loop().time() - self._keepalive
        while self._idle:
            connection = self._idle.pop()
            if connection.open and connection.idle_since > oldest:
                return connection
            connection.close()
        return None

    def _drop(self, connection: Connection) -> None:
        self._busy.discard(connection)
        connection.close()

    def settle(self, connection: Connection) -> None:
        """Keep a connection whose answer is over, or close it."""
        known = connection in self._busy
        self._busy.discard(connection)
        if not connection.release() or not known:
            connection.close()
            return
        self._idle.append(connection)
        if len(self._idle) > self._most_idle:
            self._idle.pop(0).close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer; closing it gives the connection back."""

    def __init__(self, connection: Connection, connections: HostConnections) -> None:
        self._connection = connection
        self._connections = connections
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.parts()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._connections.settle(self._connection)


def _closed_unasked(error: BaseException) -> bool:
    """Whether a connection was over before a byte of the answer came."""
    return isinstance(error, httpx.ReadError | httpx.WriteError) or (
        isinstance(error, httpx.RemoteProtocolError) and "without sending a response" in str(error)
    )


def _request(address: WebAddress, headers: Sequence[tuple[str, str]]) -> bytes:
    """The request as it is written.

    Raises:
        httpx.LocalProtocolError: a header that cannot be sent.
    """
    for name, value in headers:
        if not _NAME.fullmatch(name) or _NOT_IN_VALUES.search(value):
            raise httpx.LocalProtocolError(f"no header can be {name[:80]!r}: {value[:80]!r}")
    lines = [
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
