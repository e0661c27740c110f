"""The wordings of a title: what each place says, whole, without what the site adds, and in its pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.extract.metadata.title_affix import Affixes
from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.extract.metadata.titles.places import Place

__all__ = ["CUT", "Source", "Wording", "wordings_of"]

_SEPARATOR = re.compile(
    r"\s(?:[|–—·•»«›/~_⋆│-]|--|::|\|\||>|:)\s|\s?[|｜│：]\s?|--|\s//|\s-(?=\S)|:\s|(?<=[\w?!)])-\s"
)
_EDGES = " |–—·•»«›-｜│：/~_>,⋆:"
_BRACKET = re.compile(r"\s[(\[][^()\[\]]{1,40}[)\]](?:\s\d{1,5})?$")
_MOST_PIECES = 6
_MOST = 60
_LEAST = 2
#: How a wording comes of a place, the closest first.
CUT = {"whole": 0, "stripped": 1, "part": 2, "run": 3, "last": 4, "first": 5, "unbracketed": 6}


@dataclass(frozen=True, slots=True)
class Source:
    """How a wording comes of a place."""

    place: Place
    #: A key of ``CUT``.
    cut: str


@dataclass(slots=True)
class Wording:
    """One way to write the title, and the places that do."""

    text: str
    sources: list[Source] = field(default_factory=list)

    @property
    def letters(self) -> str:
        """What it is compared by."""
        return letters(self.text)


def wordings_of(places: Sequence[Place], beside: Affixes) -> list[Wording]:
    """The wordings that ``places`` give, in their order, each once.

    Args:
        places: that state a title.
        beside: what the site adds to one.
    """
    found: dict[str, Wording] = {}
    for place in places:
        for text, cut in _cuts(place, beside):
            if len(text) < _LEAST or not letters(text):
                continue
            wording = found.get(text)
            if wording is None:
                if len(found) >= _MOST:
                    continue
                wording = found[text] = Wording(text)
            if all(source.place is not place for source in wording.sources):
                wording.sources.append(Source(place, cut))
    return list(found.values())


def _cuts(place: Place, beside: Affixes) -> Iterator[tuple[str, str]]:
    text = place.text
    yield text, "whole"
    stripped = beside.strip(text)
    if stripped != text:
        yield stripped, "stripped"
    bracket = _BRACKET.search(stripped[-60:])
    if bracket is not None:
        yield stripped[: len(stripped) - len(bracket.group())], "unbracketed"
    parts = place.heading.parts if place.heading is not None else ()
    if parts:
        yield from ((part.strip(_EDGES), "part") for part in parts)
    cuts = [match.span() for match in _SEPARATOR.finditer(text[:400])][: _MOST_PIECES - 1]
    if not cuts:
        return
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    last = len(starts) - 1
    for start in range(last + 1):
        for end in range(last, start - 1, -1):
            if (start, end) == (0, last):
                continue
            piece = text[starts[start] : ends[end]].strip(_EDGES if start else " ")
            yield piece, "first" if start == 0 else "last" if end == last else "run"
