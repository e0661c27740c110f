"""The lines around the body: where bylines stand above it, and credits below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from ingest.extract.page.lines import Line
    from storage.article import Block

__all__ = ["above_text", "below_text", "surroundings"]

HEAD = 14
TAIL = 40
#: Characters of a line below the text that may hold a credit.
LONGEST = 600
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
    return above_text(lines[max(0, first - HEAD) : first]), below_text(
        lines[last + 1 : last + 1 + 2 * TAIL]
    )


def above_text(lines: Sequence[Line]) -> tuple[str, ...]:
    """Those of ``lines``, which stand above a text, that may say something of it."""
    return tuple(
        line.text for line in lines if line.area not in ("nav", "button", "caption", "footer")
    )


def below_text(lines: Sequence[Line]) -> tuple[str, ...]:
    """As ``above_text``, of lines below it: the first forty."""
    return tuple(
        line.text
        for line in lines
        if line.area not in ("nav", "button", "caption") and len(line.text) <= LONGEST
    )[:TAIL]
