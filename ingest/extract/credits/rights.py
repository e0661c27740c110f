"""Lines of rights that may say whose the text is: ``© 2026 The New Arab``, ``Copyright: Project Syndicate``."""

from __future__ import annotations

import re

from ingest.extract.credits.candidate import LONGEST_LINE, Candidate, role_of
from ingest.extract.credits.grammar.cues import flat
from ingest.extract.credits.names import one_house

__all__ = ["is_copyright", "rights_line"]

_COPYRIGHT = re.compile(
    r"(?:(?:©|ⓒ|\(c\)|copyright|@)\s{0,3}:?\s{0,3}){1,3}(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by\s|the\s)?",
    re.IGNORECASE,
)
_ENDS_OF_HOLDER = re.compile(r"\.\s|\.$|,\s|\sAll [Rr]ights|\sAlle Rechte|\s[Uu]sed |\s\d{4}")
_LICENSED = (
    "used with permission",
    "with permission under",
    "under license",
    "under licence",
    "reprinted with permission",
    "used and/or modified with permission",
    "mit freundlicher genehmigung",
    "avec autorisation",
    "con permiso",
    "distributed by",
    "syndicated",
)


def rights_line(text: str) -> tuple[Candidate, ...]:
    """The house whose right the line ``text`` states; sure only where it says that the text is licensed."""
    line = text.strip()
    match = _COPYRIGHT.match(line) if len(line) <= LONGEST_LINE else None
    if match is None:
        return ()
    holder = one_house(_ENDS_OF_HOLDER.split(line[match.end() :], maxsplit=1)[0])
    if holder is None:
        return ()
    name, house = holder
    lower = flat(line)
    licensed = any(words in lower for words in _LICENSED)
    agency = house is not None and house.kind == "agency"
    stated = any(c.isdigit() for c in line) or "rights reserved" in lower or "infocom" in lower
    return (
        Candidate(
            role_of(house, "original_publisher"),
            name,
            line,
            house,
            form="rights",
            cue="rights",
            loose=not licensed and not (agency and stated),
        ),
    )


def is_copyright(text: str) -> bool:
    """Whether ``text`` is a copyright line."""
    return _COPYRIGHT.match(text.strip()) is not None
