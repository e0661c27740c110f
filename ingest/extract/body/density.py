"""The body by density: the smallest element that holds the page's prose.

For markup that the generic extractor does not know: pages of tables and line breaks from the first
decades of the web, and home-made systems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.body.selected import Body
from ingest.extract.page.blocks import blocks_of
from ingest.extract.page.class_words import BESIDE, bits_of
from ingest.extract.page.folding import letters
from ingest.extract.page.lines import INLINE, INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from ingest.extract.page.lines import Line
    from storage.article import Block

__all__ = ["body_by_density"]

#: A run of text outside links that is at least this long is prose, not a label.
PROSE = 80
#: Prose that a page must have in all: less is a slogan and a copyright line.
LEAST = 300
#: Share of the page's prose that the container has to hold.
SHARE = 0.7
_NEVER = INVISIBLE | frozenset(["nav", "footer", "aside", "form", "button", "figcaption"])


def body_by_density(
    tree: LexborHTMLParser, lines: Sequence[Line], teasers: Sequence[str] = ()
) -> Body | None:
    """The blocks of the smallest element with most of the prose, less its lines that are links.

    ``teasers``: lines that announce other articles. Where those are most of the prose there is no body.
    """
    body = tree.body
    if body is None:
        return None
    container = _densest(body)
    if container is None:
        return None
    linked = {letters(line.text) for line in lines if line.linked or line.area in ("nav", "footer")}
    linked.update(map(letters, teasers))
    blocks = _from_prose_to_prose(
        [block for block in blocks_of(container) if letters(block.text) not in linked]
    )
    if teasers and sum(len(block.text) for block in blocks if len(block.text) >= PROSE) < LEAST:
        return None
    return Body(tuple(blocks)) if blocks else None


def _densest(body: LexborNode) -> LexborNode | None:
    """The deepest element whose prose is at least ``SHARE`` of all of the page's.

    What readers are asked to do or to agree to is no prose: boxes that say so by their names.
    """
    prose: dict[int, int] = {}
    order: list[tuple[LexborNode, int | None]] = []
    stack: list[tuple[LexborNode, int | None, bool, tuple[int, int]]] = [
        (body, None, False, (0, 0))
    ]
    while stack:
        node, parent, linked, names = stack.pop()
        tag = node.tag
        if tag == "-text":
            text = (node.text_content or "").strip()
            if (
                not linked
                and not (names[0] | names[1]) & BESIDE
                and parent is not None
                and len(text) >= PROSE
            ):
                prose[parent] = prose.get(parent, 0) + len(text)
            continue
        if tag is None or tag.startswith("-") or tag in _NEVER:
            continue
        # Text inside inline elements counts for the block around them.
        owner = parent if tag in INLINE and parent is not None else node.mem_id
        if owner == node.mem_id:
            order.append((node, parent))
        # The names of an element and of the one around it: those further out name whole pages.
        bits = bits_of(f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}")
        child = node.child
        while child is not None:
            stack.append((child, owner, linked or tag == "a", (bits, names[0])))
            child = child.next
    total = sum(prose.values())
    if total < LEAST:
        return None
    best: LexborNode | None = None
    # Children come after their parents in ``order``: going back, sums flow upwards.
    for node, parent in reversed(order):
        own = prose.get(node.mem_id, 0)
        if best is None and own >= SHARE * total:
            best = node
        if parent is not None:
            prose[parent] = prose.get(parent, 0) + own
    return best


def _from_prose_to_prose(blocks: list[Block]) -> list[Block]:
    """Without what stands before the first and after the last line of prose: menus, bylines, feet.

    A heading right above the first prose stays.
    """
    prose = [number for number, block in enumerate(blocks) if len(block.text) >= PROSE]
    if not prose:
        return []
    first = prose[0]
    while first and blocks[first - 1].type == "heading":
        first -= 1
    return blocks[first : prose[-1] + 1]
