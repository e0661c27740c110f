"""Which further pages an article names, whatever form their addresses have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import extract_page
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.parts.named_parts import named_parts
from storage.article import Article

HOST = "https://www.ford.example"
PROSE = "".join(
    f"<p>The {word} ferry was laid up for the winter, said the harbour master, and nobody will miss it.</p>"
    for word in ("old", "small", "green", "second", "last")
)


def page(links: str, head: str = "") -> HtmlPage:
    return HtmlPage.parse(
        f"<html><head>{head}</head><body><article><h1>Ferries at rest</h1>{PROSE}{links}</article></body></html>"
    )


def row(*addresses: str) -> str:
    """A row of numbers, the first of which is the page itself."""
    links = " ".join(f'<a href="{address}">{n}</a>' for n, address in enumerate(addresses, 2))
    return f'<div class="pages">Pages: <span>1</span> {links}</div>'


@pytest.mark.parametrize(
    ("own", "second"),
    [
        ("/2026/11/ferries", "/2026/11/ferries/2"),
        ("/2026/11/ferries/", "/2026/11/ferries/2/"),
        ("/2026/11/ferries/", "/2026/11/ferries/page/2/"),
        ("/ferries.html", "/ferries-2.html"),
        ("/ferries.html", "/ferries,seite-2.html"),
        ("/ferries.html", "/ferries_2.html"),
        ("/ferries.html", "/ferries.html?page=2"),
        ("/ferries.html", "/ferries.html/2"),
        ("/ferries", "?seite=2"),
        ("/story.php?id=47", "/story.php?id=47&amp;page=2"),
        ("/ferries", "/ferries/seite/2"),
        ("/ferries-123", "/ferries-123/p2"),
    ],
)
def test_the_next_part_is_found_in_every_common_form(own: str, second: str) -> None:
    found = named_parts(page(row(second)), HOST + own)
    assert list(found.further) == [2]
    assert found.further[2].startswith(HOST)


def test_a_row_with_a_gap_is_filled() -> None:
    links = row("/ferries/2").replace("</div>", ' … <a href="/ferries/5">5</a></div>')
    found = named_parts(page(links), f"{HOST}/ferries")
    assert found.further == {n: f"{HOST}/ferries/{n}" for n in (2, 3, 4, 5)}


def test_a_link_that_says_next_page_is_enough() -> None:
    words = '<p><a href="/ferries/2">Next page: What it costs</a></p>'
    assert named_parts(page(words), f"{HOST}/ferries").further == {2: f"{HOST}/ferries/2"}
    head = '<link rel="next" href="/ferries/2">'
    assert named_parts(page("", head), f"{HOST}/ferries").further == {2: f"{HOST}/ferries/2"}


@pytest.mark.parametrize(
    "links",
    [
        # The next article of a series, of a year, of a list.
        '<link rel="next" href="/bridges">',
        '<a href="/ferries-of-2">2</a>',
        '<a href="/other/2">2</a>',
        '<a href="https://elsewhere.example/ferries/2">2</a>',
        '<a href="/ferries/2026">2026</a>',
        # Pages of comments.
        '<div class="comments"><a href="/ferries/2">2</a></div>',
        '<a href="/ferries/comment-page-2/#comments">2</a>',
        # A link to part two without a word that it is one.
        '<a href="/ferries/2"><img src="/two.png"></a>',
    ],
)
def test_what_is_not_the_article_s_next_part_is_not_taken_for_it(links: str) -> None:
    assert not named_parts(page(links), f"{HOST}/ferries")


def test_a_page_that_goes_on_elsewhere_is_not_complete() -> None:
    markup = page(row("/ferries/2")).text
    whole, cut = (
        extract_page(text, PageContext(f"{HOST}/ferries")) for text in (page("").text, markup)
    )
    assert isinstance(whole, Article)
    assert isinstance(cut, Article)
    assert (whole.complete, cut.complete) == (True, False)
    assert "Pages" not in cut.text


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_address_and_any_link_can_be_read(own: str, link: str) -> None:
    markup = f'<body><a href="{link.replace(chr(34), "")}2">2</a><h1>Ferries</h1></body>'
    found = named_parts(HtmlPage.parse(markup), f"https://ford.example/{own}")
    assert all(address.startswith("http") for address in found.further.values())
