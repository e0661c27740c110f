"""HTTP/2, and the way by a proxy: httpx's own transport, over httpcore.

Loaded where it is asked for: what it brings costs a second process's start, and each answer about twice
what one of ``host_connections`` does.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import httpcore
import httpx
from h2.exceptions import H2Error

from sources.client.address_guard import AddressGuard
from sources.client.web_address import WebAddress
from sources.client.wire.crumbs import parts_in_turn

__all__ = ["Http2Connections", "ProxiedConnections"]


class _Connections:
    """What both have: requests by ``httpx.AsyncHTTPTransport``."""

    def __init__(self, transport: httpx.AsyncHTTPTransport, timeouts: httpx.Timeout) -> None:
        self._transport = transport
        self._timeouts = timeouts.as_dict()

    async def get(self, address: WebAddress, headers: Sequence[tuple[str, str]]) -> httpx.Response:
        """The answer to a GET, its body still on the wire; it must be closed.

        Raises:
            httpx.TransportError, httpx.InvalidURL, Failure: none came.
        """
        request = httpx.Request(
            "GET", address.url, headers=[*headers], extensions={"timeout": self._timeouts}
        )
        with _as_httpx():
            response = await self._transport.handle_async_request(request)
        response.stream = _Body(response.stream)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        with _as_httpx():
            await self._transport.aclose()


class Http2Connections(_Connections):
    """To one origin over HTTP/2 where the server speaks it, else over HTTP/1.1."""

    def __init__(
        self,
        guard: AddressGuard,
        *,
        private: bool,
        tls: ssl.SSLContext | None,
        timeouts: httpx.Timeout,
        limits: httpx.Limits,
    ) -> None:
        """Connect to what ``guard`` names, and to nothing else."""
        context = tls or httpx.create_ssl_context()
        transport = httpx.AsyncHTTPTransport(verify=context, http2=True, limits=limits)
        # httpx lets nobody choose how it connects; httpcore does.
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            http2=True,
            network_backend=_GuardedBackend(guard, private=private),
        )
        super().__init__(transport, timeouts)


class ProxiedConnections(_Connections):
    """To one origin by way of a proxy: HTTP, CONNECT, or SOCKS5."""

    def __init__(
        self,
        proxy: str,
        *,
        tls: ssl.SSLContext | None,
        http2: bool,
        timeouts: httpx.Timeout,
        limits: httpx.Limits,
    ) -> None:
        """``proxy``: its address with its log-in."""
        parts = urlsplit(proxy)
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        where = f"{parts.scheme}://{parts.hostname}:{parts.port}"
        transport = httpx.AsyncHTTPTransport(
            verify=tls or httpx.create_ssl_context(),
            http2=http2,
            limits=limits,
            proxy=httpx.Proxy(where, auth=login),
        )
        super().__init__(transport, timeouts)


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async with contextlib.aclosing(parts_in_turn(self._stream)) as parts:
                async for part in parts:
                    yield part

    async def aclose(self) -> None:
        with _as_httpx():
            await self._stream.aclose()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    """What gets through httpx untranslated, translated."""
    try:
        yield
    except H2Error as error:
        raise httpx.RemoteProtocolError(str(error)) from error
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream) as error:
        raise httpx.ReadError(str(error)) from error


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to what the guard names, and to nothing else."""

    def __init__(self, guard: AddressGuard, *, private: bool) -> None:
        self._guard = guard
        self._private = private
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        began = time.monotonic()
        targets = await self._guard.targets(host, port, private=self._private, within=timeout)
        failure: Exception | None = None
        for tried, (address, target_port) in enumerate(targets):
            # A dead address (often IPv6) must not use up the time of those after it.
            left = None
            if timeout is not None:
                left = max(0.1, timeout - (time.monotonic() - began)) / (len(targets) - tried)
            try:
                return await self._backend.connect_tcp(
                    address, target_port, left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
