"""The polite client against plain httpx doing the same requests, over loopback: CPU and requests a second.

    python -m bench.client                                   small pages, as they are
    python -m bench.client --bytes 380000 --gzip             pages as news sites send them
    python -m bench.client --bytes 380000 --gzip --tls       over TLS; --http2 has ours speak HTTP/2

A small server in a process of its own answers for many hosts. Both clients ask the same addresses
with as many requests under way; ours also keeps robots.txt, limits, guard, caps and pace, whose gap is
set to nothing. Rounds alternate, so that a busy machine slows both; the medians count. CPU is that of
the asking process, gunzip included.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import multiprocessing
import random
import ssl
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.queues import Queue
from pathlib import Path

GOAL = 0.8
#: A key and a certificate for ``news.example``, signed by itself.
PEM = Path(__file__).parents[1] / "tests" / "sources" / "client" / "loopback.pem"
#: Pages that differ: what is packed once and sent again and again would lie in the processor's cache.
VARIANTS = 16


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=4000, help="of each round")
    parser.add_argument("--hosts", type=int, default=20, help="asked at once")
    parser.add_argument("--per-host", type=int, default=4, help="requests under way at each")
    parser.add_argument("--bytes", type=int, default=20_000, help="of a page")
    parser.add_argument("--gzip", action="store_true", help="pages of words and markup, packed")
    parser.add_argument("--chunks", type=int, default=0, help="sent chunked, so many bytes in each")
    parser.add_argument("--tls", action="store_true", help="over TLS")
    parser.add_argument("--http2", action="store_true", help="ours speaks HTTP/2; needs --tls")
    parser.add_argument("--rounds", type=int, default=5, help="of each client")
    parser.add_argument("--ours", action="store_true", help="leave plain httpx out")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ports: Queue[int] = context.Queue()
    server = context.Process(target=_serve, args=(ports, options), daemon=True)
    server.start()
    port = ports.get(timeout=60)
    ways = {"httpx": _plain, "Copydesk": _ours}
    if options.ours:
        del ways["httpx"]
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    try:
        for _ in range(options.rounds):
            for name, way in ways.items():
                rounds[name].append(asyncio.run(way(port, options)))
    finally:
        server.terminate()
        server.join()
    print(f"{'':10}{'requests/s':>12}{'CPU ms each':>13}")
    result: dict[str, object] = {"requests": options.requests, "hosts": options.hosts}
    rates, cpus = {}, {}
    for name, taken in rounds.items():
        rates[name] = statistics.median(options.requests / wall for wall, _ in taken)
        cpus[name] = statistics.median(1e3 * spent / options.requests for _, spent in taken)
        print(f"{name:10}{rates[name]:12.0f}{cpus[name]:13.3f}")
        result[f"{name.lower()}_per_s"] = round(rates[name])
        result[f"{name.lower()}_cpu_ms"] = round(cpus[name], 3)
    if not options.ours:
        ratio = rates["Copydesk"] / rates["httpx"]
        print(f"ratio {ratio:.2f} (goal {GOAL}), of the CPU {cpus['Copydesk'] / cpus['httpx']:.2f}")
        result["ratio"] = round(ratio, 3)
    print(json.dumps({"client": result}))


def _pages(options: argparse.Namespace) -> list[bytes]:
    if not options.gzip:
        return [b"<!doctype html><title>x</title>" + b"x" * options.bytes]
    # Words, markup and identifiers, so that it packs to about a fifth, as pages of news sites do.
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(3000)]
    pages = []
    for _ in range(VARIANTS):
        parts, size = ["<!doctype html><title>x</title>"], 0
        while size < options.bytes:
            number = chance.getrandbits(64)
            parts.append(
                f'<div class="c-card c-card--{number % 7} {chance.choice(words)}" id="n{number:x}">'
                f"<p>{' '.join(chance.choices(words, k=12))}</p></div>\n"
            )
            size += len(parts[-1])
        pages.append("".join(parts).encode()[: options.bytes])
    return pages


def _answers(options: argparse.Namespace) -> list[bytes]:
    """What is sent, with as many headers as a delivery network adds."""
    answers = []
    for page in _pages(options):
        headers = {
            "date": "Fri, 27 Nov 2026 10:00:00 GMT",
            "content-type": "text/html; charset=utf-8",
            "server": "cdn",
            "cache-control": "public, max-age=60",
            "vary": "Accept-Encoding",
            "strict-transport-security": "max-age=31536000; includeSubDomains",
            "x-frame-options": "SAMEORIGIN",
            "x-content-type-options": "nosniff",
            "x-cache": "HIT, HIT",
            "x-served-by": "cache-lhr-1, cache-ams-2",
            "etag": '"5f1d7a84b2c3"',
            "link": "</a.css>; rel=preload; as=style, </b.js>; rel=preload; as=script",
        }
        body = gzip.compress(page, 6) if options.gzip else page
        if options.gzip:
            headers["content-encoding"] = "gzip"
        if options.chunks:
            headers["transfer-encoding"] = "chunked"
            cut = [body[at : at + options.chunks] for at in range(0, len(body), options.chunks)] + [
                b""
            ]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in cut)
        else:
            headers["content-length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answers.append(b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n" + body)
    return answers


class _Http1(asyncio.Protocol):
    """Answers each request at once."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._came = b""
        self._next = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while b"\r\n\r\n" in self._came:
            self._came = self._came.partition(b"\r\n\r\n")[2]
            self._next += 1
            self._transport.write(self._answers[self._next % len(self._answers)])


class _Http2(asyncio.Protocol):
    """The same over HTTP/2, by the library that httpx's side has, too."""

    def __init__(self, answers: list[bytes]) -> None:
        import h2.config
        import h2.connection

        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self._h2 = h2.connection.H2Connection(config)
        self._answers = answers
        self._left: dict[int, bytes] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._h2.initiate_connection()
        transport.write(self._h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        import h2.events

        for event in self._h2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                stream = event.stream_id
                head, _, body = self._answers[stream % len(self._answers)].partition(b"\r\n\r\n")
                lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
                self._h2.send_headers(
                    stream, [(":status", "200"), *((name, value) for name, value in lines)]
                )
                self._left[stream] = body
        for stream in list(self._left):
            self._send(stream)
        self._transport.write(self._h2.data_to_send())

    def _send(self, stream: int) -> None:
        while True:
            body = self._left[stream]
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            if room <= 0:
                return
            self._h2.send_data(stream, body[:room], end_stream=len(body) <= room)
            self._left[stream] = body[room:]
            if len(body) <= room:
                del self._left[stream]
                return


def _serve(ports: Queue[int], options: argparse.Namespace) -> None:
    answers = _answers(options)
    context: ssl.SSLContext | None = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        context.set_alpn_protocols(["h2", "http/1.1"] if options.http2 else ["http/1.1"])

    def made() -> asyncio.Protocol:
        return _Http2(answers) if options.http2 else _Http1(answers)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(made, "127.0.0.1", 0, ssl=context)
        port = first.sockets[0].getsockname()[1]
        others = [f"127.0.0.{n + 1}" for n in range(1, options.hosts)]
        if others:
            await loop.create_server(made, others, port, ssl=context)
        ports.put(port)
        await first.serve_forever()

    asyncio.run(serve())


async def _timed(
    options: argparse.Namespace, fetch: Callable[[int, int], Awaitable[object]]
) -> tuple[float, float]:
    """(seconds, CPU seconds) of all requests, spread over the hosts."""
    for host in range(options.hosts):
        await fetch(host, 0)
    numbers = iter(range(options.requests))

    async def work(host: int) -> None:
        for number in numbers:
            await fetch(host, number)

    workers = [work(host) for host in range(options.hosts) for _ in range(options.per_host)]
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*workers)
    return time.perf_counter() - wall, time.process_time() - cpu


def _trusting(options: argparse.Namespace) -> ssl.SSLContext | None:
    if not options.tls:
        return None
    context = ssl.create_default_context(cafile=PEM)
    # The certificate names one host; here there are many.
    context.check_hostname = False
    return context


async def _plain(port: int, options: argparse.Namespace) -> tuple[float, float]:
    import httpx

    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
    scheme = "https" if options.tls else "http"
    verify = _trusting(options) or True
    async with httpx.AsyncClient(trust_env=False, limits=limits, verify=verify) as client:

        async def fetch(host: int, number: int) -> object:
            # Hosts of the loopback network, so that each has connections of its own.
            answer = await client.get(f"{scheme}://127.0.0.{host + 1}:{port}/{number}")
            return answer.content

        return await _timed(options, fetch)


async def _ours(port: int, options: argparse.Namespace) -> tuple[float, float]:
    from sources.client import Client, ClientSettings

    scheme = "https" if options.tls else "http"
    names = {f"h{n}.example": f"127.0.0.{n + 1}:{port}" for n in range(options.hosts)}
    settings = ClientSettings(
        delay=0.0,
        concurrency=options.per_host,
        total_concurrency=options.hosts * options.per_host,
        connect_to=names,
        http2=options.http2,
    )
    async with contextlib.AsyncExitStack() as stack:
        client = await stack.enter_async_context(Client(settings, tls=_trusting(options)))

        async def fetch(host: int, number: int) -> object:
            page = await client.fetch(f"{scheme}://h{host}.example/{number}")
            assert len(page.body) >= options.bytes
            return page

        return await _timed(options, fetch)


if __name__ == "__main__":
    main()
