"""Folding of lines for comparison: what a reader takes for the same words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["collapse", "fold", "letters"]

_QUOTES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´ʼ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200e": None,
        "\u200f": None,
        "\ufeff": None,
    }
)
_EDGES = " \t\r\n.,:;!?•·|>»«<*-–—_~#→←↑↓▶►▼▲✕×…\"'()[]{}"
_NOT_LETTERS = re.compile(r"[\W_]+")
#: Most texts are ASCII but for signs that are no letters: these take the short way.
_NOT_SIMPLE = re.compile("[^\x00-\x7f\u00a0«»·\u2010-\u2015‘’‚‛“”„‟•…\u200b\ufeff]")
_LOWER = bytes(range(128)).lower() + bytes(range(128, 256))
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def collapse(text: str) -> str:
    """``text`` with every run of blanks as one space, none at the ends."""
    # A space is the only blank that is printable: most texts are as they should be.
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` without differences of case, width, quotes, dashes, bullets and blanks."""
    if text.isascii():
        folded = text.lower().replace("`", "'")
    else:
        folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return " ".join(folded.split()).strip(_EDGES)


@lru_cache(maxsize=8192)
def letters(text: str) -> str:
    """Only the letters and digits of ``text``, folded: for finding it in other markup."""
    if text.isascii() or _NOT_SIMPLE.search(text) is None:
        return text.encode("ascii", "ignore").translate(_LOWER, _NO_LETTERS).decode("ascii")
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
