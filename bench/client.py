"""Throughput of the polite client against plain httpx doing the same requests, over loopback.

    python -m bench.client --requests 4000 --hosts 20

A small asyncio server in a process of its own answers for many hosts. Both clients ask the same
addresses with as many requests under way; ours also keeps robots.txt, limits, guard, caps and pace,
whose gap is set to nothing. Rounds alternate, so that a busy machine slows both; the medians count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.queues import Queue

GOAL = 0.8


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=4000, help="of each round")
    parser.add_argument("--hosts", type=int, default=20, help="asked at once")
    parser.add_argument("--per-host", type=int, default=4, help="requests under way at each")
    parser.add_argument("--bytes", type=int, default=20_000, help="of a page")
    parser.add_argument("--rounds", type=int, default=5, help="of each client")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ports: Queue[int] = context.Queue()
    server = context.Process(target=_serve, args=(ports, options.bytes, options.hosts), daemon=True)
    server.start()
    port = ports.get(timeout=30)
    try:
        plain, ours = [], []
        for _ in range(options.rounds):
            plain.append(asyncio.run(_plain(port, options)))
            ours.append(asyncio.run(_ours(port, options)))
    finally:
        server.terminate()
        server.join()
    print(f"{'':10}{'requests/s':>12}{'CPU us each':>13}")
    rates = {}
    for name, rounds in (("httpx", plain), ("Copydesk", ours)):
        rates[name] = statistics.median(options.requests / wall for wall, _ in rounds)
        cpu = statistics.median(1e6 * spent / options.requests for _, spent in rounds)
        print(f"{name:10}{rates[name]:12.0f}{cpu:13.0f}")
    ratio = rates["Copydesk"] / rates["httpx"]
    print(f"ratio {ratio:.2f} (goal {GOAL})")
    print(
        json.dumps(
            {
                "client": {
                    "requests": options.requests,
                    "hosts": options.hosts,
                    "httpx_per_s": round(rates["httpx"]),
                    "copydesk_per_s": round(rates["Copydesk"]),
                    "ratio": round(ratio, 3),
                }
            }
        )
    )


def _serve(ports: Queue[int], size: int, hosts: int) -> None:
    page = b"<!doctype html><title>x</title>" + b"x" * size
    answer = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n" % len(page)
        + page
    )

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def serve() -> None:
        first = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = first.sockets[0].getsockname()[1]
        others = [f"127.0.0.{n + 1}" for n in range(1, hosts)]
        if others:
            await asyncio.start_server(connected, others, port)
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


async def _plain(port: int, options: argparse.Namespace) -> tuple[float, float]:
    import httpx

    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
    async with httpx.AsyncClient(trust_env=False, limits=limits) as client:

        async def fetch(host: int, number: int) -> object:
            # Hosts of the loopback network, so that each has connections of its own.
            answer = await client.get(f"http://127.0.0.{host + 1}:{port}/{number}")
            return answer.content

        return await _timed(options, fetch)


async def _ours(port: int, options: argparse.Namespace) -> tuple[float, float]:
    from sources.client import Client, ClientSettings

    names = {f"h{n}.example": f"127.0.0.1:{port}" for n in range(options.hosts)}
    settings = ClientSettings(
        delay=0.0,
        concurrency=options.per_host,
        total_concurrency=options.hosts * options.per_host,
        connect_to=names,
    )
    async with Client(settings) as client:

        async def fetch(host: int, number: int) -> object:
            return (await client.fetch(f"http://h{host}.example/{number}")).body

        return await _timed(options, fetch)


if __name__ == "__main__":
    main()
