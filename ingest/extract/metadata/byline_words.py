"""The words of bylines, ``data/byline_words.toml``, as what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ingest.extract.data import load_data
from ingest.extract.page.folding import fold

__all__ = ["BylineWords", "byline_words", "desks"]


@dataclass(frozen=True)
class BylineWords:
    """Patterns and sets of folded words."""

    lead: re.Pattern[str]
    announcing: re.Pattern[str]
    leads: frozenset[str]
    #: The first two signs of them; one of those that are no longer.
    starts: frozenset[str]
    conjunction: re.Pattern[str]
    roles: frozenset[str]
    modifiers: frozenset[str]
    houses: frozenset[str]
    particles: frozenset[str]
    nobody: frozenset[str]
    stop: frozenset[str]
    never: frozenset[str]
    countries: frozenset[str]


@cache
def desks() -> frozenset[str]:
    """What newsrooms call themselves, folded: nobody's name, but who is meant where nobody is named."""
    return frozenset(fold(word) for word in load_data("byline_words")["desk"])


@cache
def byline_words() -> BylineWords:
    """The words, read once."""
    data = load_data("byline_words")

    def either(words: Iterable[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    long, short, lower = (either(data[key]) for key in ("lead", "short_lead", "lower_lead"))
    capital = r"(?=[^\W\d_a-zà-öø-ÿ]|the\s)"
    return BylineWords(
        lead=re.compile(
            rf"(?i:{long}|{short})\s?[:：]\s{{0,3}}|(?i:{long})\s+(?=\S)|(?i:{short})\s+{capital}"
            rf"|(?:{lower})\s+{capital}(?=\S+\s+{capital})"
        ),
        announcing=re.compile(rf"(?i:{long})(?:\s?[:：]\s{{0,3}}|\s+{capital})"),
        leads=frozenset(fold(word) for word in (*data["lead"], *data["short_lead"])),
        starts=frozenset(
            word[:2].casefold()
            for key in ("lead", "short_lead", "lower_lead")
            for word in data[key]
        ),
        conjunction=re.compile(
            rf"\s(?:{either(data['conjunction'])})\s|\s?&\s|\s?\+\s", re.IGNORECASE
        ),
        roles=frozenset(data["role"]),
        modifiers=frozenset(data["modifier"]),
        houses=frozenset(data["house"]),
        particles=frozenset(data["particle"]),
        nobody=frozenset(fold(word) for word in data["nobody"]),
        stop=frozenset(data["stop"]),
        never=frozenset(data["never"]),
        countries=frozenset(data["country"]),
    )
