"""Sites whose pages name wrong addresses as theirs: every article is filed once, with its own text."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.run import RunReport
from sources.source import Endpoint, Source
from storage.database import Database
from storage.pages.raw_pages import page_of_article
from storage.pages.reextractions import is_worth_reading
from storage.schema import articles
from tests.ingest.conftest import HOST, feed

Collect = Callable[..., RunReport]
WORDS = (
    "harbour council ferry winter teacher roof bridge engine paper valley mason orchard signal budget"
    " market doctor ladder cellar station letter anchor window garden furnace"
).split()


def story(title: str, seed: int, head: str = "", more: str = "") -> str:
    """A page whose text shares no four words in a row with that of another seed."""
    rng = random.Random(seed)
    paragraphs = "".join(
        f"<p>The {' '.join(rng.choice(WORDS) for _ in range(24))} said so in its {seed}th report.</p>"
        for _ in range(6)
    )
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body>"
        f"<nav><a href=/>Home</a></nav><article><h1>{title}</h1>{paragraphs}{more}</article></body></html>"
    )


def stands(database: Database) -> dict[str, tuple[str, int]]:
    """Title and revision by address."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(articles.c.url, articles.c.title, articles.c.revision)
        ).all()
    return {row.url: (row.title, row.revision) for row in rows}


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="/article">',
        f'<link rel="canonical" href="{HOST}/news/story-of-the-day">',
        f'<link rel="canonical" href="{HOST}/news/">',
        f'<link rel="canonical" href="{HOST}/{{{{slug}}}}">',
        f'<link rel="canonical" href="{HOST}/undefined">',
        f'<link rel="canonical" href="{HOST}/1-the-first-of-the-stories">',
        f'<meta property="og:url" content="{HOST}/news/story-of-the-day">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "S",'
        f' "url": "{HOST}/news/story-of-the-day"}}</script>',
    ],
)
def test_pages_that_all_name_one_address_are_filed_each_under_its_own(
    site: Any, source: Source, database: Database, collect: Collect, head: str
) -> None:
    paths = {f"/{n}-{w}-of-the-stories": n for n, w in enumerate(("first", "next", "last"), 1)}
    paths["/1-the-first-of-the-stories"] = paths.pop("/1-first-of-the-stories")
    site.put(f"{HOST}/feed", feed(*paths))
    for path, number in paths.items():
        site.put(f"{HOST}{path}", story(f"Story {number}", number, head))
    expected = {f"{HOST}{path}": (f"Story {n}", 1) for path, n in paths.items()}
    collect(source)
    assert stands(database) == expected
    collect(source)
    assert stands(database) == expected


def test_an_address_without_its_query_is_not_the_article_of_all_queries(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    site.put(f"{HOST}/feed", feed("/story.php?id=1", "/story.php?id=2", "/story.php?id=3"))
    for number in (1, 2, 3):
        page = story(f"Story {number}", number, f'<link rel="canonical" href="{HOST}/story.php">')
        site.put(f"{HOST}/story.php?id={number}", page)
    collect(source)
    assert {title for title, _ in stands(database).values()} == {"Story 1", "Story 2", "Story 3"}


@pytest.mark.parametrize("further", ["/print/the-mill-is-back", "/the-mill-is-back/amp-version"])
def test_a_further_view_of_an_article_never_takes_its_place(
    site: Any, source: Source, database: Database, collect: Collect, further: str
) -> None:
    own = "/the-mill-is-back"
    head = f'<link rel="canonical" href="{HOST}{own}">'
    site.put(f"{HOST}/feed", feed(own, further))
    site.put(f"{HOST}{own}", story("The mill is back", 1, head))
    extra = "<p>This page was printed from the site of the paper and is for private use only.</p>"
    site.put(f"{HOST}{further}", story("The mill is back", 1, head, extra))
    for _ in range(2):
        collect(source)
        assert stands(database) == {f"{HOST}{own}": ("The mill is back", 1)}
    with database.reading() as connection:
        (text,) = connection.execute(sa.select(articles.c.text)).scalars()
    assert "printed from" not in text


def test_an_address_that_was_claimed_is_fetched_once_when_it_is_announced(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    head = f'<link rel="canonical" href="{HOST}/story">'
    site.put(f"{HOST}/feed", feed("/s?id=7"))
    site.put(f"{HOST}/s?id=7", story("The bridge", 1, head))
    site.put(f"{HOST}/story", story("The bridge", 1, head))
    collect(source)
    site.put(f"{HOST}/feed", feed("/s?id=7", "/story"))
    assert collect(source).sources[0].counts.fetched == 1
    site.put(f"{HOST}/feed", feed("/s?id=7", "/story", "/s?id=7&utm_source=x"))
    assert collect(source).sources[0].counts.fetched == 0
    assert stands(database) == {f"{HOST}/story": ("The bridge", 1)}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("http://one.substack.com", "http://two.substack.com"),
        ("http://one.blogspot.com", "http://two.blogspot.com"),
        ("http://medium.com/@one", "http://medium.com/@two"),
    ],
)
@pytest.mark.parametrize("claimant_first", [True, False])
@pytest.mark.parametrize("by_feed", [True, False])
def test_no_customer_of_a_house_takes_anothers_article(
    site: Any,
    source: Source,
    database: Database,
    collect: Collect,
    mine: str,
    theirs: str,
    claimant_first: bool,
    by_feed: bool,
) -> None:
    def at(home: str, *items: str) -> str:
        listed = "".join(f"<item><title>x</title><link>{url}</link></item>" for url in items)
        return f'<rss version="2.0"><channel><title>{home}</title>{listed}</channel></rss>'

    scoop = f"{theirs}/p-the-scoop-of-tomorrow"
    claim = f'<link rel="canonical" href="{scoop}">'
    announced = [f"{mine}/p-a-story-of-mine", *([scoop] if by_feed else [])]
    site.put(f"{mine}/feed", at(mine, *announced))
    site.put(f"{mine}/p-a-story-of-mine", story("Mine", 1, claim))
    site.put(f"{theirs}/feed", at(theirs, scoop))
    site.put(scoop, story("The scoop", 2))
    both = [
        replace(source, name=name, home=home, endpoints=(Endpoint("feed", f"{home}/feed"),))
        for name, home in (("mine", mine), ("theirs", theirs))
    ]
    for each in both if claimant_first else reversed(both):
        collect(each)
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(articles.c.source, articles.c.url, articles.c.title, articles.c.revision)
        ).all()
    assert sorted(map(tuple, rows)) == [
        ("mine", f"{mine}/p-a-story-of-mine", "Mine", 1),
        ("theirs", scoop, "The scoop", 1),
    ]


def test_the_page_of_the_own_address_is_kept_where_it_takes_a_further_views_place(
    site: Any, source: Source, database: Database, collect: Collect
) -> None:
    head = f'<link rel="canonical" href="{HOST}/story">'
    site.put(f"{HOST}/feed", feed("/s?id=7"))
    site.put(f"{HOST}/s?id=7", story("The bridge", 1, head))
    site.put(f"{HOST}/story", story("The bridge", 1, head))
    collect(source)
    site.put(f"{HOST}/feed", feed("/story"))
    collect(source)
    with database.reading() as connection:
        number = connection.execute(sa.select(articles.c.id)).scalar_one()
        page = page_of_article(connection, number)
        assert page is not None
        assert is_worth_reading(connection, page)
