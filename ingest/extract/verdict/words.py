"""The words of ``data/verdict_words.toml``, looked up."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ingest.extract.data import load_data
from ingest.extract.page.folding import fold

__all__ = ["MEANINGS", "button_lines", "meanings_of", "segments"]

#: Characters of an element's names that are read; atomic style sheets write thousands.
_LONGEST = 300
_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|\d+")


#: What the names of an element may say that it is; ``meanings_of`` gives them as bits, the first lowest.
MEANINGS = ("product", "price", "cart", "forum", "pager", "filter", "card")


@cache
def _names() -> dict[str, int]:
    table: dict[str, int] = {}
    for meaning, words in load_data("verdict_words")["names"].items():
        for word in words.split():
            table[word] = table.get(word, 0) | 1 << MEANINGS.index(meaning)
    return table


@lru_cache(maxsize=8192)
def meanings_of(names: str) -> int:
    """What an element with these ``names`` (``class`` and ``id``) is, as bits of ``MEANINGS``."""
    found = 0
    for name in names[:_LONGEST].split():
        found |= _meanings_of_one(name)
    return found


@lru_cache(maxsize=16384)
def _meanings_of_one(name: str) -> int:
    """The same of a single name: elements are called by the same few, in ever new combinations."""
    get = _names().get
    found = 0
    last = before = ""
    for word in _WORD.findall(name):
        word = word.lower()  # noqa: PLW2901
        found |= get(word, 0)
        if last:
            found |= get(last + word, 0)
            if before:
                found |= get(before + last + word, 0)
        before, last = last, word
    return found


@cache
def button_lines(kind: str) -> frozenset[str]:
    """What a button or link of a ``cart``, or under a post (``reply``), says, folded."""
    text = load_data("verdict_words")["lines"][kind]
    return frozenset(fold(phrase) for line in text.splitlines() for phrase in line.split("|"))


@cache
def segments(kind: str) -> frozenset[str]:
    """Segments of paths (or parts of hosts) that name a ``kind`` of page."""
    return frozenset(load_data("verdict_words")["address"][kind].split())
