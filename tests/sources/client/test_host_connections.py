"""Connections to one host: kept, found to be over, no more than needed."""

import asyncio
import contextlib

import pytest

from sources.client import Client, ClientSettings
from sources.client.wire import host_connections
from sources.client.wire.transport import MOST_IDLE
from sources.errors import FetchError, TimedOut, Unreachable
from sources.source import FetchRules

RULES = FetchRules(robots=False)


class Server:
    """Answers every request after ``wait`` seconds; knows its connections.

    ``over`` ends every wait: from Python 3.12 a server that is closed waits until the last of its
    connections is served, so one that says nothing for a minute would keep a test for as long.
    """

    def __init__(self, body=b"<p>here</p>", *, close_after=None, wait=0.0):
        self.body = body
        self.close_after = close_after
        self.wait = wait
        self.over = asyncio.Event()
        self.opened = 0
        self.open = 0

    async def _serve(self, reader, writer):
        self.opened += 1
        self.open += 1
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.over.wait(), self.wait)
                    break
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n")
                writer.write(b"content-length: %d\r\n\r\n" % len(self.body) + self.body)
                await writer.drain()
                if self.close_after is not None:
                    await asyncio.sleep(self.close_after)
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()

    @contextlib.asynccontextmanager
    async def client(self, **settings):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        given = {"delay": 0.0, "concurrency": 32, "retries": 0, **settings}
        connect_to = {"herald.example": f"127.0.0.1:{port}"}
        async with server, Client(ClientSettings(connect_to=connect_to, **given)) as client:
            try:
                yield lambda n=0: client.fetch(f"http://herald.example/{n}", rules=RULES)
            finally:
                self.over.set()


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario(), 20))


def test_one_connection_serves_requests_one_after_the_other():
    async def scenario():
        server = Server()
        async with server.client() as fetch:
            for number in range(10):
                assert (await fetch(number)).body == server.body
        return server.opened

    assert run(scenario) == 1


def test_a_connection_that_the_server_has_closed_is_not_used_again():
    async def scenario():
        server = Server(close_after=0.0)
        async with server.client() as fetch:
            for number in range(5):
                assert (await fetch(number)).status == 200
                await asyncio.sleep(0.05)
        return server.opened

    assert run(scenario) == 5


def test_of_many_connections_few_are_kept():
    async def scenario():
        server = Server(wait=0.05)
        async with server.client() as fetch:
            await asyncio.gather(*(fetch(number) for number in range(24)))
            await asyncio.sleep(0.1)
            return server.opened, server.open

    opened, still_open = run(scenario)
    assert opened == 24
    assert still_open == MOST_IDLE


def test_a_body_many_times_what_is_buffered_arrives_whole():
    body = b"<p>" + bytes(range(32, 127)) * 60_000

    async def scenario():
        server = Server(body)
        async with server.client() as fetch:
            return [len((await fetch(number)).body) for number in range(3)], server.opened

    assert run(scenario) == ([len(body)] * 3, 1)


def test_a_request_that_is_given_up_takes_its_connection_with_it_and_no_other():
    async def scenario():
        server = Server(wait=0.3)
        async with server.client() as fetch:
            await fetch()
            abandoned = asyncio.ensure_future(fetch(1))
            await asyncio.sleep(0.1)
            abandoned.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await abandoned
            pages = await asyncio.gather(fetch(2), fetch(3))
            return [page.status for page in pages]

    assert run(scenario) == [200, 200]


def test_a_server_that_says_nothing_is_given_up_in_time():
    async def scenario():
        server = Server(wait=60)
        async with server.client(read_timeout=0.3) as fetch:
            try:
                await fetch()
            except FetchError as error:
                return str(error)

    assert "no byte within 0.3 s" in run(scenario)


class Script:
    """Does what each connection is told, in turn: for each request bytes to send, or a function."""

    def __init__(self, *connections):
        self.connections = list(connections)
        self.opened = 0
        self.requests = []
        #: Set when a connection is closed from the other side.
        self.left = asyncio.Event()

    async def _serve(self, reader, writer):
        answers = self.connections[min(self.opened, len(self.connections) - 1)]
        self.opened += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            for answer in answers:
                self.requests.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
                if isinstance(answer, bytes):
                    writer.write(answer)
                else:
                    await answer(writer)
            if answers[-1] is not CLOSE:
                await reader.read()
                self.left.set()
        writer.close()

    @contextlib.asynccontextmanager
    async def client(self, **settings):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        given = {"delay": 0.0, "concurrency": 32, "retries": 0, **settings}
        connect_to = {"herald.example": f"127.0.0.1:{port}"}
        try:
            async with Client(ClientSettings(connect_to=connect_to, **given)) as client:
                yield client
        finally:
            server.close()


async def CLOSE(writer):
    writer.close()


URL = "http://herald.example/"
PAGE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npage"


def test_a_server_that_tires_of_a_connection_as_it_is_asked_is_asked_once_more(monkeypatch):
    monkeypatch.setattr(host_connections, "LEAST_TIRING", 0.0)

    async def scenario():
        server = Script([PAGE, CLOSE], [PAGE, CLOSE], [CLOSE])
        async with server.client() as client:
            bodies = [(await client.fetch(f"{URL}{n}", rules=RULES)).body for n in range(2)]
            # The second connection is tired too, the third was not used yet: that is a failure.
            with pytest.raises(Unreachable, match="without an answer"):
                await client.fetch(f"{URL}2", rules=RULES)
        return bodies, server.requests

    assert run(scenario) == ([b"page", b"page"], [b"/0", b"/1", b"/1", b"/2", b"/2"])


def test_an_answer_that_broke_off_is_not_asked_for_behind_the_callers_back(monkeypatch):
    monkeypatch.setattr(host_connections, "LEAST_TIRING", 0.0)

    async def half(writer):
        writer.write(PAGE[:-2])
        writer.close()

    async def scenario():
        server = Script([PAGE, half])
        async with server.client() as client:
            await client.fetch(URL, rules=RULES)
            with pytest.raises(Unreachable, match="broke off"):
                await client.fetch(URL, rules=RULES)
        return len(server.requests)

    assert run(scenario) == 2


def test_what_a_server_says_unasked_is_no_answer_to_the_next_request():
    async def late(writer):
        writer.write(PAGE)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil")

    async def scenario():
        server = Script([late, PAGE], [PAGE])
        async with server.client() as client:
            first = (await client.fetch(URL, rules=RULES)).body
            await asyncio.sleep(0.15)
            return first, (await client.fetch(URL, rules=RULES)).body, server.opened

    assert run(scenario) == (b"page", b"page", 2)


@pytest.mark.parametrize("size", [1, 700, 65_536])
def test_a_body_that_comes_in_many_packets_arrives_whole(size):
    body = bytes(range(256)) * (8 if size == 1 else 4_000)

    async def packets(writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), size):
            writer.write(body[start : start + size])
            await writer.drain()
            await asyncio.sleep(0)

    async def scenario():
        server = Script([packets, packets])
        async with server.client() as client:
            return [(await client.fetch(URL, rules=RULES)).body for _ in range(2)] == [body] * 2

    assert run(scenario)


def test_a_server_that_falls_silent_in_the_middle_is_given_up_and_its_connection_closed():
    begun = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegun"

    async def scenario():
        server = Script([begun], [PAGE])
        async with server.client(read_timeout=0.2) as client:
            with pytest.raises(TimedOut, match=r"no byte within 0\.2 s"):
                await client.fetch(URL, rules=RULES)
            await asyncio.wait_for(server.left.wait(), 5)
            return (await client.fetch(URL, rules=RULES)).body

    assert run(scenario) == b"page"


def test_of_a_large_file_all_that_came_is_told_before_the_server_fell_silent():
    async def scenario():
        server = Script([b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegun"])
        parts = []
        async with server.client(read_timeout=0.2) as client:
            with pytest.raises(TimedOut):
                async with client.stream(URL, rules=RULES) as chunks:
                    async for chunk in chunks:
                        parts.append(chunk)
        return b"".join(parts)

    assert run(scenario) == b"begun"


def test_a_header_of_a_source_file_that_is_none_is_not_sent():
    rules = FetchRules(robots=False, headers=(("X-Two\r\nX-Evil", "1"),))

    async def scenario():
        server = Script([PAGE])
        async with server.client() as client:
            with pytest.raises(Unreachable, match="the request cannot be sent"):
                await client.fetch(URL, rules=rules)
            await client.fetch(URL, rules=RULES)
        return server.requests

    assert run(scenario) == [b"/"]
