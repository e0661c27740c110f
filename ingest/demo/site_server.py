"""A real HTTP/1.1 server on the loopback interface that serves whole sites by their Host header.

One thread, one event loop, connections kept alive, answers prepared once (strong ETag, gzip): cheap
enough to stand behind a benchmark of thousands of pages. Conditional requests are answered as
RFC 9110, section 13 says. What was asked is in ``SiteServer.log``.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

__all__ = ["Answer", "Handler", "LogEntry", "Request", "Site", "SiteServer"]

LARGEST_HEAD = 32 * 1024
#: Bodies below this are not worth compressing.
LEAST_GZIP = 256
#: Path under which a site keeps the answer for every path that it does not have.
ANY_PATH = "*"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Answer:
    """What the server says to a request; ETag, gzip and Content-Length are the server's business."""

    body: bytes = b""
    status: int = 200
    #: ``None`` leaves the header out, as some servers do.
    content_type: str | None = _HTML
    #: Further headers, as (name, value).
    headers: tuple[tuple[str, str], ...] = ()
    #: Aware; goes out as Last-Modified.
    last_modified: datetime | None = None
    #: Seconds before the answer is sent.
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    host: str
    #: With the query, as it was sent.
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One request and its answer."""

    #: When the request was read; seconds of the server's clock (monotonic unless told otherwise).
    time: float
    method: str
    host: str
    #: With the query, as it was sent.
    path: str
    status: int
    #: Of the request, names in lower case.
    headers: Mapping[str, str]
    #: Bytes of the body on the wire.
    sent: int


#: Makes the answer to one request; runs on the server's thread, so it must not wait for anything.
Handler = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Site:
    """One host and its answers by path; ``"*"`` is for every other path."""

    host: str
    answers: Mapping[str, Answer | Handler]


@dataclass(slots=True)
class _Prepared:
    """An answer with everything that does not change from request to request."""

    answer: Answer
    etag: str = field(init=False)
    _fields: str = field(init=False)
    _gzipped: bytes | None = None

    def __post_init__(self) -> None:
        answer = self.answer
        self.etag = hashlib.blake2b(answer.body, digest_size=8).hexdigest()
        lines = [f"{name}: {value}\r\n" for name, value in answer.headers]
        if self.validating:
            lines.append("Vary: Accept-Encoding\r\n")
            if answer.last_modified is not None:
                stamp = format_datetime(answer.last_modified.astimezone(UTC), usegmt=True)
                lines.append(f"Last-Modified: {stamp}\r\n")
        self._fields = "".join(lines)

    @property
    def validating(self) -> bool:
        return self.answer.status == HTTPStatus.OK

    def not_modified(self, headers: Mapping[str, str]) -> bool:
        if not self.validating:
            return False
        wanted = headers.get("if-none-match")
        if wanted is not None:  # takes precedence (RFC 9110, section 13.2.2)
            tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
            return "*" in tags or not tags.isdisjoint((f'"{self.etag}"', f'"{self.etag}-gzip"'))
        since = headers.get("if-modified-since")
        if since is None or self.answer.last_modified is None:
            return False
        try:
            known = parsedate_to_datetime(since)
        except ValueError:
            return False
        if known.tzinfo is None:
            known = known.replace(tzinfo=UTC)
        return self.answer.last_modified.replace(microsecond=0) <= known

    def wire(self, request: Request) -> tuple[int, bytes, bytes]:
        """Status, head without the Date and Connection fields, and body for ``request``."""
        if self.not_modified(request.headers):
            squeezed = "gzip" in request.headers.get("accept-encoding", "")
            tag = self.etag + ("-gzip" if squeezed and self._worth_gzip else "")
            return (
                304,
                f'HTTP/1.1 304 Not Modified\r\n{self._fields}ETag: "{tag}"\r\n'.encode(),
                b"",
            )
        answer = self.answer
        body, tag, coding = answer.body, self.etag, ""
        if self._worth_gzip and "gzip" in request.headers.get("accept-encoding", ""):
            if self._gzipped is None:
                self._gzipped = gzip.compress(body, 6, mtime=0)
            body, tag, coding = self._gzipped, f"{tag}-gzip", "Content-Encoding: gzip\r\n"
        kind = f"Content-Type: {answer.content_type}\r\n" if answer.content_type else ""
        validator = f'ETag: "{tag}"\r\n' if self.validating else ""
        head = (
            f"HTTP/1.1 {answer.status} {_phrase(answer.status)}\r\n{self._fields}{kind}{validator}"
            f"{coding}Content-Length: {len(body)}\r\n"
        )
        return answer.status, head.encode("latin-1"), b"" if request.method == "HEAD" else body

    @property
    def _worth_gzip(self) -> bool:
        return self.validating and len(self.answer.body) >= LEAST_GZIP


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


def _plain(status: int, text: str) -> Answer:
    return Answer(f"{text}\n".encode(), status, "text/plain; charset=utf-8")


class SiteServer:
    """Serves sites on ``127.0.0.1``; a context manager that leaves no thread behind."""

    def __init__(
        self,
        sites: Iterable[Site] = (),
        port: int = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``port`` 0 takes a free one."""
        self._wanted_port = port
        self._clock = clock
        self._answers: dict[str, dict[str, Answer | Handler]] = {}
        self._prepared: WeakKeyDictionary[Answer, _Prepared] = WeakKeyDictionary()
        self._connections: set[_Connection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._port: int | None = None
        #: Every request since the start, oldest first.
        self.log: list[LogEntry] = []
        for site in sites:
            self.add_site(site)

    def add_site(self, site: Site) -> None:
        """Serve ``site`` too, in place of one of the same host."""
        self._answers[site.host.lower()] = dict(site.answers)

    def add(self, host: str, path: str, answer: Answer | Handler) -> None:
        """Answer ``path`` (with or without a query; ``"*"``: all others) of ``host`` with ``answer``.

        A handler runs on the server's thread and must not wait; ``Answer.delay`` waits for it.
        """
        self._answers.setdefault(host.lower(), {})[path] = answer

    def remove(self, host: str, path: str) -> None:
        """Forget what was served at ``path`` of ``host``; it is not there from now on."""
        self._answers[host.lower()].pop(path, None)

    @property
    def port(self) -> int:
        """The port that it listens on; ``RuntimeError`` before the start."""
        if self._port is None:
            raise RuntimeError("the site server is not running; use it in a with statement")
        return self._port

    @property
    def connect_to(self) -> dict[str, str]:
        """Each host to ``127.0.0.1:port``, for ``ClientSettings.connect_to``."""
        return dict.fromkeys(self._answers, f"127.0.0.1:{self.port}")

    def requests(self, host: str) -> list[LogEntry]:
        """The part of the log that is about ``host``."""
        return [entry for entry in self.log if entry.host == host.lower()]

    def start(self) -> Self:
        """Listen and answer until ``stop``.

        Raises:
            OSError: the port is taken.
        """
        if self._thread is not None:
            raise RuntimeError("the site server is running already")
        listener = socket.create_server(("127.0.0.1", self._wanted_port), backlog=512)
        self._port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(listener, ready), name="site-server", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def stop(self) -> None:
        """Close every connection and end the thread."""
        thread, loop = self._thread, self._loop
        if thread is None or loop is None:
            return
        loop.call_soon_threadsafe(self._close)
        thread.join()
        self._thread = self._loop = self._port = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # On the server's thread

    def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        self._loop = loop
        server = loop.run_until_complete(
            loop.create_server(lambda: _Connection(self, loop), sock=listener)
        )
        ready.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            # One more turn, in which the closed connections and the listener are let go.
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

    def _close(self) -> None:
        assert self._loop is not None
        for connection in list(self._connections):
            connection.abort()
        self._loop.call_soon(self._loop.stop)

    def answer(self, request: Request) -> tuple[float, bytes, bytes]:
        """Delay in seconds, head without its last fields, and body; the request is logged."""
        answer = self._answer(request)
        prepared = self._prepared.get(answer)
        if prepared is None:
            prepared = self._prepared[answer] = _Prepared(answer)
        status, head, body = prepared.wire(request)
        self.log.append(
            LogEntry(
                self._clock(),
                request.method,
                request.host,
                request.path,
                status,
                request.headers,
                len(body),
            )
        )
        return answer.delay, head, body

    def _answer(self, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return Answer(b"", 405, None, (("Allow", "GET, HEAD"),))
        site = self._answers.get(request.host)
        if site is None:
            return _plain(421, f"no site {request.host} here")
        found = (
            site.get(request.path)
            or site.get(request.path.partition("?")[0])
            or site.get(ANY_PATH)
            or _NOT_FOUND
        )
        if isinstance(found, Answer):
            return found
        try:
            return found(request)
        except Exception as error:
            # The thread must live on, and the one who reads the answer should see why.
            return _plain(500, f"the handler of {request.path} failed: {error!r}")


_NOT_FOUND = _plain(404, "not found")


class _Connection(asyncio.Protocol):
    """One client's connection: requests answered in their order (RFC 9112, section 9.3.2)."""

    def __init__(self, server: SiteServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._later: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._later is not None:
            self._later.cancel()
        self._transport = None
        self._server._connections.discard(self)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
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
            delay, answer, body = self._server.answer(request)
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
        line = f"HTTP/1.1 {status} {_phrase(status)}\r\nContent-Length: 0\r\n"
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
