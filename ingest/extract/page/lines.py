"""The visible lines of a page in reading order: what a reader would see, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.extract.page.folding import collapse
from ingest.extract.page.hidden import says_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["AREAS", "INLINE", "INVISIBLE", "Line", "is_link", "visible_lines"]

#: Elements whose text nobody sees, or that are no text.
INVISIBLE = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "canvas",
        "iframe",
        "object",
        "embed",
        "head",
        "select",
        "option",
        "datalist",
        "audio",
        "video",
        "map",
        "math",
    ]
)
#: Elements that go on within a line.
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "ruby",
        "rb",
        "rt",
        "rp",
    ]
)
#: Elements that make a special surrounding.
AREAS = {
    "nav": "nav",
    "footer": "footer",
    "aside": "aside",
    "figcaption": "caption",
    "figure": "caption",
    "button": "button",
    "header": "header",
}
MOST_LINES = 6000
LONGEST_LINE = 20_000


class Line(NamedTuple):
    """One line of a page; a tuple, for a page has hundreds."""

    text: str
    #: Whether all of it is a link.
    linked: bool
    #: The nearest special surrounding: ``nav``, ``footer``, ``aside``, ``caption``, ``header``, ``button``.
    area: str | None
    #: Tag of the block that holds it.
    tag: str


def is_link(attributes: Mapping[str, str | None]) -> bool:
    """Whether an ``a`` with these attributes leads somewhere: one with a name alone is a place.

    Pages of old systems hold whole texts in such a place, whose end they forget.
    """
    return "name" not in attributes or "href" in attributes


def _hidden_in(body: LexborNode) -> set[int]:
    """The elements that say that they are hidden."""
    # Asked of all at once: few elements have such attributes, and to read those of each is dear.
    marked = body.css("[style], [hidden], [aria-hidden]")
    return {node.mem_id for node in marked if says_hidden(node.attributes)}


def visible_lines(tree: LexborHTMLParser) -> tuple[Line, ...]:
    """The lines of ``tree``'s body; bounded for hostile pages, no recursion."""
    body = tree.body
    if body is None:
        return ()
    lines: list[Line] = []
    parts: list[str] = []
    linked = plain = False

    def flush(area: str | None, tag: str) -> None:
        nonlocal linked, plain
        text = collapse("".join(parts))[:LONGEST_LINE]
        if text:
            lines.append(Line(text, linked and not plain, area, tag))
        parts.clear()
        linked = plain = False

    hidden = _hidden_in(body)
    # (node, leaving?, area, inside a link, tag of the block)
    stack: list[tuple[LexborNode, bool, str | None, bool, str]] = [
        (body, False, None, False, "body")
    ]
    push, pop = stack.append, stack.pop
    while stack and len(lines) < MOST_LINES:
        node, leaving, area, link, block = pop()
        # Whether there is a line to end is asked here: most elements have none of their own.
        if leaving:
            if parts:
                flush(area, block)
            continue
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            if text and not text.isspace():
                parts.append(text)
                linked, plain = linked or link, plain or not link
            elif text and parts:
                parts.append(" ")
            continue
        if tag is None or tag[:1] == "-" or tag in INVISIBLE or node.mem_id in hidden:
            continue
        if tag == "br":
            if parts:
                flush(area, block)
            continue
        inner_area = AREAS.get(tag, area)
        if tag in INLINE:
            link = link or (tag == "a" and is_link(node.attributes))
        else:
            if parts:
                flush(area, block)
            block = tag
            push((node, True, inner_area, link, tag))
        child = node.last_child
        while child is not None:
            push((child, False, inner_area, link, block))
            child = child.prev
    flush(None, "body")
    return tuple(lines)
