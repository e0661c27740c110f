"""Sitemaps: files, indexes, gzip, news, and what is none."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints import sitemap_bytes
from sources.endpoints.sitemap import Child, read_sitemap
from sources.errors import EndpointError
from sources.link import Announced

URL = "https://paper.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(count: int) -> bytes:
    entries = "".join(
        f"<url><loc>https://paper.example/{n}</loc><lastmod>2026-11-20</lastmod></url>"
        for n in range(count)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{entries}</urlset>'.encode()


def test_a_sitemap_gives_addresses_with_their_times() -> None:
    assert list(read_sitemap(urlset(2), URL)) == [
        Announced("https://paper.example/0", modified="2026-11-20"),
        Announced("https://paper.example/1", modified="2026-11-20"),
    ]


def test_a_sitemap_that_calls_its_utf_8_utf_16_is_read() -> None:
    body = urlset(2).replace(b"UTF-8", b"utf-16")
    assert [entry.url for entry in read_sitemap(body, URL)] == [
        "https://paper.example/0",
        "https://paper.example/1",
    ]


def test_the_news_extension_says_title_time_and_language() -> None:
    body = f"""<urlset {NS} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>
        <loc>https://paper.example/1?a=1&amp;b=2</loc>
        <image:image><image:loc>https://paper.example/1.jpg</image:loc><image:title>Picture</image:title></image:image>
        <news:news><news:publication><news:name>Paper</news:name><news:language>hy</news:language></news:publication>
        <news:publication_date>2026-11-20T10:00:00+04:00</news:publication_date>
        <news:title>Bridge &amp; tunnel</news:title></news:news></url></urlset>"""
    [entry] = read_sitemap(body.encode(), URL)
    assert entry == Announced(
        "https://paper.example/1?a=1&b=2",
        title="Bridge & tunnel",
        published="2026-11-20T10:00:00+04:00",
        language="hy",
    )


def test_an_index_gives_its_files() -> None:
    body = f"<sitemapindex {NS}><sitemap><loc>https://paper.example/a.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"
    assert list(read_sitemap(body.encode(), URL)) == [
        Child("https://paper.example/a.xml.gz", "2026-11-20")
    ]


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(urlset(3)),
        gzip.compress(urlset(3)[:100]) + gzip.compress(urlset(3)[100:]),
        b"\xef\xbb\xbf" + urlset(3),
        b"\n" + urlset(3),
        urlset(3).replace(NS.encode(), b""),
        urlset(3).replace(b"UTF-8", b"ISO-8859-1"),
        "\n".join(f"https://paper.example/{n}" for n in range(3)).encode(),
    ],
    ids=["gzip", "gzip of two members", "bom", "blank before", "no namespace", "other encoding", "plain list"],
)  # fmt: skip
def test_every_dress_of_a_sitemap_gives_the_same(body: bytes) -> None:
    urls = [entry.url for entry in read_sitemap(body, URL)]
    assert urls == [f"https://paper.example/{n}" for n in range(3)]


def taken(body: bytes) -> tuple[list[str], str]:
    """What came before the error, and the error."""
    urls: list[str] = []
    with pytest.raises(EndpointError) as raised:
        for entry in read_sitemap(body, URL):
            urls.append(entry.url)
    return urls, str(raised.value)


def test_what_came_before_a_break_is_kept() -> None:
    body = gzip.compress(urlset(5000))
    urls, error = taken(body[: len(body) // 2])
    assert len(urls) > 1000
    assert "breaks off" in error


def test_a_bomb_is_stopped_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap_bytes, "LARGEST", 1024 * 1024)
    bomb = zlib.compressobj(9, wbits=31)
    body = bomb.compress(b"<urlset>" + b" " * 50_000_000) + bomb.flush()
    assert len(body) < 100_000
    _, error = taken(body)
    assert "larger than 1 MiB" in error
    # Nor in a file within, nor behind one.
    _, error = taken(gzip.compress(body))
    assert "larger than 1 MiB" in error
    tail = zlib.compressobj(9, wbits=31)
    padded = tail.compress(gzip.compress(urlset(2)) + bytes(50_000_000)) + tail.flush()
    assert "larger than 1 MiB" in taken(padded)[1]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>x</body></html>", "HTML page"),
        (b"<catalogue/>", "<catalogue>"),
        (b"just some words", "without an address"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_what_is_no_sitemap_is_said(body: bytes, part: str) -> None:
    assert part in taken(body)[1]


def test_entities_are_not_expanded() -> None:
    body = (
        '<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "https://paper.example/">'
        '<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        f"<urlset {NS}><url><loc>&f;</loc></url><url><loc>https://paper.example/1</loc></url></urlset>"
    )
    assert [entry.url for entry in read_sitemap(body.encode(), URL)] == ["https://paper.example/1"]


def test_a_feed_may_stand_in_for_a_sitemap() -> None:
    body = b'<rss version="2.0"><channel><item><link>https://paper.example/1</link></item></channel></rss>'
    assert [entry.url for entry in read_sitemap(body, URL)] == ["https://paper.example/1"]


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda b: urlset(2)[:120] + b))
def test_any_bytes_are_a_sitemap_or_an_endpoint_error(body: bytes) -> None:
    try:
        list(read_sitemap(body, URL))
    except EndpointError:
        pass


A, B = "https://paper.example/news/one", "https://paper.example/news/two"
ENTRIES = f"<url><loc>{A}</loc></url><url><loc>{B}</loc></url>"
PLAIN = f'<?xml version="1.0"?><urlset {NS}>{ENTRIES}</urlset>'
WARNING = "<br />\n<b>Warning</b>: mysql in <b>/map.php</b> on line 3<br />\n"


def read(body: bytes) -> list[str]:
    return [entry.url for entry in read_sitemap(body, URL)]


@pytest.mark.parametrize(
    "body",
    [
        WARNING + PLAIN,
        "Notice: undefined in /map.php on line 3\n" + PLAIN,
        "\n\n " + PLAIN,
        PLAIN + "\n<!-- cached at 10:00 --><script>count()</script>",
        PLAIN + "\nNotice: 3 queries",
        '<?xml version="1.0"?>' + PLAIN,
        f"<!DOCTYPE html>\n<html><body>{PLAIN}</body></html>",
        f"<!-- made by hand --><!DOCTYPE urlset><urlset {NS}>{ENTRIES}</urlset>",
        f"<URLSET>{ENTRIES}</URLSET>",
        f"<URLSET>{ENTRIES}</URLSET>".replace("url>", "URL>").replace("loc>", "LOC>"),
        f"<UrlSet>{ENTRIES}</UrlSet>".replace("url>", "Url>").replace("loc>", "Loc>"),
        f"<sitemap>{ENTRIES}</sitemap>",
        f"<urls>{ENTRIES}</urls>",
        f"<url-set>{ENTRIES}</url-set>",
        f"<root><urlset>{ENTRIES}</urlset></root>",
        ENTRIES,
        f'<?xml version="1.0" encoding="utf-16"?><urlset>{ENTRIES}</urlset>',
    ],
)
def test_a_sitemap_is_read_whatever_stands_around_it_and_however_it_is_spelt(body: str) -> None:
    for packed in (body.encode(), gzip.compress(body.encode())):
        assert read(packed) == [A, B]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<SITEMAPINDEX><SITEMAP><LOC>/a.xml</LOC></SITEMAP></SITEMAPINDEX>", "/a.xml"),
        ("<sitemapIndex><sitemap><loc>/a.xml</loc></sitemap></sitemapIndex>", "/a.xml"),
        ("<sitemaps><sitemap><loc>/a.xml</loc></sitemap></sitemaps>", "/a.xml"),
        (f"{WARNING}<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>", "/a.xml"),
    ],
)
def test_so_is_an_index(body: str, name: str) -> None:
    assert list(read_sitemap(body.encode(), URL)) == [Child(name, None)]


@pytest.mark.parametrize("tail", [b"\r\n", b"\x00" * 600, b"<!-- cached -->", b"\x00\r\n\x1f"])
def test_what_stands_behind_a_packed_sitemap_is_left(tail: bytes) -> None:
    assert read(gzip.compress(PLAIN.encode()) + tail) == [A, B]


def test_a_sitemap_packed_twice_or_in_parts_is_read() -> None:
    whole = PLAIN.encode()
    assert read(gzip.compress(gzip.compress(whole))) == [A, B]
    assert read(gzip.compress(gzip.compress(gzip.compress(whole)))) == [A, B]
    parts = gzip.compress(whole[:90]) + gzip.compress(whole[90:]) + b"\n"
    assert read(parts) == [A, B]


def test_a_small_packed_sitemap_that_breaks_off_gives_what_came_before() -> None:
    urls, error = taken(gzip.compress(PLAIN.encode())[:-4])
    assert urls == [A, B]
    assert "breaks off" in error


def test_a_list_of_addresses_may_be_utf_16() -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        assert read(f"{A}\r\n{B}\n".encode(encoding)) == [A, B]


def test_many_entries_beneath_a_wrong_root_are_all_read() -> None:
    entries = "".join(f"<url><loc>https://paper.example/{n}</loc></url>" for n in range(25_000))
    assert len(read(f"<sitemap>{entries}</sitemap>".encode())) == 25_000
