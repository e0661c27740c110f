"""Names set in capitals, as people write them: "By ADA VAN DER LUND" is Ada van der Lund."""

from __future__ import annotations

import re

__all__ = ["without_capitals"]

#: Words of a name that stay small within it.
_SMALL = frozenset(
    "van von der den de del della di da dos das du la le ten ter zu zum zur af av y e bin al el".split()
)
_NUMERAL = re.compile(r"I{1,3}|IV|VI{0,3}|IX")
_PART = re.compile(r"[^\W\d_]+")
_SCOT = re.compile(r"MC(?=[^\W\d_]{3})")


def without_capitals(name: str) -> str:
    """``name`` with small letters where all of it is in capitals: two words at least, no initials alone."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or not any(len(word) > 3 for word in words):
        return name
    return " ".join(
        _word(word, first=not number, last=number == len(words) - 1)
        for number, word in enumerate(words)
    )


def _word(word: str, *, first: bool, last: bool) -> str:
    if not first and not last and word.lower() in _SMALL:
        return word.lower()
    # Initials without stops ("JP", "TJ") have no vowel; numbers of a line stand last.
    if (len(word) <= 2 and not set(word) & set("AEIOUYÄÖÜÉÈØÅ")) or (
        last and _NUMERAL.fullmatch(word)
    ):
        return word
    scot = _SCOT.match(word)
    if scot is not None:
        return f"Mc{_PART.sub(_capitalised, word[2:])}"
    return _PART.sub(_capitalised, word)


def _capitalised(found: re.Match[str]) -> str:
    return found[0][0] + found[0][1:].lower()
