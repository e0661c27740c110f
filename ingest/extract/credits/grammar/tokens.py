"""The words and signs of a line, folded, each with its place in the line as written."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Token", "first_token", "flat", "folded_letters", "pieces_of", "tokens_of"]

# Scripts without blanks between words give a token a sign; others a token a word.
# A preposition glued to a name is what a link without a blank before it leaves.
_TOKEN = re.compile(
    r"(?<!\w)(?:von|by|par|por|di|da|door|av)(?=[A-ZÀ-ÖØ-Þ][^\WA-Z])|"
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|"
    # Vowel signs of Arabic and joiners are no signs by themselves: with or without them is one spelling.
    r"[^\w\s\u064b-\u0652\u0670\u200c\u200d]"
)


#: Letters that writers of one language set in several ways, or that a language has twice.
_VARIANTS = {
    "İ": "i",
    "ı": "i",
    "ё": "е",
    "ς": "σ",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ۀ": "ه",
}


class _Flattening(dict[int, int]):
    """One character for one: case, width and shape of quotes and dashes undone, positions kept."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        for candidate in (unicodedata.normalize("NFKC", char).casefold(), char.casefold(), char):
            if len(candidate) == 1:
                char = candidate
                break
        char = {
            "’": "'",
            "‘": "'",
            "ʼ": "'",
            "`": "'",
            "´": "'",
            "“": '"',
            "”": '"',
            "„": '"',
            "«": '"',
            "»": '"',
            "‐": "-",
            "‑": "-",
            "–": "-",
            "—": "-",
            "―": "-",
            **_VARIANTS,
        }.get(char, char)
        self[code] = ord(char)
        return ord(char)


_FLATTENING = _Flattening()


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
#: Different signs beyond ASCII up to which they are replaced one by one: prose with its quotes.
_FEW = 10


def flat(text: str) -> str:
    """``text`` folded sign by sign: as long as before, so that positions fit both."""
    if not text.isascii():
        odd = set(_NOT_ASCII.findall(text))
        if len(odd) > _FEW:
            return text.translate(_FLATTENING)
        for sign in odd:
            plain = chr(_FLATTENING[ord(sign)])
            if plain.lower() != plain:
                return text.translate(_FLATTENING)
            text = text.replace(sign, plain)
    return text.lower().replace("`", "'")


class Token(NamedTuple):
    """A word or sign of a line, folded, with its place in the line as written."""

    text: str
    start: int
    end: int


def tokens_of(line: str) -> list[Token]:
    """The words and signs of ``line``."""
    folded = flat(line)
    spans = [m.span() for m in _TOKEN.finditer(line)]
    return [Token(folded[start:end], start, end) for start, end in spans]


def first_token(line: str) -> str:
    """The first word or sign of ``line``, folded; empty where it has none."""
    found = _TOKEN.search(line)
    return flat(found.group()) if found is not None else ""


def pieces_of(folded: str) -> list[str]:
    """The words and signs of ``folded``, a text that ``flat`` has folded."""
    return _TOKEN.findall(folded)


def folded_letters(text: str) -> str:
    """``flat`` of a text that is in small letters with plain quotes and dashes already."""
    for letter, plain in _VARIANTS.items():
        text = text.replace(letter, plain)
    return text
