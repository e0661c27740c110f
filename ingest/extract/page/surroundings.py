"""The lines around the body: where bylines stand above it, and credits below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from ingest.extract.page.lines import Line
    from storage.article import Block

__all__ = ["Surroundings", "above_text", "below_text", "surroundings"]

HEAD = 24
TAIL = 40
#: Lines between the text's first and last that are looked at.
MOST_BETWEEN = 400
#: Characters of a line below the text that may hold a credit.
LONGEST = 600
#: Letters compared: enough to tell lines apart, whatever the markup did to their ends.
PROBE = 60


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lines around a text, in the page's order, without navigation and buttons."""

    above: tuple[Line, ...] = ()
    #: Between the text's first and last line, and not of it.
    between: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()


def surroundings(lines: Sequence[Line], blocks: Sequence[Block]) -> Surroundings:
    """The lines around ``blocks``, as a reader meets them.

    Lines that are links stay: where credits stand below a text they are links.
    """
    if not blocks:
        return Surroundings()
    starts = {letters(block.text)[:PROBE] for block in blocks}
    wanted = {start for start in starts if len(start) >= 15}
    positions = [
        number
        for number, line in enumerate(lines)
        if len(line.text) >= 15 and letters(line.text)[:PROBE] in wanted
    ]
    if not positions:
        return Surroundings()
    first, last = positions[0], positions[-1]
    inside = lines[first + 1 : last][:MOST_BETWEEN]
    return Surroundings(
        above_text(lines[max(0, first - HEAD) : first]),
        tuple(
            line
            for line in inside
            if line.area not in ("nav", "button")
            and len(line.text) <= LONGEST
            and letters(line.text)[:PROBE] not in starts
        ),
        below_text(lines[last + 1 : last + 1 + 2 * TAIL]),
    )


def above_text(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those of ``lines``, which stand above a text, that may say something of it."""
    return tuple(line for line in lines if line.area not in ("nav", "button", "footer"))


def below_text(lines: Iterable[Line]) -> tuple[Line, ...]:
    """As ``above_text``, of lines below it: the first forty."""
    return tuple(
        line for line in lines if line.area not in ("nav", "button") and len(line.text) <= LONGEST
    )[:TAIL]
