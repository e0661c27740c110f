"""Text dumps: what a browser's "copy all" or a text converter left of a page.

Paragraphs are divided by blank lines, or are one a line, or are hard-wrapped; which, the text itself
shows.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.extract.page.folding import collapse, fold
from storage.article import Block

__all__ = ["as_blocks", "paragraphs_of", "split_title"]

#: A heading longer than this is a paragraph.
LONGEST_TITLE = 250
_BLANK_LINE = re.compile(r"\n[ \t\u00a0]*\n")
_ENDS_SENTENCE = tuple('.!?…:;"”»’)]。！？」』؟۔։')


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of ``text``, blanks collapsed."""
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
    )
    pieces = [piece.strip("\n") for piece in _BLANK_LINE.split(text)]
    pieces = [piece for piece in pieces if piece.strip()]
    # A width is a property of the whole text: one long line, and nothing was broken to a width.
    wrapped = _is_wrapped([line for line in text.split("\n") if line.strip()])
    found: list[str] = []
    for piece in pieces:
        lines = [line for line in piece.split("\n") if line.strip()]
        found += _unwrapped(lines) if wrapped else [collapse(line) for line in lines]
    return [paragraph for paragraph in found if paragraph]


def _is_wrapped(lines: list[str]) -> bool:
    """Whether lines were broken to a width: none is longer than 100, most had no room for more."""
    if len(lines) < 4:
        return False
    longest = max(map(len, lines))
    if not 40 <= longest <= 100:
        return False
    # A line broken to a width had no room for the next line's first word.
    full = sum(
        len(line) + 1 + len(after.split(" ", 1)[0]) > longest for line, after in pairwise(lines)
    )
    open_ends = sum(not line.rstrip().endswith(_ENDS_SENTENCE) for line in lines)
    return full >= 0.4 * len(lines) and open_ends >= 0.4 * len(lines)


def _unwrapped(lines: list[str]) -> list[str]:
    longest = max(map(len, lines))
    found: list[list[str]] = [[]]
    for line in lines:
        found[-1].append(line)
        # Short of the width and at the end of a sentence: the paragraph ends here.
        if len(line) < 0.75 * longest and line.rstrip().endswith(_ENDS_SENTENCE):
            found.append([])
    return [collapse(" ".join(part)) for part in found if part]


def split_title(paragraphs: list[str]) -> str | None:
    """The title among the first paragraphs: a line printed twice, else a first line like a headline."""
    head = paragraphs[:8]
    for line, after in pairwise(head):
        if fold(line) and fold(line) == fold(after) and len(line) <= LONGEST_TITLE:
            return line
    seen: set[str] = set()
    for line in head:
        folded = fold(line)
        if folded in seen and 10 <= len(line) <= LONGEST_TITLE:
            return line
        seen.add(folded)
    for line in head[:4]:
        if (
            8 <= len(line) <= LONGEST_TITLE
            and not line.endswith((".", ":", "。", ","))
            and len(line.split()) <= 30
        ):
            return line
    return None


def as_blocks(paragraphs: list[str]) -> tuple[Block, ...]:
    """Paragraphs as blocks; lines with a bullet are list items."""
    blocks = []
    for paragraph in paragraphs:
        bullet = re.match(r"[•·▪‣*-]\s+(?=\S)", paragraph)
        blocks.append(
            Block("list_item", paragraph[bullet.end() :])
            if bullet
            else Block("paragraph", paragraph)
        )
    return tuple(blocks)
