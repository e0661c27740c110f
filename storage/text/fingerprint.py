"""The exact content fingerprint: one value for texts that differ only in how they are set.

Folded: Unicode forms (NFKC), case, blanks, punctuation, quotes, invisible characters. Kept:
letters, marks, digits, symbols such as currency signs, and their order. ``articles.fingerprint``
holds it, so a change here needs a migration that computes it anew.
"""

from __future__ import annotations

import hashlib
import unicodedata

from storage.text.characters import CharacterFolding, lone_characters

__all__ = ["fingerprint", "has_text", "normalised"]


class _Folding(dict[int, str]):
    """Table for ``str.translate``, filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cf", "Cs") or character == "\x00" or 0xFE00 <= code <= 0xFE0F:
            # Soft hyphens, zero-width joiners, variation selectors, what storage cannot hold.
            folded = ""
        elif category[0] in "LNMS" and category != "Sk" and code != 0xFFFD:
            folded = character
        else:
            folded = " "
        self[code] = folded
        return folded


_FOLDING = _Folding()
#: Of UTF-8: ASCII folded, with its case, the bytes of other characters as they are.
_ASCII_FOLDING = bytes(
    ord((_FOLDING[code] or " ").lower()) if code < 128 else code for code in range(256)
)
# Spacing accents and modifier letters typed as apostrophes; NFKC would make U+00B4 a blank and a
# combining mark, so they go first. U+02BC stands in Ukrainian words where others type a quote.
_APOSTROPHES = dict.fromkeys(map(ord, "`´ʹʻʼʽˈˊˋ＇｀"), "'")


def has_text(text: str) -> bool:
    """Whether anything is left of ``text`` when it is normalised."""
    return any(character.isalnum() for character in text) or bool(normalised(text))


def normalised(text: str) -> str:
    """``text`` with everything folded that the fingerprint does not see; words, one blank apart."""
    return _normalised(text).decode()


def fingerprint(text: str) -> str:
    """SHA-256 of the normalised text, 64 hexadecimal digits."""
    return hashlib.sha256(_normalised(text)).hexdigest()


def _normalised(text: str) -> bytes:
    """As UTF-8."""
    characters = lone_characters(text)
    if characters is None:
        return " ".join(_folded(text).split()).encode()
    folded = _LONE_FOLDING.of(text, characters) if characters else text
    return b" ".join(folded.encode().translate(_ASCII_FOLDING).split())


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", _translated(text, _APOSTROPHES)).casefold()
    text = unicodedata.normalize("NFKC", text).casefold()  # casefold can undo NFKC, once
    text = unicodedata.normalize("NFKC", _translated(text, _APOSTROPHES))
    return _translated(text, _FOLDING)


_LONE_FOLDING = CharacterFolding(_folded)


def _translated(text: str, table: dict[int, str]) -> str:
    """``text.translate(table)``; a text has few different characters, of which few change."""
    characters = set(text)
    if len(characters) > 400:
        return text.translate(table)
    for character in characters:
        code = ord(character)
        if table is _APOSTROPHES and code not in table:
            continue
        folded = table[code]
        if folded != character:
            text = text.replace(character, folded)
    return text
