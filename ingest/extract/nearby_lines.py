"""The visible lines before and after one element: what ``visible_lines`` gives there, without the rest.

A page has hundreds of lines and an article's surroundings a dozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.folding import collapse
from ingest.extract.lines import AREAS, INLINE, INVISIBLE, LONGEST_LINE, Line, is_hidden

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["lines_after", "lines_before"]

#: Elements looked at, whatever they hold.
MOST_NODES = 1200


class _Reader:
    """Gathers lines in one direction; ``forward`` is the page's own."""

    def __init__(self, most: int, until: int | None, *, forward: bool) -> None:
        self.lines: list[Line] = []
        self.done = False
        self._most = most
        self._until = until
        self._forward = forward
        self._parts: list[str] = []
        self._linked = self._plain = 0
        self._nodes = 0

    def flush(self, area: str | None, tag: str) -> None:
        if self._parts:
            parts = self._parts if self._forward else reversed(self._parts)
            text = collapse("".join(parts))[:LONGEST_LINE]
            if text:
                self.lines.append(Line(text, self._linked > 0 and self._plain == 0, area, tag))
                self.done = self.done or len(self.lines) >= self._most
            self._parts = []
        self._linked = self._plain = 0

    def read(self, root: LexborNode, area: str | None, block: str) -> None:
        """All lines in ``root``, an element or a text beside others."""
        # (node, leaving?, area, inside a link, tag of the block)
        stack: list[tuple[LexborNode, bool, str | None, bool, str]] = [
            (root, False, area, False, block)
        ]
        while stack and not self.done:
            node, leaving, area, link, block = stack.pop()
            if leaving:
                self.flush(area, block)
                continue
            tag = node.tag
            if tag == "-text":
                text = node.text_content or ""
                if text:
                    self._parts.append(text)
                    size = len(text.strip())
                    if link:
                        self._linked += size
                    else:
                        self._plain += size
                continue
            self._nodes += 1
            if self._nodes > MOST_NODES or node.mem_id == self._until:
                self.done = True
                return
            if tag is None or tag.startswith("-") or tag in INVISIBLE or is_hidden(node):
                continue
            if tag == "br":
                self.flush(area, block)
                continue
            inner = AREAS.get(tag, area)
            if tag in INLINE:
                link = link or tag == "a"
            else:
                self.flush(area, block)
                block = tag
                stack.append((node, True, inner, link, tag))
            child = node.last_child if self._forward else node.child
            while child is not None:
                stack.append((child, False, inner, link, block))
                child = child.prev if self._forward else child.next


def lines_after(node: LexborNode, most: int, *, until: LexborNode | None = None) -> list[Line]:
    """Up to ``most`` lines behind ``node``, in the page's order, those before ``until`` only."""
    reader = _Reader(most, until.mem_id if until is not None else None, forward=True)
    _around(reader, node, forward=True)
    return reader.lines


def lines_before(node: LexborNode, most: int) -> list[Line]:
    """The last lines before ``node``, up to ``most``, in the page's order."""
    reader = _Reader(most, None, forward=False)
    _around(reader, node, forward=False)
    return reader.lines[::-1]


def _around(reader: _Reader, node: LexborNode, *, forward: bool) -> None:
    current: LexborNode | None = node
    while current is not None and not reader.done:
        parent = current.parent
        if parent is None or current.tag == "body":
            break
        area, block = _area_of(parent), parent.tag or "body"
        beside = current.next if forward else current.prev
        while beside is not None and not reader.done:
            reader.read(beside, area, block)
            beside = beside.next if forward else beside.prev
        if not reader.done and parent.tag not in INLINE:
            reader.flush(area, block)
        current = parent


def _area_of(node: LexborNode | None) -> str | None:
    current = node
    while current is not None:
        area = AREAS.get(current.tag or "")
        if area is not None:
            return area
        current = current.parent
    return None
