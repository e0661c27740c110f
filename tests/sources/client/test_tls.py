"""Over TLS: HTTP/2 where the server speaks it, and certificates that are checked by name.

``loopback.pem`` is a key and a certificate for ``news.example``, signed by itself and used nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from sources.client import Client, ClientSettings
from sources.errors import AddressRefused, TooLarge, Unreachable
from sources.source import FetchRules

from .conftest import Site, answer

pytestmark = pytest.mark.anyio
PEM = Path(__file__).with_name("loopback.pem")
URL = "https://news.example"


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=PEM)


def serving(*protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    context.set_alpn_protocols(list(protocols))
    return context


class Http2Site:
    """Answers every request by path, and counts connections and resets."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.paths: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.broken: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        connection = h2.connection.H2Connection(config)
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        with contextlib.suppress(ConnectionError, h2.exceptions.ProtocolError, ssl.SSLError):
            while data := await reader.read(65536):
                for event in connection.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.answer(connection, event.stream_id, dict(event.headers)[":path"])
                writer.write(connection.data_to_send())
                await writer.drain()
        writer.close()

    def answer(self, connection: h2.connection.H2Connection, stream: int, path: str) -> None:
        self.paths.append(path)
        if path in self.broken:
            connection.send_headers(stream, [(":status", "200")])
            connection.reset_stream(stream)
            return
        body = self.bodies.get(path)
        headers = [(":status", "404" if body is None else "200")]
        if body is not None and body[:2] == b"\x1f\x8b":
            headers.append(("Content-Encoding".lower(), "gzip"))
        connection.send_headers(stream, headers)
        body = body or b""
        for start in range(0, len(body), 16_000):
            if connection.local_flow_control_window(stream) < 16_000:
                break
            connection.send_data(stream, body[start : start + 16_000])
        connection.end_stream(stream)

    def client(self, **more: object) -> Client:
        given: dict[str, object] = {
            "delay": 0.0,
            "retries": 0,
            "http2": True,
            "connect_to": {"news.example": f"127.0.0.1:{self.port}"},
        }
        return Client(ClientSettings(**{**given, **more}), tls=trusting())  # type: ignore[arg-type]


@pytest.fixture
async def http2() -> AsyncIterator[Http2Site]:
    site = Http2Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=serving("h2"))
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()


async def test_http2_is_spoken_over_one_connection(http2: Http2Site) -> None:
    http2.bodies = {f"/{n}": gzip.compress(b"page %d" % n) for n in range(20)}
    async with http2.client(concurrency=5) as client:
        pages = await asyncio.gather(*(client.fetch(f"{URL}/{n}") for n in range(20)))
    assert [page.body for page in pages] == [b"page %d" % n for n in range(20)]
    assert http2.connections == 1


async def test_an_http2_answer_that_is_reset_has_broken_off(http2: Http2Site) -> None:
    http2.broken = {"/"}
    async with http2.client() as client:
        with pytest.raises(Unreachable, match="broke off"):
            await client.fetch(URL)


async def test_after_an_abandoned_answer_the_host_is_asked_over_a_new_connection(
    http2: Http2Site,
) -> None:
    http2.bodies = {"/large": b"x" * 60_000, "/small": b"x"}
    async with http2.client(max_body=1000) as client:
        for _ in range(3):
            with pytest.raises(TooLarge):
                await client.fetch(f"{URL}/large")
            assert (await client.fetch(f"{URL}/small")).body == b"x"
    assert http2.connections == 4


async def test_http2_is_spoken_to_no_address_inside(http2: Http2Site) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    settings = ClientSettings(delay=0.0, retries=0, http2=True)
    async with Client(settings, resolve=resolve, tls=trusting()) as client:
        with pytest.raises(AddressRefused, match=r"news\.example leads inside"):
            await client.fetch(f"{URL}:{http2.port}/", rules=FetchRules(robots=False))
        rules = FetchRules(robots=False, allow_private=True)
        assert (await client.fetch(f"{URL}:{http2.port}/", rules=rules)).status == 404
    assert http2.connections == 1


@pytest.mark.parametrize("http2", [False, True])
async def test_the_server_is_told_the_name_and_not_the_address_that_is_connected_to(
    site: Site, http2: bool
) -> None:
    asked: list[str] = []
    context = serving("http/1.1", "h2") if not http2 else serving("http/1.1")
    context.sni_callback = lambda tls, name, own: asked.append(name)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
    site.pages["/"] = answer(body=b"over TLS")
    connect_to = {"news.example": f"127.0.0.1:{server.sockets[0].getsockname()[1]}"}
    settings = ClientSettings(delay=0.0, retries=0, connect_to=connect_to, http2=http2)
    async with Client(settings, tls=trusting()) as client:
        page = await client.fetch(URL, rules=FetchRules(robots=False))
    server.close()
    assert page.body == b"over TLS"
    assert asked == ["news.example"]
    assert [said.host for said in site.log] == ["news.example"]


@pytest.mark.parametrize("http2", [False, True])
async def test_http1_is_spoken_where_the_server_has_nothing_newer(site: Site, http2: bool) -> None:
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=serving("http/1.1"))
    site.pages["/"] = answer(body=b"over TLS")
    port = server.sockets[0].getsockname()[1]
    connect_to = {"news.example": f"127.0.0.1:{port}", "wrong.example": f"127.0.0.1:{port}"}
    settings = ClientSettings(delay=0, retries=3, connect_to=connect_to, http2=http2)
    async with Client(settings, tls=trusting()) as client:
        assert (await client.fetch(URL)).body == b"over TLS"
        with pytest.raises(Unreachable, match=r"certificate not trusted: .*wrong\.example"):
            await client.fetch("https://wrong.example/")
    async with Client(ClientSettings(delay=0, connect_to=connect_to, http2=http2)) as client:
        with pytest.raises(Unreachable, match="certificate not trusted: self-signed"):
            await client.fetch(URL)
    server.close()


async def test_a_server_that_speaks_no_tls_is_said_to_be_one() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\nspeak plain HTTP here")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = ClientSettings(delay=0, connect_to={"news.example": f"127.0.0.1:{port}"})
    async with Client(settings) as client:
        with pytest.raises(Unreachable, match="TLS failed"):
            await client.fetch(URL)
    server.close()
