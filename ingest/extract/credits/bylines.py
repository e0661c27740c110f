"""Bylines that name a house: ``Von Jane Doe, dpa``, ``Associated Press in Valencia``."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.extract.credits.dates import date_in
from ingest.extract.credits.finding import Finding, speaks_of_pictures
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.names import is_person
from storage.article import CreditRole

__all__ = ["byline"]

_BY = re.compile(
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|автор|autor|autorin|text|texte|story|reported by|written by|posted by|"
    r"author|authors|source|door|tekst|από|του|بقلم|كتب|oleh|penulis|yazar)\s*[:.]?\s+",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[,|•·/;]\s*|\s+[–—-]\s+|\s+(?:and|und|et|y|e|en|with|mit|con|avec|via|for)\s+"
)
_WORK = frozenset(
    "writer writers reporter reporters correspondent correspondents staff sports political business science medical "
    "white house economics religion technology national entertainment food travel aerospace law legal affairs "
    "editor writing columnist education health global business in at news agency agencja agentur photo-journalist".split()
)
# "Jane Doe / Agency", "Registry via AP": how pictures are credited
_PICTURE = re.compile(r"\svia\s|/\s?[^\W\d_]|^[^\W\d_]{2,20}/|©")


@lru_cache(maxsize=4096)
def byline(text: str, *, sure: bool) -> tuple[Finding, ...]:
    """The houses that a byline names: ``Von Jane Doe, dpa``, ``Associated Press in Valencia``.

    Args:
        text: the byline.
        sure: whether it is known to be one; otherwise it must show it by "By" or a house after a
            person.
    """
    line = " ".join(text.split())
    if not 2 <= len(line) <= 160:
        return ()
    opened = _BY.match(line)
    body = line[opened.end() :] if opened else line
    date = date_in(body)
    dated = date is not None
    if date:
        body = body[: date.start()]
    table = gazetteer()
    body = body.strip(" \t,.;:|–—-•·/()")
    # "dpaMM-Redaktion": two links without a blank between them.
    glued = re.match(r"([a-z]{3,4})(?=[A-Z]{2}|[A-Z][a-z]+-)", body)
    if glued and table.agency(glued.group(1)) is not None:
        body = f"{glued.group(1)}, {body[glued.end() :]}"
    parts = [part.strip(" .,:;()") for part in _PARTS.split(body)] if body else []
    whole = table.find(body)
    if whole is not None:
        parts = [body]
    if len(parts) > 10:
        return ()
    trusted = sure or opened is not None
    if not trusted and _PICTURE.search(line):
        return ()
    named_before = False
    found: list[Finding] = []
    for number, part in enumerate(parts):
        house = table.find(
            part, weak=named_before or (number > 0 and bool(found)), bare=named_before
        )
        if house is None:
            house = _with_function(part) or _at_the_end(part, marks=trusted)
        if house is not None and (
            trusted
            or named_before
            or (dated and len(parts) == 1)
            or _at_the_end(part, marks=False)
            or (len(parts) == 1 and _announces_itself(house, part))
        ):
            role: CreditRole = "agency" if house.kind == "agency" else "original_publisher"
            found.append(Finding(role, house.name, line, house))
        named_before = named_before or is_person(part)
    # Asked last: few lines name a house.
    return tuple(found) if found and not speaks_of_pictures(line) else ()


def _announces_itself(house: House, part: str) -> bool:
    """Whether ``part`` is a line as only bylines have: an agency's name in full, not its mark."""
    return house.kind == "agency" and len(part.split()) > 1


def _with_function(part: str) -> House | None:
    """ "AP Sports Writer", "Associated Press in Valencia", "dpa-Korrespondent"."""
    words = part.split()
    for size in range(min(4, len(words) - 1), 0, -1):
        house = gazetteer().agency(" ".join(words[:size]))
        if house is not None:
            rest = words[size:]
            return (
                house
                if rest[0].lower() in _WORK
                and (rest[0].lower() in ("in", "at") or all(w.lower() in _WORK for w in rest))
                else None
            )
    return None


def _at_the_end(part: str, *, marks: bool) -> House | None:
    """ "Jane Doe and John Roe The Associated Press": a house behind persons without a comma."""
    words = part.split()
    for size in range(min(4, len(words) - 2), 0, -1):
        tail = " ".join(words[-size:])
        house = gazetteer().find(tail, bare=False)
        if house is not None and (size > 1 or (marks and tail in gazetteer().short)):
            if tail.startswith("The ") or is_person(" ".join(words[:-size])):
                return house
    return None
