"""De-duplication: are copies of a story found, and are near misses kept apart?

    python -m bench.dedup --articles 100000

Files, through the store itself, originals from the bodies of ``../shared/corpus``, seven kinds of
copies of each from other sources, follow-ups and live updates that share a part, reports of one
template, and as many other articles as it takes. A pair of articles in one story is right where
both come from one original. Prints recall by kind of copy, precision, wrong pairs by kind of near
miss, and the CPU time that finding a story takes at the start and at the end.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.made_texts import COPIES, NEAR_MISSES, Babbler, article_of, real_bodies, weather_report
from storage.articles import saving
from storage.articles.prepared import prepare_article
from storage.articles.saving import ahead_of, save_article
from storage.database import Database
from storage.schema import story_articles
from storage.stories import placing

_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000, help="articles in all")
    parser.add_argument("--corpus", type=Path, default=_CORPUS)
    parser.add_argument("--database", help="PostgreSQL address instead of a SQLite file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="wrong pairs to show")
    given = parser.parse_args()
    if not given.corpus.is_dir():
        parser.error(f"{given.corpus}: no such folder; name the labelled pages with --corpus")
    rng = random.Random(given.seed)
    bodies = real_bodies(given.corpus)
    babbler = Babbler(bodies, rng)
    made = _make(bodies, babbler, rng, given.articles)
    with tempfile.TemporaryDirectory(prefix="copydesk-dedup-") as folder:
        address = given.database or str(Path(folder) / "news.sqlite3")
        with Database.open(address) as database:
            began = time.process_time()
            ids, timings = _file(database, made)
            filed_seconds = time.process_time() - began
            with database.reading() as connection:
                placed = dict(
                    connection.execute(
                        sa.select(story_articles.c.article_id, story_articles.c.story_id)
                    ).all()
                )
    _report(made, ids, placed, timings, filed_seconds, len(bodies), given.show)


def _make(
    bodies: list[str], babbler: Babbler, rng: random.Random, articles: int
) -> list[tuple[int, str, str]]:
    """Articles as (original, kind, text); what is nobody's copy is an original of its own."""
    made: list[tuple[int, str, str]] = []
    number = 0
    for body in bodies:
        made.append((number, "original", body))
        made += [(number, kind, copy(body, rng, babbler)) for kind, copy in COPIES.items()]
        number += 1
        for kind, miss in NEAR_MISSES.items():
            made.append((number, kind, miss(body, rng, babbler)))
            number += 1
    reports = weather_report(rng)
    for _ in range(min(2000, articles // 20)):
        made.append((number, "report of one template", next(reports)))
        number += 1
    while len(made) < articles:
        made.append((number, "other", babbler.text(rng.randint(120, 500))))
        number += 1
    rng.shuffle(made)
    return made


def _file(database: Database, made: list[tuple[int, str, str]]) -> tuple[list[int], list[float]]:
    """Files all; article numbers, and seconds of CPU that each search for a story took."""
    timings: list[tuple[float, int]] = []
    placed, foreseen = placing.place_in_stories, placing.foresee

    def timed(inner: Any, *, placing_them: bool) -> Any:
        def find(connection: Any, *given: Any, **named: Any) -> Any:
            began = time.thread_time()
            found = inner(connection, *given, **named)
            # Of all the texts of a transaction at once; each is foreseen, and then placed.
            texts = next(each for each in given if isinstance(each, dict)) if placing_them else ()
            timings.append((time.thread_time() - began, len(texts)))
            return found

        return find

    placing.place_in_stories = timed(placed, placing_them=True)
    saving.foresee = placing.foresee = timed(foreseen, placing_them=False)
    now = datetime(2026, 11, 20, tzinfo=UTC)
    futures = []
    try:
        for number, (_, _, text) in enumerate(made):
            # Each from a source of its own kind, so that no exact copy is a mere duplicate.
            article = article_of(text, number, f"source-{number % 500}", f"Headline {number}")
            prepared = prepare_article(article)
            futures.append(
                database.writer.submit(
                    lambda c, a=prepared, n=number: save_article(
                        c, None, a, key=f"https://k.example/{n}", fetched_key=None, now=now
                    ),
                    ahead_of(prepared),
                )
            )
        return [future.result().article_id for future in futures], timings
    finally:
        placing.place_in_stories = placed
        saving.foresee = placing.foresee = foreseen


def _ms_a_text(timings: list[tuple[float, int]]) -> float:
    return round(1000 * sum(took for took, _ in timings) / max(1, sum(n for _, n in timings)), 3)


def _report(made, ids, placed, timings, filed_seconds, originals, show) -> None:
    members: defaultdict[int, list[int]] = defaultdict(list)
    truth: defaultdict[int, list[int]] = defaultdict(list)
    of_article = {}
    for (original, kind, _), article_id in zip(made, ids, strict=True):
        if article_id in of_article:
            continue
        of_article[article_id] = (original, kind)
        truth[original].append(article_id)
        members[placed.get(article_id, -article_id)].append(article_id)
    right = sum(n * (n - 1) // 2 for n in map(len, truth.values()))
    both = said = 0
    wrong: Counter[str] = Counter()
    shown = 0
    for story in members.values():
        said += len(story) * (len(story) - 1) // 2
        for n in Counter(of_article[each][0] for each in story).values():
            both += n * (n - 1) // 2
        if len({of_article[each][0] for each in story}) > 1:
            kinds = sorted({of_article[each][1] for each in story})
            wrong[
                ", ".join(k for k in kinds if k not in COPIES and k != "original") or "originals"
            ] += 1
            if shown < show:
                shown += 1
                print("one story of:", [of_article[each] for each in story][:12])
    by_kind = {}
    for kind in COPIES:
        found = total = 0
        for article_id, (original, its_kind) in of_article.items():
            if its_kind != kind:
                continue
            first = next((a for a in truth[original] if of_article[a][1] == "original"), None)
            if first is None:
                continue
            total += 1
            story = placed.get(article_id)
            found += story is not None and story == placed.get(first)
        by_kind[kind] = found / max(total, 1)
    tenth = max(1, len(timings) // 10)
    figures = {
        "articles": len(made),
        "originals": originals,
        "precision": round(both / max(said, 1), 5),
        "recall": round(both / max(right, 1), 5),
        "recall_by_kind": {kind: round(value, 4) for kind, value in by_kind.items()},
        "wrong_stories": dict(wrong),
        "search_cpu_ms_first_tenth": _ms_a_text(timings[:tenth]),
        "search_cpu_ms_last_tenth": _ms_a_text(timings[-tenth:]),
        # Of the part that others wait for.
        "locked_cpu_ms": _ms_a_text([each for each in timings if each[1]]),
        "filing_cpu_ms": round(1000 * filed_seconds / len(made), 3),
    }
    print(f"{len(made)} articles, {originals} originals with {len(COPIES)} copies each")
    for kind, value in by_kind.items():
        print(f"  {kind:<28} {value:8.4f} in one story with the original")
    print(f"  pairs: precision {figures['precision']}, recall {figures['recall']}")
    print(f"  stories with texts of several originals: {dict(wrong) or 'none'}")
    print(
        f"  finding a story: {figures['search_cpu_ms_first_tenth']} ms CPU at the start, "
        f"{figures['search_cpu_ms_last_tenth']} at the end, {figures['locked_cpu_ms']} of it under the lock;"
        f" filing in all {figures['filing_cpu_ms']}"
    )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
