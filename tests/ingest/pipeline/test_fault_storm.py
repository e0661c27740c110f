"""A fifth of a site's pages fail in every way: the run ends, the rest is filed, and each failure says why."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from sources.source import FetchRules
from storage.schema import articles, links
from tests.conftest import Answer
from tests.ingest.conftest import HOST, article_page, feed

PAGES = 30
FAULTS: dict[str, Callable[[], Answer]] = {
    "busy": lambda: Answer(b"busy", 503),
    "too many": lambda: Answer(b"slow down", 429, {"Retry-After": "0"}),
    "broken": lambda: Answer(b"oops", 500),
    "circle": lambda: Answer(b"", 302, {"Location": "?again"}),
    "bomb": lambda: Answer(gzip.compress(b"\0" * 30_000_000), 200, {"content-encoding": "gzip"}),
    "cut off": lambda: Answer(
        gzip.compress(bytes(range(256)) * 4, 0)[:200], 200, {"content-encoding": "gzip"}
    ),
}
FOR_EVER = ("circle", "bomb")


def test_all_that_can_be_had_is_filed_and_the_rest_says_why_and_when(
    site, source, collect, database
):
    paths = [f"/news/week-{n}-of-the-bridge" for n in range(PAGES)]
    site.put(f"{HOST}/feed", feed(*paths))
    faulty = {}
    names = list(FAULTS)
    for number, path in enumerate(paths):
        page = article_page(f"Week {number} of the bridge", number)
        site.put(f"{HOST}{path}", page)
        if number % 5 == 0:
            faulty[path] = names[number // 5 % len(names)]
            site.answer(f"{HOST}{path}", FAULTS[faulty[path]])
            site.answer(f"{HOST}{path}?again", FAULTS[faulty[path]])
    quick = replace(source, fetch=FetchRules(delay=0.0, concurrency=4))
    # Twice: what is left alone for the host's sake in the first is taken up in the second.
    for _ in range(2):
        collect(quick, first_rest=0.05, max_body=5_000_000)
        database.write(
            lambda c: (
                c.execute(
                    sa.update(links)
                    .where(links.c.state == "failed")
                    .values(next_attempt_at=datetime(2026, 1, 1, tzinfo=UTC))
                )
                and None
            )
        )
    with database.reading() as connection:
        filed = set(connection.execute(sa.select(articles.c.url)).scalars())
        rows = {row.url: row for row in connection.execute(sa.select(links))}
    good = {f"{HOST}{path}" for path in paths if path not in faulty}
    assert filed == good
    for path, fault in faulty.items():
        row = rows[f"{HOST}{path}"]
        assert row.reason, fault
        assert row.detail
        if fault in FOR_EVER:
            assert (row.state, row.next_attempt_at) == ("refused", None), fault
        else:
            assert row.state == "failed", fault
            assert row.next_attempt_at is not None
    for path in faulty:
        number = paths.index(path)
        site.put(f"{HOST}{path}", article_page(f"Week {number} of the bridge", number))
    collect(quick)
    with database.reading() as connection:
        filed = set(connection.execute(sa.select(articles.c.url)).scalars())
    assert filed == good | {f"{HOST}{p}" for p, fault in faulty.items() if fault not in FOR_EVER}
