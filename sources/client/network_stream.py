"""TCP and TLS connections on asyncio as httpcore's network streams, with as little between as can be.

httpcore's own (anyio's) asks the socket for its addresses and polls it, several times a request; here
asyncio says itself what has come.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

__all__ = ["SocketStream", "connect"]

#: Bytes that may wait to be read before the peer is slowed down.
_MOST_WAITING = 256 * 1024
#: Bytes before an answer to a request begins: its head, and those that only say that it will come
#: (1xx, RFC 9110, section 15.2). Of the head alone h11 takes 100 kB.
_LARGEST_HEAD = 256 * 1024


class _Arrivals(asyncio.Protocol):
    """What came and was not read yet."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.chunks: list[bytes] = []
        self.size = 0
        self.ended = False
        self.error: Exception | None = None
        self._paused = False
        self._came: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self.full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.chunks.append(data)
        self.size += len(data)
        self._wake()
        if self.size > _MOST_WAITING and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self.error = self.error or exc
        self._wake()
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def _wake(self) -> None:
        if self._came is not None and not self._came.done():
            self._came.set_result(None)

    async def arrived(self) -> None:
        """Return when there is something to read, or nothing more to come."""
        while not self.chunks and not self.ended:
            self._came = asyncio.get_running_loop().create_future()
            try:
                await self._came
            finally:
                self._came = None

    async def drained(self) -> None:
        """Return when more may be written."""
        while self.full and not self.ended:
            self._writable = asyncio.get_running_loop().create_future()
            try:
                await self._writable
            finally:
                self._writable = None

    def take(self, most: int) -> bytes:
        """Up to ``most`` bytes of what came."""
        if len(self.chunks) == 1 and self.size <= most:
            data = self.chunks[0]
            self.chunks.clear()
        else:
            data = b"".join(self.chunks)
            self.chunks = [data[most:]] if len(data) > most else []
            data = data[:most]
        self.size -= len(data)
        if self._paused and self.size <= _MOST_WAITING and self.transport is not None:
            self._paused = False
            with contextlib.suppress(RuntimeError):
                self.transport.resume_reading()
        return data


class SocketStream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, arrivals: _Arrivals, transport: asyncio.Transport) -> None:
        self._arrivals = arrivals
        self._transport = transport
        tls = transport.get_extra_info("ssl_object")
        #: Whether requests share the connection, so that bytes are of any of them.
        self._shared = tls is not None and tls.selected_alpn_protocol() == "h2"
        #: Bytes that came since a request went out and before its answer began.
        self._before_answer = 0
        self._answered = True

    def begin_answer(self) -> None:
        """Take what comes from now on for the body of an answer, until more is written."""
        self._answered = True

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> bytes:
        """What came, at most ``max_bytes``; nothing at the end.

        Raises:
            httpcore.ReadTimeout, httpcore.ReadError: nothing came in time; the connection broke.
            httpcore.RemoteProtocolError: much came, and no answer begins.
        """
        arrivals = self._arrivals
        if not arrivals.chunks and not arrivals.ended:
            try:
                async with asyncio.timeout(timeout):
                    await arrivals.arrived()
            except TimeoutError:
                raise httpcore.ReadTimeout from None
        if arrivals.chunks:
            # What is parsed at once is little, and others have their turn: also where the peer is
            # faster than we are.
            await asyncio.sleep(0)
            data = arrivals.take(max_bytes)
            if not self._answered and not self._shared:
                self._before_answer += len(data)
                if self._before_answer > _LARGEST_HEAD:
                    raise httpcore.RemoteProtocolError("very much, and no answer in it")
            return data
        if arrivals.error is not None:
            raise httpcore.ReadError(str(arrivals.error)) from arrivals.error
        return b""

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> None:
        """Send ``buffer``.

        Raises:
            httpcore.WriteTimeout, httpcore.WriteError: not sent in time; the connection is closed.
        """
        if not buffer:
            return
        if self._answered:
            self._answered, self._before_answer = False, 0
        if self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed") from self._arrivals.error
        self._transport.write(buffer)
        if self._arrivals.full:
            try:
                async with asyncio.timeout(timeout):
                    await self._arrivals.drained()
            except TimeoutError:
                raise httpcore.WriteTimeout from None

    async def aclose(self) -> None:
        """Close; what was not sent yet is dropped."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted.

        Raises:
            httpcore.ConnectTimeout, httpcore.ConnectError: no handshake in time, or none at all.
        """
        arrivals = _Arrivals()
        try:
            async with asyncio.timeout(timeout):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport, arrivals, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError:
            self._transport.abort()
            raise httpcore.ConnectTimeout from None
        except (OSError, ssl.SSLError) as error:
            self._transport.abort()
            raise httpcore.ConnectError(str(error)) from error
        if transport is None:
            raise httpcore.ConnectError("the connection was closed during the handshake")
        arrivals.transport = transport
        return SocketStream(arrivals, transport)

    def get_extra_info(self, info: str) -> Any:
        """Httpcore's questions; ``is_readable`` of an idle connection means that it is over.

        Asked for ``ours``, it gives itself: httpcore hands out a wrapper.
        """
        if info == "ours":
            return self
        if info == "is_readable":
            return bool(self._arrivals.chunks) or self._arrivals.ended
        name = {"client_addr": "sockname", "server_addr": "peername"}.get(info, info)
        return self._transport.get_extra_info(name)


async def connect(
    host: str,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - httpcore's interface
    local_address: str | None = None,
    socket_options: Iterable[Any] | None = None,
) -> SocketStream:
    """A connection to ``host``, an IP address.

    Raises:
        httpcore.ConnectTimeout, httpcore.ConnectError: none within ``timeout`` seconds, or none at all.
    """
    arrivals = _Arrivals()
    local = (local_address, 0) if local_address is not None else None
    try:
        async with asyncio.timeout(timeout):
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: arrivals, host, port, local_addr=local
            )
    except TimeoutError:
        raise httpcore.ConnectTimeout from None
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    socket = transport.get_extra_info("socket")
    for option in socket_options or ():
        socket.setsockopt(*option)
    return SocketStream(arrivals, transport)
