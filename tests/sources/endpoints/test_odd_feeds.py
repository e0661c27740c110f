"""Feeds and sitemaps as they stand on the web: wrong encodings, bare ampersands, odd dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints.feed import read_feed
from sources.endpoints.sitemap import read_sitemap
from sources.errors import EndpointError
from sources.link import Announced

URL = "https://paper.example/feed"
TITLE = "Die Brücke – Գյումրի – 橋"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(*items: str, declared: str = "") -> str:
    first = f'<?xml version="1.0"{declared}?>' if declared else ""
    return (
        f'{first}<rss version="2.0"><channel><title>Paper</title>{"".join(items)}</channel></rss>'
    )


def item(link: str = "https://paper.example/a", title: str = TITLE, more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def read(body: str | bytes, content_type: str | None = None) -> list[Announced]:
    data = body.encode() if isinstance(body, str) else body
    return list(read_feed(data, URL, content_type))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss(item()).encode("utf-8-sig"), None),
        (rss(item()).encode("utf-16"), None),
        (rss(item(), declared=' encoding="utf-16"').encode("utf-16"), None),
        (rss(item()).encode("utf-16-le"), None),
        (rss(item()).encode("utf-16-be"), None),
        (rss(item(), declared=' encoding="UTF-32"').encode("utf-32"), None),
        (rss(item(), declared=' encoding="utf-8"').encode(), "text/xml; charset=iso-8859-1"),
        (rss(item(), declared=' encoding="utf-8"').encode(), "application/rss+xml"),
    ],
)
def test_letters_are_right_whatever_header_and_declaration_say(body, content_type):
    [entry] = read(body, content_type)
    assert (entry.title, entry.url) == (TITLE, "https://paper.example/a")


def test_a_feed_that_says_utf_8_and_is_latin_1_keeps_its_entries():
    [entry] = read(rss(item(title="Die Brücke"), declared=' encoding="utf-8"').encode("latin-1"))
    assert entry.title == "Die Brücke"


def test_html_entities_that_xml_does_not_know_are_letters():
    [entry] = read(rss(item(title="Caf&eacute;&nbsp;&ndash; &laquo;offen&raquo;")))
    assert entry.title == "Café – «offen»"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/1", "https://paper.example/news/1"),
        ("news/1", "https://paper.example/news/1"),
        ("//paper.example/1", "https://paper.example/1"),
        ("https://paper.example/a?x=1&y=2", "https://paper.example/a?x=1&y=2"),
        ("https://paper.example/a?x=1&amp;y=2", "https://paper.example/a?x=1&y=2"),
        ("<![CDATA[https://paper.example/a?x=1&y=2]]>", "https://paper.example/a?x=1&y=2"),
        ("\n  https://paper.example/a \n", "https://paper.example/a"),
    ],
)
def test_addresses_are_whole_however_they_are_written(link, url):
    [entry] = read(rss(item(link)))
    assert entry.url == url


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0100", "2026-11-20T10:00:00+01:00"),
        ("20 Nov 2026 10:00 GMT", "2026-11-20T10:00:00+00:00"),
        ("Fri, 20 Nov 2026 10:00:00 EST", "2026-11-20T10:00:00-05:00"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20 10:00:00", "2026-11-20T10:00:00"),
        ("2026-11-20", "2026-11-20"),
        ("20 Nov 2026", "2026-11-20"),
        ("20261120T100000Z", "2026-11-20T10:00:00+00:00"),
        ("Sat, 01 Jan 2222 00:00:00 GMT", "2222-01-01T00:00:00+00:00"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_in_many_formats_are_as_precise_as_stated(stated, time):
    [entry] = read(rss(item(more=f"<pubDate>{stated}</pubDate>")))
    assert entry.published == time


def test_duplicate_guids_with_links_of_their_own_are_entries_of_their_own():
    same = "<guid isPermaLink='false'>1</guid>"
    found = read(
        rss(item("https://paper.example/1", more=same), item("https://paper.example/2", more=same))
    )
    assert [entry.url for entry in found] == ["https://paper.example/1", "https://paper.example/2"]


def test_a_feed_of_ten_megabytes_is_read_whole():
    body = rss(
        *(
            item(f"https://paper.example/{n}", more=f"<description>{'x' * 900}</description>")
            for n in range(10_000)
        )
    )
    assert len(body) > 10_000_000
    assert len(read(body)) == 10_000


@pytest.mark.parametrize(
    "head", ["\n\n", "\n \n\ufeff", "  "]
)  # what PHP leaves in front of a feed
def test_blanks_in_front_of_a_feed_do_no_harm(head):
    assert len(read(head + rss(item(), declared=' encoding="utf-8"'))) == 1


def test_a_feed_that_breaks_off_keeps_what_came_before():
    body = rss(*(item(f"https://paper.example/{n}") for n in range(10)))
    assert len(read(body[: len(body) // 2])) >= 3


def test_an_empty_feed_is_no_error():
    assert read(rss()) == []


@pytest.mark.parametrize(
    "body",
    [
        '<a:rss xmlns:a="http://example.org/x" version="2.0"><a:channel></a:channel></a:rss>',
        '<RDF:RDF xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></RDF:RDF>',
    ],
)
def test_roots_under_other_prefixes_are_feeds(body):
    assert read(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!doctype html><title>Access denied</title>", "got an HTML page titled 'Access denied'"),
        ("", "got an empty answer"),
        ("<urlset></urlset>", "is it a sitemap?"),
        (
            '<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel/></rss>',
            "entities, which Copydesk does not expand",
        ),
    ],
)
def test_what_is_no_feed_is_told_in_one_line(body, said):
    with pytest.raises(EndpointError, match=said.replace("?", r"\?")) as error:
        read(body)
    assert "\n" not in str(error.value)


def addresses(body: str | bytes) -> list[str]:
    data = body.encode() if isinstance(body, str) else body
    return [entry.url for entry in read_sitemap(data, URL)]


def test_a_bare_ampersand_spoils_neither_its_address_nor_those_after_it():
    entries = [f"https://paper.example/story?id={n}&part={n}&amp;x=1" for n in range(5000)]
    body = f"<urlset {NS}>{''.join(f'<url><loc>{url}</loc></url>' for url in entries)}</urlset>"
    assert addresses(body) == [url.replace("&amp;", "&") for url in entries]


@given(
    st.lists(
        st.sampled_from(["&", "&amp;", "&lt;", "a", "?x=1", "&b=2", "&#38;", "&nbsp;", "é"]),
        max_size=30,
    )
)
def test_any_reference_in_an_address_leaves_the_rest_of_the_file(parts):
    odd = "".join(parts)
    body = f"<urlset {NS}><url><loc>https://paper.example/{odd}</loc></url>" + "".join(
        f"<url><loc>https://paper.example/{n}</loc></url>" for n in range(3)
    )
    found = addresses(f"{body}</urlset>")
    assert found[-3:] == [f"https://paper.example/{n}" for n in range(3)]


def test_an_element_inside_an_address_is_no_address():
    body = f"<urlset {NS}><url><loc>https://paper.example/a<b>x</b></loc></url><url><loc>https://paper.example/1</loc></url></urlset>"
    assert addresses(body) == ["https://paper.example/1"]


DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
WHEN = "2026-11-20T10:00:00+01:00"


def _times(item: str, head: str = DC) -> tuple[str | None, str | None]:
    body = f'<rss version="2.0" {head}><channel><item><link>{URL}/1</link>{item}</item></channel></rss>'
    [entry] = read_feed(body.encode(), URL)
    return entry.published, entry.modified


def test_a_dublin_core_date_is_the_publication_where_nothing_else_is() -> None:
    assert _times(f"<dc:date>{WHEN}</dc:date>") == (WHEN, None)
    assert _times(f"<d:date>{WHEN}</d:date>", DC.replace(":dc", ":d")) == (WHEN, None)
    zero = "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"
    assert _times(f"{zero}<dc:date>{WHEN}</dc:date>") == (WHEN, None)
    stated = "<pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate>"
    assert _times(f"{stated}<dc:date>{WHEN}</dc:date>") == ("2026-11-19T08:00:00+00:00", WHEN)
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {DC}><item rdf:about="{URL}/1"><link>{URL}/1</link>'
        "<dc:date>2026-11-20</dc:date></item></rdf:RDF>"
    )
    [entry] = read_feed(rdf.encode(), URL)
    assert (entry.published, entry.modified) == ("2026-11-20", None)


def test_a_time_of_change_is_no_publication() -> None:
    changed = "<a10:updated>2026-11-20T10:00:00Z</a10:updated>"
    both = f"{DC} xmlns:a10='http://www.w3.org/2005/Atom'"
    assert _times(changed, both) == (None, "2026-11-20T10:00:00+00:00")
    assert _times(f"<dc:date>{WHEN}</dc:date>{changed}", both)[0] is None
