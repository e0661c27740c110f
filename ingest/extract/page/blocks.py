"""Every block of a page's text in reading order, with the elements that hold it.

One walk over the tree, without recursion; what later decides whether a block belongs to the article
(``body.features``) needs nothing else of the DOM.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.page.block_text import (
    BOLD,
    LINK,
    LONGEST_BLOCK,
    SHIFT,
    SLANTED,
    TYPED,
    OpenText,
    PageBlock,
    add_text,
    close_block,
)
from ingest.extract.page.class_words import BITS, bits_of
from ingest.extract.page.drawn.element_use import (
    is_after_label,
    is_layout,
    is_picture_table,
    is_typed,
    is_within_line,
    sentence_goes_on,
    shows_line_ends,
)
from ingest.extract.page.drawn.initials import (
    initial_of,
    join_initials,
    pictured_initial,
    says_initial,
)
from ingest.extract.page.drawn.marks import is_note_link
from ingest.extract.page.drawn.panels import is_panel
from ingest.extract.page.folding import collapse, unescaped
from ingest.extract.page.hidden import is_not_drawn
from ingest.extract.page.lines import INLINE, INVISIBLE, is_link
from storage.article import Block, BlockType

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["BlockWalk", "Container", "PageBlock", "PageBlocks", "blocks_of", "page_blocks"]

MOST_BLOCKS = 3000
MOST_NODES = 400_000
#: Hidden elements that may be panels.
_MOST_HIDDEN = 400
_LONGEST_PATH = 1500
_TYPES: dict[str, BlockType] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "blockquote": "quote",
    "pre": "code",
    "figcaption": "caption",
    "caption": "caption",
    "tr": "table",
}
_SKIPPED = INVISIBLE | frozenset(["input", "textarea", "progress", "meter"])
_NO_TEXT = _SKIPPED | frozenset(["button", "form", "nav"])
_DIGIT = re.compile(r"\d")
_STRONG = frozenset(["b", "strong"])
_EMPHASIS = frozenset(["i", "em", "cite"])
_BIT = {name: 1 << number for number, name in enumerate(BITS)}
#: What a mark of a footnote does not stand behind: one bracket round several.
_OPEN = frozenset("[(,;-–")
#: Characters of a first letter in an element of its own, with a quotation mark and a blank.
_LONGEST_INITIAL = 3
#: An inline element of one of these meanings is a line of its own.
_OWN_LINE = _BIT["caption"] | _BIT["ad"] | _BIT["share"] | _BIT["newsletter"] | _BIT["related"]
_NOT_READ = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader screenreader-only "
    "show-for-sr element-invisible a11y-hidden u-visually-hidden sr-text hidden-text "
    "assistive-text offscreen screen-reader-only".split()
)


@dataclass(slots=True)
class Container:
    """One element that starts a block, with what stands inside it."""

    parent: int
    tag: str
    #: Class and id, as they stand.
    names: str
    #: Meanings of its names, bits of ``class_words.BITS``.
    bits: int
    #: Meanings of its own and all elements around it.
    bits_around: int
    depth: int
    #: Tags of all elements around it, as a set.
    tags_around: frozenset[str]
    #: ``tag.names`` of the elements from the body down to it: the same for what one template draws.
    path: str
    is_article_body: bool = False


@dataclass(frozen=True, slots=True)
class PageBlocks:
    """The blocks of a page and the elements around them; ``containers[0]`` is the body."""

    blocks: list[PageBlock] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)


def page_blocks(tree: LexborHTMLParser) -> PageBlocks:
    """The blocks of ``tree``; bounded for hostile pages."""
    body = tree.body
    return BlockWalk(body).read() if body is not None else PageBlocks()


def blocks_of(container: LexborNode) -> tuple[Block, ...]:
    """The blocks of an element that is known to hold the text, without its forms and menus."""
    read = BlockWalk(container, skipped=_NO_TEXT).read()
    return tuple(Block(block.type, block.text) for block in read.blocks)


#: (node, whether its block ends here, its container, type of its block, inline surroundings)
_Step = tuple["LexborNode", bool, int, BlockType, int]


class BlockWalk:
    """One walk over a tree; a subclass may leave out elements by overriding ``_block``."""

    def __init__(self, body: LexborNode, skipped: frozenset[str] = _SKIPPED) -> None:
        self._skipped = skipped
        self._result = PageBlocks()
        self._current = OpenText()
        self._stack: list[_Step] = []
        self._hidden = 0
        #: Of the element that is looked at.
        self._attributes: dict[str, str | None] = {}
        #: Blocks that begin with a letter in an element of its own, and whether the word goes on.
        self._initials: dict[int, bool] = {}
        self._result.containers.append(Container(-1, "body", "", 0, 0, 0, frozenset(["body"]), ""))
        self._push(body, 0, "paragraph", 0)

    def read(self) -> PageBlocks:
        """The blocks, in reading order; once."""
        stack, blocks = self._stack, self._result.blocks
        nodes = 0
        while stack and len(blocks) < MOST_BLOCKS and nodes < MOST_NODES:
            nodes += 1
            node, leaving, container, kind, inline = stack.pop()
            if leaving:
                # Asked here, for most elements end without a block of their own.
                if self._current.parts:
                    self._flush(container, kind)
                continue
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and self._current.size < LONGEST_BLOCK:
                    add_text(self._current, text, inline, pre=kind == "code")
            elif tag is None or tag[:1] == "-" or tag in self._skipped:
                continue
            elif tag == "br":
                if self._current.parts:
                    self._current.parts.append("\n")
            else:
                attributes = self._attributes = node.attributes
                names = ""
                if attributes:
                    if "style" in attributes or "hidden" in attributes:
                        if is_not_drawn(attributes) and not self._is_panel(node):
                            continue
                        if shows_line_ends(attributes):
                            inline |= TYPED
                    names = _names(attributes)
                if tag in INLINE or ("-" in tag and is_within_line(node)):
                    if tag == "a":
                        if "href" in attributes and self._is_note(node, attributes):
                            continue
                        if is_link(attributes):
                            inline |= LINK
                    self._inline(node, tag, names, container, kind, inline)
                else:
                    self._block(node, tag, names, container, kind, inline)
        self._flush(0, "paragraph")
        if self._initials:
            join_initials(blocks, self._initials)
        return self._result

    def _inline(
        self, node: LexborNode, tag: str, names: str, container: int, kind: BlockType, inline: int
    ) -> None:
        bits = 0
        if names:
            if not _NOT_READ.isdisjoint(names.split()):
                return
            bits = bits_of(names)
        if tag == "a" and inline & LINK:
            self._current.links += 1
            if self._current.parts and is_after_label(node, self._current.parts[-1]):
                self._current.parts.append(" ")
        elif tag in _STRONG:
            inline |= BOLD
        elif tag in _EMPHASIS:
            inline |= SLANTED
        elif tag == "img":
            letter = None if self._current.size else pictured_initial(node)
            if letter is not None:
                add_text(self._current, letter, inline, pre=False)
                self._current.initial = self._current.initial_goes_on = True
            return
        # The words of a link amid a sentence are the sentence's, whatever their span is called.
        amid = inline & LINK and self._current.size > self._current.linked
        if (
            bits & _OWN_LINE
            and tag == "span"
            and not amid
            and not sentence_goes_on(node, linked=bool(inline & LINK))
        ):
            self._flush(container, kind)
            self._stack.append((node, True, container, kind, inline))
        else:
            child = node.child
            if child is not None and child.tag == "-text" and child.next is None:
                text = child.text_content
                if text and self._current.size < LONGEST_BLOCK:
                    if not self._current.size and len(text) <= _LONGEST_INITIAL:
                        self._mark_initial(node, text)
                    add_text(self._current, text, inline | bits << SHIFT, pre=kind == "code")
                return
        self._push(node, container, kind, inline | bits << SHIFT)

    def _is_panel(self, node: LexborNode) -> bool:
        """Whether a hidden element is text all the same; asked so often of a page, no more."""
        self._hidden += 1
        return self._hidden <= _MOST_HIDDEN and is_panel(node)

    def _is_note(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        """Whether a link is the mark of a footnote behind a word."""
        return (
            "#" in (attributes.get("href") or "")
            and self._current.size > 0
            # "[1-3]" with a link for each number is a sentence's own.
            and self._current.parts[-1][-1:] not in _OPEN
            and is_note_link(attributes, node.text(deep=True)[:40])
        )

    def _mark_initial(self, node: LexborNode, text: str) -> None:
        if initial_of(text) is None:
            return
        behind = node.next
        after = (behind.text_content or "") if behind is not None and behind.tag == "-text" else ""
        self._current.initial = True
        self._current.initial_goes_on = "\n" in after[
            : len(after) - len(after.lstrip())
        ] or says_initial(node)

    def _block(
        self, node: LexborNode, tag: str, names: str, container: int, kind: BlockType, inline: int
    ) -> None:
        inner = _TYPES.get(tag, kind)
        if kind == "table":
            # What a cell holds stays on the line of its row.
            current = self._current
            if current.size and current.parts[-1] != " | ":
                current.parts.append(" | " if tag in ("td", "th") else " ")
            self._push(node, container, kind, inline)
            return
        if tag == "table":
            inner = "caption" if is_picture_table(node) else inner
        elif tag == "tr" and (kind == "caption" or is_layout(node)):
            inner = kind
        elif inner != "list_item" and kind in ("caption", "list_item", "quote", "heading"):
            # A paragraph in a list item or a quotation is of that type.
            inner = kind
        if self._current.parts:
            self._flush(container, kind)
        own = self._opened(node, tag, names, container)
        child = node.child
        if child is None:
            return
        if tag == "pre" and kind != "code" and not inline & TYPED and is_typed(node):
            inner, inline = "paragraph", inline | TYPED
            self._current.typed = True
        if (
            child.tag == "-text"
            and inner not in ("code", "table")
            and child.next is None
            and not inline & TYPED
        ):
            # A paragraph without markup inside, as most are.
            line = collapse(unescaped(child.text_content or ""))
            links = self._current.links
            if line:
                linked = len(line) if inline & LINK else 0
                self._result.blocks.append(PageBlock(line, inner, own, linked, 0, 0, 0, 0, links))
                if len(line) <= _LONGEST_INITIAL and inner == "paragraph":
                    self._initials[len(self._result.blocks) - 1] = True
            if links:
                self._current.begin_anew()
            return
        self._stack.append((node, True, own, inner, inline))
        self._push(node, own, inner, inline & (LINK | TYPED))

    def _opened(self, node: LexborNode, tag: str, names: str, container: int) -> int:
        containers = self._result.containers
        above = containers[container]
        bits = bits_of(names) if names else 0
        attributes = self._attributes
        marked = (
            "itemprop" in attributes and "articlebody" in (attributes.get("itemprop") or "").lower()
        )
        path = f"{above.path}>{tag}.{names}" if names else f"{above.path}>{tag}"
        containers.append(
            Container(
                container,
                tag,
                names,
                bits,
                above.bits_around | bits,
                above.depth + 1,
                _tags_within(above.tags_around, tag),
                path[-_LONGEST_PATH:],
                above.is_article_body or marked,
            )
        )
        return len(containers) - 1

    def _flush(self, container: int, kind: BlockType) -> None:
        current, blocks = self._current, self._result.blocks
        if not current.parts:
            return
        if not current.size and kind != "code":
            # The blanks between elements, as most are.
            current.parts.clear()
            current.links = 0
            current.initial = current.initial_goes_on = current.typed = False
            return
        number = len(blocks)
        close_block(blocks, current, container, kind)
        if number < len(blocks) and (
            current.initial or len(blocks[number].text) <= _LONGEST_INITIAL
        ):
            self._initials[number] = current.initial_goes_on
        current.begin_anew()

    def _push(self, node: LexborNode, container: int, kind: BlockType, inline: int) -> None:
        stack = self._stack
        child = node.last_child
        while child is not None:
            stack.append((child, False, container, kind, inline))
            child = child.prev


@lru_cache(maxsize=4096)
def _tags_within(around: frozenset[str], tag: str) -> frozenset[str]:
    """``around`` with ``tag``; pages nest the same tags the same way all over."""
    return around | {tag}


def _names(attributes: dict[str, str | None]) -> str:
    names = attributes.get("class") or ""
    own = attributes.get("id")
    # Numbers in ids ("post-4711") differ from page to page.
    if own and _DIGIT.search(own) is None:
        return f"{names} {own}" if names else own
    return names
