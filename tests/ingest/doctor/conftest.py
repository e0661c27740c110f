"""Sources and servers as the doctor's tests need them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from sources.source import Endpoint, FetchRules, Source
from tests.storage.conftest import (  # noqa: F401 - fixtures: a file, and a server
    database,
    filled_postgres,
    filled_sqlite,
    make_article,
    postgres_server,
    ready_address,
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Serve robots.txt with a status, a certificate and a clock of one's own; the port."""
    with ExitStack() as stack:

        def start(
            status: int = 200,
            certificate: trustme.LeafCert | None = None,
            ahead: timedelta = timedelta(),
        ) -> int:
            class Handler(BaseHTTPRequestHandler):
                asked: list[str] = []  # noqa: RUF012

                def do_GET(self) -> None:
                    self.asked.append(self.path)
                    self.send_response_only(status)
                    self.send_header(
                        "Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True)
                    )
                    self.send_header("Content-Length", "0")
                    self.end_headers()

                def log_message(self, format: str, *args: object) -> None:
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.daemon_threads = True
            server.handle_error = lambda *_: None  # type: ignore[method-assign]
            if certificate is not None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                certificate.configure_cert(context)
                server.socket = context.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return server.server_port

        yield start


@pytest.fixture
def paper() -> Callable[..., Source]:
    """A source with a feed at a host."""

    def make(host: str, scheme: str = "https", **fetch: object) -> Source:
        home = f"{scheme}://{host}"
        return Source(
            name=host.split(".", maxsplit=1)[0],
            home=home,
            title=host,
            endpoints=(Endpoint("feed", f"{home}/feed"),),
            fetch=FetchRules(**fetch),  # type: ignore[arg-type]
        )

    return make
