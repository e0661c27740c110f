"""Lines that say again what the article says: pull quotes, and the author's notice at its end."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.extract.folding import fold, letters
from storage.article import Block, Struck

__all__ = ["strike_repeats"]

#: Letters of a line that may be a pull quote; shorter ones return by chance.
_LEAST = 25
#: Letters of a quotation that are compared: behind them may stand who said it.
_OPENING = 60
#: Blocks at the end among which an author's notice stands, and its characters.
_END = 4
_LONGEST_NOTICE = 450
#: Letters that are compared; more would cost with the square of the page.
_COMPARED = 60_000


def strike_repeats(
    blocks: Sequence[Block], authors: Sequence[str]
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into the article's and what repeats it or tells of its ``authors``.

    A pull quote is a quotation whose words stand within a paragraph of the text too. An author's notice
    begins with the author's name, goes on in lower case ("is", "schreibt", "couvre") and ends the text.
    """
    keys = [letters(block.text) for block in blocks]
    joined = "\n".join(keys)[:_COMPARED]
    names = [name for name in authors if " " in name]
    kept: list[Block] = []
    struck: list[Struck] = []
    for number, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        if _is_pull_quote(block, key, joined):
            struck.append(Struck(block.text, "pull_quote", "stands in a paragraph of the text"))
        elif number >= max(len(blocks) - _END, 1) and _is_notice(block, names):
            struck.append(Struck(block.text, "author_box", "tells of the author by name"))
        else:
            kept.append(block)
    return tuple(kept), tuple(struck)


def _is_pull_quote(block: Block, key: str, joined: str) -> bool:
    # Headings and summaries repeat the text by right: only what is set as a quotation is struck.
    if block.type != "quote" or len(key) < _LEAST:
        return False
    if len(key) >= _OPENING:
        key = key[:_OPENING]
    elif f"\n{joined}\n".count(f"\n{key}\n") > 1:
        # Of two equal lines both would go: a line is a repeat only within another.
        return False
    first = joined.find(key)
    return first >= 0 and joined.find(key, first + 1) >= 0


def _is_notice(block: Block, names: Sequence[str]) -> bool:
    text = block.text
    if len(text) > _LONGEST_NOTICE or block.type not in ("paragraph", "list_item"):
        return False
    folded = fold(text)
    for name in names:
        own = fold(name)
        if folded.startswith(own + " ") and text[len(name) :].lstrip()[:1].islower():
            return True
    return False
