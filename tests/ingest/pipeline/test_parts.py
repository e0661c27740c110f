"""An article that its site divides over several pages is filed once, with the text of all of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ingest.rereading.reextract import reextract
from ingest.run import RunReport
from sources.catalogue import Catalogue
from sources.source import Source
from storage.database import Database
from storage.schema import articles, links, raw_pages
from tests.ingest.conftest import HOST, feed

Collect = Callable[..., RunReport]
TITLE = "Ferries at rest"
WORDS = (
    "harbour council winter teacher roof bridge engine paper valley mason orchard signal".split()
)


def part(number: int, last: int, *, title: str = TITLE, seed: int = 0) -> str:
    """Part ``number`` of ``last``, each with a text of its own, and the standfirst on all."""
    rng = random.Random(100 * seed + number)
    text = "".join(
        f"<p>On page {number} the {' '.join(rng.choice(WORDS) for _ in range(24))} was told again.</p>"
        for _ in range(5)
    )
    row = " ".join(
        f"<span>{n}</span>"
        if n == number
        else f'<a href="/ferries{"" if n == 1 else f"/{n}"}">{n}</a>'
        for n in range(1, last + 1)
    )
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1><p class=lead>Why seven ferries of the valley lie idle this winter.</p>"
        f"{text}<div class=pages>Pages: {row}</div></article></body></html>"
    )


def put(site: Any, pages: dict[int, str]) -> None:
    site.put(f"{HOST}/feed", feed("/ferries"))
    for number, markup in pages.items():
        site.put(f"{HOST}/ferries{'' if number == 1 else f'/{number}'}", markup)


def filed(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(articles).order_by(articles.c.id)).all())


def told(text: str) -> list[int]:
    return [n for n in range(1, 10) if f"On page {n} " in text]


def test_all_pages_make_one_article(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    put(site, {n: part(n, 3) for n in (1, 2, 3)})
    collect(source)
    (article,) = filed(database)
    assert told(article.text) == [1, 2, 3]
    assert article.complete
    assert article.text.count("Why seven ferries") <= 1
    assert article.url == f"{HOST}/ferries"
    with database.reading() as connection:
        rows = connection.execute(sa.select(links.c.url, links.c.state, links.c.reason)).all()
    assert {row.url.removeprefix(HOST): (row.state, row.reason) for row in rows} == {
        "/ferries": ("done", None),
        "/ferries/2": ("duplicate", "part"),
        "/ferries/3": ("duplicate", "part"),
    }


def test_a_page_that_only_names_the_next_leads_to_the_end(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    def only_next(number: int) -> str:
        markup = part(number, number + 1 if number < 3 else 3)
        return markup.replace("Pages:", "")

    put(site, {n: only_next(n) for n in (1, 2, 3)})
    collect(source)
    (article,) = filed(database)
    assert told(article.text) == [1, 2, 3]


def test_an_announced_part_is_not_filed_again(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    put(site, {n: part(n, 2) for n in (1, 2)})
    collect(source)
    site.put(f"{HOST}/feed", feed("/ferries", "/ferries/2"))
    collect(source)
    assert [told(row.text) for row in filed(database)] == [[1, 2]]


def test_a_part_that_is_missing_leaves_an_article_that_is_not_complete(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    put(site, {n: part(n, 3) for n in (1, 3)})
    site.put(f"{HOST}/ferries/2", "gone", status=500)
    collect(source)
    (article,) = filed(database)
    assert told(article.text) == [1, 3]
    assert not article.complete
    with database.reading() as connection:
        row = connection.execute(sa.select(links).where(links.c.reason.is_(None))).one()
    assert (row.etag, row.last_modified) == (None, None)


def test_robots_keep_parts_out(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    put(site, {n: part(n, 2) for n in (1, 2)})
    site.put(
        f"{HOST}/robots.txt", "User-agent: *\nDisallow: /ferries/2\n", content_type="text/plain"
    )
    collect(source)
    (article,) = filed(database)
    assert (told(article.text), article.complete) == ([1], False)


def test_numbers_that_turn_something_else_leave_the_article_as_it_is(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    first = part(1, 2)
    other = part(2, 2, title="Bridges of the valley", seed=3).replace('href="/ferries"', 'href="/"')
    # The page ignores the number; or another article stands there.
    for second in (first, other):
        put(site, {1: first, 2: second})
        collect(source)
        (article,) = filed(database)
        assert told(article.text) == [1]


def test_reading_kept_pages_again_keeps_all_parts(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    put(site, {n: part(n, 3) for n in (1, 2, 3)})
    collect(source)
    before = filed(database)
    done = asyncio.run(reextract(database, Catalogue.load(), 0))
    assert (done.revised, done.unchanged) == (0, 1)
    parts = sa.select(links.c.id).where(links.c.reason == "part")
    lost = sa.delete(raw_pages).where(raw_pages.c.link_id.in_(parts))
    database.write(lambda c: c.execute(lost))
    asyncio.run(reextract(database, Catalogue.load(), 0))
    assert [row.text for row in filed(database)] == [row.text for row in before]
