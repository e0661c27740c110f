"""Blocks that announce other articles.

HTML's own convention: an ``article`` element that holds one headline, which leads to another page,
and little else (picture, a line of its text, who wrote it and when), and more of the same kind. On a
page whose text is missing such cells are all the prose there is; without them it has none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.extract.page.blocks import PageBlock, PageBlocks

__all__ = ["teaser_blocks"]

#: A single small article may be the page's own.
_LEAST = 2
#: Letters of a headline, and the share of it that is linked.
_HEADLINE, _LINKED = 15, 0.95
#: Characters of a cell beside its headline: more is a text, not its announcement.
_LONGEST = 450


def teaser_blocks(page: PageBlocks) -> frozenset[int]:
    """Numbers of the blocks of ``page`` that stand in cells which announce other articles."""
    headlines = [number for number, block in enumerate(page.blocks) if _is_headline(block)]
    if len(headlines) < _LEAST:
        return frozenset()
    cells: dict[int, int] = {}
    places = [_cell_of(page, block.container, cells) for block in page.blocks]
    headings: Counter[int] = Counter()
    sizes: Counter[int] = Counter()
    for block, place in zip(page.blocks, places, strict=True):
        headings[place] += block.type == "heading"
        sizes[place] += 0 if _is_headline(block) else len(block.text)
    found = {
        places[number]
        for number in headlines
        if headings[places[number]] == 1 and sizes[places[number]] <= _LONGEST
    } - {0}
    if len(found) < _LEAST:
        return frozenset()
    return frozenset(number for number, place in enumerate(places) if place in found)


def _is_headline(block: PageBlock) -> bool:
    return (
        block.type == "heading"
        and len(block.text) >= _HEADLINE
        and block.linked >= _LINKED * len(block.text)
    )


def _cell_of(page: PageBlocks, index: int, known: dict[int, int]) -> int:
    """The ``article`` element around an element, 0 for none."""
    passed: list[int] = []
    while index > 0 and index not in known and page.containers[index].tag != "article":
        passed.append(index)
        index = page.containers[index].parent
    cell = known.get(index, index) if index > 0 else 0
    for index in passed:
        known[index] = cell
    return cell
