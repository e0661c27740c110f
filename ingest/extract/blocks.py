"""From a container in the DOM to typed blocks, in reading order, without recursion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.extract.folding import collapse
from ingest.extract.lines import INLINE, INVISIBLE
from storage.article import Block, BlockType

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["blocks_of"]

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
_SKIPPED = INVISIBLE | frozenset(["button", "input", "textarea", "form", "nav"])
MOST_BLOCKS = 5000


@dataclass
class _Open:
    type: BlockType = "paragraph"
    parts: list[str] = field(default_factory=list)


def blocks_of(container: LexborNode) -> tuple[Block, ...]:
    """The blocks of ``container``.

    A line break inside a paragraph stays a newline, two of them end the paragraph; the cells of a
    table row are joined by " | ".
    """
    blocks: list[Block] = []
    current = _Open()

    def flush(next_type: BlockType) -> None:
        nonlocal current
        text = "".join(current.parts)
        for paragraph in _paragraphs(text):
            blocks.append(Block(current.type, paragraph))
        current = _Open(next_type)

    stack: list[tuple[LexborNode, bool, BlockType]] = [(container, False, "paragraph")]
    while stack and len(blocks) < MOST_BLOCKS:
        node, leaving, kind = stack.pop()
        if leaving:
            flush(kind)
            continue
        tag = node.tag
        if tag == "-text":
            current.parts.append((node.text_content or "").replace("\n", " "))
            continue
        if tag is None or tag.startswith("-") or tag in _SKIPPED or _hidden(node):
            continue
        if tag == "br":
            current.parts.append("\n")
            continue
        inner = _TYPES.get(tag, kind)
        if tag in ("td", "th"):
            current.parts.append(" | " if "".join(current.parts).strip() else "")
        elif tag not in INLINE:
            # A paragraph inside a list item or a quote is of that type.
            flush(inner)
            stack.append((node, True, kind))
        children = []
        child = node.child
        while child is not None:
            children.append((child, False, inner))
            child = child.next
        stack.extend(reversed(children))
    flush("paragraph")
    return tuple(blocks)


def _paragraphs(text: str) -> list[str]:
    found: list[str] = []
    for piece in text.split("\n\n") if "\n\n" in text else (text,):
        lines = [collapse(line) for line in piece.split("\n")]
        joined = "\n".join(line for line in lines if line).strip()
        if joined:
            found.append(joined)
    return found


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        "hidden" in attributes
        or "display:none" in (attributes.get("style") or "").replace(" ", "").lower()
    )
