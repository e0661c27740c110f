"""What the text of a block is made of: its longer words, digits, capitals."""

from __future__ import annotations

import re

__all__ = ["digits_and_capitals", "words_of"]

_WORD = re.compile(r"\w{4,}|[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{2}")
#: The same of a text without such signs.
_LONG_WORD = re.compile(r"\w{4,}")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_DIGITS, _CAPITALS = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def words_of(text: str, weighted: int = -1) -> set[str]:
    """The words of ``text``.

    ``weighted``: its size (``page.prose``), where it is known: it tells whether two signs may be a word.
    """
    word = _LONG_WORD if weighted == len(text) else _WORD
    return set(word.findall(text.lower()))


def digits_and_capitals(text: str) -> tuple[int, int]:
    """How many signs of ``text`` are digits, and how many are capitals."""
    plain = text.encode("ascii", "ignore")
    digits = len(plain) - len(plain.translate(None, _DIGITS))
    capitals = len(plain) - len(plain.translate(None, _CAPITALS))
    if len(plain) < len(text):
        others = _BEYOND_ASCII.findall(text)
        digits += sum(map(str.isdigit, others))
        capitals += sum(map(str.isupper, others))
    return digits, capitals
