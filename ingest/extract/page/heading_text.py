"""The text of a short element (a headline, a byline) as a reader sees it, with its blanks right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.folding import collapse, unescaped
from ingest.extract.page.lines import INLINE, INVISIBLE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["heading_text"]

#: Signs that close what stands before them: no blank comes between.
_CLOSING = frozenset(":;,.…)]’”")
_MOST_NODES = 300


def heading_text(node: LexborNode) -> str:
    """The text in ``node``: a kicker and a headline in elements of their own do not run together.

    Style sheets, not blanks, keep ``<span>Kicker</span><span>Headline</span>`` apart, while an
    element inside a word (``<b>C</b>anal``) is no gap.
    """
    parts: list[str] = []
    gap = False
    after_element = False
    # (node, leaving?)
    stack: list[tuple[LexborNode, bool]] = [(node, False)]
    visited = 0
    while stack and visited < _MOST_NODES:
        current, leaving = stack.pop()
        visited += 1
        tag = current.tag or ""
        if leaving:
            after_element = True
            gap = gap or tag not in INLINE
            continue
        if tag == "-text":
            text = current.text_content or ""
            if text.strip():
                if parts and text.lstrip()[0] in _CLOSING:
                    text = text.lstrip()
                elif parts and (gap or (parts[-1][-1].islower() and text[0].isupper())):
                    parts.append(" ")
                parts.append(text)
                gap = after_element = False
            elif text and parts:
                gap = True
            continue
        if tag.startswith("-") or tag in INVISIBLE or tag == "button":
            continue
        # Two elements with nothing between them are two pieces; an element after text is not.
        gap = gap or tag not in INLINE or tag == "br" or (after_element and bool(parts))
        children = []
        child = current.child
        while child is not None:
            children.append((child, False))
            child = child.next
        if current is not node:
            stack.append((current, True))
        stack.extend(reversed(children))
    return collapse(unescaped("".join(parts)))
