"""What the class names and ids of elements say about them, as bits.

Authors of templates write the same words everywhere: ``article-body``, ``related-links``,
``share-bar``, ``post__meta``. The words are data (``data/class_words.toml``); an element's names are
split at hyphens, underscores and capitals, and looked up one by one and in neighbouring pairs.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ingest.extract.data import load_data

__all__ = ["BESIDE", "BITS", "bits_named", "bits_of"]

#: Characters of an element's names that are read; atomic style sheets write thousands.
LONGEST = 300
_WORD = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-Z]+(?![a-z])|\d+")


@cache
def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for number, entry in enumerate(load_data("class_words").values()):
        for word in entry["words"]:
            key = word.replace("-", "").replace(" ", "")
            table[key] = table.get(key, 0) | 1 << number
    return table


def _names() -> tuple[str, ...]:
    return tuple(load_data("class_words"))


#: Name of each bit, lowest first.
BITS: tuple[str, ...] = _names()


def bits_named(*meanings: str) -> int:
    """The bits of ``meanings``, each one of ``BITS``."""
    return sum(1 << BITS.index(meaning) for meaning in meanings)


#: What elements say of themselves that hold what is around an article.
BESIDE = bits_named("comment", "newsletter", "share", "legal", "author", "navigation")


@lru_cache(maxsize=8192)
def bits_of(names: str) -> int:
    """The meanings of ``names`` (``class`` and ``id``, joined by a blank) as bits of ``BITS``."""
    found = 0
    for name in names[:LONGEST].split():
        found |= _bits_of_one(name)
    return found


@lru_cache(maxsize=8192)
def _bits_of_one(name: str) -> int:
    """Of one name: elements share single names more often than all of them."""
    table = _table()
    found = 0
    last = before = ""
    for written in _WORD.findall(name):
        word = written.lower()
        found |= table.get(word, 0)
        if last:
            found |= table.get(last + word, 0)
            if before:
                found |= table.get(before + last + word, 0)
        before, last = last, word
    return found
