"""Whether a line can name a house at all: right when it says no, and far cheaper than to look names up."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from ingest.extract.credits.gazetteer import gazetteer
from ingest.extract.credits.grammar.cues import flat
from ingest.extract.page.prose import WIDE

__all__ = ["may_begin", "may_name"]

_WORDS = re.compile(r"\w+")


def may_name(line: str, kind: Literal["agency", "house"]) -> bool:
    """Whether the first word of some wire service's name, or of any house's, stands in ``line``."""
    if not line.isascii() and WIDE.search(line) is not None:
        # Scripts without blanks between words.
        return True
    return not _first_words()[kind].isdisjoint(_WORDS.findall(flat(line)))


def may_begin(word: str, kind: Literal["agency", "house"]) -> bool:
    """Whether some wire service's name, or any house's, can begin with ``word``."""
    if not word.isascii():
        # Names that are bent begin in many ways.
        return True
    found = _WORDS.search(word)
    return found is not None and flat(found.group()) in _first_words()[kind]


@cache
def _first_words() -> dict[str, frozenset[str]]:
    table = gazetteer()
    agencies: set[str] = set()
    houses: set[str] = set()
    for names in (table.short, table.weak, table.long, table.hosts):
        for name, at in names.items():
            first = _WORDS.search(flat(name))
            if first is not None:
                houses.add(first.group())
                if table.lines[at][1] == "agency":
                    agencies.add(first.group())
    return {"agency": frozenset(agencies), "house": frozenset(houses)}
