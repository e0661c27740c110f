"""A small real HTTP server on the loopback, which remembers who asked what, when."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from sources.client import Client, ClientSettings


@dataclass(frozen=True)
class Asked:
    at: float
    host: str
    path: str
    headers: dict[str, str]
    connection: int


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X"]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if status != 304:
        named.setdefault("content-length", str(len(body)))
    lines += [f"{name}: {value}" for name, value in named.items()]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


@dataclass
class Site:
    """Answers by ``path`` or ``host/path``; each value is raw bytes, a list of them, or a handler."""

    pages: dict[str, bytes | list[bytes] | Handler] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    #: Requests under way now, and the most there were.
    open: int = 0
    most_open: int = 0
    #: Seconds that every answer takes.
    slow: float = 0.0
    port: int = 0
    connections: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    def times(self, path: str | None = None) -> list[float]:
        return [asked.at for asked in self.log if path in (None, asked.path)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with (
            contextlib.closing(writer),
            contextlib.suppress(ConnectionError, asyncio.IncompleteReadError),
        ):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *rest = head.split("\r\n")
                headers = {
                    k.lower(): v.strip() for k, _, v in (r.partition(":") for r in rest) if k
                }
                now = asyncio.get_running_loop().time()
                asked = Asked(now, headers.get("host", ""), first.split()[1], headers, number)
                self.log.append(asked)
                self.open += 1
                self.most_open = max(self.most_open, self.open)
                try:
                    await asyncio.sleep(self.slow)
                    await self.respond(asked, writer)
                finally:
                    self.open -= 1
                if writer.is_closing():
                    break

    async def respond(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        name = asked.host.partition(":")[0]
        page = self.pages.get(f"{name}{asked.path}", self.pages.get(asked.path))
        if page is None:
            page = answer(404, b"no such page")
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if isinstance(page, bytes):
            writer.write(page)
            if b"content-length" not in page.lower() and b" 304 " not in page:
                writer.close()
            await writer.drain()
        else:
            await page(asked, writer)

    def settings(self, *hosts: str, **more: object) -> ClientSettings:
        """Settings of a client for which ``hosts`` are on this server, without waiting."""
        given: dict[str, object] = {"delay": 0.0, "retries": 0, "retry_wait": 0.01}
        given["connect_to"] = dict.fromkeys((*hosts, "news.example"), f"127.0.0.1:{self.port}")
        return ClientSettings(**{**given, **more})  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def client(self, *hosts: str, **more: object) -> AsyncIterator[Client]:
        async with Client(self.settings(*hosts, **more)) as client:
            yield client


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()
    for task in site._tasks:
        task.cancel()
    await asyncio.gather(*site._tasks, return_exceptions=True)
