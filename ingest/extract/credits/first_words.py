"""Whether a line can name a house at all: right when it says no, and far cheaper than to look names up."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.houses.forms import words_before_names
from ingest.extract.credits.houses.keys import house_keys, words_of

__all__ = ["ARTICLES", "find_house", "may_begin", "may_name"]

#: What may stand before the first word of a name.
ARTICLES = frozenset(["The", "the", "THE"])
_WORDS = re.compile(r"\w+")
#: Letters of scripts whose names are bent or written together with others: they begin in many ways.
_BENT = re.compile(r"[\u0370-\u1cff\u2c00-\ud7ff\uf900-\ufefc\uff66-\uffdc]")


def may_name(line: str, kind: Literal["agency", "house"]) -> bool:
    """Whether the first word of some wire service's name, or of any house's, stands in ``line``."""
    agency, house = _may_name(line)
    return agency if kind == "agency" else house


@lru_cache(maxsize=1024)
def _may_name(line: str) -> tuple[bool, bool]:
    if line.isascii():
        words = _WORDS.findall(line.lower())
    elif _BENT.search(line) is not None:
        return True, True
    else:
        words = words_of(line)
    firsts = _first_words()
    return not firsts["agency"].isdisjoint(words), not firsts["house"].isdisjoint(words)


def may_begin(word: str, kind: Literal["agency", "house"]) -> bool:
    """Whether some wire service's name, or any house's, can begin with ``word``."""
    if not word.isascii():
        # Names that are bent begin in many ways.
        return True
    if word.isalnum():
        return word.lower() in _first_words()[kind]
    found = _WORDS.search(word)
    return found is not None and found.group().lower() in _first_words()[kind]


def find_house(name: str, *, weak: bool = False, bare: bool = True) -> House | None:
    """As ``Gazetteer.find``; asked only where a name can begin so."""
    first, _, rest = name.partition(" ")
    if first in ARTICLES and rest:
        first = rest.partition(" ")[0]
    if not may_begin(first, "house"):
        return None
    return gazetteer().find(name, weak=weak, bare=bare)


@cache
def _first_words() -> dict[str, frozenset[str]]:
    table = gazetteer()
    marks = [*table.short.items(), *table.weak.items()]
    keys = house_keys([mark for mark, _ in marks])
    lines = [*zip(keys, (at for _, at in marks), strict=True), *table.long.items()]
    lines += [(host.replace(".", " ").replace("-", " "), at) for host, at in table.hosts.items()]
    firsts = [(name.partition(" ")[0], at) for name, at in lines]
    return {
        "agency": frozenset(first for first, at in firsts if at in table.agencies),
        # "Agencia Example": a house whose name follows what it is
        "house": frozenset(first for first, _ in firsts) | words_before_names(),
    }
