from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import extraction
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page.lines import visible_lines
from ingest.extract.page.nearby_lines import NearbyLines, lines_after, lines_before
from ingest.extract.refusal import Refusal

PIECES = [
    "<p>The ferry was late.</p>",
    "<p>By <a href='/ida'>Ida Berg</a></p>",
    "<aside><span>More of the harbour</span></aside>",
    "<div hidden>Not for readers</div>",
    "<p style='display: none'>Nor this</p>",
    "<span aria-hidden='true'>·</span>",
    "<script>var line = 'no line';</script>",
    "<!-- a note -->",
    "a bare word ",
    "<br>",
    "<nav><ul><li>Home</li><li>Tides</li></ul></nav>",
]
pieces = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def page_of(over, under, below, headline):
    title = "<h1>Ferry runs late</h1>" if headline else ""
    return HtmlPage.parse(
        f"<body><header>{over}</header>{title}{under}<p id=first>It began.</p><p id=last>It ended.</p>{below}"
    )


@given(pieces, pieces, pieces, st.booleans())
def test_lines_nearest_first_are_the_lines_of_the_page(over, under, below, headline):
    page = page_of(over, under, below, headline)
    first, last = page.tree.css_first("#first"), page.tree.css_first("#last")
    assert first is not None
    assert last is not None
    in_order = NearbyLines(page.h1, first, last, 14).lines
    found = list(NearbyLines(page.h1, first, last, 14).in_any_order())
    assert sorted(found, key=repr) == sorted(in_order, key=repr)


@given(pieces, pieces, pieces)
def test_lines_beside_an_element_are_those_of_the_whole_page(over, under, below):
    page = page_of(over, under, below, headline=True)
    first, last = page.tree.css_first("#first"), page.tree.css_first("#last")
    assert first is not None
    assert last is not None
    whole = visible_lines(page.tree)
    at = next(number for number, line in enumerate(whole) if line.text == "It began.")
    assert tuple(lines_before(first, 100)) == whole[:at]
    assert tuple(lines_after(last, 100)) == whole[at + 2 :]


@given(
    st.sampled_from(["http://example.org", "https://Example.org:8070", "http://example.org:80"]),
    st.text(st.sampled_from("ab/.:?=&-%~"), max_size=12),
    st.sampled_from([None, "https://other.example:443/a/b?c"]),
)
def test_an_address_is_whole_as_any_browser_joins_it(host, path, at):
    page = HtmlPage.parse("<p>Nothing")
    url = f"{host}/{path}"
    assert page.absolute(url, at) == urljoin(at or "", url)


@given(
    st.text(st.sampled_from("a é–漢😀\ufffd\x00\x1b\nâÃ\x83\x80"), max_size=12),
    st.sampled_from(["<p>", "<html><body>", "", " "]),
    st.sampled_from([b"", b"\xff", b"\xef\xbb\xbf"]),
    st.sampled_from(["text/html", "text/html; charset=utf-8", "text/html; charset=shift_jis"]),
)
def test_a_page_in_utf_8_is_the_text_that_decoding_makes_of_it(text, tags, lead, content_type):
    body = lead + f"{tags}{text}".encode()
    quick = extraction.text_of_body(body, content_type=content_type)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "is_utf8_as_it_stands", lambda *_: False)
        slow = extraction.text_of_body(body, content_type=content_type)
    if isinstance(slow, Refusal) or isinstance(quick, Refusal):
        assert quick == slow
    else:
        assert (quick.text, quick.is_html) == (slow.text, slow.is_html)
