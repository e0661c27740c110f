"""What a feed says of itself above its entries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints.feed_head import FeedHead, read_feed_head

ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
COURIER = FeedHead("Mill & Lane", "https://mill-lane.example/", "en")


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (
            '<rss version="2.0"><channel><image><title>Logo</title></image>'
            '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="/feed"/>'
            "<title>Mill &amp; Lane</title><link> https://mill-lane.example/ </link>"
            "<language>en-GB</language><item><title>No</title></item></channel></rss>",
            COURIER,
        ),
        (
            f'<feed {ATOM} xml:lang="en"><title>Mill &amp; Lane</title><link rel="self" href="/x"/>'
            '<link href="https://mill-lane.example/"/><entry><title>No</title></entry></feed>',
            COURIER,
        ),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            "<channel><title>Mill &amp; Lane</title><link>https://mill-lane.example/</link>"
            "<dc:language xmlns:dc='http://purl.org/dc/elements/1.1/'>en</dc:language></channel>"
            "<item><title>No</title></item></rdf:RDF>",
            COURIER,
        ),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "title": "Mill & Lane", '
            '"home_page_url": "https://mill-lane.example/", "language": "en", "items": []}',
            COURIER,
        ),
        # Broken off, as a feed of a full disk is: what stands above is told.
        ("<rss><channel><title>Mill</title><link>https://a.exam", FeedHead("Mill")),
        ("<rss><channel><item><title>No</title></item></channel></rss>", FeedHead()),
        ("<html><head><title>No</title></head></html>", FeedHead()),
        (
            '<!DOCTYPE r [<!ENTITY a "b">]><rss><channel><title>&a;</title></channel></rss>',
            FeedHead(),
        ),
        ("[1, 2]", FeedHead()),
        ("{" * 5000, FeedHead()),
        ("", FeedHead()),
    ],
)
def test_title_home_and_language_of_a_feed(body: str, head: FeedHead) -> None:
    assert read_feed_head(body.encode()) == head


@given(st.binary(max_size=200) | st.text('<>/rsfedchantilk "=&;', max_size=80).map(str.encode))
def test_any_bytes_have_a_head(body: bytes) -> None:
    assert isinstance(read_feed_head(body), FeedHead)
    assert isinstance(read_feed_head(b"<rss><channel>" + body), FeedHead)
