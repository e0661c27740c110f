"""What each line of a dump is, before it is weighed: prose, a word of menus, a date, a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.data import load_data
from ingest.extract.metadata.author_names import byline_rest, is_person_name
from ingest.extract.metadata.times.visible_dates import dates_in
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.prose import WIDE, weighted_size

if TYPE_CHECKING:
    from ingest.extract.dump.line import DumpLine

__all__ = ["ENDS_SENTENCE", "KINDS", "LOOKED_AT", "STOPS", "Lines", "main_run", "read_lines"]

#: Kinds of chrome by number; 0 is none.
KINDS = {
    kind: number
    for number, kind in enumerate(
        (
            "page_anchor", "ad", "prompt", "share", "related", "caption", "legal", "byline", "timestamp", "shop", "contents",
            "breadcrumb", "player", "ornament",
        ),
        1,
    )
}  # fmt: skip
#: The kind of a word of menus.
_MENU = len(KINDS) + 1
#: Signs that end a sentence, at the end of a line and within it.
ENDS_SENTENCE = re.compile(r"[.!?…。！？।۔։؟][\"'”’»)\]」』]*$")
STOPS = re.compile(r"[.!?。！？।۔։؟](?:\s|$|[\"”’»」』])")
#: Weighted characters from which a line with a sentence in it is prose.
_PROSE = 60
#: The same of a line with no full stop: a headline may be as long as a short sentence.
_LONG = 160
#: What prose counts at most for, and what a line that is none costs, where the main run is looked for.
_MOST, _GAP = 500, 45
#: Characters of a line that are looked at.
LOOKED_AT = 1200
_LONGEST_DATE = 90


@dataclass(frozen=True, slots=True)
class Lines:
    """What the lines of one dump are, each list as long as the dump."""

    keys: list[str]
    sizes: list[int]
    #: Weighted characters of prose, 0 of a line that is none.
    prose: list[int]
    #: Kinds of chrome by number, 0 none.
    kinds: list[int]
    #: Whether a short line holds a date.
    dated: list[bool]
    #: Whether a line names a person and nothing else, or begins like a byline.
    named: list[bool]
    #: First and last line of the main run of prose.
    first: int
    last: int


def main_run(prose: Sequence[int], kinds: Sequence[int]) -> tuple[int, int]:
    """First and last line of the run that holds most prose and least besides: the largest sum (Kadane)."""
    best = (-1.0, 0, -1)
    total, start = 0.0, 0
    for number, size in enumerate(prose):
        worth = min(size, _MOST) if size and not kinds[number] else -_GAP
        if total <= 0:
            total, start = 0.0, number
        total += worth
        if total > best[0]:
            best = (total, start, number)
    return best[1], max(best[2], best[1])


def read_lines(lines: Sequence[DumpLine]) -> Lines:
    """What each of ``lines`` is."""
    keys, sizes, prose, kinds, dated, named = [], [], [], [], [], []
    menu = _menu()
    for line in lines:
        text = line.text[:LOOKED_AT]
        size = weighted_size(text) if len(line.text) <= LOOKED_AT else len(line.text)
        short = len(line.text) <= 320
        kind = chrome_kind(text, edge=True) if short else None
        number = KINDS.get(kind, _MENU - 1) if kind else 0
        folded = fold(text) if len(text) <= 60 else ""
        if folded in menu:
            number = number or _MENU
        ends = bool(ENDS_SENTENCE.search(text[-6:])) if len(text) == len(line.text) else True
        is_prose = size >= _PROSE and (
            bool(STOPS.search(text[:-2]))
            or size >= (_LONG if text[-1:] in "?!？！؟" or not ends else _PROSE)
        )
        keys.append(letters(text))
        sizes.append(size)
        kinds.append(number)
        prose.append(size if is_prose else 0)
        dated.append(
            number == KINDS["timestamp"]
            or (
                len(text) <= _LONGEST_DATE
                and any(map(str.isdigit, text))
                and bool(dates_in(text, None))
            )
        )
        named.append(_names_somebody(text))
    first, last = main_run(prose, kinds)
    return Lines(keys, sizes, prose, kinds, dated, named, first, last)


def _names_somebody(text: str) -> bool:
    """Whether a line begins like a byline, or is a person's name and nothing else.

    Of a few signs that stand close nobody knows whether they are a name: a word has to say so.
    """
    rest = byline_rest(text) if len(text) <= 120 else None
    if rest:
        return is_person_name(rest.partition(",")[0][:60].strip())
    return len(text) <= 50 and not WIDE.search(text) and is_person_name(text)


@cache
def _menu() -> frozenset[str]:
    return frozenset(fold(word) for word in load_data("dump_words")["menu"])
