"""One block whose lines are of different kinds, divided: a title, a byline and a date above the text.

    <b>Mill opens again</b><br><i>By ADA LUND</i><br>The council voted ...

Old systems set a whole page in one element. What strikes lines looks at blocks, so a line that is the
site's is made a block of its own; the lines between stay one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import chrome_kind, is_byline
from ingest.extract.page.folding import letters
from storage.article import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lines_apart"]

#: Blocks at each end that are looked at, and characters of a line that may be the site's.
_ENDS, _LONGEST = 3, 200


def lines_apart(
    blocks: Sequence[Block], titles: Sequence[str], authors: Sequence[str]
) -> tuple[Block, ...]:
    """``blocks``, those at both ends divided where a line of them is a title, a byline or the site's."""
    edges = {*range(_ENDS), *range(len(blocks) - _ENDS, len(blocks))}
    if not any("\n" in blocks[number].text for number in edges if 0 <= number < len(blocks)):
        return tuple(blocks)
    known = {letters(title) for title in titles} - {""}
    found: list[Block] = []
    for number, block in enumerate(blocks):
        if number in edges and block.type in ("paragraph", "heading") and "\n" in block.text:
            found += _divided(block, known, authors)
        else:
            found.append(block)
    return tuple(found)


def _divided(block: Block, titles: set[str], authors: Sequence[str]) -> list[Block]:
    found: list[Block] = []
    kept: list[str] = []
    for line in block.text.split("\n"):
        if len(line) <= _LONGEST and (
            letters(line) in titles
            or chrome_kind(line, edge=True) is not None
            or is_byline(line, authors)
        ):
            if kept:
                found.append(Block(block.type, "\n".join(kept)))
                kept = []
            found.append(Block(block.type, line))
        else:
            kept.append(line)
    if kept:
        found.append(Block(block.type, "\n".join(kept)))
    return found
