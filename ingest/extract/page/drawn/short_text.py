"""The text of an element that should be short, without reading more of it than that.

Who looks at what stands beside an element does so for many elements of a page; one huge neighbour
must not be read for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["beginning_of", "short_text"]

_MOST_NODES = 100


def short_text(node: LexborNode, longest: int) -> str | None:
    """All text in ``node``, blanks at its ends removed; ``None`` where it is longer, or many elements hold it."""
    text, whole = beginning_of(node, longest + 100, most=_MOST_NODES)
    text = text.strip()
    return text if whole and len(text) <= longest else None


def beginning_of(node: LexborNode, longest: int, *, most: int = 2000) -> tuple[str, bool]:
    """(the first ``longest`` characters in ``node`` or some more, whether that is all).

    ``most``: elements and texts that are looked at.
    """
    if node.tag == "-text":
        return node.text_content or "", True
    parts: list[str] = []
    size = 0
    stack = [node]
    while stack:
        current = stack.pop()
        most -= 1
        if most < 0 or size > longest:
            return "".join(parts), False
        if current.tag == "-text":
            text = current.text_content or ""
            parts.append(text)
            size += len(text)
            continue
        child = current.last_child
        while child is not None:
            stack.append(child)
            if len(stack) > most:
                return "".join(parts), False
            child = child.prev
    return "".join(parts), True
