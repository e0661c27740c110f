"""The visible lines before and after one element: what ``visible_lines`` gives there, without the rest.

A page has hundreds of lines and an article's surroundings a dozen; each is read when it is asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ingest.extract.page.folding import collapse
from ingest.extract.page.hidden import says_hidden
from ingest.extract.page.lines import AREAS, INLINE, INVISIBLE, LONGEST_LINE, Line, is_link

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

    def in_any_order(self) -> Iterator[Line]:
        """The same as ``lines``, those first that take the least to read."""
        headline = self._headline
        if headline is None:
            yield from self.head
            yield from self.tail
            return
        yield from self._under
        yield from self.tail
        yield _line_of(headline)
        yield from self._over

    def beside_headline(self, above: int, below: int) -> list[Line] | None:
        """The lines under the first ``h1`` with text, then those over it; ``None`` without one."""
        headline = self._headline
        if headline is None:
            return None
        found = self._beside.get((above, below))
        if found is None:
            at = self._at
            if at is not None and at + below < len(self.head):
                under = self.head[at + 1 :]
            else:
                under = self._under if below > 3 else lines_after(headline, below)
            if at is not None and at >= above:
                over = self.head[:at]
            else:
                over = self._over if above > 3 else lines_before(headline, above)
            found = self._beside[above, below] = [*under[:below], *over[-above:]]
        return found

    @cached_property
    def _headline(self) -> LexborNode | None:
        return next((n for n in self._h1[:3] if n.text(deep=True).strip()), None)

    @cached_property
    def _at(self) -> int | None:
        """Where the headline stands among the lines above the text."""
        wanted = _line_of(self._headline).text if self._headline is not None else None
        return next(
            (n for n, line in enumerate(self.head) if line.tag == "h1" and line.text == wanted),
            None,
        )

    @cached_property
    def _over(self) -> list[Line]:
        if self._headline is None:
            return []
        if self._at is not None and self._at >= _ABOVE:
            return self.head[self._at - _ABOVE : self._at]
        return lines_before(self._headline, _ABOVE)

    @cached_property
    def _under(self) -> list[Line]:
        if self._headline is None:
            return []
        if self._at is not None:
            return self.head[self._at + 1 :]
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
        parts = self._parts
        if len(parts) > 1 and not self._forward:
            parts.reverse()
        text = collapse("".join(parts))[:LONGEST_LINE]
        if text:
            self._lines.append(Line(text, self._linked and not self._plain, area, tag))
        parts.clear()
        self._linked = self._plain = False

    def _read(self, root: LexborNode, area: str | None, block: str) -> None:
        """All lines in ``root``, an element or a text beside others."""
        # From node to node, without a list of those to come: (element, area, inside a link, block)
        # around each element that was entered.
        around: list[tuple[LexborNode, str | None, bool, str]] = []
        forward, until, lines, most = self._forward, self._until, self._lines, self._most
        parts = self._parts
        node, link = root, False
        while True:
            tag = node.tag or "-"
            inner: LexborNode | None = None
            if tag == "-text":
                text = node.text_content or " "
                if not text.isspace():
                    parts.append(text)
                    if link:
                        self._linked = True
                    else:
                        self._plain = True
                elif parts:
                    parts.append(" ")
            else:
                self._left -= 1
                if self._left <= 0 or (until is not None and node.mem_id == until):
                    self._left = 0
                    return
                if not (tag in INVISIBLE or tag[0] == "-"):
                    attributes = node.attributes
                    if not (
                        attributes
                        and (
                            "style" in attributes
                            or "aria-hidden" in attributes
                            or "hidden" in attributes
                        )
                        and says_hidden(attributes)
                    ):
                        inner = node.child if forward else node.last_child
                        if parts and (tag == "br" or tag not in INLINE):
                            self._flush(area, block)
                            if len(lines) >= most:
                                return
            if inner is not None:
                around.append((node, area, link, block))
                node = inner
                if tag in INLINE:
                    link = link or (tag == "a" and is_link(attributes))
                else:
                    area, block = AREAS.get(tag, area), tag
                continue
            while True:
                if not around:
                    return
                beside = node.next if forward else node.prev
                if beside is not None:
                    node = beside
                    break
                if parts and around[-1][0].tag not in INLINE:
                    self._flush(area, block)
                    if len(lines) >= most:
                        return
                node, area, link, block = around.pop()


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
