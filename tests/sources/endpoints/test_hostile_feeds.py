"""What a feed holds that its parser takes the square of is left out, and its entries are read."""

from __future__ import annotations

import pytest

from sources.endpoints.feed import read_feed
from sources.endpoints.feed_bounds import LONGEST_AUTHOR, MOST_CATEGORIES, within_bounds
from sources.errors import EndpointError

URL = "https://news.example/feed"


def feed(inside: str, channel: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>News</title>{channel}<item><title>The bridge</title>"
        f"<link>https://news.example/2026/11/the-bridge</link>{inside}</item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    "inside",
    [
        f"<author>{'a.' * 300_000}</author>",
        f"<author><![CDATA[{'a.' * 300_000}]]></author>",
        f"<dc:creator>{'a.' * 300_000}</dc:creator>",
        f"<author>{'a&amp;' * 100_000}</author>",
        f"<author>{'é.' * 100_000}</author>",
        "".join(f"<category>c{n}</category>" for n in range(40_000)),
        "".join(f"<category><![CDATA[c{n}]]></category>" for n in range(20_000)),
        "".join(f'<category domain="a" term="c{n}"/>' for n in range(20_000)),
        "".join(f"<dc:subject>c{n}</dc:subject>" for n in range(20_000)),
    ],
)
def test_the_entry_beside_it_is_read(inside: str) -> None:
    (entry,) = read_feed(feed(inside + "<dc:date>2026-11-12T10:00:00Z</dc:date>"), URL)
    assert entry.title == "The bridge"
    assert entry.url == "https://news.example/2026/11/the-bridge"


def test_a_feed_with_an_element_of_very_many_attributes_is_refused() -> None:
    hostile = "<x " + "".join(f"a{n}='1' " for n in range(10_000)) + "/>"
    with pytest.raises(EndpointError, match="very many attributes"):
        list(read_feed(feed(hostile), URL))


def test_what_feeds_of_people_hold_stays_as_it_is() -> None:
    usual = feed(
        "<author>anna.berg@news.example (Anna Berg)</author><dc:creator>Anna Berg, Bo Ek</dc:creator>"
        + "<category>Harbour</category>" * (MOST_CATEGORIES // 2)
    )
    assert within_bounds(usual, URL) == usual
    (entry,) = read_feed(usual, URL)
    assert entry.authors


def test_a_long_author_is_cut_between_its_characters() -> None:
    cut = within_bounds(feed(f"<author>{'a' * (LONGEST_AUTHOR - 3)}&amp;{'b' * 50}</author>"), URL)
    assert f"<author>{'a' * (LONGEST_AUTHOR - 3)}</author>".encode() in cut
