"""Markup that would hold a parser up is told before it is parsed; what people read is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.markup import (
    MOST_ATTRIBUTES,
    MOST_ELEMENTS,
    MOST_OPEN,
    MOST_OPTIONS,
    _end_tags,
    excess,
)

PARAGRAPH = "<p>The harbour council voted for the bridge after a long winter of talks.</p>"
_OPEN = f"more than {MOST_OPEN} elements open at once"
_ATTRIBUTES = f"more than {MOST_ATTRIBUTES:,} attributes of one element"


def page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>T</title></head><body>{PARAGRAPH}{body}".encode()


def numbered(tag: str, count: int) -> str:
    return "".join(tag.format(n) for n in range(count))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<div>" * 5000, _OPEN),
        # End tags of nothing make no room.
        ("</b>" * 1600 + "<div>" * 1600, _OPEN),
        ("</i>" * 40_000 + "<div>" * 1600, _OPEN),
        ("<div>" * 5000 + "</div>" * 5000, _OPEN),
        ("<ul><li>a" * 3000, _OPEN),
        ("<table><tr><td>" * 2000, _OPEN),
        ("<x-y>" * 5000, _OPEN),
        # Each paragraph would have all of them again.
        (numbered("<b id={}>x<p>", 3000), _OPEN),
        ("<p " + numbered("a{}=1 ", 5000) + ">x</p>", _ATTRIBUTES),
        ("<p " + numbered("a{} ", 5000) + ">x</p>", _ATTRIBUTES),
        # What looks like the end of a tag, or like another tag, within a value.
        ("<p " + numbered("a{}='>' ", 5000) + ">x</p>", _ATTRIBUTES),
        ("<p " + numbered('a{}="<b>" ', 5000) + ">x</p>", _ATTRIBUTES),
        ("<select>" + "<option>a" * 6000, f"more than {MOST_OPTIONS:,} options of lists"),
        ("<select>" + "<option>a</option>" * 6000, f"more than {MOST_OPTIONS:,} options of lists"),
        ("<i>a</i>" * 70_000, f"more than {MOST_ELEMENTS:,} elements"),
        ("<br>" * 70_000, f"more than {MOST_ELEMENTS:,} elements"),
    ],
)
def test_what_would_hold_a_parser_up_is_told(body: str, found: str) -> None:
    assert excess(page(body)) == found


@pytest.mark.parametrize(
    "body",
    [
        PARAGRAPH * 5000,
        # End tags that HTML leaves out.
        "<p>The council voted." * 10_000,
        "<ul>" + "<li>a <i>b</i>" * 10_000 + "</ul>",
        "<table>" + "<tr><td>a<td>b" * 5000 + "</table>",
        "<dl>" + "<dt>a<dd>b" * 5000 + "</dl>",
        "<select>" + "<option>a" * 3000 + "</select>",
        "<p>a<br>b<img src=c><hr>" * 5000,
        # Bold that nobody ended, in every comment: a parser keeps three alike.
        "<p><b>a" * 5000,
        "<p><a href=/a>b" * 5000,
        "<svg>" + "<path d='M0 0'/>" * 10_000 + "</svg>",
        # What no parser takes for tags.
        "<script>" + "if (a<b && c<d) { e = '<div>'; }" * 3000 + "</script>",
        "<!--" + "<div>" * 5000 + "-->",
        "<style>" + "a { b: c; }" * 3000 + "</style>",
        "<textarea>" + "<div>" * 5000 + "</textarea>",
        # One long value.
        "<img src='data:image/png;base64," + "A" * 100_000 + "'>",
        "<div data-state='" + '{"a": 1, "b": [2, 3]}, ' * 5000 + "'></div>",
        "<p>" + "a = b, c = d " * 5000 + "</p>",
        "<" * 5000,
        "",
    ],
)
def test_what_people_read_is_not(body: str) -> None:
    assert excess(page(body)) is None


def test_bytes_that_are_no_markup_are_no_fault() -> None:
    assert excess(b"") is None
    assert excess(b"<") is None
    assert excess(bytes(range(256)) * 100) is None


@given(
    st.lists(st.sampled_from([b"<", b"/", b"</", b"p", b">", b"\x00"]), min_size=3).map(b"".join)
)
def test_end_tags_are_found_wherever_they_stand(markup):
    assert _end_tags(markup) == markup.count(b"</")


def test_end_tags_behind_do_not_make_up_for_what_was_open():
    markup = b"<div>" * 1600 + b"</b>" * 1600
    assert excess(markup) == "more than 512 elements open at once"
