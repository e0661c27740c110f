"""httpx, and nothing else of Copydesk knows of it.

httpx's transport interface over httpcore's connection pools, whose network backend asks the address
guard and connects to the address that it checked (docs/decisions/0003). ``httpx.AsyncClient`` stays
out: its cookie jar, redirects, decoding and log-in from addresses would each have to be switched off.

One small pool a host: httpcore looks at every connection of a pool for every request, and polls the
idle ones. And a connection that one source may open to a private network never serves another.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import httpcore
import httpx
from h2.exceptions import H2Error

from sources.client.address_guard import AddressGuard
from sources.client.answer.parts import parts_in_turn
from sources.client.failure import Failure
from sources.client.host_connections import Connections, HostConnections
from sources.client.network_stream import SocketStream, connect
from sources.client.settings import ClientSettings
from sources.client.traffic import Traffic
from sources.client.web_address import WebAddress
from sources.errors import AddressRefused, TimedOut, Unreachable

__all__ = ["Answer", "Transport"]

#: Seconds for which an unused connection is kept; polite gaps and Crawl-delays fit in.
KEEPALIVE = 30.0
#: Unused connections of one host that are kept.
MOST_IDLE = 8
#: Hosts whose unused connections are kept.
IDLE_POOLS = 128

#: Origin, whether private addresses are open, proxy.
_PoolKey = tuple[str, bool, str | None]

_BROKEN = (
    httpcore.ProxyError,
    httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpcore.TimeoutException,
    httpx.InvalidURL, H2Error, OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream,
)  # fmt: skip
#: Of several values only the first counts; others are joined (RFC 9110, section 5.3).
_SINGLE = frozenset(
    ["content-type", "content-length", "location", "etag", "last-modified", "retry-after", "date"]
)


class Answer:
    """One HTTP answer whose body is still on the wire."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        #: Whether the body was read to its end, and its bytes so far, as they were on the wire.
        self.ended = False
        self.received = 0
        headers: dict[str, str] = {}
        cookies: list[str] = []
        for raw_name, raw_value in response.headers.raw:
            name, value = _text(raw_name).lower(), _text(raw_value)
            if name == "set-cookie":
                cookies.append(value)
            elif name not in headers:
                headers[name] = value
            elif name not in _SINGLE:
                headers[name] += f", {value}"
        #: Names in lower case; without ``Set-Cookie``.
        self.headers: Mapping[str, str] = headers
        #: ``Set-Cookie`` values, which must not be joined.
        self.cookies = tuple(cookies)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body as it comes, content coding not undone."""
        stream = self._response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        async for chunk in parts_in_turn(stream):
            self.received += len(chunk)
            yield chunk
        self.ended = True


class Transport:
    """GET requests over kept-alive connections, guarded; what goes wrong comes as ``Failure``."""

    def __init__(
        self, settings: ClientSettings, guard: AddressGuard, tls: ssl.SSLContext | None = None
    ) -> None:
        """``tls``: how certificates are checked; certifi's authorities where left out."""
        self._settings = settings
        self._guard = guard
        self._tls = tls
        self._timeouts = httpx.Timeout(
            settings.read_timeout, connect=settings.connect_timeout, pool=settings.connect_timeout
        ).as_dict()
        self._pools: OrderedDict[_PoolKey, _HostPool] = OrderedDict()

    async def aclose(self) -> None:
        """Close every connection."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.aclose()

    @contextlib.asynccontextmanager
    async def get(
        self,
        address: WebAddress,
        headers: Iterable[tuple[str, str]],
        *,
        private: bool,
        proxy: str | None = None,
        traffic: Traffic | None = None,
    ) -> AsyncIterator[Answer]:
        """One GET, redirects not followed; ``proxy`` is an address with its log-in, trusted.

        ``traffic``: is told of the request, and at the end of the bytes that came.

        Raises:
            Failure: also from within the block, while the body is read.
        """
        key = (address.origin, private, proxy)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = self._new_pool(address, private=private, proxy=proxy)
        if proxy is not None:
            await self._guard.check_target(
                address.host, address.port, private=private, within=self._settings.connect_timeout
            )
        pool.users += 1
        response: httpx.Response | None = None
        answer: Answer | None = None
        try:
            request = httpx.Request(
                "GET",
                address.url,
                headers=[*headers],
                extensions={"timeout": self._timeouts},
            )
            if traffic is not None:
                traffic.requests += 1
            response = await pool.handle_async_request(request)
            _begin_answer(response)
            answer = Answer(response)
            yield answer
        except _BROKEN as error:
            failure = _failure(error, self._settings)
            if proxy is not None:
                reason = f"by way of the proxy {_shown(proxy)}: {failure.reason}"
                failure = Failure(failure.error, reason, again=failure.again)
            raise failure from error
        finally:
            pool.users -= 1
            pool.last_used = time.monotonic()
            if traffic is not None and answer is not None:
                traffic.bytes += answer.received
            if response is not None:
                ended = answer is not None and answer.ended
                if not ended and response.extensions.get("http_version") == b"HTTP/2":
                    # httpcore does not reset an abandoned stream: the server would go on sending.
                    pool.retired = True
                with contextlib.suppress(*_BROKEN):
                    await response.aclose()
            await self._tidy(key, pool)

    def _new_pool(self, address: WebAddress, *, private: bool, proxy: str | None) -> _HostPool:
        if self._tls is None and (address.scheme == "https" or (proxy or "").startswith("https:")):
            self._tls = httpx.create_ssl_context()
        if proxy is None:
            url = httpcore.URL(address.origin)
            connections = HostConnections(
                url.origin,
                _GuardedBackend(self._guard, private=private),
                tls=self._tls,
                http2=self._settings.http2,
                keepalive=KEEPALIVE,
                most_idle=MOST_IDLE,
            )
            return _HostPool(connections)
        common: dict[str, Any] = {
            "ssl_context": self._tls,
            # The limiter decides how many there are; this only must not be in its way.
            "max_connections": self._settings.total_concurrency,
            "max_keepalive_connections": MOST_IDLE,
            "keepalive_expiry": KEEPALIVE,
            "http2": self._settings.http2,
        }
        parts = urlsplit(proxy)
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        where = f"{parts.scheme}://{parts.hostname}:{parts.port}"
        if parts.scheme == "socks5":
            return _HostPool(httpcore.AsyncSOCKSProxy(where, proxy_auth=login, **common))
        return _HostPool(httpcore.AsyncHTTPProxy(where, proxy_auth=login, **common))

    async def _tidy(self, key: _PoolKey, pool: _HostPool) -> None:
        """Put ``pool`` last in line, and close what is retired, stale or too many."""
        closing: list[_HostPool] = []
        if self._pools.get(key) is pool:
            if pool.retired:
                del self._pools[key]
            else:
                self._pools.move_to_end(key)
        if pool.retired and not pool.users:
            closing.append(pool)
        stale = time.monotonic() - KEEPALIVE
        while self._pools:
            oldest_key, oldest = next(iter(self._pools.items()))
            if oldest.users or (len(self._pools) <= IDLE_POOLS and oldest.last_used > stale):
                break
            del self._pools[oldest_key]
            closing.append(oldest)
        for done in closing:
            with contextlib.suppress(*_BROKEN):
                await done.aclose()


class _HostPool(httpx.AsyncBaseTransport):
    """httpx over the connections to one host."""

    def __init__(self, pool: Connections) -> None:
        self._pool = pool
        self.users = 0
        self.last_used = time.monotonic()
        #: True once it takes no new request.
        self.retired = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        chunks: AsyncIterator[bytes] = self._stream.__aiter__()
        return chunks

    async def aclose(self) -> None:
        await self._stream.aclose()


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to what the guard names, and to nothing else."""

    def __init__(self, guard: AddressGuard, *, private: bool) -> None:
        self._guard = guard
        self._private = private

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
                return await connect(address, target_port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _begin_answer(response: httpx.Response) -> None:
    """Tell the connection that what comes now is the body."""
    stream = response.extensions.get("network_stream")
    ours = stream.get_extra_info("ours") if stream is not None else None
    if isinstance(ours, SocketStream):
        ours.begin_answer()


@dataclass(frozen=True, slots=True)
class _Reason:
    text: str
    again: bool = True


_OS_REASONS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection closed by the server",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ETIMEDOUT: "connection timed out",
}


def _shown(proxy: str) -> str:
    """A proxy's address without its log-in."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}"


def _text(raw: bytes) -> str:
    # RFC 9110 wants ASCII; servers put UTF-8 into Location, and Latin-1 into anything.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _failure(error: BaseException, settings: ClientSettings) -> Failure:
    if isinstance(error, httpcore.ConnectTimeout):
        return Failure(TimedOut, f"no connection within {settings.connect_timeout:g} s", again=True)
    if isinstance(error, httpcore.TimeoutException):
        return Failure(TimedOut, f"no byte within {settings.read_timeout:g} s", again=True)
    if isinstance(error, httpcore.ProxyError):
        said = " ".join(str(error).split())[:100]
        wrong = said.startswith("407") or "auth" in said.lower()
        remedy = "; check its user and password in [fetch] proxy" if wrong else ""
        return Failure(Unreachable, f"the proxy refused: {said}{remedy}", again=not wrong)
    if isinstance(error, httpx.InvalidURL):
        return Failure(AddressRefused, f"no address that can be asked: {error}")
    reason = _protocol_reason(error) or _cause_reason(error)
    return Failure(Unreachable, reason.text, again=reason.again)


def _protocol_reason(error: BaseException) -> _Reason | None:
    text = " ".join(str(error).split())[:200]
    if isinstance(error, httpcore.LocalProtocolError):
        return _Reason(f"the request cannot be sent: {text}", again=False)
    if not isinstance(error, (httpcore.RemoteProtocolError, H2Error)):
        return None
    if "without sending a response" in text:
        return _Reason("the server closed the connection without an answer")
    if "peer closed connection" in text or text.startswith("<StreamReset"):
        return _Reason("the answer broke off before its end")
    return _Reason(f"the answer is no HTTP: {text or type(error).__name__}")


def _cause_reason(error: BaseException) -> _Reason:
    cause: BaseException | None = error
    for _ in range(10):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = cause.verify_message or str(cause)
            return _Reason(f"certificate not trusted: {what}", again=False)
        if isinstance(cause, ssl.SSLError):
            return _Reason(f"TLS failed: {cause.reason or cause}", again=False)
        if isinstance(cause, socket.gaierror):
            return _Reason("name not resolved")
        if isinstance(cause, OSError) and cause.errno in _OS_REASONS:
            return _Reason(_OS_REASONS[cause.errno])
        if cause is None:
            break
        cause = cause.__cause__ or cause.__context__
    text = " ".join(str(error).split())[:200]
    return _Reason(f"connection broken ({text or type(error).__name__})")
