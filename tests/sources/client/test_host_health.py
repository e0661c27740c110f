"""A host that says or shows that it is too much is asked less; one that is down is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.client.failure import Failure
from sources.client.host_health import (
    LONGEST_GAP,
    LONGEST_REST,
    MOST_FAILURES,
    RETRY_ALLOWANCE,
    HostHealth,
)
from sources.errors import Unreachable

from .conftest import Site, answer

URL = "http://news.example"

HOST = "news.example:443"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("status", [429, 503])
def test_too_much_doubles_the_gap_and_good_answers_bring_it_back(status: int) -> None:
    health = HostHealth(Clock())
    assert health.gap(HOST, 1.0) == 1.0
    health.answered(HOST, status, 0.1)
    assert health.gap(HOST, 1.0) == 2.0
    assert health.concurrency(HOST, 4) == 2
    health.answered(HOST, status, 0.1)
    assert (health.gap(HOST, 1.0), health.concurrency(HOST, 4)) == (4.0, 1)
    gaps = []
    for _ in range(200):
        health.answered(HOST, 200, 0.1)
        gaps.append(health.gap(HOST, 1.0))
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[20] > 3.0
    assert gaps[-1] == 1.0


def test_other_hosts_are_asked_as_before() -> None:
    health = HostHealth(Clock())
    health.answered(HOST, 429, 0.1)
    assert health.gap("other.example:443", 1.0) == 1.0


def test_a_host_that_answers_ever_slower_is_asked_less_until_it_recovers() -> None:
    health = HostHealth(Clock())
    for _ in range(50):
        health.answered(HOST, 200, 0.3)
    for _ in range(8):
        health.answered(HOST, 200, 5.0)
    assert health.gap(HOST, 1.0) > 1.4
    for _ in range(800):
        health.answered(HOST, 200, 0.3)
    assert health.gap(HOST, 1.0) == 1.0


def test_a_large_page_now_and_then_slows_nothing() -> None:
    health = HostHealth(Clock())
    for n in range(200):
        health.answered(HOST, 200, 1.5 if n % 7 == 0 else 0.2)
        assert health.gap(HOST, 1.0) == 1.0


@given(st.lists(st.sampled_from([200, 304, 404, 429, 503, 500, -1]), max_size=120))
def test_never_faster_than_configured_nor_beyond_the_bounds(statuses: list[int]) -> None:
    health = HostHealth(Clock())
    for status in statuses:
        if status < 0:
            health.failed(HOST)
        else:
            health.answered(HOST, status, 0.2)
        assert 1.5 <= health.gap(HOST, 1.5) <= LONGEST_GAP
        assert health.gap(HOST, 100.0) == 100.0
        assert 1 <= health.concurrency(HOST, 8) <= 8


def test_a_host_that_is_down_is_left_alone_for_longer_and_longer_and_one_looks_whether_it_is_back() -> (
    None
):
    clock = Clock()
    health = HostHealth(clock)
    for _ in range(MOST_FAILURES):
        health.check(HOST)
        health.failed(HOST)
    rests = []
    for _ in range(8):
        with pytest.raises(
            Failure, match=r"news.example failed \d+ times in a row; it is asked again in"
        ) as said:
            health.check(HOST)
        assert said.value.error is Unreachable
        assert said.value.retry_after is not None
        rests.append(said.value.retry_after)
        clock.now += said.value.retry_after
        health.check(HOST)
        with pytest.raises(Failure):
            health.check(HOST)  # while the first is under way
        health.failed(HOST)
    assert rests[:3] == [30.0, 60.0, 120.0]
    assert rests[-1] == LONGEST_REST
    clock.now += LONGEST_REST
    health.check(HOST)
    health.answered(HOST, 200, 0.1)
    for _ in range(10):
        health.check(HOST)


def test_a_look_that_never_ends_does_not_keep_the_host_closed() -> None:
    clock = Clock()
    health = HostHealth(clock)
    for _ in range(MOST_FAILURES):
        health.failed(HOST)
    clock.now += 31
    health.check(HOST)
    clock.now += 121
    health.check(HOST)


def test_failures_that_came_together_are_one_rest() -> None:
    clock = Clock()
    health = HostHealth(clock)
    for _ in range(MOST_FAILURES * 5):
        health.failed(HOST)
    with pytest.raises(Failure) as said:
        health.check(HOST)
    assert said.value.retry_after == 30.0


def test_retries_are_a_share_of_the_requests() -> None:
    health = HostHealth(Clock())
    allowed = 0
    for _ in range(1000):
        health.asked(HOST)
        allowed += health.may_retry(HOST)
    assert allowed <= 200 + RETRY_ALLOWANCE
    assert allowed > 150


def test_memory_is_bounded_for_many_hosts() -> None:
    health = HostHealth(Clock())
    for n in range(20_000):
        health.failed(f"h{n}.example:443") if n % 2 else health.answered(
            f"h{n}.example:443", 200, 0.1
        )
    assert len(health._hosts) <= 4096


@pytest.mark.anyio
async def test_a_dead_host_ends_a_run_quickly_and_says_when_it_is_asked_again(site: Site) -> None:
    site.pages["/x"] = b""  # closes without an answer
    failed = []
    async with site.client(first_rest=60.0) as client:
        for _ in range(20):
            with pytest.raises(Unreachable) as said:
                await client.fetch(f"{URL}/x")
            failed.append(said.value)
    assert site.paths().count("/x") == MOST_FAILURES
    assert failed[-1].retry_after == pytest.approx(60.0, abs=5)
    assert "it is asked again in" in failed[-1].reason


@pytest.mark.anyio
async def test_503_slows_down_what_follows_and_a_good_answer_ends_the_count(site: Site) -> None:
    site.pages["/busy"] = answer(503)
    site.pages["/"] = answer()
    async with site.client(delay=0.05) as client:
        for _ in range(2):
            await client.fetch(f"{URL}/busy")
        await client.fetch(f"{URL}/")
        await client.fetch(f"{URL}/")
    times = site.times()
    # The configured gap is 0.05 s; two answers 503 made it 0.4 s.
    assert times[-1] - times[-2] > 0.3
