"""The lines of a text dump, each a paragraph, a heading or a word of a menu, as the dump's own marks tell.

Lines end as any system ends them; paragraphs are divided by blank lines, or are one a line, or were broken
to a width, which the text itself shows. Markdown is read where the text is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingest.extract.dump.line import DumpLine
from ingest.extract.dump.markdown import is_markdown, read_markdown
from ingest.extract.page.folding import collapse
from ingest.extract.page.prose import WIDE

__all__ = ["MOST_LINES", "TooLong", "lines_of", "rows_of"]

#: Lines of a dump; no article and no page around one has more.
MOST_LINES = 20_000
#: Signs that end a line, in one system or another, beside the line feed.
_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028]")
_MARKS = dict.fromkeys(map(ord, "\ufeff\u2060\u00ad\x00"))
_ENDS_SENTENCE = tuple('.!?…:;"”»’)]。！？」』؟۔։')
_BULLET = re.compile(r"[•·▪‣◦●○■□–*+-]\s+(?=\S)")
#: Widths to which text is broken, in characters.
_NARROWEST, _WIDEST = 20, 120


class TooLong(Exception):
    """The dump has more lines than ``MOST_LINES``."""


def rows_of(text: str) -> list[str]:
    """The rows of ``text`` as they stand, blank ones too, however its lines end.

    Raises:
        TooLong: there are too many for an article.
    """
    unified = _ENDS.sub("\n", text.translate(_MARKS)).replace("\u2029", "\n\n")
    if unified.count("\n") > 3 * MOST_LINES:
        raise TooLong
    return unified.split("\n")


def lines_of(rows: Sequence[str]) -> list[DumpLine]:
    """The lines that ``rows`` hold.

    Raises:
        TooLong: there are too many for an article.
    """
    found = list(read_markdown(rows, _joined) if is_markdown(rows) else _plain(rows))
    if len(found) > MOST_LINES:
        raise TooLong
    return found


def _plain(rows: Sequence[str]) -> Iterator[DumpLine]:
    apart = False
    for paragraph in _joined(rows):
        if paragraph is None:
            apart = True
            continue
        bullet = _BULLET.match(paragraph)
        if bullet:
            yield DumpLine(paragraph[bullet.end() :], "list_item", apart=apart)
        else:
            yield DumpLine(paragraph, apart=apart)
        apart = False


def _joined(rows: Sequence[str]) -> Iterator[str | None]:
    """Each paragraph in one piece, blanks collapsed; ``None`` where blank rows stand between two."""
    width = _width(rows)
    indented = width > 0 and 2 * sum(map(_is_indented, rows)) < sum(map(bool, rows))
    hyphened = _Words(rows)
    piece: list[str] = []
    last = ""
    for row in rows:
        text = collapse(row)
        if not text:
            if piece:
                yield hyphened.joined(piece)
                piece = []
            yield None
        elif piece and (
            not width
            or _had_room(last, text, width)
            or _BULLET.match(text)
            or (indented and _is_indented(row))
        ):
            yield hyphened.joined(piece)
            piece = [text]
        else:
            piece.append(text)
        last = row.rstrip()
    if piece:
        yield hyphened.joined(piece)


def _is_indented(row: str) -> bool:
    """Whether a row may be the first of a paragraph by its blanks."""
    return row[:2] in ("  ", "\u3000\u3000") or row[:1] in ("\t", "\u3000")


def _width(rows: Sequence[str]) -> int:
    """The width that the text was broken to, 0 where it was not.

    A width is a property of the whole text: one long line, and nothing was broken to a width. A line
    that was broken had no room for the next line's first word, and most such lines end amid a sentence.
    """
    lines = [row.rstrip() for row in rows]
    # An address may stand out: it cannot be broken.
    longest = max(
        (len(line) for line in lines if " " in line.strip() or WIDE.search(line)), default=0
    )
    if not _NARROWEST <= longest <= _WIDEST or (longest < 2 * _NARROWEST and not _is_wide(lines)):
        return 0
    long = full = open_ends = 0
    for line, after in pairwise(lines):
        if not after or len(line) < 0.6 * longest:
            continue
        long += 1
        if not _had_room(line, after, longest):
            full += 1
            open_ends += not line.endswith(_ENDS_SENTENCE)
    return longest if full >= max(3, 0.6 * long) and open_ends >= 0.5 * full else 0


def _is_wide(lines: Sequence[str]) -> bool:
    size = sum(map(len, lines))
    return sum(len(WIDE.findall(line)) for line in lines) > 0.5 * size


def _had_room(line: str, after: str, width: int) -> bool:
    """Whether the first word of ``after`` would have fitted behind ``line``."""
    if WIDE.match(after):
        # Signs that stand close are broken anywhere, but not before a full stop.
        return len(line) + 3 <= width
    return len(line) + 1 + len(after.split(" ", 1)[0]) <= width


class _Words:
    """The words of a dump, asked only where a row ends in a hyphen."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._rows = rows
        self._known: frozenset[str] | None = None

    def joined(self, piece: list[str]) -> str:
        """The rows of one paragraph in one line."""
        if len(piece) == 1:
            return piece[0]
        text = piece[0]
        for row in piece[1:]:
            if text.endswith("-") and text[-2:-1].isalpha() and row[:1].islower():
                text = self._hyphened(text, row)
            elif (WIDE.match(text[-1:]) and WIDE.match(row)) or (
                text[-1:] in "。，、！？」』" and WIDE.match(row)
            ):
                text += row
            else:
                text += " " + row
        return text

    def _hyphened(self, text: str, row: str) -> str:
        """A word that was divided stands whole elsewhere; any other keeps its hyphen."""
        head = text.rsplit(" ", 1)[-1][:-1]
        tail = re.match(r"\w+", row)
        if self._known is None:
            self._known = frozenset(re.findall(r"\w+", " ".join(self._rows).casefold()))
        whole = (head + (tail[0] if tail else "")).casefold()
        return text[:-1] + row if whole in self._known else text + row
