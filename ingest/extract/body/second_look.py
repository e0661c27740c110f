"""A second look at each block, once the others have been judged.

The first trees know how a block looks and what stands beside it, not what became of that: of twenty
paragraphs drawn alike they may keep nineteen. The second ones also know how likely the neighbours are,
the rest of the element, and what else the template draws the same way. They are grown from likelihoods
that the first gave to pages which they had not seen (stacking; Wolpert, "Stacked generalization", 1992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.prose import weighted_size

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ingest.extract.page.blocks import PageBlocks

__all__ = ["SECOND", "second_columns"]

_OFFSETS = (-3, -2, -1, 1, 2, 3)
#: Columns behind those of ``features`` and ``model.EXTRA``: the first likelihood of the block, of those
#: beside it, of the rest of its parent, of its path, of both, of its grandparent (-1 where there is no
#: rest); the share of the likely text before and behind it; blocks from the last likely one and to the
#: next; characters of likely text; the likelihood beside the page's highest.
SECOND = (
    "likely",
    *(f"likely{offset:+d}" for offset in _OFFSETS),
    "likely_parent",
    "likely_path",
    "likely_siblings",
    "likely_grand",
    "likely_before",
    "likely_behind",
    "from_likely",
    "to_likely",
    "likely_text",
    "likely_of_best",
)
_LIKELY = 0.5
_LARGEST = 1000
_FAR = 99.0
_MOST_TEXT = 20_000.0


def second_columns(
    page: PageBlocks, numbers: Sequence[int], likely: Sequence[float]
) -> NDArray[np.float64]:
    """The columns ``SECOND`` of the blocks ``numbers``.

    Args:
        page: the page.
        numbers: of the blocks that were judged, in order.
        likely: the first likelihood of every block of the page, 0 of those that were not judged.
    """
    import numpy as np

    containers = page.containers
    sizes = [float(min(weighted_size(block.text), _LARGEST)) for block in page.blocks]
    parents = [max(containers[block.container].parent, 0) for block in page.blocks]
    grands = [max(containers[parent].parent, 0) for parent in parents]
    paths = [containers[block.container].path for block in page.blocks]
    measured, weighed = np.array(sizes), np.multiply(sizes, likely)
    rests = [
        _rests(keys, measured, weighed)
        for keys in (parents, paths, list(zip(parents, paths, strict=True)), grands)
    ]
    own = np.array(numbers, dtype=np.intp)
    before = np.cumsum(weighed)
    text = float(before[-1]) if len(before) else 0.0
    whole = max(text, 1.0)
    distances = _distances(likely), _distances(likely[::-1])[::-1]
    best = max(likely, default=0.0) or 1.0
    ends = _OFFSETS[-1]
    padded = np.full(len(likely) + 2 * ends, -1.0)
    padded[ends : len(padded) - ends] = likely
    columns = [
        *(padded[own + ends + offset] for offset in (0, *_OFFSETS)),
        *(rest[own] for rest in rests),
        (before - weighed)[own] / whole,
        (whole - before[own]) / whole,
        *(np.array(distance)[own] for distance in distances),
        np.full(len(own), min(whole, _MOST_TEXT)),
        padded[own + ends] / best,
    ]
    return np.column_stack(columns)


def _rests(
    keys: Sequence[Hashable], sizes: NDArray[np.float64], weighed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of each block the mean likelihood, by size, of the others with its key; -1 where there are none."""
    import numpy as np

    known: dict[Hashable, int] = {}
    groups = np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.intp)
    rest = np.bincount(groups, sizes)[groups] - sizes
    likely = np.bincount(groups, weighed)[groups] - weighed
    return np.where(rest >= 1, likely / np.maximum(rest, 1), -1.0)


def _distances(likely: Sequence[float]) -> list[float]:
    """Of each block how many blocks ago the last likely one stood, before it."""
    found, since = [], _FAR
    for likelihood in likely:
        since = min(since + 1, _FAR)
        found.append(since)
        if likelihood >= _LIKELY:
            since = 0.0
    return found
