"""What filing one article costs the store: CPU by thread, statements, sizes of the batches.

    python -m bench.filing --articles 5000
    python -m bench.filing --articles 20000 --sample 2000   # measured at the begin and at the end
    python -m bench.filing --server                         # a PostgreSQL that it starts and ends

Articles go through the real writer as a run files them: links recorded by the document, then for
each article the save, the count of its address and its page, so many in flight at a time. Texts are
words of ``../shared/corpus`` in their real frequencies and share no stretch with each other;
``--copies`` makes some of them copies of earlier ones. Generation of the texts is not measured.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import event

from bench.made_texts import real_bodies
from bench.store import address_of
from ingest.extract.chrome.site_lines import line_keys
from sources.address_parameters import counted_in
from sources.endpoints.addresses.article_address import address_shape
from storage.article import Article, Block, Credit, Struck
from storage.articles import saving as articles
from storage.articles.prepared import prepare_article
from storage.database import Database
from storage.engine import statements
from storage.links import DueLink, NewLink, address_shapes, due_links, record_links
from storage.pages import raw_pages
from storage.pages.raw_pages import PageArchive, RawPage
from storage.transaction import Transaction

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT = 50
_ENGLISH = re.compile("[\x21-\x7e\u2019\u201c\u201d\u2013\u2014\xe9\xfc]+$")
WRITER = "copydesk-writer"


@dataclass(frozen=True, slots=True)
class Work:
    """One link whose page was fetched and read."""

    due: DueLink
    article: Article
    page: RawPage


class News:
    """Articles and pages of some sources, each from its number."""

    def __init__(
        self, corpus: Path, sources: int, words: int, copies: float, markup: int, seed: int
    ) -> None:
        # Of all languages of the corpus at once, a text would hold letters as no text does.
        counts = Counter(
            word for body in real_bodies(corpus) for word in body.split() if _ENGLISH.match(word)
        )
        self._vocabulary = np.array(list(counts), dtype=object)
        weights = np.array(list(counts.values()), dtype=float)
        self._cumulative = np.cumsum(weights / weights.sum())
        self._random = np.random.default_rng(seed)
        self._words = words
        self._copies = copies
        self._old: list[tuple[Block, ...]] = []
        self.sources = [f"paper-{number}" for number in range(sources)]
        chance = random.Random(seed)
        lexicon = list(counts)
        self._chrome = {
            source: "".join(
                f'<div class="{chance.choice(lexicon)}-{chance.randrange(99)}">'
                f"<a href=/{chance.randrange(10**6)}>{chance.choice(lexicon)}</a></div>\n"
                for _ in range(markup // 60)
            )
            for source in self.sources
        }

    def source(self, number: int) -> str:
        """Whose article it is."""
        return self.sources[number % len(self.sources)]

    def url(self, number: int) -> str:
        """Its address."""
        return f"https://www.{self.source(number)}.example/news/2026/story-{number}"

    def article(self, number: int) -> Article:
        """A title, paragraphs of ten to ninety words, now and then a credit or a struck line."""
        source = self.source(number)
        said = self._say(self._words + 24)
        blocks: list[Block] = []
        place = 24
        while place < len(said):
            size = int(self._random.integers(10, 90))
            blocks.append(Block("paragraph", " ".join(said[place : place + size])))
            place += size
        if self._old and self._random.random() < self._copies:
            blocks = [*self._old[int(self._random.integers(len(self._old)))], *blocks[:1]]
        elif self._copies:
            self._old = [*self._old[-500:], tuple(blocks)]
        blocks.insert(-1, Block("caption", "Photo: " + " ".join(said[10:16])))
        struck = (Struck("Sign up for our newsletter", "prompt", "newsletter"),)
        return Article(
            url=self.url(number),
            title=" ".join(said[:9]),
            standfirst=" ".join(said[9:24]),
            blocks=tuple(blocks),
            source=source,
            authors=(f"{said[0].title()} {said[1].title()}",),
            published_at=(BEGIN + timedelta(minutes=number)).isoformat(),
            modified_at=(BEGIN + timedelta(minutes=number + 30)).isoformat(),
            language="en",
            section=said[2],
            tags=tuple(said[3:7]),
            image=f"{self.url(number)}/lead.jpg",
            credits=(Credit("agency", "Reuters", "(Reuters)", "dateline"),) if number % 3 else (),
            struck=struck * (number % 3),
            publisher=source.title(),
            declared_language="en",
        )

    def page(self, article: Article) -> RawPage:
        """The article among the chrome of its site."""
        chrome = self._chrome[article.source or ""]
        body = "\n".join(f"<p>{block.text}</p>" for block in article.blocks)
        half = len(chrome) // 2
        html = f"<html><head><title>{article.title}</title></head><body>{chrome[:half]}<main>{body}</main>{chrome[half:]}</body></html>"
        return RawPage(
            url=article.url or "",
            fetched_at=datetime.now(UTC),
            status=200,
            headers={"content-type": "text/html; charset=utf-8", "etag": f'"{len(html)}"'},
            body=html.encode(),
        )

    def _say(self, count: int) -> list[str]:
        places = np.searchsorted(self._cumulative, self._random.random(count))
        said: list[str] = self._vocabulary[np.minimum(places, len(self._vocabulary) - 1)].tolist()
        return said


class Filer:
    """Files pages as ``ingest.pipeline.filing`` does, so many in flight."""

    def __init__(self, database: Database, in_flight: int) -> None:
        self.database = database
        self.archive = PageArchive()
        self._room = threading.Semaphore(in_flight)
        self.outcomes: Counter[str] = Counter()

    def file(self, work: Work) -> None:
        """Save one; returns when it is queued."""
        due, article, page = work.due, work.article, work.page
        now = datetime.now(UTC)
        shape = address_shape(due.url, counted_in(due.key))
        source = article.source or ""
        prepared = prepare_article(article, line_keys(article))
        packed = self.archive.pack(self.database.reading, source, due.id, page)

        def save(connection: Transaction) -> articles.Saved:
            saved = articles.save_article(
                connection,
                due.id,
                prepared,
                key=due.key,
                fetched_key=due.key,
                now=now,
                etag='"1"',
                last_modified=None,
                look_again_at=now + timedelta(hours=1),
            )
            if due.article_id is None:
                address_shapes.count_shape(connection, source, shape, article=True)
            if saved.outcome in ("filed", "revised"):
                raw_pages.keep_page(connection, self.archive, packed)
            return saved

        self._room.acquire()
        self.database.writer.submit(save, articles.ahead_of(prepared)).add_done_callback(self._done)
        if self.archive.wants_dictionary(source):
            with self.database.reading() as reading:
                new = self.archive.new_dictionary(reading, source)
            if new is not None:
                self.database.write(lambda c: raw_pages.keep_dictionary(c, new, now))

    def finish(self, in_flight: int) -> None:
        """Wait for all of them."""
        for _ in range(in_flight):
            self._room.acquire()
        self._room.release(in_flight)

    def _done(self, future: Future[articles.Saved]) -> None:
        self._room.release()
        self.outcomes[future.result().outcome] += 1


def cpu_of(thread: threading.Thread | None) -> float:
    """Seconds of CPU that a thread has taken."""
    if thread is None or thread.ident is None:
        return 0.0
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def writer_thread() -> threading.Thread | None:
    """The store's, while it has work."""
    return next((each for each in threading.enumerate() if each.name == WRITER), None)


def record(database: Database, news: News, first: int, count: int) -> None:
    """The links of so many articles, as documents announce them."""
    for source in news.sources:
        numbers = [n for n in range(first, first + count) if news.source(n) == source]
        for start in range(0, len(numbers), DOCUMENT):
            found = [
                NewLink(
                    key=news.url(n).removeprefix("https://www."),
                    url=news.url(n),
                    published=(BEGIN + timedelta(minutes=n)).isoformat(),
                )
                for n in numbers[start : start + DOCUMENT]
            ]
            now = datetime.now(UTC)
            database.write(lambda c, s=source, f=found, n=now: record_links(c, s, f, n))  # type: ignore[misc]


def file_many(
    database: Database, news: News, first: int, count: int, in_flight: int
) -> dict[str, Any]:
    """File so many; the figures of an article, in milliseconds of CPU."""
    before = time.process_time()
    record(database, news, first, count)
    linking = time.process_time() - before
    work: list[Work] = []
    by_url = {news.url(n): n for n in range(first, first + count)}
    for source in news.sources:
        with database.reading() as connection:
            dues = due_links(connection, source, datetime.now(UTC), count)
        for due in dues:
            if due.url in by_url:
                article = news.article(by_url[due.url])
                work.append(Work(due, article, news.page(article)))
    work.sort(key=lambda each: by_url[each.due.url])
    batches: list[int] = []
    engine = database._engine

    def committed(connection: sa.Connection) -> None:
        batches.append(1)

    event.listen(engine, "commit", committed)
    filer = Filer(database, in_flight)
    filer.file(work[0])
    filer.finish(in_flight)
    writer = writer_thread()
    batches.clear()
    wall, cpu, here = time.perf_counter(), time.process_time(), time.thread_time()
    writing = cpu_of(writer)
    for each in work[1:]:
        filer.file(each)
    filer.finish(in_flight)
    done = len(work) - 1
    figures = {
        "ms_writer": 1000 * (cpu_of(writer) - writing) / done,
        "ms_caller": 1000 * (time.thread_time() - here) / done,
        "ms_all": 1000 * (time.process_time() - cpu) / done,
        "ms_links": 1000 * linking / count,
        "per_second": done / (time.perf_counter() - wall),
        "batch": done / max(len(batches), 1),
    }
    event.remove(engine, "commit", committed)
    assert filer.outcomes["filed"] == len(work), filer.outcomes
    return {name: round(value, 3) for name, value in figures.items()}


def count_statements(
    database: Database, news: News, first: int, count: int, in_flight: int
) -> Counter[str]:
    """How often each statement is run for so many articles; one for many rows counts once."""
    seen: Counter[str] = Counter()

    def noticed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen[" ".join(statement.split())[:90]] += 1

    event.listen(database._engine, "before_cursor_execute", noticed)
    # Those that go to SQLite's driver directly go through SQLAlchemy now.
    directly, statements._sqlite = statements._sqlite, lambda _connection: None
    try:
        file_many(database, news, first, count, in_flight)
    finally:
        statements._sqlite = directly
        event.remove(database._engine, "before_cursor_execute", noticed)
    return seen


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--sample", type=int, default=1000, help="measured at begin and end")
    parser.add_argument("--words", type=int, default=400, help="of a text")
    parser.add_argument("--sources", type=int, default=10)
    parser.add_argument("--copies", type=float, default=0.0, help="share of copies")
    parser.add_argument("--markup", type=int, default=40_000, help="bytes of a page's chrome")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--database")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--folder", help="for the database, instead of the system's own")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--statements", action="store_true", help="print each statement")
    options = parser.parse_args()
    news = News(
        options.corpus,
        options.sources,
        options.words,
        options.copies,
        options.markup,
        options.seed,
    )
    found: dict[str, Any] = {"articles": options.articles}
    with address_of(options) as address, Database.open(address) as database:
        file_many(database, news, 0, 300, options.in_flight)  # caches warm, dictionaries made
        begin = file_many(database, news, 300, options.sample, options.in_flight)
        found |= {f"{name}_begin": value for name, value in begin.items()}
        seen = count_statements(database, news, 300 + options.sample, 300, options.in_flight)
        found["statements"] = round(seen.total() / 300, 2)
        if options.statements:
            for statement, times in seen.most_common():
                print(f"{times / 300:7.2f}  {statement}")
        first = 600 + options.sample
        while first < options.articles - options.sample:
            some = min(1000, options.articles - options.sample - first)
            file_many(database, news, first, some, options.in_flight)
            first += some
        if options.articles > first:
            end = file_many(database, news, first, options.sample, options.in_flight)
            found |= {f"{name}_end": value for name, value in end.items()}
    for name, value in found.items():
        print(f"{name:<20} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
