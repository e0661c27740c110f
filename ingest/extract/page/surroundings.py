"""The lines around the body: where bylines stand above it, and credits below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from ingest.extract.page.lines import Line
    from storage.article import Block

__all__ = ["surroundings"]

HEAD = 14
TAIL = 40
#: Letters compared: enough to tell lines apart, whatever the markup did to their ends.
PROBE = 60


def surroundings(
    lines: Sequence[Line], blocks: Sequence[Block]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(lines above the first block, lines below the last), as a reader meets them.

    Navigation, buttons and captions are left out; lines that are links stay only below the body,
    where credits are links.
    """
    if not blocks:
        return (), ()
    starts = [letters(block.text)[:PROBE] for block in blocks]
    wanted = {start for start in starts if len(start) >= 15}
    positions = [
        number
        for number, line in enumerate(lines)
        if len(line.text) >= 15 and letters(line.text)[:PROBE] in wanted
    ]
    if not positions:
        return (), ()
    first, last = positions[0], positions[-1]
    above = [
        line.text
        for line in lines[max(0, first - HEAD) : first]
        if line.area not in ("nav", "button", "caption", "footer")
    ]
    below = [
        line.text
        for line in lines[last + 1 : last + 1 + 2 * TAIL]
        if line.area not in ("nav", "button", "caption") and len(line.text) <= 600
    ]
    return tuple(above), tuple(below[:TAIL])
