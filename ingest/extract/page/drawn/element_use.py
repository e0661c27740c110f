"""What an element is used for beyond what its tag says: told by what stands in it and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.drawn.short_text import beginning_of
from ingest.extract.page.line_breaks import is_typed_prose
from ingest.extract.page.lines import INLINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

__all__ = [
    "is_after_label",
    "is_layout",
    "is_picture_table",
    "is_typed",
    "is_within_line",
    "sentence_goes_on",
    "shows_line_ends",
]

#: Characters a cell above which a table lays out the page rather than holds values.
_LAYOUT_CELL = 120
#: Letters behind a link from which they are words and no separator.
_WORD = 3
#: What a label before a link is set in.
_LABELS = frozenset(["span", "strong", "b", "em", "i", "small"])
#: Elements that hold lines, not blocks.
_LINES = frozenset("p h1 h2 h3 h4 h5 h6".split())
#: Rows of a table around a picture and the words under it, characters of these, elements of it all.
_PICTURE_ROWS, _PICTURE_TEXT = 3, 220
_PICTURE_NODES = 80
#: Characters of a typed text that show what it is.
_TYPED_SAMPLE = 4000


def shows_line_ends(attributes: Mapping[str, str | None]) -> bool:
    """Whether line ends of the source are line ends on the screen."""
    style = attributes.get("style")
    return bool(style) and "white-space:pre" in (style or "").replace(" ", "").lower()


def is_within_line(custom: LexborNode) -> bool:
    """Whether an element that only its site knows stands within a paragraph, as by itself it does."""
    above = custom.parent
    while above is not None and above.tag in INLINE:
        above = above.parent
    if above is None or above.tag not in _LINES:
        return False
    child = custom.child
    while child is not None:
        tag = child.tag or "-"
        if tag[0] != "-" and tag not in INLINE:
            return False
        child = child.next
    return True


def is_typed(pre: LexborNode) -> bool:
    """Whether a ``pre`` holds a text that was typed, and no code."""
    child = pre.child
    while child is not None and child.tag == "-text" and (child.text_content or "").isspace():
        child = child.next
    if child is not None and child.tag in ("code", "samp", "kbd"):
        return False
    return is_typed_prose(beginning_of(pre, _TYPED_SAMPLE)[0])


def sentence_goes_on(node: LexborNode, *, linked: bool) -> bool:
    """Whether a link that ``node`` is in (``linked``) begins a sentence whose other words follow it."""
    link: LexborNode | None = node if linked else None
    for _ in range(4):
        if link is None or link.tag == "a":
            break
        link = link.parent
    behind = link.next if link is not None and link.tag == "a" else None
    if behind is None or behind.tag != "-text":
        return False
    return sum(map(str.isalpha, (behind.text_content or "")[:20])) >= _WORD


def is_after_label(link: LexborNode, before: str) -> bool:
    """Whether ``link`` is set apart by its style alone from the label before it.

    ``<div><span>Read more</span><a>Town buys bridge</a></div>``: a row of elements without blanks.
    """
    if not before[-1:].islower() or link.parent is None or link.parent.tag == "p":
        return False
    label = link.prev
    if label is None or label.tag not in _LABELS:
        return False
    return link.text(deep=True).lstrip("\"'“„«‘")[:1].isupper()


def is_layout(row: LexborNode) -> bool:
    """Whether a row lays out the page: cells that hold blocks, tables or long text."""
    cells = 0
    child = row.child
    while child is not None:
        if child.tag in ("td", "th"):
            cells += 1
        child = child.next
    if not cells:
        return False
    if row.css_first("table, h1, h2, article, section, p + p") is not None:
        return True
    return len(row.text(deep=True)) / cells > _LAYOUT_CELL * 2


def is_picture_table(table: LexborNode) -> bool:
    """Whether a table holds a picture and the words under it: how pictures were set before ``figure``."""
    _, whole = beginning_of(table, 4 * _PICTURE_TEXT, most=_PICTURE_NODES)
    if not whole or table.css_first("img") is None:
        return False
    if len(table.css("tr")) > _PICTURE_ROWS or len(table.css("table")) > 1:
        return False
    if table.css_first("h1, h2, h3, form, ul, ol, p + p") is not None:
        return False
    texts = [text for cell in table.css("td, th") if (text := cell.text(deep=True).strip())]
    return len(texts) == 1 and len(texts[0]) <= _PICTURE_TEXT
