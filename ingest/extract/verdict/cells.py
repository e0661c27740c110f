"""Cells: what one template draws again and again, a post of a thread, a teaser with its headline.

The text of an article is paragraphs in one element; that of a thread, a list of teasers or a shop's
shelf is divided among elements of one make, each with a headline that leads away, a name, a time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.class_words import bits_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.blocks import PageBlocks

__all__ = ["cells_say"]

#: Share of the text that the element around the cells has to hold.
_MOST_OF_IT = 0.8
#: Blocks of a cell: a paragraph in an element of its own is none.
_LEAST_BLOCKS = 2
#: Letters of a headline, and share of it that is linked.
_HEADLINE, _LINKED = 12, 0.9
_MOST = 100
_SIGNED = bits_named("author", "meta")


def cells_say(page: PageBlocks, kept: Sequence[int]) -> dict[str, float]:
    """The columns of the cells that the text at ``kept`` is divided among."""
    blocks, containers = page.blocks, page.containers
    sizes = [0] * len(containers)
    for number in kept:
        sizes[blocks[number].container] += len(blocks[number].text)
    # Children come after their parents: going back, sums flow upwards.
    for index in range(len(containers) - 1, 0, -1):
        sizes[containers[index].parent] += sizes[index]
    total = sizes[0]
    if not total:
        return dict.fromkeys(_NAMES, 0.0)
    around = 0
    for index, container in enumerate(containers):
        if container.parent == around and sizes[index] >= _MOST_OF_IT * total:
            around = index
    cell_of = [0] * len(containers)
    for index, container in enumerate(containers):
        cell_of[index] = index if container.parent == around else cell_of[max(container.parent, 0)]
    held: Counter[int] = Counter()
    signed: set[int] = set()
    leading: set[int] = set()
    for block in blocks:
        cell = cell_of[block.container]
        if not cell:
            continue
        held[cell] += 1
        if (containers[block.container].bits | block.bits_inside) & _SIGNED:
            signed.add(cell)
        size = len(block.text)
        if size >= _HEADLINE and block.linked >= _LINKED * size:
            leading.add(cell)
    groups: dict[str, list[int]] = {}
    for cell, number in held.items():
        if number >= _LEAST_BLOCKS:
            groups.setdefault(containers[cell].path, []).append(cell)
    cells = max(groups.values(), key=lambda group: sum(sizes[cell] for cell in group), default=[])
    with_text = [cell for cell in cells if sizes[cell]]
    if len(cells) < 2:
        return dict.fromkeys(_NAMES, 0.0)
    return {
        "cells": float(min(len(cells), _MOST)),
        "cells_text": sum(sizes[cell] for cell in cells) / total,
        "cells_with_text": len(with_text) / len(cells),
        "cells_signed": sum(cell in signed for cell in cells) / len(cells),
        "cells_leading": sum(cell in leading for cell in cells) / len(cells),
    }


_NAMES = ("cells", "cells_text", "cells_with_text", "cells_signed", "cells_leading")
