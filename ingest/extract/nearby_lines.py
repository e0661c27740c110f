"""The visible lines before and after one element: what ``visible_lines`` gives there, without the rest.

A page has hundreds of lines and an article's surroundings a dozen; each is read when it is asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ingest.extract.folding import collapse
from ingest.extract.lines import AREAS, INLINE, INVISIBLE, LONGEST_LINE, Line, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

__all__ = ["NearbyLines", "lines_after", "lines_before"]

#: Elements looked at in one direction, whatever they hold.
MOST_NODES = 1200
#: Lines above the headline, between it and the text, and above the text where there is no headline.
_ABOVE, _BETWEEN, _HEAD = 8, 24, 14


class NearbyLines:
    """The lines from above the headline to the text, and those below the text."""

    def __init__(
        self, h1: Sequence[LexborNode], first: LexborNode, last: LexborNode, below: int
    ) -> None:
        """Around a text.

        Args:
            h1: these elements of the page.
            first: the element of its first block.
            last: that of its last.
            below: lines below it that are read.
        """
        self._h1, self._first, self._last, self._below = h1, first, last, below
        self._beside: dict[tuple[int, int], list[Line]] = {}

    @cached_property
    def head(self) -> list[Line]:
        """The lines above the text."""
        return lines_before(self._first, _HEAD)

    @cached_property
    def tail(self) -> list[Line]:
        """The lines below the text."""
        return lines_after(self._last, self._below)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All of them, in the page's order."""
        headline = self._headline
        if headline is None:
            return (*self.head, *self.tail)
        return (*self._over, _line_of(headline), *self._under, *self.tail)

    def beside_headline(self, above: int, below: int) -> list[Line] | None:
        """The lines under the first ``h1`` with text, then those over it; ``None`` without one."""
        headline = self._headline
        if headline is None:
            return None
        found = self._beside.get((above, below))
        if found is None:
            under = self._under if below > 3 else lines_after(headline, below)
            over = self._over if above > 3 else lines_before(headline, above)
            found = self._beside[above, below] = [*under[:below], *over[-above:]]
        return found

    @cached_property
    def _headline(self) -> LexborNode | None:
        return next((n for n in self._h1[:3] if n.text(deep=True).strip()), None)

    @cached_property
    def _over(self) -> list[Line]:
        return lines_before(self._headline, _ABOVE) if self._headline is not None else []

    @cached_property
    def _under(self) -> list[Line]:
        if self._headline is None:
            return []
        return lines_after(self._headline, _BETWEEN, until=self._first)


def _line_of(headline: LexborNode) -> Line:
    text = collapse(headline.text(deep=True, separator=" "))
    return Line(text, linked=False, area=None, tag="h1")


def lines_after(node: LexborNode, most: int, *, until: LexborNode | None = None) -> list[Line]:
    """The first lines behind ``node``, up to ``most``, those before ``until`` only."""
    end = until.mem_id if until is not None else None
    return _Reader(most, end, forward=True).around(node)


def lines_before(node: LexborNode, most: int) -> list[Line]:
    """The last lines before ``node``, up to ``most``, in the page's order."""
    return _Reader(most, None, forward=False).around(node)[::-1]


class _Reader:
    """Gathers lines in one direction; ``forward`` is the page's own."""

    def __init__(self, most: int, until: int | None, *, forward: bool) -> None:
        self._most = most
        self._until = until
        self._forward = forward
        self._lines: list[Line] = []
        self._parts: list[str] = []
        self._linked = self._plain = False
        self._left = MOST_NODES

    def around(self, node: LexborNode) -> list[Line]:
        """The lines beside ``node``, then those beside its parent, and so on."""
        current: LexborNode | None = node
        forward, most, lines = self._forward, self._most, self._lines
        above = _areas_above(node)
        while current is not None and self._left > 0 and len(lines) < most:
            parent = current.parent
            if parent is None or current.tag == "body":
                break
            area, block = next(above), parent.tag or "body"
            beside = current.next if forward else current.prev
            while beside is not None and self._left > 0 and len(lines) < most:
                self._read(beside, area, block)
                beside = beside.next if forward else beside.prev
            if self._parts and block not in INLINE:
                self._flush(area, block)
            current = parent
        if self._parts:
            self._flush(None, "body")
        return lines[:most]

    def _flush(self, area: str | None, tag: str) -> None:
        parts = self._parts if self._forward else reversed(self._parts)
        text = collapse("".join(parts))
        if text:
            self._lines.append(
                Line(text[:LONGEST_LINE], self._linked and not self._plain, area, tag)
            )
        self._parts = []
        self._linked = self._plain = False

    def _read(self, root: LexborNode, area: str | None, block: str) -> None:
        """All lines in ``root``, an element or a text beside others."""
        # (node, leaving?, area, inside a link, tag of the block)
        stack: list[tuple[LexborNode, bool, str | None, bool, str]] = [
            (root, False, area, False, block)
        ]
        forward, until, lines, most = self._forward, self._until, self._lines, self._most
        while stack:
            node, leaving, area, link, block = stack.pop()
            if leaving:
                if self._parts:
                    self._flush(area, block)
                    if len(lines) >= most:
                        return
                continue
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text:
                    self._parts.append(text)
                    if not text.isspace():
                        if link:
                            self._linked = True
                        else:
                            self._plain = True
                continue
            self._left -= 1
            if self._left <= 0 or node.mem_id == until:
                self._left = 0
                return
            if tag is None or tag[:1] == "-" or tag in INVISIBLE:
                continue
            if node.attributes and is_hidden(node):
                continue
            if tag == "br":
                if self._parts:
                    self._flush(area, block)
                continue
            child = node.last_child if forward else node.child
            if tag in INLINE:
                link = link or tag == "a"
                inner = area
            else:
                inner = AREAS.get(tag, area)
                if self._parts:
                    self._flush(area, block)
                    if len(lines) >= most:
                        return
                if child is None:
                    continue
                block = tag
                stack.append((node, True, inner, link, tag))
            while child is not None:
                stack.append((child, False, inner, link, block))
                child = child.prev if forward else child.next


def _areas_above(node: LexborNode) -> Iterator[str | None]:
    """For each element around ``node``, the innermost first, the nearest special surrounding."""
    tags: list[str] = []
    current = node.parent
    while current is not None:
        tags.append(current.tag or "")
        current = current.parent
    areas: list[str | None] = []
    area: str | None = None
    for tag in reversed(tags):
        area = AREAS.get(tag, area)
        areas.append(area)
    return reversed(areas)
