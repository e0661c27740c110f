"""The visible lines before and after one element: what ``visible_lines`` gives there, without the rest.

A page has hundreds of lines and an article's surroundings a dozen; each is read when it is asked for.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from ingest.extract.folding import collapse
from ingest.extract.lines import AREAS, INLINE, INVISIBLE, LONGEST_LINE, Line, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["NearbyLines", "lines_after", "lines_before"]

#: Elements looked at in one direction, whatever they hold.
MOST_NODES = 1200
#: Lines above the headline, between it and the text, and above the text where there is no headline.
_ABOVE, _BETWEEN, _HEAD = 8, 24, 14


class NearbyLines:
    """The lines from above the headline to the text, and those below the text."""

    def __init__(
        self, tree: LexborHTMLParser, first: LexborNode, last: LexborNode, below: int
    ) -> None:
        """Around a text.

        Args:
            tree: of the page.
            first: the element of its first block.
            last: that of its last.
            below: lines below it that are read.
        """
        self._tree, self._first, self._last, self._below = tree, first, last, below

    @cached_property
    def head(self) -> list[Line]:
        """The lines above the text."""
        return lines_before(self._first, _HEAD)

    @cached_property
    def tail(self) -> list[Line]:
        """The lines below the text."""
        return list(islice(lines_after(self._last), self._below))

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
        under = self._under if below > 3 else islice(lines_after(headline), below)
        over = self._over if above > 3 else lines_before(headline, above)
        return [*list(under)[:below], *over[-above:]]

    @cached_property
    def _headline(self) -> LexborNode | None:
        return next((n for n in self._tree.css("h1")[:3] if n.text(deep=True).strip()), None)

    @cached_property
    def _over(self) -> list[Line]:
        return lines_before(self._headline, _ABOVE) if self._headline is not None else []

    @cached_property
    def _under(self) -> list[Line]:
        if self._headline is None:
            return []
        return list(islice(lines_after(self._headline, until=self._first), _BETWEEN))


def _line_of(headline: LexborNode) -> Line:
    text = collapse(headline.text(deep=True, separator=" "))
    return Line(text, linked=False, area=None, tag="h1")


def lines_after(node: LexborNode, *, until: LexborNode | None = None) -> Iterator[Line]:
    """The lines behind ``node``, in the page's order, those before ``until`` only."""
    return _Reader(until.mem_id if until is not None else None, forward=True).around(node)


def lines_before(node: LexborNode, most: int) -> list[Line]:
    """The last lines before ``node``, up to ``most``, in the page's order."""
    return list(islice(_Reader(None, forward=False).around(node), most))[::-1]


class _Reader:
    """Gathers lines in one direction; ``forward`` is the page's own."""

    def __init__(self, until: int | None, *, forward: bool) -> None:
        self._until = until
        self._forward = forward
        self._parts: list[str] = []
        self._linked = self._plain = 0
        self._left = MOST_NODES

    def around(self, node: LexborNode) -> Iterator[Line]:
        """The lines beside ``node``, then those beside its parent, and so on."""
        current: LexborNode | None = node
        forward = self._forward
        while current is not None and self._left > 0:
            parent = current.parent
            if parent is None or current.tag == "body":
                break
            area, block = _area_of(parent), parent.tag or "body"
            beside = current.next if forward else current.prev
            while beside is not None and self._left > 0:
                yield from self._read(beside, area, block)
                beside = beside.next if forward else beside.prev
            if parent.tag not in INLINE:
                yield from self._flushed(area, block)
            current = parent
        yield from self._flushed(None, "body")

    def _flushed(self, area: str | None, tag: str) -> tuple[Line, ...]:
        if not self._parts:
            return ()
        parts = self._parts if self._forward else reversed(self._parts)
        text = collapse("".join(parts))[:LONGEST_LINE]
        linked = self._linked > 0 and self._plain == 0
        self._parts = []
        self._linked = self._plain = 0
        return (Line(text, linked, area, tag),) if text else ()

    def _read(self, root: LexborNode, area: str | None, block: str) -> Iterator[Line]:
        """All lines in ``root``, an element or a text beside others."""
        # (node, leaving?, area, inside a link, tag of the block)
        stack: list[tuple[LexborNode, bool, str | None, bool, str]] = [
            (root, False, area, False, block)
        ]
        forward = self._forward
        while stack:
            node, leaving, area, link, block = stack.pop()
            if leaving:
                if self._parts:
                    yield from self._flushed(area, block)
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
            self._left -= 1
            if self._left <= 0 or (self._until is not None and node.mem_id == self._until):
                self._left = 0
                return
            if tag is None or tag[:1] == "-" or tag in INVISIBLE or is_hidden(node):
                continue
            if tag == "br":
                yield from self._flushed(area, block)
                continue
            inner = AREAS.get(tag, area)
            if tag in INLINE:
                link = link or tag == "a"
            else:
                if self._parts:
                    yield from self._flushed(area, block)
                block = tag
                stack.append((node, True, inner, link, tag))
            child = node.last_child if forward else node.child
            while child is not None:
                stack.append((child, False, inner, link, block))
                child = child.prev if forward else child.next


def _area_of(node: LexborNode) -> str | None:
    current: LexborNode | None = node
    while current is not None:
        area = AREAS.get(current.tag or "")
        if area is not None:
            return area
        current = current.parent
    return None
