"""Feeds as the web writes them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints.feed import read_feed
from sources.errors import EndpointError
from sources.link import Announced

URL = "https://paper.example/feed.xml"


def read(body: str | bytes, content_type: str | None = None) -> list[Announced]:
    return list(read_feed(body.encode() if isinstance(body, str) else body, URL, content_type))


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>Paper</title><link>https://paper.example</link>{head}{items}</channel></rss>'


def test_rss_2_says_address_title_time_author_and_language() -> None:
    [entry] = read(
        rss(
            "<item><title><![CDATA[Bridge &amp; tunnel]]></title><link>https://paper.example/1</link>"
            "<dc:creator>Anna Berg</dc:creator><pubDate>Fri, 20 Nov 2026 10:00:00 +0400</pubDate></item>",
            "<language>en</language>",
        )
    )
    assert entry == Announced(
        url="https://paper.example/1",
        title="Bridge & tunnel",
        published="2026-11-20T10:00:00+04:00",
        authors=("Anna Berg",),
        language="en",
    )


def test_atom_says_published_and_updated() -> None:
    [entry] = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>One</title>'
        '<link rel="self" href="/self"/><link rel="alternate" type="text/html" href="/1"/>'
        "<id>tag:x</id><published>2026-11-20T10:00:00Z</published>"
        "<updated>2026-11-21T10:00:00Z</updated><author><name>Anna Berg</name></author></entry></feed>"
    )
    assert entry.url == "https://paper.example/1"
    assert entry.published == "2026-11-20T10:00:00+00:00"
    assert entry.modified == "2026-11-21T10:00:00+00:00"


def test_addresses_in_atom_are_relative_to_their_base_else_to_the_feed() -> None:
    """RFC 4287, section 2; the feed's own link to the site is no base."""
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="alternate" href="https://paper.example/"/>'
        '<entry><id>a</id><link href="2026/ferry"/></entry>'
        '<entry xml:base="2027/"><id>b</id><link href="mill"/></entry>'
        '<entry xml:base="https://blog.paper.example/x/"><id>c</id><link href="weir"/></entry></feed>'
    )
    found = read_feed(body.encode(), "https://paper.example/blog/atom.xml")
    assert [entry.url for entry in found] == [
        "https://paper.example/blog/2026/ferry",
        "https://paper.example/blog/2027/mill",
        "https://blog.paper.example/x/weir",
    ]


@pytest.mark.parametrize("declared", ["utf-16", "UTF-16LE", "utf-32"])
def test_a_feed_that_calls_its_utf_8_another_name_is_read(declared: str) -> None:
    body = rss("<item><title>Brücke</title><link>https://paper.example/1</link></item>")
    body = body.replace('version="1.0"?', f'version="1.0" encoding="{declared}"?', 1)
    assert [(entry.url, entry.title) for entry in read(body)] == [
        ("https://paper.example/1", "Brücke")
    ]


def test_rss_1_is_rdf() -> None:
    [entry] = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>P</title></channel>'
        '<item rdf:about="https://paper.example/1"><title>One</title><link>https://paper.example/1</link>'
        "<dc:date>2026-11-20</dc:date></item></rdf:RDF>"
    )
    assert (entry.url, entry.title) == ("https://paper.example/1", "One")


def test_rss_091_has_no_times() -> None:
    [entry] = read(
        '<rss version="0.91"><channel><item><title>One</title><link>https://paper.example/1</link></item></channel></rss>'
    )
    assert entry.published is None


def test_json_feed() -> None:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "de",
        "items": [
            {"id": "1", "url": "https://paper.example/1", "title": "Eins", "date_published": "2026-11-20T10:00:00+01:00", "authors": [{"name": "Anna Berg"}], "content_html": "<p>" + "Wort " * 100},
            {"id": "https://paper.example/2"},
            "nonsense",
            {"title": "no address"},
        ],
    }  # fmt: skip
    first, second = read(json.dumps(body))
    assert (first.title, first.authors, first.language) == ("Eins", ("Anna Berg",), "de")
    assert first.content is not None
    assert second.url == "https://paper.example/2"


def test_full_text_is_kept_and_a_teaser_is_not() -> None:
    long = "<p>" + "Text of the article. " * 40 + "</p>"
    whole, teaser = read(
        rss(
            f"<item><link>https://paper.example/1</link><content:encoded><![CDATA[{long}]]></content:encoded></item>"
            "<item><link>https://paper.example/2</link><description>Short.</description></item>"
        )
    )
    assert whole.content is not None
    assert "<p>Text" in whole.content
    assert teaser.content is None


@pytest.mark.parametrize(
    ("item", "url"),
    [
        # FeedBurner's redirect beside the page itself
        ("<link>https://feeds.example/~r/1</link><feedburner:origLink>https://paper.example/1</feedburner:origLink>", "https://paper.example/1"),
        # only a guid that is an address
        ("<guid>https://paper.example/1</guid>", "https://paper.example/1"),
        # a relative address
        ("<link>/1</link>", "https://paper.example/1"),
        # blanks and line breaks around it
        ("<link>\n  https://paper.example/1  \n</link>", "https://paper.example/1"),
    ],
)  # fmt: skip
def test_the_address_of_an_item(item: str, url: str) -> None:
    [entry] = read(rss(f"<item><title>x</title>{item}</item>"))
    assert entry.url == url


def test_an_item_without_an_address_is_passed_over() -> None:
    assert read(rss("<item><title>x</title><guid isPermaLink='false'>42</guid></item>")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + rss("<item><link>https://paper.example/1</link></item>").encode(),
        b"\n\n  " + rss("<item><link>https://paper.example/1</link></item>").encode(),
        rss("<item><title>caf&eacute; &nbsp; x</title><link>https://paper.example/1</link></item>").encode(),
        rss("<item><title>caf\xe9</title><link>https://paper.example/1</link></item>").replace('1.0"?>', '1.0" encoding="utf-8"?>').encode("latin-1"),
        rss("<item><title>x\x00</title><link>https://paper.example/1</link></item>").encode(),
        rss("<item><link>https://paper.example/1</link></item><item><title>cut").encode()[:-30],
    ],
    ids=["bom", "blanks before", "undeclared entities", "wrong encoding", "NUL", "breaks off"],
)  # fmt: skip
def test_odd_feeds_of_the_real_web_still_give_their_items(body: bytes) -> None:
    assert [entry.url for entry in read(body)][:1] == ["https://paper.example/1"]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("", "empty"),
        ("<!doctype html><html><head><title>Our feeds</title></head></html>", "HTML page titled 'Our feeds'"),
        ('<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "sitemap"),
        ("not found", "not found"),
        ("{}", "JSON Feed"),
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel>&a;</channel></rss>', "entities"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said(body: str, part: str) -> None:
    with pytest.raises(EndpointError, match=part):
        read(body)


def test_an_address_in_the_body_is_never_taken_for_the_feed() -> None:
    with pytest.raises(EndpointError):
        read("http://127.0.0.1:1/feed")


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda b: b"<rss><channel><item>" + b))
def test_any_bytes_are_a_feed_or_an_endpoint_error(body: bytes) -> None:
    try:
        list(read_feed(body, URL))
    except EndpointError:
        pass


@pytest.mark.parametrize(
    "body",
    [
        rss(
            "<item><title>Bridge</title><link>https://paper.example/1</link>"
            '<source url="https://valley.example/feed">Valley &amp; Hill Gazette</source></item>'
        ),
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title><entry><title>Bridge</title>'
        '<link href="https://paper.example/1"/><source><title>Valley &amp; Hill Gazette</title></source></entry></feed>',
    ],
)
def test_a_feed_says_where_an_entry_is_from(body: str) -> None:
    [entry] = read(body)
    assert entry.origin == "Valley & Hill Gazette"
