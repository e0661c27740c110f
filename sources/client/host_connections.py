"""The kept-alive connections to one origin, over httpcore's connection class.

httpcore's own pool looks at every connection for every request, under a lock; here there is one
origin, and a limiter already says how many requests there are at once.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any, Protocol

import httpcore

__all__ = ["Connections", "HostConnections"]


class Connections(Protocol):
    """What answers the requests to one origin: this module's class, or a pool of httpcore's."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """The answer, its body still on the wire."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


class HostConnections:
    """Connections to ``origin``; ``most_idle`` unused ones are kept for ``keepalive`` seconds."""

    def __init__(
        self,
        origin: httpcore.Origin,
        backend: httpcore.AsyncNetworkBackend,
        *,
        tls: ssl.SSLContext | None,
        http2: bool,
        keepalive: float,
        most_idle: int,
    ) -> None:
        self._origin = origin
        self._backend = backend
        self._tls = tls
        self._http2 = http2
        self._keepalive = keepalive
        self._most_idle = most_idle
        #: The one that was used last stands last: those that are not needed grow stale.
        self._open: list[httpcore.AsyncHTTPConnection] = []

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """The answer to ``request``; its body must be closed.

        Raises:
            Exception: httpcore's, as its own pool.
        """
        while True:
            connection = await self._next()
            try:
                response = await connection.handle_async_request(request)
            except httpcore.ConnectionNotAvailable:
                # Taken for HTTP/2 before the handshake said otherwise, or out of streams since.
                continue
            except BaseException:
                await self._settle(connection)
                raise
            return httpcore.Response(
                status=response.status,
                headers=response.headers,
                content=_Body(response.stream, connection, self),
                extensions=response.extensions,
            )

    async def aclose(self) -> None:
        """Close every connection; the first error of closing is raised when all are closed."""
        connections, self._open = self._open, []
        async with contextlib.AsyncExitStack() as stack:
            for connection in connections:
                stack.push_async_callback(connection.aclose)

    async def _next(self) -> httpcore.AsyncHTTPConnection:
        """A connection that takes a request now."""
        for connection in reversed(self._open):
            if connection.is_available():
                if not connection.has_expired():
                    return connection
                self._open.remove(connection)
                await connection.aclose()
                return await self._next()
        connection = httpcore.AsyncHTTPConnection(
            self._origin,
            ssl_context=self._tls,
            keepalive_expiry=self._keepalive,
            http2=self._http2,
            network_backend=self._backend,
        )
        self._open.append(connection)
        return connection

    async def _settle(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Keep a connection whose request is over, or close it."""
        known = connection in self._open
        if connection.is_closed():
            if known:
                self._open.remove(connection)
        elif connection.is_idle():
            idle = sum(other.is_idle() for other in self._open)
            if known:
                self._open.remove(connection)
            if known and idle <= self._most_idle:
                self._open.append(connection)
            else:
                await connection.aclose()


class _Body:
    """The body of an answer; closing it gives the connection back."""

    def __init__(
        self,
        # Any: httpcore types it as what its synchronous side has, too.
        stream: Any,
        connection: httpcore.AsyncHTTPConnection,
        connections: HostConnections,
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._connections = connections
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                await self._stream.aclose()
            finally:
                await self._connections._settle(self._connection)
