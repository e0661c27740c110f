"""Text whose letters were lost or mistaken on the way: read in another encoding than it was written in.

What can be mended is mended before (``ingest.extract.encoded_twice``); what arrives here is as the
article has it.
"""

from __future__ import annotations

import re

__all__ = ["is_garbled"]

#: Signs that say it, in one article: one alone may be an author's own.
FEWEST = 3
#: Characters of an article that are looked at.
MOST = 20_000

#: What stands for bytes that are no letter, and what many programs put in their place between letters
#: ("Z?rich"), outside of addresses.
_REPLACED = "\ufffd"
_MARKED = re.compile(r"(?<![\w/.=&?-])[^\W\d_]+\?[^\W\d_]+(?![\w=&/.-])")
#: The bytes 80 to BF as Windows-1252 and Latin-1 read them.
_LATER = "".join(
    dict.fromkeys(
        re.escape(letter)
        for code in range(0x80, 0xC0)
        for letter in (chr(code), bytes([code]).decode("cp1252", "ignore"))
        if letter
    )
)
_UTF8_AS_LATIN = re.compile(f"[\u00c2-\u00df][{_LATER}]|[\u00e0-\u00ef][{_LATER}]{{2}}")
#: UTF-8 of Cyrillic letters as Windows-1251 reads it: each letter two, the first one of two.
_UTF8_AS_CYRILLIC = re.compile(
    "(?:[\u0420\u0421][\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u2010-\u203a\u20ac\u2116\u2122]){2}"
)
#: One Cyrillic encoding of eight bits as another: capitals within words.
_CAPITALS_WITHIN = re.compile("[\u0430-\u044f\u0451][\u0410-\u042f\u0401]")
_FEWEST_CAPITALS = 20


def is_garbled(*texts: str) -> bool:
    """Whether ``texts``, those of one article, have signs that stand for others."""
    text = "\n".join(texts)[:MOST]
    if "?" in text and _often(_MARKED, text):
        return True
    if text.isascii():
        return False
    return (
        text.count(_REPLACED) >= FEWEST
        or _often(_UTF8_AS_LATIN, text)
        or _often(_UTF8_AS_CYRILLIC, text)
        or _often(_CAPITALS_WITHIN, text, _FEWEST_CAPITALS)
    )


def _often(pattern: re.Pattern[str], text: str, fewest: int = FEWEST) -> bool:
    return any(number >= fewest for number, _ in enumerate(pattern.finditer(text), 1))
