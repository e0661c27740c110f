"""Credits in a large database: how long does it take to find what is credited to a house?

    python -m bench.credited --articles 1000000
    python -m bench.credited --articles 1000000 --server   # a PostgreSQL that it starts and ends

Articles are made: half of them bear a credit, most to three wire services, one in a thousand to a
fourth, as many to the same without an identifier (as an older version left them), the rest to
persons. Asked for is what `copydesk articles --credited NAME` asks, the newest twenty. Then stories
of some sizes, whose articles all credit one house, are told whose text they are.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bench.store import address_of, timed
from ingest.houses import credited_to
from storage.database import Database
from storage.reading.queries import ArticleFilter, list_articles
from storage.schema import articles, credits, sources
from storage.stories.origin import CreditOf, Member, infer_origin

NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
AT_ONCE = 5000
COMMON = (("Agence France-Presse", "afp"), ("Reuters", "reuters"), ("Associated Press", "ap"))
RARE = ("Tasnim News Agency", "tasnim")
QUESTIONS = {
    "a house of many": "Reuters",
    "a house of few": "Tasnim",
    "a house of none": "Kyodo",
    "a part of many names": "Person 1",
    "a part of no name": "Nobody of Nowhere",
}


def fill(database: Database, count: int, seed: int) -> None:
    """The rows of ``count`` articles and their credits, without asking what is there."""
    chance = random.Random(seed)
    database.write(
        lambda c: c.execute(
            sa.insert(sources), [{"name": f"paper-{n}", "first_seen_at": NEWEST} for n in range(40)]
        )
    )
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        made = [(number, *credit) for number in numbers for credit in _credits(chance)]

        def op(connection: sa.Connection, numbers: range = numbers, made: Any = made) -> None:
            connection.execute(sa.insert(articles), [_article(number) for number in numbers])
            connection.execute(
                sa.insert(credits),
                [
                    {
                        "article_id": number,
                        "position": 0,
                        "role": role,
                        "name": name,
                        "house": house,
                        "evidence": f"({name})",
                        "place": "tail",
                    }
                    for number, role, name, house in made
                ],
            )

        database.write(op)
    if database.address.startswith("postgresql"):
        with database.outside_transactions() as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


def _credits(chance: random.Random) -> Iterator[tuple[str, str, str | None]]:
    drawn = chance.random()
    if drawn < 0.3:
        yield ("agency", *chance.choice(COMMON))
    elif drawn < 0.301:
        yield ("agency", *RARE)
    elif drawn < 0.302:
        yield ("agency", RARE[0], None)
    elif drawn < 0.5:
        yield ("contributor", f"Person {chance.randrange(50_000)}", None)


def _article(number: int) -> dict[str, Any]:
    at = NEWEST - timedelta(minutes=number)
    return {
        "id": number,
        "source": f"paper-{number % 40}",
        "url": f"https://paper-{number % 40}.example/{number}",
        "key": f"paper-{number % 40}.example/{number}",
        "title": f"Report {number}",
        "text": "word " * 250,
        "words": 250,
        "blocks": [],
        "authors": [],
        "tags": [],
        "published_at": at,
        "filed_at": at,
        "updated_at": at,
        "kind": "article",
        "complete": True,
        "extractor": "made",
        "fingerprint": str(number),
        "revision": 1,
        "paid": False,
    }


def ask(database: Database, name: str, rounds: int) -> dict[str, Any]:
    """How many are found, and the median milliseconds of asking."""
    chosen = ArticleFilter(credited=credited_to(name))
    found: list[int] = []

    def question(connection: sa.Connection) -> None:
        found.append(len(list_articles(connection, chosen, limit=20, order="published")))

    times = [timed(database, question)[0] for _ in range(rounds)]
    return {"found": found[0], "ms": round(statistics.median(times), 1)}


def infer(size: int, rounds: int) -> float:
    """Milliseconds of telling whose text a story of ``size`` articles is."""
    members = [Member(n, f"paper-{n}", None, f"The Paper {n}", "A Publisher") for n in range(size)]
    said = [
        CreditOf(n, "agency", "Agence France-Presse", "AFP", "afp" if n % 2 else None, 0.9)
        for n in range(size)
    ]
    began = time.perf_counter()
    for _ in range(rounds):
        infer_origin(members, said, 0)
    return round(1000 * (time.perf_counter() - began) / rounds, 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", help="an empty one")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--folder", help="for the database, instead of the system's own")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with address_of(options) as address, Database.open(address) as database:
        fill(database, options.articles, options.seed)
        asked = {kind: ask(database, name, options.rounds) for kind, name in QUESTIONS.items()}
    inferred = {str(size): infer(size, 20) for size in (2, 20, 200)}
    print(f"{options.articles:,} articles; the newest 20 credited to")
    for kind, figures in asked.items():
        print(f"  {kind:<22} {figures['found']:>3} found  {figures['ms']:>8} ms")
    print("whose text a story is, of so many articles")
    for size, taken in inferred.items():
        print(f"  {size:>4}  {taken:>8} ms")
    print(json.dumps({"articles": options.articles, "credited": asked, "origin_ms": inferred}))


if __name__ == "__main__":
    main()
