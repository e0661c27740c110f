"""Serves the papers on two loopback ports, and receives what the daemon's webhook tells."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.soak.papers import Paper

__all__ = ["Certificates", "Newsstand", "open_newsstand"]


class Certificates:
    """Certificates of the papers, good and expired, of an authority that is made for the occasion."""

    def __init__(self, folder: Path) -> None:
        """``folder``: where the authority's own certificate is written, for the daemon to trust."""
        import trustme

        self._authority = trustme.CA()
        self.trusted = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.trusted))
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}

    def context_of(self, host: str, *, expired: bool) -> ssl.SSLContext:
        """What a server of ``host`` shows."""
        key = (host, expired)
        if key not in self._contexts:
            now = datetime.datetime.now(datetime.UTC)
            days = datetime.timedelta(days=-1 if expired else 30)
            issued = self._authority.issue_cert(
                host, not_before=now - datetime.timedelta(days=40), not_after=now + days
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            issued.configure_cert(context)
            self._contexts[key] = context
        return self._contexts[key]


@dataclass
class Newsstand:
    """All papers, by host, and what the webhook was told."""

    ports: tuple[int, int, int]
    papers: dict[str, Paper] = field(default_factory=dict)
    #: What the webhook was told.
    told: list[dict[str, Any]] = field(default_factory=list)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def add(self, papers: Sequence[Paper]) -> None:
        """Serve these."""
        self.papers |= {paper.host: paper for paper in papers}

    def hang_up(self) -> None:
        """End all connections, as a server does that takes up a new certificate."""
        for writer in self._writers:
            writer.close()


@contextlib.asynccontextmanager
async def open_newsstand(certificates: Certificates, secret: str) -> AsyncIterator[Newsstand]:
    """Serve while the block runs; papers are added when the ports are known.

    ``secret``: what messages to the webhook are signed with; others do not count.
    """
    stand = Newsstand((0, 0, 0))

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        paper = stand.papers.get(name or "")
        expired = (
            paper is not None
            and paper.breaks == "certificate expired"
            and paper.is_broken(time.time())
        )
        connection.context = certificates.context_of(name or "nobody.example", expired=expired)

    first = certificates.context_of("nobody.example", expired=False)
    first.sni_callback = choose

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stand._writers.add(writer)
        try:
            await _serve(reader, writer, stand.papers)
        finally:
            stand._writers.discard(writer)

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _receive(reader, writer, stand.told.append, secret)

    servers = [
        await asyncio.start_server(serve, "127.0.0.1", 0),
        await asyncio.start_server(serve, "127.0.0.1", 0, ssl=first),
        await asyncio.start_server(receive, "127.0.0.1", 0),
    ]
    plain, encrypted, hook = (server.sockets[0].getsockname()[1] for server in servers)
    stand.ports = (plain, encrypted, hook)
    try:
        yield stand
    finally:
        for server in servers:
            server.close()
        stand.hang_up()


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, papers: dict[str, Paper]
) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        while True:
            path, headers, _ = await _request(reader)
            paper = papers.get(headers.get("host", "").partition(":")[0])
            if paper is None:
                break
            answer = paper.answer(path, time.time())
            tag = f'"{hash(answer.body):x}"'
            status, body = answer.status, answer.body
            if status == 200 and headers.get("if-none-match") == tag:
                status, body = 304, b""
            head = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", f"etag: {tag}"]
            head += [f"content-type: {answer.kind}"]
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            await writer.drain()
    writer.close()


async def _receive(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    note: Callable[[dict[str, Any]], None],
    secret: str,
) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            _, headers, body = await _request(reader)
            if _is_signed(secret, headers.get("copydesk-signature", ""), body):
                note(json.loads(body))
            writer.write(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
    writer.close()


def _is_signed(secret: str, header: str, body: bytes) -> bool:
    given = dict(part.partition("=")[::2] for part in header.split(","))
    made = hmac.new(secret.encode(), given.get("t", "").encode() + b"." + body, hashlib.sha256)
    return hmac.compare_digest(made.hexdigest(), given.get("v1", ""))


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return head[0].split(" ")[1], headers, body
