"""One GET after another over kept-alive connections, guarded.

One small pool a host: what is kept for one is nobody else's, and a connection that one source may open
to a private network never serves another.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from sources.client.address_guard import AddressGuard
from sources.client.failure import Failure
from sources.client.settings import ClientSettings
from sources.client.traffic import Traffic
from sources.client.web_address import WebAddress
from sources.client.wire.connection import BUFFER
from sources.client.wire.dialling import Dialler
from sources.client.wire.host_connections import Connections, HostConnections
from sources.client.wire.reasons import BROKEN, failure_of

__all__ = ["Answer", "Transport"]

#: Seconds for which an unused connection is kept; polite gaps and Crawl-delays fit in.
KEEPALIVE = 30.0
#: Unused connections of one host that are kept.
MOST_IDLE = 8
#: Hosts whose unused connections are kept.
IDLE_POOLS = 128

#: Origin, whether private addresses are open, proxy.
_PoolKey = tuple[str, bool, str | None]

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
            name, value = _text(raw_name).lower(), _text(raw_value).strip(" \t")
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
        async for chunk in stream:
            self.received += len(chunk)
            yield chunk
        self.ended = True


@dataclass(slots=True)
class _HostPool:
    """The connections to one host, and who uses them."""

    connections: Connections
    users: int = 0
    last_used: float = field(default_factory=time.monotonic)
    #: True once it takes no new request.
    retired: bool = False


class Transport:
    """GET requests over kept-alive connections, guarded; what goes wrong comes as ``Failure``."""

    def __init__(
        self, settings: ClientSettings, guard: AddressGuard, tls: ssl.SSLContext | None = None
    ) -> None:
        """``tls``: how certificates are checked; certifi's authorities where left out."""
        self._settings = settings
        self._guard = guard
        self._tls = tls
        #: What comes on any connection is read into it, and parsed at once.
        self._buffer = bytearray(BUFFER)
        self._pools: OrderedDict[_PoolKey, _HostPool] = OrderedDict()

    async def aclose(self) -> None:
        """Close every connection."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.connections.aclose()

    @contextlib.asynccontextmanager
    async def get(
        self,
        address: WebAddress,
        headers: Sequence[tuple[str, str]],
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
            if traffic is not None:
                traffic.requests += 1
            response = await pool.connections.get(address, headers)
            answer = Answer(response)
            yield answer
        except BROKEN as error:
            failure = failure_of(error, self._settings)
            if proxy is not None:
                reason = f"by way of the proxy {_shown(proxy)}: {failure.reason}"
                failure = Failure(failure.error, reason, again=failure.again, cause=failure.cause)
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
                with contextlib.suppress(*BROKEN):
                    await response.aclose()
            await self._tidy(key, pool)

    def _new_pool(self, address: WebAddress, *, private: bool, proxy: str | None) -> _HostPool:
        settings, secure = self._settings, address.scheme == "https"
        if self._tls is None and (secure or (proxy or "").startswith("https:")):
            self._tls = httpx.create_ssl_context()
        if proxy is None and not (settings.http2 and secure):
            dialler = Dialler(
                self._guard,
                address.host,
                address.port,
                private=private,
                tls=self._tls if secure else None,
                within=settings.connect_timeout,
                buffer=self._buffer,
            )
            return _HostPool(
                HostConnections(
                    dialler,
                    silence=settings.read_timeout,
                    keepalive=KEEPALIVE,
                    most_idle=MOST_IDLE,
                )
            )
        from sources.client.wire.by_httpcore import Http2Connections, ProxiedConnections

        timeouts = httpx.Timeout(
            settings.read_timeout, connect=settings.connect_timeout, pool=settings.connect_timeout
        )
        # The limiter decides how many there are; this only must not be in its way.
        limits = httpx.Limits(
            max_connections=settings.total_concurrency,
            max_keepalive_connections=MOST_IDLE,
            keepalive_expiry=KEEPALIVE,
        )
        if proxy is None:
            return _HostPool(
                Http2Connections(
                    self._guard, private=private, tls=self._tls, timeouts=timeouts, limits=limits
                )
            )
        return _HostPool(
            ProxiedConnections(
                proxy, tls=self._tls, http2=settings.http2, timeouts=timeouts, limits=limits
            )
        )

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
            with contextlib.suppress(*BROKEN):
                await done.connections.aclose()


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
