"""How names of houses are compared: what does not tell two houses apart is taken away."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["house_key", "house_keys"]

_LEGAL_FORMS = frozenset("inc llc ltd gmbh ag se plc co corp sa srl bv ev".split())


class _Folding(dict[int, str]):
    """Each sign as it stands in a key: small, or a blank where it is no part of a name."""

    def __missing__(self, code: int) -> str:
        folded = chr(code).casefold()
        kept = "".join(
            c if c.isalnum() or c in "+&\n" or unicodedata.combining(c) else " " for c in folded
        )
        self[code] = kept
        return kept


_FOLDING = _Folding()


@lru_cache(maxsize=8192)
def house_key(name: str) -> str:
    """``name`` without what does not tell houses apart: case, punctuation, "The", legal forms."""
    return _bare(_folded(name.replace("\n", " ")))


def house_keys(names: Sequence[str]) -> list[str]:
    """The key of each of ``names``, all at once, which is quicker; no name holds a line break."""
    keys = [""] * len(names)
    # Those in ASCII apart: a text is folded several times as quick where it is nothing else.
    for ascii in (True, False):
        these = [number for number, name in enumerate(names) if name.isascii() is ascii]
        folded = _folded("\n".join([names[number] for number in these])).split("\n")
        for number, line in zip(these, folded, strict=bool(these)):
            keys[number] = _bare(line)
    return keys


def _folded(text: str) -> str:
    if text.isascii():
        return text.translate(_FOLDING)
    # a Turkish capital İ is an i and a dot of its own, once folded
    return unicodedata.normalize("NFKC", text).translate(_FOLDING).replace("i̇", "i")


def _bare(folded: str) -> str:
    words = folded.split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)
