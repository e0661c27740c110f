"""How names of houses are compared: what does not tell two houses apart is taken away."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["house_key", "house_keys"]

_LEGAL_FORMS = frozenset("inc llc ltd gmbh ag se plc co corp sa srl bv ev".split())


#: Letters that one writer uses for another: dotless i in capitals, Arabic and Persian forms.
_SAME = {
    **{ord(letter): "ی" for letter in "يىئ"},
    **{ord(letter): "ا" for letter in "أإآٱ"},
    **dict.fromkeys(range(0x64B, 0x653), ""),
    ord("ك"): "ک",
    ord("ة"): "ه",
    ord("ؤ"): "و",
    ord("ـ"): "",
    ord("ı"): "i",
    ord("ё"): "е",
    ord("Ё"): "е",
}
#: Scripts that are read without their accents ("El Pais", Greek capitals).
_ACCENTED = ("LATIN", "GREEK")


class _Folding(dict[int, str]):
    """Each sign as it stands in a key: small and plain, a blank where it is no part of a name."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _SAME.get(code)
        if folded is None:
            folded = char.casefold()
            if code > 127 and unicodedata.name(char, "").startswith(_ACCENTED):
                folded = "".join(
                    c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c)
                )
            folded = "".join(
                c if c.isalnum() or c in "+&\n" or unicodedata.combining(c) else " " for c in folded
            )
        self[code] = folded
        return folded


_FOLDING = _Folding()


@lru_cache(maxsize=8192)
def house_key(name: str) -> str:
    """``name`` without what does not tell houses apart: case, accents, punctuation, "The", legal forms."""
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
    # a Turkish İ that was made small is an i and a dot of its own
    return unicodedata.normalize("NFKC", text).translate(_FOLDING).replace("i̇", "i")


def _bare(folded: str) -> str:
    words = folded.split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)
