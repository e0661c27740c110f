"""How names of houses are compared: what does not tell two houses apart is taken away."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["house_key", "house_keys", "words_of"]

_LEGAL_WORDS = frozenset("inc llc ltd gmbh ag se plc co corp sa srl bv ev".split())
_LEGAL_FORMS = tuple(f" {word}" for word in _LEGAL_WORDS)
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
    """``name`` without what does not tell houses apart.

    That is case, accents, punctuation, "The", legal forms.
    """
    words = words_of(name)
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in _LEGAL_WORDS:
        words.pop()
    return " ".join(words)


def words_of(line: str) -> list[str]:
    """The words of a line as they stand in keys."""
    if line.isascii():
        return line.translate(_FOLDING).split()
    folded = unicodedata.normalize("NFKC", line).translate(_FOLDING)
    # a Turkish İ that was made small is an i and a dot of its own
    return folded.replace("i̇", "i").split()


def house_keys(names: Sequence[str]) -> list[str]:
    """The key of each of ``names``, all at once, which is quicker; no name holds a line break."""
    # Those in ASCII apart: a text is folded several times as quick where it is nothing else.
    plain = iter(_keys([name for name in names if name.isascii()]))
    others = iter(_keys([name for name in names if not name.isascii()]))
    return [next(plain if name.isascii() else others) for name in names]


def _keys(names: list[str]) -> list[str]:
    """The keys of names, made in one text of a line a name by replacing, which needs no loop."""
    text = "\n".join([n if n.isascii() else unicodedata.normalize("NFKC", n) for n in names])
    ascii = text.isascii()
    text = f"\n{text}\n".translate(_FOLDING)
    if not ascii:
        text = text.replace("i̇", "i")
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace("\n ", "\n").replace(" \n", "\n").replace("\nthe ", "\n")
    keys = text[1:-1].split("\n")
    for number, key in enumerate(keys):
        if key.endswith(_LEGAL_FORMS):
            words = key.split(" ")
            while len(words) > 1 and words[-1] in _LEGAL_WORDS:
                words.pop()
            keys[number] = " ".join(words)
    return keys
