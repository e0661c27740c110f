"""Blocks that announce other articles.

HTML's own convention: an ``article`` element that holds one headline, which leads to another page,
and little else (picture, a line of its text, who wrote it and when), and more of the same kind; or cards
of any element, drawn alike, each with its own byline or date. On a page whose text is missing such cells
are all the prose there is; without them it has none.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import chrome_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.extract.page.blocks import PageBlock, PageBlocks

__all__ = ["teaser_blocks"]

#: A single small article may be the page's own.
_LEAST = 2
#: Letters of a headline, and the share of it that is linked.
_HEADLINE, _LINKED = 15, 0.95
#: Characters of a cell beside its headline: more is a text, not its announcement.
_LONGEST = 450
#: Characters of the line that says who wrote the other article and when, and its kinds.
_SIGNED = 80
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_SIGNS = frozenset(["byline", "timestamp"])


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
    teasers = set(_in_cards(page, headlines))
    if len(found) >= _LEAST:
        teasers.update(number for number, place in enumerate(places) if place in found)
    return frozenset(teasers)


def _in_cards(page: PageBlocks, headlines: Sequence[int]) -> Iterator[int]:
    """The blocks of cards that are drawn alike, each a linked headline with its own byline or date."""
    parents = {n: page.containers[page.blocks[n].container].parent for n in headlines}
    cards: dict[int, list[int]] = {parent: [] for parent in parents.values() if parent > 0}
    for number, block in enumerate(page.blocks):
        parent = page.containers[block.container].parent
        if parent in cards:
            cards[parent].append(number)
    alike: dict[str, list[int]] = {}
    for parent, numbers in cards.items():
        blocks = [page.blocks[number] for number in numbers]
        size = sum(len(block.text) for block in blocks if not _is_headline(block))
        if (
            size <= _LONGEST
            and sum(block.type == "heading" for block in blocks) == 1
            and any(map(_is_signature, blocks))
        ):
            alike.setdefault(page.containers[parent].path, []).append(parent)
    for places in alike.values():
        if len(places) >= _LEAST:
            for parent in places:
                yield from cards[parent]


def _is_signature(block: PageBlock) -> bool:
    """Whether a line says who wrote something or when, its parts perhaps glued: "By Jane Doe5 minutes ago"."""
    return len(block.text) <= _SIGNED and any(
        chrome_kind(part, edge=True) in _SIGNS for part in _GLUED.split(block.text)
    )


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
