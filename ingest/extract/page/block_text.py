"""One block of text: what is gathered while it is read, and what it is then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.extract.page.folding import collapse, unescaped, without_marks
from ingest.extract.page.line_breaks import paragraphs, unwrapped

if TYPE_CHECKING:
    from storage.article import BlockType

__all__ = [
    "BOLD",
    "LINK",
    "LONGEST_BLOCK",
    "SHIFT",
    "SLANTED",
    "TYPED",
    "OpenText",
    "PageBlock",
    "add_text",
    "close_block",
]

#: Characters of a block; no more of it is read.
LONGEST_BLOCK = 40_000
#: What stands around a text node: inside a link, ``strong``, ``em``, an element whose line ends are
#: shown (``white-space: pre-line``); above these the meanings of the names of the inline elements.
LINK, BOLD, SLANTED, TYPED = 1, 2, 4, 8
SHIFT = 4


@dataclass(slots=True)
class PageBlock:
    """One block of text."""

    text: str
    type: BlockType
    #: Index of the element that holds it.
    container: int
    #: Characters inside links, inside ``strong``, inside ``em``, of all characters.
    linked: int
    strong: int
    emphasis: int
    #: Meanings of the names of inline elements that hold all of its text.
    bits_inside: int
    #: Line breaks inside it.
    breaks: int
    links: int


@dataclass(slots=True)
class OpenText:
    """The text of the block that is being read."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    strong: int = 0
    emphasis: int = 0
    links: int = 0
    size: int = 0
    bits: int = -1
    #: Whether it begins with one letter in an element of its own, and that letter goes on with what
    #: follows behind a line end in the source.
    initial: bool = False
    initial_goes_on: bool = False
    #: Whether it was typed with line ends where the screen's were.
    typed: bool = False

    def begin_anew(self) -> None:
        """Forget what was read: in less time than a new one is made, which a page would have dozens of."""
        self.parts.clear()
        self.linked = self.strong = self.emphasis = self.links = self.size = 0
        self.bits = -1
        self.initial = self.initial_goes_on = self.typed = False


def add_text(current: OpenText, text: str, inline: int, *, pre: bool) -> None:
    """Add a text node with ``inline`` around it; ``pre``: its line breaks count."""
    current.parts.append(text if pre or inline & TYPED else text.replace("\n", " "))
    if text.isspace():
        return
    size = len(text)
    current.size += size
    if inline:
        if inline & LINK:
            current.linked += size
        if inline & BOLD:
            current.strong += size
        if inline & SLANTED:
            current.emphasis += size
    current.bits &= inline >> SHIFT


def close_block(
    blocks: list[PageBlock], current: OpenText, container: int, kind: BlockType
) -> None:
    """Add to ``blocks`` what was read: one block, or one for each paragraph in it."""
    if not current.size and kind != "code":
        return
    text = "".join(current.parts)
    if "&" in text and kind != "code":
        text = unescaped(text)
    if current.typed:
        text = unwrapped(text)
    pieces = [text]
    if kind != "code" and "\n" in text:
        pieces = paragraphs(text)
    for piece in pieces:
        line = _trimmed(piece) if kind == "code" else _collapsed(piece)
        if not line:
            continue
        blocks.append(
            PageBlock(
                line,
                kind,
                container,
                _share(current.linked, current.size, line),
                _share(current.strong, current.size, line),
                _share(current.emphasis, current.size, line),
                max(current.bits, 0),
                line.count("\n"),
                current.links,
            )
        )


def _share(part: int, whole: int, line: str) -> int:
    return round(len(line) * part / whole) if whole else 0


def _trimmed(text: str) -> str:
    return without_marks(text).strip("\n").rstrip()


def _collapsed(text: str) -> str:
    if "\n" not in text:
        return collapse(text)
    return "\n".join(line for line in map(collapse, text.split("\n")) if line)
