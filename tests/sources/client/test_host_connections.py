"""Connections to one host: kept, found to be over, no more than needed."""

import asyncio
import contextlib

from sources.client import Client, ClientSettings
from sources.client.transport import MOST_IDLE
from sources.errors import FetchError
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
