"""Folding of lines for comparison: what a reader takes for the same words."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

__all__ = ["collapse", "fold", "letters", "unescaped", "without_marks"]

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
#: Signs without width: where a word may be divided (U+00AD), a line may (U+200B) or may not (U+2060,
#: U+FEFF), which way signs run (U+200E, U+200F), how a formula is read (U+2061 to U+2064).
_NO_WIDTH = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]")
#: Joiners (U+200C, U+200D) but between letters of scripts that spell with them, or parts of an emoji.
_SPELT = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
_PICTURES = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINERS = re.compile(
    f"(?<![{_SPELT}{_PICTURES}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_SPELT}{_PICTURES}\u200c\u200d])"
)
#: Which way a text runs, said at its ends: it does by itself.
_AT_ENDS = "\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069 "
_ENTITY = re.compile(
    r"&(?:nbsp|quot|amp|apos|[lrsb]d?quo|[lr]a?quo|[lr]aquo|[nm]dash|hellip|shy|euro|pound|copy|reg|trade|deg|times"
    r"|middot|bull|[a-zA-Z](?:acute|grave|circ|uml|tilde|ring|cedil|caron|slash)|szlig|[aA][eE]lig|oelig"
    r"|#\d{2,6}|#[xX][0-9a-fA-F]{2,5});"
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
    if text.isascii():
        return " ".join(text.split())
    return " ".join(without_marks(text).split()).strip(_AT_ENDS)


def without_marks(text: str) -> str:
    """``text`` without the signs that nobody sees: soft hyphens, zero-width blanks, direction marks.

    Joiners stay where they belong to a script's spelling (Persian, Hindi) or hold an emoji together.
    """
    text = _NO_WIDTH.sub("", text)
    return _JOINERS.sub("", text) if "\u200c" in text or "\u200d" in text else text


def unescaped(text: str) -> str:
    """``text`` without what is left of entities that were escaped twice: "R&amp;amp;D", "&amp;nbsp;" in the source.

    Signs of markup stay as they are: a text about HTML writes them so.
    """
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    sign = html.unescape(found[0])
    return found[0] if sign in ("<", ">") else sign


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
