"""What the names of elements say of what they hold, and not of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.class_words import bits_named
from ingest.extract.page.sums import way_of

if TYPE_CHECKING:
    from ingest.extract.page.blocks import PageBlocks
    from ingest.extract.page.sums import PageSums

__all__ = ["meanings_of"]

#: Share of the page's prose from which the name of the element that holds it is no furniture's.
_NEARLY_ALL = 0.9
_OF_TEXT = bits_named("body", "content", "title")


def meanings_of(
    page: PageBlocks, sums: PageSums, heading: int, first_prose: int
) -> tuple[list[int], list[int]]:
    """Of each element the meanings of its own names, and those of all around it, as bits.

    A word of furniture in the name of an element that holds the headline and the text, or nearly all
    prose from the first on ("comments-enabled", "has-sidebar"), speaks of the page, not of what it
    holds.

    Args:
        page: its elements.
        sums: what they hold.
        heading: number of the block that is the headline, -1 for none.
        first_prose: number of the first block of the main prose.
    """
    blocks = page.blocks
    headed = set(way_of(page, blocks[heading].container)) if heading >= 0 else set()
    opened = set(way_of(page, blocks[first_prose].container))
    own: list[int] = []
    around: list[int] = []
    for index, container in enumerate(page.containers):
        bits = container.bits
        if bits and index in sums.on_way:
            nearly = sums.containers[index].prose >= _NEARLY_ALL * sums.page_prose
            if index in headed or (nearly and index in opened):
                bits &= _OF_TEXT
        own.append(bits)
        around.append(bits | (around[container.parent] if container.parent >= 0 else 0))
    return own, around
