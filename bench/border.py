"""What it costs that a page is read in another process than the one that downloaded it.

    python -m bench.border --pages 2000 --bytes 380000

A page of so many bytes goes to an extraction worker, which gives back an article of usual length made
ready for the store, and does nothing else; CPU of both processes a page, over what the same work takes
where the page is. Rounds of both ways alternate; medians.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import pickle
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ingest.workers.pool import ExtractionPool
from ingest.workers.tasks import Task

if TYPE_CHECKING:
    from storage.articles.prepared import PreparedArticle

__all__ = ["Carried", "WorkerCpu"]

#: Pages under way at once.
AT_ONCE = 8


@cache
def _article() -> PreparedArticle:
    from storage.article import Article, Block
    from storage.articles.prepared import prepare_article

    words = [f"{word}{number}" for number in range(60) for word in ("river", "and", "council")]
    blocks = tuple(
        Block("paragraph", " ".join(words[number::12] * 4) + ".") for number in range(12)
    )
    article = Article(url="https://www.example.org/1", title="The river", blocks=blocks)
    return prepare_article(article, [f"key-{number}" for number in range(12)])


@dataclass(frozen=True, slots=True)
class Carried(Task["PreparedArticle"]):
    """A page that is carried to a worker, and an article that comes back."""

    body: bytes

    @property
    def what(self) -> str:
        """A page."""
        return "a page"

    def run(self) -> PreparedArticle:
        """Give back an article."""
        return _article()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Carried, (pickle.PickleBuffer(self.body),)


@dataclass(frozen=True, slots=True)
class WorkerCpu(Task[float]):
    """Seconds of CPU that the worker has taken so far."""

    @property
    def what(self) -> str:
        """Nothing that a site sent."""
        return "the clock"

    def run(self) -> float:
        """Ask the system."""
        return time.process_time()


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=2000, help="of each round [2000]")
    parser.add_argument("--bytes", type=int, default=380_000, help="of a page [380,000]")
    parser.add_argument("--rounds", type=int, default=5, help="[5]")
    options = parser.parse_args()
    page = b"<p>All rivers run into the sea.</p>" * (options.bytes // 35)
    here, there = asyncio.run(_rounds(page, options.pages, options.rounds))
    cost = statistics.median(there) - statistics.median(here)
    print(f"{cost * 1e3:.2f} ms of CPU a page of {len(page):,} bytes")
    print(json.dumps({"border": {"bytes": len(page), "cpu_ms_per_page": round(cost * 1e3, 3)}}))


async def _rounds(page: bytes, pages: int, rounds: int) -> tuple[list[float], list[float]]:
    """CPU of a page read where it is, and in a worker, in each round."""
    here: list[float] = []
    there: list[float] = []
    # A copy, as each page is bytes of its own.
    tasks = [Carried(bytes(bytearray(page))) for _ in range(32)]
    async with ExtractionPool(1) as pool:
        await pool.submit(tasks[0])
        for _ in range(rounds):
            began = time.process_time()
            for number in range(pages):
                tasks[number % 32].run()
            here.append((time.process_time() - began) / pages)
            began = time.process_time() + await pool.submit(WorkerCpu())
            numbers = iter(range(pages))

            async def work(numbers: Iterator[int] = numbers) -> None:
                for number in numbers:
                    await pool.submit(tasks[number % 32])

            await asyncio.gather(*(work() for _ in range(AT_ONCE)))
            ended = time.process_time() + await pool.submit(WorkerCpu())
            there.append((ended - began) / pages)
    return here, there


if __name__ == "__main__":
    main()
