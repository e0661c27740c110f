"""The other side of each way of telling: real servers on loopback that remember what they got."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from ingest.alerts.message import Message
from ingest.alerts.texts import alert
from tests.ingest.alerts.conftest import NOW, change


@pytest.fixture
def message() -> Message:
    return alert("ops", [change(41, why="„Bitte anmelden“ auf jeder Seite")], NOW, zone=None)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client's context that believes ``authority``."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="session")
def serving(authority: trustme.CA) -> ssl.SSLContext:
    """A server's context for 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@contextmanager
def _running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Hook:
    """A webhook's receiver."""

    port: int = 0
    #: What it answers, one after the other; the last one for ever.
    answers: list[tuple[int, dict[str, str], bytes]] = field(
        default_factory=lambda: [(204, {}, b"")]
    )
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    #: While it is clear, no answer comes.
    answering: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def running_hook(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    hook = Hook()
    hook.answering.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append((self.path, dict(self.headers.items()), body))
            status, headers, said = hook.answers[min(len(hook.got), len(hook.answers)) - 1]
            hook.answering.wait(20)
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(said)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                pass  # nobody waits for it any more

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    hook.port = server.server_port
    with _running(server):
        try:
            yield hook
        finally:
            hook.answering.set()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as running:
        yield running


@dataclass
class MailServer:
    """A mail server that keeps what it gets."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    #: Who may log in; ``None`` offers no log-in.
    account: tuple[str, str] | None = None
    #: Commands to what is answered instead of what is usual.
    refusals: dict[str, str] = field(default_factory=dict)
    secured: list[bool] = field(default_factory=list)


@contextmanager
def running_mail_server(
    starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    mail = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            try:
                if tls is not None:
                    self.wrap(tls)
                self.converse()
            except OSError:
                pass  # the client has gone

        def wrap(self, context: ssl.SSLContext) -> None:
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)

        def converse(self) -> None:
            self.say("220 mail.example ESMTP")
            sender, to, secure = "", [], tls is not None
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word in mail.refusals and not (word == "RCPT" and "good@" in line):
                    self.say(mail.refusals[word])
                elif word == "EHLO":
                    offers = ["mail.example"]
                    offers += ["STARTTLS"] if starttls is not None and not secure else []
                    offers += ["AUTH PLAIN"] if mail.account else []
                    for offer in offers[:-1]:
                        self.say(f"250-{offer}")
                    self.say(f"250 {offers[-1]}")
                elif word == "STARTTLS":
                    self.say("220 go ahead")
                    assert starttls is not None
                    self.wrap(starttls)
                    secure = True
                elif word == "AUTH":
                    told = base64.b64decode(line.split()[2]).decode().split("\0")
                    right = mail.account == (told[1], told[2])
                    self.say("235 welcome" if right else "535 5.7.8 no such log-in")
                elif word == "MAIL":
                    sender, to = line, []
                    self.say("250 ok")
                elif word == "RCPT":
                    to.append(line.partition("<")[2].partition(">")[0])
                    self.say("250 ok")
                elif word == "DATA":
                    self.say("354 go ahead")
                    body = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        body += part.removeprefix(b".") if part.startswith(b"..") else part
                    parsed = message_from_bytes(body, policy=policy.default)
                    assert isinstance(parsed, EmailMessage)
                    mail.mails.append(parsed)
                    mail.envelopes.append((sender, to))
                    mail.secured.append(secure)
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    mail.port = server.server_address[1]
    with _running(server):
        yield mail
