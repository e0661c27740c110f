"""The body of an article as typed blocks: by the source's or platform's selectors, and trafilatura's.

What trafilatura gives is a witness for ``decisions``; it is corrected here (order, types, lines of
one paragraph torn apart).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ingest.extract.page.blocks import blocks_of
from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.lines import INVISIBLE
from storage.article import Block, BlockType, Struck

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from ingest.extract.page.html_page import Shape
    from sources.source import ExtractRules

__all__ = ["Body", "body_by_generic", "body_by_selectors", "without_sign_up_boxes"]

#: Markup handed to trafilatura, at most; its cost grows with the page.
LARGEST = 4_000_000
#: Elements nested deeper than any editor nests them: the page is built to exhaust parsers.
DEEPEST = 400
#: The largest real pages have some twenty thousand.
MOST_ELEMENTS = 60_000
#: Characters of a newsletter box, small print and all.
LARGEST_BOX = 600
_SHORTENED = 200
_PAGE_PARTS = frozenset(["body", "html", "main", "article"])
_LINE_ENDS = re.compile(r"\r\n|[\r\n]")
_SCRIPTS = re.compile(
    r"<(script|style|svg|template)\b[^>]{0,5000}>.*?</\1\s{0,10}>", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Body:
    """Blocks, and what was left out on the way to them."""

    blocks: tuple[Block, ...]
    struck: tuple[Struck, ...] = ()

    @property
    def size(self) -> int:
        """Characters of text."""
        return sum(len(block.text) for block in self.blocks)


def body_by_selectors(tree: LexborHTMLParser, rules: ExtractRules) -> Body | None:
    """The blocks of the container that the first matching ``rules.body`` picks; ``None`` for none.

    Of several elements that one selector picks (split containers) all are read, nested ones once.
    The elements that ``rules.remove`` picks are taken out of ``tree`` and told in ``struck``.
    """
    for selector in rules.body:
        containers = _outermost(tree.css(selector)[:50])
        if not containers:
            continue
        struck: list[Struck] = []
        for container in containers:
            for unwanted in rules.remove:
                for node in container.css(unwanted):
                    if node.mem_id == container.mem_id:
                        continue
                    text = (
                        ""
                        if node.tag in INVISIBLE
                        else collapse(node.text(deep=True, separator=" "))
                    )
                    if text:
                        struck.append(Struck(text[:_SHORTENED], "removed_element"))
                    node.decompose()
        blocks = tuple(block for container in containers for block in blocks_of(container))
        if blocks:
            return Body(blocks, tuple(struck))
    return None


def without_sign_up_boxes(tree: LexborHTMLParser) -> tuple[Struck, ...]:
    """Take the boxes that ask for an e-mail address out of ``tree``; what they said.

    A field for an address, with the little text around it, is a newsletter box in every language; so is
    any field for a line of text in the innermost element that has the word.
    """
    struck: list[Struck] = []
    boxes = [
        _around(field)
        for field in tree.css('input[type="email"], input[name="email"], input[name="EMAIL"]')[:20]
    ]
    boxes += [box for field in tree.css(_TEXT_FIELD)[:20] if (box := _newsletter_around(field))]
    # A box within a box goes with it: what was taken out must not be looked at again.
    for box in _outermost(list({box.mem_id: box for box in boxes}.values())):
        text = collapse(box.text(deep=True, separator=" "))
        if text:
            struck.append(Struck(text[:_SHORTENED], "sign_up_box"))
        if box.parent is not None:
            box.decompose()
    return tuple(struck)


_TEXT_FIELD = 'input:not([type]), input[type="text"]'
_NEWSLETTER = "newsletter"


def _around(field: LexborNode) -> LexborNode:
    """The largest element around ``field`` that holds no more than a box does."""
    box = field
    while box.parent is not None and box.parent.tag not in _PAGE_PARTS:
        if len(box.parent.text(deep=True)) > LARGEST_BOX:
            break
        box = box.parent
    return box


def _newsletter_around(field: LexborNode) -> LexborNode | None:
    """The smallest element around ``field`` that speaks of a newsletter."""
    box = field.parent
    while box is not None and box.tag not in _PAGE_PARTS:
        text = box.text(deep=True)
        if len(text) > LARGEST_BOX:
            return None
        if _NEWSLETTER in text.lower():
            return box
        box = box.parent
    return None


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    kept: list[LexborNode] = []
    ids = {node.mem_id for node in nodes}
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in ids:
            parent = parent.parent
        if parent is None:
            kept.append(node)
    return kept


_TYPES: dict[str, BlockType] = {
    "p": "paragraph",
    "head": "heading",
    "item": "list_item",
    "quote": "quote",
    "code": "code",
    "row": "table",
    "ab": "heading",
}


def body_by_generic(
    text: str, shape: Shape, *, precise: bool, thorough: bool = True
) -> Body | None:
    """What trafilatura takes for the text of the page; ``None`` where it finds none.

    Args:
        text: the page's markup.
        shape: of its tree; one that no editor builds is not read.
        precise: rather lose a line than keep one that is not the article's.
        thorough: have it compare what it took with what others take (readability, jusText), which
            costs as much again, and changes its mind where it has found nearly nothing.
    """
    if shape.depth > DEEPEST or shape.elements > MOST_ELEMENTS:
        return None
    import trafilatura

    _prepare()
    if len(text) > LARGEST:
        text = _SCRIPTS.sub("", text)[:LARGEST]
    try:
        document: Any = trafilatura.bare_extraction(
            text,
            fast=not thorough,
            include_comments=False,
            include_tables=True,
            include_formatting=False,
            favor_precision=precise,
            with_metadata=False,
            deduplicate=False,
        )
    except Exception:
        return None
    if document is None or document.body is None:
        return None
    return Body(tuple(_merged(_converted(document.body))))


@cache
def _prepare() -> None:
    from trafilatura import external

    # It warns of every page without a text; the refusal says that better.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    module: Any = external
    module.jt_stoplist_init = _stop_words


def _stop_words() -> frozenset[str]:
    """Of all languages, kept as what is not hashed anew for each text that is held against them.

    trafilatura keeps them as a tuple of a hundred thousand.
    """
    from trafilatura import external

    words: set[str] = set()
    for file in resources.files("justext").joinpath("stoplists").iterdir():
        if file.name.endswith(".txt"):
            words.update(_LINE_ENDS.split(file.read_bytes().decode("utf-8").lower()))
    found = frozenset(words)
    module: Any = external
    module.JT_STOPLIST = found
    return found


def _converted(body: Any) -> Iterator[Block]:
    """Trafilatura's tree to blocks, leaf by leaf, without recursion."""
    stack: list[tuple[Any, BlockType]] = [(body, "paragraph")]
    while stack:
        element, kind = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        # A paragraph inside a quote or a list item stays of that type.
        kind = kind if tag == "p" and kind != "paragraph" else _TYPES.get(tag, kind)
        if tag == "row":
            cells = [collapse("".join(cell.itertext())) for cell in element]
            text = " | ".join(cell for cell in cells if cell)
            if text:
                yield Block("table", text)
            continue
        inner_blocks = [
            child
            for child in element
            if child.tag in ("p", "head", "list", "item", "quote", "table", "code", "row")
        ]
        if not inner_blocks:
            text = _text_of(element)
            for paragraph in text.split("\n\n"):
                lines = [collapse(line) for line in paragraph.split("\n")]
                joined = "\n".join(line for line in lines if line)
                if joined:
                    yield Block(kind, joined)
            continue
        own = collapse(element.text or "")
        if own and tag not in ("list", "table", "body", "main"):
            yield Block(kind, own)
        stack.extend((child, kind) for child in reversed(element))


def _text_of(element: Any) -> str:
    parts: list[str] = []
    for node in element.iter():
        if node.tag == "lb":
            parts.append("\n")
        elif node.text:
            parts.append(node.text.replace("\n", " "))
        if node is not element and node.tail:
            parts.append(node.tail.replace("\n", " "))
    return "".join(parts)


def _merged(blocks: Iterator[Block]) -> Iterator[Block]:
    """Without the same paragraph twice in a row, which responsive templates print."""
    last = ""
    for block in blocks:
        key = letters(block.text)
        if key and key == last:
            continue
        last = key
        yield block
