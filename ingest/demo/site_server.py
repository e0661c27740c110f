"""A real HTTP/1.1 server on the loopback interface that serves whole sites by their Host header.

One thread, one event loop, connections kept alive, answers prepared once (strong ETag, gzip): cheap
enough to stand behind a benchmark of thousands of pages. What was asked is in ``SiteServer.log``.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from ingest.demo.answers import Answer, Handler, PreparedAnswer, Request, plain_answer
from ingest.demo.connection import Connection

__all__ = ["Answer", "Handler", "LogEntry", "Request", "Site", "SiteServer"]

#: Path under which a site keeps the answer for every path that it does not have.
ANY_PATH = "*"
_NOT_FOUND = plain_answer(404, "not found")


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


@dataclass(frozen=True, slots=True)
class Site:
    """One host and its answers by path; ``"*"`` is for every other path."""

    host: str
    answers: Mapping[str, Answer | Handler]


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
        self._prepared: WeakKeyDictionary[Answer, PreparedAnswer] = WeakKeyDictionary()
        self._connections: set[Connection] = set()
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
            loop.create_server(
                lambda: Connection(self.answer, self._connections, loop), sock=listener
            )
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
            prepared = self._prepared[answer] = PreparedAnswer(answer)
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
            return plain_answer(421, f"no site {request.host} here")
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
            return plain_answer(500, f"the handler of {request.path} failed: {error!r}")
