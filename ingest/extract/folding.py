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


def collapse(text: str) -> str:
    """``text`` with every run of blanks as one space, none at the ends."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split())


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` without differences of case, width, quotes, dashes, bullets and blanks."""
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return " ".join(folded.split()).strip(_EDGES)


@lru_cache(maxsize=8192)
def letters(text: str) -> str:
    """Only the letters and digits of ``text``, folded: for finding it in other markup."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
