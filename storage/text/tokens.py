"""The words of a text, as search and the comparison of texts see them.

Folded: Unicode forms, case, accents (Latin, Greek, Cyrillic), vowel points (Arabic, Hebrew). A
script that sets no blanks between words (Han, kana, Thai, Lao, Khmer, Burmese) gives one token a
sign, so that any stretch of it can be found as a phrase. Search indices hold these tokens: a change
here needs a migration that makes them anew.
"""

from __future__ import annotations

import re
import unicodedata

from storage.text.characters import CharacterFolding, lone_characters

__all__ = ["MOST_TOKENS", "TOKEN", "fold", "tokens_of"]

#: Tokens of a text that are looked at; PostgreSQL's tsvector holds about as many.
MOST_TOKENS = 30_000

_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\u0e00-\u0e4f\u0e80-\u0ecf\u1000-\u103f\u1780-\u17d3\U00020000-\U0003134f"
)
#: Vowel signs and the like, which Python's ``\w`` leaves out of a word of an Indian script.
_MARKS = "".join(
    chr(code)
    for code in range(0x0483, 0x1C00)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
    and not (0x0E00 <= code < 0x0ED0 or 0x1000 <= code < 0x1040 or 0x1780 <= code < 0x17D4)
)
#: A token of a folded text.
TOKEN = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}][{_MARKS}]*)+")
#: The same for a text of alphabets alone, in a fifth of the time.
_SIMPLE_TOKEN = re.compile(r"[^\W_]+")
_NOT_SIMPLE = re.compile("[\u0483-\u1dff\u3000-\U0010ffff]")
#: Where a word may be divided or not, which is no part of it: U+00AD, U+200B, U+2060, U+FEFF. Extraction
#: stores none of them; a query, or another program's article, may hold some.
_DIVIDING = frozenset("\u00ad\u200b\u2060\ufeff")
_DIVIDERS = re.compile("[\u00ad\u200b\u2060\ufeff]")
#: Accents of alphabets, vowel points and the Arabic stretching sign.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]"
)


def fold(text: str) -> str:
    """``text`` with case, accents and Unicode forms folded; its length may change."""
    if text.isascii():
        return text.lower()
    text = _DIVIDERS.sub("", text)
    characters = lone_characters(text)
    # Once each character beyond ASCII is folded, lower case changes no more than ASCII.
    return _fold_whole(text) if characters is None else _LONE.of(text, characters).lower()


def tokens_of(text: str) -> list[str]:
    """The tokens of ``text`` in their order, :data:`MOST_TOKENS` at most."""
    characters = lone_characters(text)
    if characters is None or not _DIVIDING.isdisjoint(characters):
        text = _DIVIDERS.sub("", text)
        characters = lone_characters(text)
    if characters is not None:
        # Without a regular expression: what is no letter or digit becomes a blank.
        folded = _LONE_WORDS.of(text, characters)
        # Of the text beyond ASCII there is no more than what these characters became.
        beyond = "".join([_LONE_WORDS[character] for character in characters])
        if _NOT_SIMPLE.search(beyond) is None or _NOT_SIMPLE.search(folded) is None:
            return folded.encode().translate(_ASCII_WORDS).decode().split()[:MOST_TOKENS]
    folded = fold(text)
    pattern = TOKEN if _NOT_SIMPLE.search(folded) else _SIMPLE_TOKEN
    return pattern.findall(folded)[:MOST_TOKENS]


def _fold_whole(text: str) -> str:
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text))


def _fold_to_words(character: str) -> str:
    folded = _fold_whole(character)
    if _NOT_SIMPLE.search(folded):
        return folded
    return "".join(each if each.isalnum() else " " for each in folded)


_LONE = CharacterFolding(_fold_whole)
_LONE_WORDS = CharacterFolding(_fold_to_words)
#: Of UTF-8: letters and digits of ASCII in lower case, its other signs as blanks.
_ASCII_WORDS = bytes(
    (ord(chr(code).lower()) if chr(code).isalnum() else 32) if code < 128 else code
    for code in range(256)
)
