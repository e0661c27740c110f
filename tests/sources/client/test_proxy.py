"""Proxies per source: HTTP, CONNECT and SOCKS5, real ones on loopback."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from sources.client import Client, ClientSettings
from sources.errors import AddressRefused, Unreachable
from sources.source import FetchRules

from .conftest import Site, answer

pytestmark = pytest.mark.anyio


@dataclass
class Proxy:
    """Forwards everything to one site, whatever name is asked for."""

    site: Site
    login: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (
            contextlib.closing(writer),
            contextlib.suppress(ConnectionError, asyncio.IncompleteReadError),
        ):
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head.split(b"\r\n")[0].decode())
            wanted = f"basic {base64.b64encode((self.login or '').encode()).decode()}".lower()
            if self.login and f"proxy-authorization: {wanted}".encode() not in head.lower():
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
                )
                await writer.drain()
                return
            inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.site.port)
            if head.startswith(b"CONNECT"):
                writer.write(b"HTTP/1.1 200 ok\r\n\r\n")
                await _both(reader, writer, inner_reader, inner)
                return
            while True:
                first, _, rest = head.partition(b"\r\n")
                method, url, version = first.split(b" ")
                path = b"/" + url.split(b"/", 3)[3]
                inner.write(b" ".join((method, path, version)) + b"\r\n" + rest)
                answered = await inner_reader.readuntil(b"\r\n\r\n")
                size = int(answered.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
                writer.write(answered + await inner_reader.readexactly(size))
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked.append(head.split(b"\r\n")[0].decode())

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (
            contextlib.closing(writer),
            contextlib.suppress(ConnectionError, asyncio.IncompleteReadError),
        ):
            _, count = struct.unpack("!BB", await reader.readexactly(2))
            await reader.readexactly(count)
            writer.write(b"\x05\x00")
            _, _, _, kind = struct.unpack("!BBBB", await reader.readexactly(4))
            size = 4 if kind == 1 else (await reader.readexactly(1))[0]
            name = await reader.readexactly(size)
            await reader.readexactly(2)
            self.asked.append(name.decode("latin-1"))
            writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.site.port)
            await _both(reader, writer, inner_reader, inner)


async def _both(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    inner_reader: asyncio.StreamReader,
    inner: asyncio.StreamWriter,
) -> None:
    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()

    await asyncio.gather(copy(reader, inner), copy(inner_reader, writer))


@contextlib.asynccontextmanager
async def serving(site: Site, kind: str = "http", login: str | None = None) -> AsyncIterator[Proxy]:
    proxy = Proxy(site, login)
    handler = proxy.http if kind == "http" else proxy.socks
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()


async def resolve(host: str, port: int) -> list[str]:
    if host == "inside.example":
        return ["10.0.0.7"]
    raise OSError("this name is known to the proxy only")


def client() -> Client:
    return Client(ClientSettings(delay=0.0, retries=0), resolve=resolve)


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks", "socks5")])
async def test_a_source_is_asked_by_way_of_its_proxy_which_resolves_the_name(
    site: Site, kind: str, scheme: str
) -> None:
    site.pages["/story"] = answer(body=b"through the proxy")
    async with serving(site, kind) as proxy, client() as asking:
        rules = FetchRules(proxy=f"{scheme}://127.0.0.1:{proxy.port}")
        page = await asking.fetch("http://far.example/story", rules=rules)
    assert page.body == b"through the proxy"
    assert all("far.example" in said for said in proxy.asked)
    assert "/robots.txt" in site.paths()


async def test_a_log_in_is_sent_and_a_wrong_one_is_told_without_the_password(site: Site) -> None:
    site.pages["/story"] = answer(body=b"in")
    async with serving(site, login="desk:s3cret") as proxy, client() as asking:
        good = FetchRules(proxy=f"http://desk:s3cret@127.0.0.1:{proxy.port}", robots=False)
        assert (await asking.fetch("http://far.example/story", rules=good)).body == b"in"
        bad = FetchRules(proxy=f"http://desk:wr0ng@127.0.0.1:{proxy.port}", robots=False)
        page = await asking.fetch("http://far.example/story", rules=bad)
    assert page.status == 407


async def test_a_proxy_that_is_away_is_named_without_its_password() -> None:
    rules = FetchRules(proxy="http://desk:s3cret@127.0.0.1:9", robots=False)
    async with client() as asking:
        with pytest.raises(Unreachable, match=r"by way of the proxy http://127.0.0.1:9: ") as said:
            await asking.fetch("http://far.example/story", rules=rules)
    assert "s3cret" not in str(said.value)


@pytest.mark.parametrize(
    "url", ["http://inside.example/", "http://127.0.0.1/", "http://2130706433/"]
)
async def test_a_proxy_is_not_asked_for_what_is_inside(site: Site, url: str) -> None:
    async with serving(site) as proxy, client() as asking:
        rules = FetchRules(proxy=f"http://127.0.0.1:{proxy.port}", robots=False)
        with pytest.raises(AddressRefused):
            await asking.fetch(url, rules=rules)
        assert proxy.asked == []
