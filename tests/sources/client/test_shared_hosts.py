"""Hosts that two processes of one run may ask: one at a time, the gap between, rests told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sources.client.failure import Failure
from sources.client.limiter import HostLimiter
from sources.client.shared_hosts import SharedHosts, site_of_host

HOST = "wire.example:443"


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def two(folder: Path, clock: Clock) -> tuple[SharedHosts, SharedHosts]:
    return (
        SharedHosts(folder, clock=clock, sleep=clock.sleep),
        SharedHosts(folder, clock=clock, sleep=clock.sleep),
    )


def test_a_host_is_held_by_one_at_a_time_and_the_gap_lies_between(tmp_path: Path) -> None:
    clock = Clock()
    held: list[tuple[str, float]] = []

    async def ask(name: str, hosts: SharedHosts) -> None:
        async with hosts.turn(HOST, 2.0):
            held.append((f"{name} in", clock()))
            for _ in range(5):
                await clock.sleep(0.1)
            held.append((f"{name} out", clock()))

    async def both() -> None:
        one, other = two(tmp_path, clock)
        await asyncio.gather(ask("a", one), ask("b", other), ask("c", one))

    asyncio.run(both())
    ins = [when for what, when in held if what.endswith("in")]
    outs = [when for what, when in held if what.endswith("out")]
    assert [what.partition(" ")[2] for what, _ in held] == ["in", "out"] * 3
    for ended, began in zip(outs, ins[1:], strict=False):
        assert began - ended >= 2.0


def test_own_hosts_cost_nothing_until_another_process_asks_them(tmp_path: Path) -> None:
    clock = Clock()
    one, other = two(tmp_path, clock)
    one.add_own("www.paper.example")
    assert not one.has("www.paper.example:443")
    assert not one.has("feeds.paper.example:80")
    assert other.has("www.paper.example:443")

    async def ask() -> None:
        async with other.turn("www.paper.example:443", 0.0):
            pass

    asyncio.run(ask())
    assert one.has("www.paper.example:443")
    assert not one.has("feeds.paper.example:80")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("www.paper.example", "paper.example", True),
        ("news.paper.co.uk", "paper.co.uk", True),
        ("a.substack.com", "b.substack.com", False),
        ("127.0.0.2", "127.0.0.3", False),
        ("::1", "::2", False),
    ],
)
def test_a_site_is_what_its_hosts_have_in_common(one: str, other: str, same: bool) -> None:
    assert (site_of_host(one) == site_of_host(other)) is same


def test_a_rest_that_a_host_asked_of_another_process_is_kept_here(tmp_path: Path) -> None:
    clock = Clock()
    one, other = two(tmp_path, clock)
    first = HostLimiter(8, 30.0, clock, clock.sleep, shared=one)
    second = HostLimiter(8, 30.0, clock, clock.sleep, shared=other)

    async def ask(limiter: HostLimiter) -> float:
        async with limiter.turn(HOST, delay=0.0, concurrency=2):
            return clock()

    async def run() -> None:
        assert await ask(first) == 100.0
        first.pause(HOST, 10.0)
        assert await ask(second) >= 110.0
        first.pause(HOST, 600.0)
        with pytest.raises(Failure, match="asked to be left alone"):
            await ask(second)

    asyncio.run(run())
