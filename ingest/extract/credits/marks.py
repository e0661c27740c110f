"""Marks of wire services ("FR mit dpa", "SDA/sep"), and the place and day that stand before one."""

from __future__ import annotations

import re

from ingest.extract.credits.first_words import may_begin
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.names import EDGE

__all__ = ["looks_like_place", "marks_in"]

_INITIALS = re.compile(r"[^\W\d_]{1,4}\.?")
_MARK_SEPARATORS = re.compile(r"\s*[/,;+&|=·、，\-–]\s*|\s+")
_MARK_LINKS = frozenset(
    "mit with avec con und and et y e en und red redaktion online ohne eigener bericht bearbeitet von sowie lno".split()
)


def marks_in(text: str, *, weak: bool, own: frozenset[str] = frozenset()) -> list[House]:
    """The agencies of a mark ("FR mit dpa", "SDA/sep"); empty where it says anything else.

    Args:
        text: the mark without its brackets.
        weak: whether marks that mean other things too may stand alone in it.
        own: folded names of the site, which may stand beside an agency.
    """
    text = text.strip(EDGE)
    if not 2 <= len(text) <= 70:
        return []
    table = gazetteer()
    whole = table.agency(text, weak=weak) or (
        table.agency(text.upper(), weak=False) if text.islower() and weak else None
    )
    if whole is not None:
        return [whole]
    words = [word for word in _MARK_SEPARATORS.split(text) if word]
    if not words or len(words) > 12:
        return []
    found: list[House] = []
    weakly: list[House] = []
    at = 0
    while at < len(words):
        most = min(4, len(words) - at) if may_begin(words[at], "agency") else 0
        for size in range(most, 0, -1):
            piece = " ".join(words[at : at + size])
            if not piece.islower() and table.find(piece, weak=True) is None:
                continue
            house = table.agency(piece) or (
                table.agency(piece.upper()) if piece.islower() and size == 1 else None
            )
            if house is not None:
                found.append(house)
                break
            house = table.agency(piece, weak=True) or (
                table.agency(piece.upper(), weak=True)
                if piece.islower() and len(piece) > 2
                else None
            )
            if house is not None:
                weakly.append(house)
                break
        else:
            word = words[at]
            folded = word.casefold().strip(".")
            if (
                folded not in _MARK_LINKS
                and folded not in own
                and not _INITIALS.fullmatch(word)
                and not word[0].isdigit()
            ):
                return []
            size = 1
        at += size
    if found or weak:
        found += weakly
    return list(dict.fromkeys(found))


def looks_like_place(text: str) -> bool:
    """Whether ``text`` can be the place and day of a dateline ("ST. JOSEPH, Mich.", "MOSKAU, 3. Mai")."""
    text = text.strip(' \t,.:–—-/"“„»*•[]')
    if not text:
        return True
    words = text.replace("/", " ").split()
    if len(text) > 70 or len(words) > 9 or gazetteer().find(text, bare=False) is not None:
        return False
    small = 0
    for word in words:
        bare = word.strip(".,()[]'’-–—")
        if not bare or bare[0].isupper() or bare[0].isdigit() or bare[0].lower() == bare[0].upper():
            continue
        # months and particles are small in many languages ("3 mai", "Frankfurt am Main")
        small += 1
        if len(bare) > 10:
            return False
    return small <= max(1, len(words) // 2)
