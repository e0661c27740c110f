"""Sitemaps: files, indexes, gzip, news, and what is none."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.endpoints import sitemap
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
    monkeypatch.setattr(sitemap, "LARGEST", 1024 * 1024)
    bomb = zlib.compressobj(9, wbits=31)
    body = bomb.compress(b"<urlset>" + b" " * 50_000_000) + bomb.flush()
    assert len(body) < 100_000
    _, error = taken(body)
    assert "larger than 1 MiB" in error


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
