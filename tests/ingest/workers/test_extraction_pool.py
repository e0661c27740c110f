"""Extraction processes: a page that kills or hangs its worker costs that page, and no other."""

import asyncio
import multiprocessing
import os
import time
from datetime import UTC, datetime

import pytest

from ingest.errors import ExtractionCrashed
from ingest.workers.pool import ExtractionPool
from sources.page import Page
from storage.article import Article

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def page(number):
    text = f"The harbour council met {number} times and agreed on the new ferry. " * 4
    html = f"<html lang='en'><title>Report {number}</title><article><h1>Report {number}</h1>"
    html += f"<p>{text}</p>" * 3 + "</article></html>"
    url = f"https://herald.example/{number}"
    return Page(
        requested_url=url,
        url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=html.encode(),
        fetched_at=NOW,
    )


def die():
    os._exit(9)


def die_once(path):
    """Of something that is not the page's fault: the machine ran short of memory, say."""
    if not os.path.exists(path):
        open(path, "w").close()
        os._exit(9)
    return "done"


def hang():
    time.sleep(600)


def fail():
    raise ValueError("a fault of ours")


def identity(*values):
    return tuple(id(value) for value in values)


def size(value):
    return len(value)


def run(scenario, workers=2, **options):
    async def main():
        async with ExtractionPool(workers, **options) as pool:
            return await scenario(pool)

    return asyncio.run(main())


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_each_page_gets_its_own_article(workers):
    async def scenario(pool):
        return await asyncio.gather(*(pool.extract(page(n), None, None) for n in range(12)))

    found = run(scenario, workers)
    assert all(isinstance(article, Article) for article in found)
    assert [article.title for article in found] == [f"Report {n}" for n in range(12)]


def test_a_page_that_kills_its_worker_is_given_up_and_those_beside_it_are_read():
    async def scenario(pool):
        calls = [pool.extract(page(n), None, None) for n in range(6)]
        calls.insert(2, pool.run("https://herald.example/bad", die))
        return await asyncio.gather(*calls, return_exceptions=True)

    found = run(scenario)
    killer = found.pop(2)
    assert isinstance(killer, ExtractionCrashed)
    assert "https://herald.example/bad: the worker died on this page" in str(killer)
    assert [article.title for article in found] == [f"Report {n}" for n in range(6)]


def test_a_worker_that_dies_once_does_not_cost_its_page(tmp_path):
    assert run(lambda pool: pool.run("x", die_once, str(tmp_path / "mark"))) == "done"


def test_a_page_that_takes_too_long_is_given_up_and_those_behind_it_are_read():
    async def scenario(pool):
        await pool.extract(page(99), None, None)
        calls = [pool.run("https://herald.example/slow", hang)]
        calls += [pool.extract(page(n), None, None) for n in range(4)]
        return await asyncio.gather(*calls, return_exceptions=True)

    slow, *found = run(scenario, 1, page_timeout=1.5)
    assert isinstance(slow, ExtractionCrashed)
    assert "not read within 2 s" in str(slow)
    assert [article.title for article in found] == [f"Report {n}" for n in range(4)]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_fault_of_ours_is_told_with_the_address(workers):
    with pytest.raises(ExtractionCrashed, match=r"herald\.example/x: ValueError: a fault of ours"):
        run(lambda pool: pool.run("https://herald.example/x", fail), workers)


def test_what_cannot_be_sent_fails_alone():
    async def scenario(pool):
        with pytest.raises(ExtractionCrashed, match="cannot be sent"):
            await pool.run("x", size, lambda: None)
        return await pool.extract(page(1), None, None)

    assert run(scenario).title == "Report 1"


def test_what_pages_share_is_sent_once():
    shared = ["the lines of a site"]

    async def scenario(pool):
        return [await pool.run("x", identity, shared=(shared,)) for _ in range(3)]

    first, *others = run(scenario, 1)
    assert others == [first, first]


def test_a_value_many_times_the_size_of_a_socket_s_buffer_arrives_whole():
    sizes = [1, 70_000, 5_000_000]

    async def scenario(pool):
        return await asyncio.gather(*(pool.run("x", size, b"x" * n) for n in sizes))

    assert run(scenario) == sizes


@pytest.mark.parametrize(("at_once", "processes"), [(1, 1), (8, 2)])
def test_there_are_as_many_processes_as_pages_at_once_need(at_once, processes):
    async def scenario(pool):
        before = len(multiprocessing.active_children())
        for first in range(0, 8, at_once):
            numbers = range(first, first + at_once)
            await asyncio.gather(*(pool.extract(page(n), None, None) for n in numbers))
        # A start that is under way when the last page comes back is waited for.
        await asyncio.sleep(0.3)
        return len(multiprocessing.active_children()) - before

    assert run(scenario, 2) == processes


def test_a_cancelled_page_leaves_its_worker_to_the_next():
    async def scenario(pool):
        task = asyncio.ensure_future(pool.run("x", time.sleep, 0.3))
        await asyncio.sleep(0.1)
        task.cancel()
        return await pool.extract(page(5), None, None)

    assert run(scenario, 1).title == "Report 5"
