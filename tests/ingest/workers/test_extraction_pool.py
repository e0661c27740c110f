"""Extraction processes: a page that kills or hangs its worker costs that page, and no other."""

import asyncio
import multiprocessing
import os
import pickle
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.errors import ExtractionCrashed, TooCostly
from ingest.extract.chrome.site_lines import SiteLines
from ingest.extract.page_context import PageContext
from ingest.templates.reading_values import Candidate
from ingest.workers.documents import DocumentParsing
from ingest.workers.limits import Limits
from ingest.workers.pool import DEPTH, ExtractionPool
from ingest.workers.sharing import MOST_SHARED
from ingest.workers.tasks import ExtractPage, ReadForFiling, ReadPage, Task
from sources.errors import EndpointError
from sources.page import Page
from sources.source import Source
from storage.article import Article

pytestmark = pytest.mark.long

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


def article_on(number):
    return ExtractPage(page(number).body, PageContext.of(page(number)))


@dataclass(frozen=True)
class Does(Task):
    """A task of a test: what a worker is to do, said in one word."""

    what: str = "x"


class Dies(Does):
    def run(self):
        os._exit(9)


@dataclass(frozen=True)
class DiesOnce(Does):
    """Of something that is not the page's fault: the machine ran short of memory, say."""

    mark: str = ""

    def run(self):
        if not os.path.exists(self.mark):
            open(self.mark, "w").close()
            os._exit(9)
        return "done"


class Hangs(Does):
    def run(self):
        time.sleep(600)


class Fails(Does):
    def run(self):
        raise ValueError("a fault of ours")


@dataclass(frozen=True)
class Sleeps(Does):
    seconds: float = 0.3

    def run(self):
        time.sleep(self.seconds)


@dataclass(frozen=True)
class Tells(Does):
    value: Any = None

    def run(self):
        return repr(self.value)


@dataclass(frozen=True)
class Measures(Does):
    value: Any = None

    def run(self):
        return len(self.value)


@dataclass(frozen=True)
class Identifies(Does):
    """Tells objects of the worker apart."""

    values: tuple = ()
    other: Any = None

    def run(self):
        return tuple(_identity(value) for value in self.values)


def _identity(value):
    match value:
        case SiteLines():
            return id(value.counts)
        case Candidate():
            return id(value.rules)
    return id(value)


def source(number=0):
    return Source(f"herald-{number}", "https://herald.example", "The Herald")


def run(scenario, workers=2, **options):
    async def main():
        async with ExtractionPool(workers, **options) as pool:
            return await scenario(pool)

    return asyncio.run(main())


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_each_page_gets_its_own_article(workers):
    async def scenario(pool):
        return await asyncio.gather(*(pool.submit(article_on(n)) for n in range(12)))

    found = run(scenario, workers)
    assert all(isinstance(article, Article) for article in found)
    assert [article.title for article in found] == [f"Report {n}" for n in range(12)]


def test_a_page_that_kills_its_worker_is_given_up_and_those_beside_it_are_read():
    async def scenario(pool):
        calls = [pool.submit(article_on(n)) for n in range(6)]
        calls.insert(2, pool.submit(Dies("https://herald.example/bad")))
        return await asyncio.gather(*calls, return_exceptions=True)

    found = run(scenario)
    killer = found.pop(2)
    assert isinstance(killer, ExtractionCrashed)
    assert "https://herald.example/bad: the worker died on this page" in str(killer)
    assert [article.title for article in found] == [f"Report {n}" for n in range(6)]


def test_a_worker_that_dies_once_does_not_cost_its_page(tmp_path):
    assert run(lambda pool: pool.submit(DiesOnce(mark=str(tmp_path / "mark")))) == "done"


def test_a_page_that_takes_too_long_is_given_up_and_those_behind_it_are_read():
    async def scenario(pool):
        await pool.submit(article_on(99))
        calls = [pool.submit(Hangs("https://herald.example/slow"))]
        calls += [pool.submit(article_on(n)) for n in range(4)]
        return await asyncio.gather(*calls, return_exceptions=True)

    slow, *found = run(scenario, 1, limits=Limits(time=5.5))
    assert isinstance(slow, ExtractionCrashed)
    assert "not read within 6 s" in str(slow)
    assert [article.title for article in found] == [f"Report {n}" for n in range(4)]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_fault_of_ours_is_told_with_the_address(workers):
    with pytest.raises(ExtractionCrashed, match=r"herald\.example/x: ValueError: a fault of ours"):
        run(lambda pool: pool.submit(Fails("https://herald.example/x")), workers)


def test_what_cannot_be_sent_fails_alone():
    async def scenario(pool):
        with pytest.raises(ExtractionCrashed, match="cannot be sent"):
            await pool.submit(Measures(value=lambda: None))
        return await pool.submit(article_on(1))

    assert run(scenario).title == "Report 1"


def test_what_pages_share_is_sent_once_wherever_it_stands_in_a_task():
    herald, site, rules = source(), SiteLines(3, {"a line": 2}), "{" + "rule" * 9 + "}"

    async def scenario(pool):
        # What is made anew for each page says the same of the values that it holds.
        return [
            await pool.submit(
                Identifies(
                    values=(
                        herald,
                        replace(site, includes_this=bool(number)),
                        Candidate(f"article@{number}", rules, trial=bool(number)),
                    ),
                    other=PageContext(source=herald, site=site),
                )
            )
            for number in range(3)
        ]

    first, *others = run(scenario, 1)
    assert len(set(first)) == 3
    assert others == [first, first]


def test_what_is_shared_is_told_from_its_equals():
    one, other = SiteLines(3, {"a line": 2}), SiteLines(3, {"a line": 2})
    (first, second) = run(lambda pool: pool.submit(Identifies(values=(one, other))), 1)
    assert first != second


def test_a_page_arrives_with_all_that_is_known_of_it():
    about = PageContext.of(page(1), source(), site=SiteLines(3, {"a line": 2}, includes_this=True))
    candidate = Candidate("article@2", "{}", check=True)

    async def scenario(pool):
        return [await pool.submit(Tells(value=(about, candidate))) for _ in range(2)]

    assert run(scenario, 1) == [repr((about, candidate))] * 2


def test_what_is_shared_arrives_though_the_first_page_with_it_could_not_be_sent():
    herald = source()

    async def scenario(pool):
        with pytest.raises(ExtractionCrashed, match="cannot be sent"):
            await pool.submit(Identifies(values=(herald,), other=lambda: None))
        return await pool.submit(Tells(value=herald))

    assert run(scenario, 1) == repr(herald)


def test_more_shared_values_than_a_worker_keeps_all_arrive():
    sources = [source(number) for number in range(MOST_SHARED + 40)]

    async def scenario(pool):
        named = []
        for _ in range(2):
            for each in sources:
                named.append(await pool.submit(Tells(value=each)))
        return named, await pool.submit(Tells(value=sources))

    named, together = run(scenario, 1)
    assert named == [repr(each) for each in sources] * 2
    assert together == repr(sources)


def test_a_page_with_an_empty_body_is_refused_not_lost():
    empty = ExtractPage(b"", PageContext("https://herald.example/1", now=NOW))
    found = run(lambda pool: pool.submit(empty), 1)
    assert (found.reason, found.url) == ("empty", "https://herald.example/1")


def test_what_a_page_is_read_with_is_chosen_when_a_worker_is_free_for_it():
    made = []

    def make(number):
        made.append(number)
        return article_on(number)

    async def scenario(pool):
        waiting = asyncio.gather(
            *(pool.submit_when_free(lambda n=n: make(n)) for n in range(6)),
        )
        held = asyncio.ensure_future(pool.submit(Sleeps()))
        await asyncio.sleep(0)
        at_once = len(made)
        await asyncio.gather(waiting, held)
        return at_once

    assert run(scenario, 1) == DEPTH
    assert made == list(range(6))


def test_a_task_goes_to_a_worker_and_comes_back_as_it_was():
    about = PageContext.of(page(1), site=SiteLines(3, {"a": 2}))
    reading = ReadPage(page(1).body, about, (Candidate("article@1", "{}", check=True),))
    for task in (ExtractPage(page(1).body, about), reading, ReadForFiling(reading)):
        for protocol in (4, 5):
            assert pickle.loads(pickle.dumps(task, protocol)) == task


def test_a_value_many_times_the_size_of_a_socket_s_buffer_arrives_whole():
    sizes = [1, 70_000, 5_000_000]

    async def scenario(pool):
        return await asyncio.gather(*(pool.submit(Measures(value=b"x" * n)) for n in sizes))

    assert run(scenario) == sizes


@pytest.mark.parametrize(("at_once", "processes"), [(1, 1), (8, 2)])
def test_there_are_as_many_processes_as_pages_at_once_need(at_once, processes):
    async def scenario(pool):
        before = len(multiprocessing.active_children())
        for first in range(0, 8, at_once):
            numbers = range(first, first + at_once)
            await asyncio.gather(*(pool.submit(article_on(n)) for n in numbers))
        # A start that is under way when the last page comes back is waited for.
        await asyncio.sleep(0.3)
        return len(multiprocessing.active_children()) - before

    assert run(scenario, 2) == processes


def test_a_cancelled_page_leaves_its_worker_to_the_next():
    async def scenario(pool):
        task = asyncio.ensure_future(pool.submit(Sleeps()))
        await asyncio.sleep(0.1)
        task.cancel()
        return await pool.submit(article_on(5))

    assert run(scenario, 1).title == "Report 5"


@dataclass(frozen=True)
class Costs(Does):
    """Takes CPU time or memory, for a source."""

    source: str | None = None
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def whose(self):
        return self.source

    def run(self):
        held = bytearray(self.megabytes << 20)
        until = time.process_time() + self.seconds
        while time.process_time() < until:
            pass
        return len(held) >> 20, os.getpid()


class FailsForMemory(Does):
    """As a library in C that says in its own words that it got none."""

    def run(self):
        held = []
        try:
            while True:
                held.append(bytearray(32 << 20))
        except MemoryError:
            raise ValueError("cannot parse") from None


LITTLE = Limits(cpu=0.5)


def test_a_task_that_takes_more_cpu_than_it_may_is_ended_and_not_tried_again() -> None:
    async def scenario(pool):
        return await asyncio.gather(
            pool.submit(Costs("hostile", seconds=3600)),
            pool.submit(article_on(1)),
            return_exceptions=True,
        )

    found, article = run(scenario, 1, limits=LITTLE)
    assert isinstance(found, TooCostly)
    assert str(found) == "hostile: took more than 0.5 s of CPU to read"
    assert isinstance(article, Article)


@pytest.mark.parametrize("task", [Costs("large", megabytes=900), FailsForMemory("large")])
def test_a_task_that_takes_more_memory_than_it_may_is_refused_and_those_behind_it_are_done(
    task,
) -> None:
    async def scenario(pool):
        return await asyncio.gather(
            pool.submit(task), pool.submit(Costs("small", megabytes=5)), return_exceptions=True
        )

    found, (small, _) = run(scenario, 1)
    assert isinstance(found, TooCostly)
    assert str(found) == "large: took more than 500 MB of memory to read"
    assert small == 5


def test_a_worker_that_is_left_swollen_makes_room_for_a_fresh_one() -> None:
    async def scenario(pool):
        return [await pool.submit(Costs(megabytes=size)) for size in (5, 5, 380, 5)]

    (_, first), (_, second), (size, third), (_, fourth) = run(scenario, 1)
    assert first == second == third != fourth
    assert size == 380


def test_a_source_that_costs_too_much_does_not_keep_the_others_waiting() -> None:
    order = []

    async def one(pool, task):
        try:
            await pool.submit(task)
        except TooCostly:
            order.append("too costly")
        else:
            order.append(task.source)

    async def scenario(pool):
        await one(pool, Costs("hostile", "hostile", seconds=3600))
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(one(pool, Costs("hostile", "hostile", seconds=3600)))
            await asyncio.sleep(0)
            for _ in range(10):
                group.create_task(one(pool, Costs("good", "good")))

    run(scenario, 2, limits=LITTLE)
    # One of it was at a worker when they came, and they had the other.
    assert order[:1] == ["too costly"]
    assert "too costly" not in order[3:10]
    assert sorted(order) == ["good"] * 10 + ["too costly"] * 5


def test_a_source_whose_pages_are_read_again_is_as_good_as_others() -> None:
    async def scenario(pool):
        with pytest.raises(TooCostly):
            await pool.submit(Costs("odd", "odd", seconds=3600))
        await pool.submit(Costs("odd", "odd"))
        together = [pool.submit(Costs("odd", "odd", seconds=0.3)) for _ in range(4)]
        return {worker for _, worker in await asyncio.gather(*together)}

    assert len(run(scenario, 2, limits=LITTLE)) == 2


def test_what_a_document_announces_comes_back_from_a_worker() -> None:
    async def scenario(pool):
        parse = DocumentParsing(pool, "herald")
        good = await parse("https://herald.example/feed", sorted, [2, 1])
        with pytest.raises(EndpointError) as told:
            await parse("https://herald.example/feed", _burn)
        return good, str(told.value)

    assert run(scenario, 1, limits=LITTLE) == (
        [1, 2],
        "https://herald.example/feed: took more than 0.5 s of CPU to read",
    )


def _burn() -> None:
    while True:
        pass
