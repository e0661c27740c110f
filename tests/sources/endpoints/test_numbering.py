"""Which doubtful parameters number a site's articles, told by what its documents say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sources.endpoints import Document, numbered_shapes
from sources.endpoints.addresses.article_address import address_shape
from sources.endpoints.document import LinkFilter
from sources.link import Announced
from sources.source import Endpoint, Source

HOME = "https://paper.example"
FEED = Endpoint("feed", f"{HOME}/feed")
SOURCE = Source("paper", HOME, "Paper", endpoints=(FEED,))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def taken(
    *entries: tuple[str, str | None], sure: bool = True, numbered: frozenset[str] = frozenset()
) -> list[str]:
    """The keys of the links that a document with these (paths, titles) gives."""
    wanted = LinkFilter(SOURCE, NOW, numbered=numbered)
    document = Document(FEED.url, FEED)
    announced = [Announced(f"{HOME}{path}", title) for path, title in entries]
    links = wanted.links(announced, document, FEED.url, sure=sure)
    return [link.key.removeprefix(HOME) for link in links]


@pytest.mark.parametrize(
    "address",
    [
        "/index.php?id=10&ref={}",
        "/index.php?ref={}",
        "/news/details-of-the-case?ref={}",
        "/aktuelles?mbid={}",
        "/en/meldung-lesen?cmp={}&utm_source=rss",
    ],
)
def test_addresses_of_one_feed_that_differ_in_a_ref_alone_are_articles_of_their_own(
    address: str,
) -> None:
    entries = [(address.format(number), f"Notice of the {number}th") for number in (101, 102, 103)]
    assert len(set(taken(*entries))) == 3


def test_a_parameter_with_one_value_for_all_is_left_out() -> None:
    entries = [(f"/news/story-{n}-of-the-day?ref=4711&cmp=77", f"Story {n}") for n in range(5)]
    assert taken(*entries) == [f"/news/story-{n}-of-the-day" for n in range(5)]


def test_a_parameter_that_is_new_each_time_beside_a_name_is_left_out() -> None:
    entries = [(f"/news/story-{n}-of-the-day?ref=90{n}", f"Story {n}") for n in range(5)]
    assert taken(*entries) == [f"/news/story-{n}-of-the-day" for n in range(5)]


def test_one_story_under_several_refs_is_one_link() -> None:
    entries = [(f"/news/the-ferry-is-back?ref={n}", "The ferry is back") for n in (1, 2, 3)]
    assert taken(*entries) == ["/news/the-ferry-is-back"]


def test_a_storys_picture_headline_and_more_link_are_one_link() -> None:
    path = "/news/the-ferry-is-back"
    entries = [
        (f"{path}?ref=11", None),
        (f"{path}?ref=12", "The ferry is back"),
        (f"{path}?ref=13", "Read more"),
        ("/news/the-mill-is-back?ref=21", "The mill is back"),
    ]
    assert taken(*entries, sure=False) == [path, "/news/the-mill-is-back"]


def test_a_lists_bare_addresses_that_differ_in_a_ref_are_pages_of_their_own() -> None:
    entries = [(f"/index.php?id=10&ref={n}", None) for n in (101, 102)]
    assert len(taken(*entries, sure=False)) == 2
    named = [(f"/news/the-ferry-is-back?ref={n}", None) for n in (101, 102)]
    assert len(taken(*named, sure=False)) == 1


def test_what_a_site_has_shown_holds_for_a_later_document_with_one_link() -> None:
    alone = ("/index.php?id=10&ref=104", "The mill")
    assert taken(alone) == ["/?id=10"]
    shape = address_shape(f"{HOME}{alone[0]}", frozenset({"ref"}))
    assert taken(alone, numbered=numbered_shapes([shape, "/news/slug"])) == ["/?id=10&ref=104"]
    # Of this shape only: beside a headline the same parameter says nothing.
    beside = ("/news/the-ferry-is-back?ref=7", "The ferry")
    assert taken(beside, numbered=numbered_shapes([shape])) == ["/news/the-ferry-is-back"]


def test_what_the_first_page_of_a_list_has_shown_holds_for_its_others() -> None:
    wanted = LinkFilter(SOURCE, NOW)
    found = []
    for numbers in ((101, 102), (103,), (104,)):
        announced = [Announced(f"{HOME}/index.php?ref={n}", f"Notice {n}") for n in numbers]
        document = Document(FEED.url, FEED)
        found += [link.key for link in wanted.links(announced, document, FEED.url)]
    assert len(set(found)) == 4


def test_clicks_and_campaigns_of_the_networks_never_number_anything() -> None:
    entries = [
        (f"/index.php?id=10&utm_id={n}&fbclid=Iw{n}&gclid={n}", f"Notice {n}") for n in range(3)
    ]
    assert taken(*entries) == ["/?id=10"]
