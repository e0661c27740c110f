"""What page and headers say about reuse."""

from __future__ import annotations

import pytest

from ingest.extract.metadata.reuse import reuse_of
from ingest.extract.page.html_page import HtmlPage

URL = "https://riverpost.example/lock"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ('<meta name="robots" content="noarchive, NOAI,noimageai">', ("noarchive", "noai", "noimageai")),
        ('<meta name="robots" content="index, follow, max-image-preview:large, max-snippet:-1">', ()),
        ('<meta name="robots" content="max-snippet: 0">', ("max-snippet:0",)),
        ('<meta name="googlebot-news" content="noindex">', ("googlebot-news:noindex",)),
        ('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/tdm.json">',
         ("tdm-reservation=1", "tdm-policy=https://riverpost.example/tdm.json")),
        ('<link rel="license" href="https://licences.example/by/4.0/">', ("license=https://licences.example/by/4.0/",)),
        ('<meta name="description" content="noarchive">', ()),
    ],
)  # fmt: skip
def test_what_the_page_says(head: str, said: tuple[str, ...]) -> None:
    assert reuse_of(HtmlPage.parse(f"<head>{head}</head>"), None, URL) == said


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"X-Robots-Tag": "noindex, nosnippet"}, ("noindex", "nosnippet")),
        (
            {"x-robots-tag": "otherbot: noindex, noarchive"},
            ("otherbot:noindex", "otherbot:noarchive"),
        ),
        ({"x-robots-tag": "noarchive, gptbot: noai"}, ("noarchive", "gptbot:noai")),
        ({"TDM-Reservation": "1"}, ("tdm-reservation=1",)),
        ({"content-type": "text/html"}, ()),
    ],
)
def test_what_the_headers_say(headers: dict[str, str], said: tuple[str, ...]) -> None:
    assert reuse_of(HtmlPage.parse("<p>x</p>"), headers, URL) == said


def test_page_and_headers_together_say_it_once() -> None:
    page = HtmlPage.parse('<meta name="robots" content="noarchive">')
    assert reuse_of(page, {"X-Robots-Tag": "noarchive"}, URL) == ("noarchive",)


def test_a_pictures_licence_is_not_the_pages() -> None:
    body = '<figure><figcaption><a rel="license" href="https://licences.example/by">x</a></figcaption></figure>'
    assert reuse_of(HtmlPage.parse(body), None, URL) == ()
