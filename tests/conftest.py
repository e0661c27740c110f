"""A loopback site that a test makes page by page, and where ``../shared`` is."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# How long an example takes says how busy the machine is; time is measured in ``bench/``.
hypothesis_settings.register_profile(
    "copydesk", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("copydesk")

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Asked:
    """One request that the site got."""

    at: float
    host: str
    path: str
    headers: dict[str, str]
    status: int = 0


@dataclass
class Answer:
    """What the site says to one address."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class LoopbackSite:
    """Serves what is put into ``pages`` (by host and path) on a port of 127.0.0.1."""

    pages: dict[tuple[str, str], Answer | Callable[[], Answer]] = field(default_factory=dict)
    #: Asked for what ``pages`` does not hold, by host and path with its query.
    elsewhere: Callable[[str, str], Answer | None] = lambda host, path: None
    log: list[Asked] = field(default_factory=list)
    port: int = 0

    def put(self, address: str, body: str | bytes = b"", status: int = 200, **headers: str) -> None:
        """Serve ``body`` at ``http://HOST/PATH``; header names with ``_`` for ``-``."""
        host, _, path = address.removeprefix("http://").partition("/")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given.setdefault("content-type", "text/html; charset=utf-8")
        data = body.encode() if isinstance(body, str) else body
        self.pages[host, f"/{path}"] = Answer(data, status, given)

    def answer(self, address: str, make: Callable[[], Answer]) -> None:
        """Serve what ``make`` returns, anew for each request."""
        host, _, path = address.removeprefix("http://").partition("/")
        self.pages[host, f"/{path}"] = make

    @property
    def connect_to(self) -> dict[str, str]:
        """For the client's settings: every host leads here."""
        return {host: f"127.0.0.1:{self.port}" for host, _ in self.pages}

    def asked(self, path: str) -> list[Asked]:
        """The requests for ``path``."""
        return [request for request in self.log if request.path == path]


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    """A real HTTP server on loopback, empty at first; unknown addresses answer 404."""
    loopback = LoopbackSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            asked = Asked(time.monotonic(), host, self.path, dict(self.headers.items()))
            loopback.log.append(asked)
            found = loopback.pages.get((host, self.path))
            if found is None:
                found = loopback.elsewhere(host, self.path) or Answer(b"not found", 404)
            given = found() if callable(found) else found
            tag = f'"{hash(given.body)}"'
            asked.status = given.status
            if given.status == 200 and self.headers.get("If-None-Match") == tag:
                asked.status = 304
                self.send_response(304)
                self.send_header("ETag", tag)
                self.end_headers()
                return
            self.send_response(given.status)
            for name, value in {
                "ETag": tag,
                "Date": formatdate(usegmt=True),
                **given.headers,
            }.items():
                self.send_header(name, value)
            body = given.body
            if (
                "gzip" in self.headers.get("Accept-Encoding", "")
                and "content-encoding" not in given.headers
            ):
                body = gzip.compress(body, 1)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    loopback.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield loopback
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the labelled pages; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("COPYDESK_SHARED", ROOT.parent / "shared"))
    if not (folder / "corpus").is_dir():
        pytest.skip("the labelled pages (../shared/corpus) are not on this machine")
    return folder
