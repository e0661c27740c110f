"""Lines that name an author: "By Anna Berg", a name beside the date, one alone, a signature."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.extract.metadata.author_names import byline_rest, is_person_name, names_in
from ingest.extract.metadata.byline_words import desks
from ingest.extract.metadata.bylines.dates_beside import (
    has_time,
    pieces_of,
    without_date,
    without_times,
)
from ingest.extract.metadata.capitals import without_capitals
from ingest.extract.page.folding import fold, letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.extract.metadata.bylines.surroundings import LinePlaces, Where

__all__ = ["NamingLine", "lines_that_name"]

#: Lines above and below the headline in which bylines stand.
_ABOVE, _BELOW = 8, 14
_ALONE_BELOW, _SIGNED_BELOW = 7, 6
_AREAS = frozenset(["nav", "footer", "caption", "button", "aside"])
_LONGEST, _LONGEST_TIMED, _LONGEST_ALONE = 160, 110, 40
#: Surroundings in which no byline far from the headline stands.
_NEVER = _AREAS - {"footer", "aside"}
_MOST_LINES = 3000
_MOST = 24


@dataclass(frozen=True, slots=True)
class NamingLine:
    """What a line says of the author."""

    origin: str
    text: str
    where: Where
    dated: bool
    raw: bool


def lines_that_name(places: LinePlaces, slugs: Sequence[str]) -> Iterator[NamingLine]:
    """The lines that name somebody, those beside the headline first.

    Args:
        places: the lines of a page.
        slugs: last parts of authors' addresses, which confirm names beside the headline.
    """
    return islice(chain(_beside_headline(places, slugs), _elsewhere(places)), _MOST)


def _beside_headline(places: LinePlaces, slugs: Sequence[str]) -> Iterator[NamingLine]:
    at = places.headline
    if at < 0:
        return
    lines = places.lines
    numbers = [
        *range(at + 1, min(at + 1 + _BELOW, len(lines))),
        *range(max(0, at - _ABOVE), at),
    ]
    joined = [letters(unquote(slug)) for slug in slugs]
    for number in numbers:
        line = lines[number]
        if line.area in _AREAS or not 2 <= len(line.text) <= _LONGEST:
            continue
        where = places.of(number)
        if len(line.text) <= 50 and joined and is_person_name(line.text):
            last = letters(line.text.split()[-1])
            if len(last) >= 3 and any(last in slug for slug in joined):
                yield NamingLine("confirmed", line.text, where, False, True)
        following = lines[number + 1].text if number + 1 < len(lines) else ""
        led = False
        for piece in pieces_of(line.text):
            rest = byline_rest(piece)
            if rest is None:
                continue
            rest = without_date(rest or following)
            names = names_in([rest])
            if names or fold(rest) in desks():
                led = True
                sure = bool(names) and (names[0].organisation or is_person_name(names[0].name))
                if names and not names[0].organisation:
                    # Old systems set bylines in capitals; what markup or metadata states stays as it is.
                    rest = without_capitals(rest)
                yield NamingLine("byline", rest, where, has_time(line.text), sure)
        if not led:
            yield from _unled(places, number, where)


def _unled(places: LinePlaces, number: int, where: Where) -> Iterator[NamingLine]:
    """Names in a line beside the headline that no word introduces."""
    lines = places.lines
    text = lines[number].text
    timed = has_time(text)
    near = any(
        has_time(lines[other].text) and len(lines[other].text) < 60
        for other in (number - 1, number + 1, number + 2)
        if 0 <= other < len(lines)
    )
    if (timed and len(text) <= _LONGEST_TIMED) or (near and len(text) <= 90):
        for piece in without_times(text)[:3]:
            if _may_be_name(piece):
                yield NamingLine("beside_time", piece, where, timed, is_person_name(piece))
    elif len(text) <= _LONGEST_ALONE and 0 < where.headline <= _ALONE_BELOW and _may_be_name(text):
        yield NamingLine("alone", text, where, False, False)


def _may_be_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 4
        and 2 < len(text) <= _LONGEST_ALONE
        and not any(char in text for char in '?!:;"“”„…')
        and (is_person_name(text) or len(words) == 1 or fold(text) in desks())
        and bool(names_in([text]) or fold(text) in desks())
    )


def _elsewhere(places: LinePlaces) -> Iterator[NamingLine]:
    """Bylines further from the headline: below the text, in a post's footer."""
    at = places.headline
    near = range(at - _ABOVE, at + _BELOW + 1) if at >= 0 else range(0)
    behind = range(max(places.last, 0) + 1, places.last + _SIGNED_BELOW + 1)
    for number, line in enumerate(places.lines[:_MOST_LINES]):
        if not 3 <= len(line.text) <= _LONGEST or number in near or line.area in _NEVER:
            continue
        where = None
        for piece in pieces_of(line.text)[:4]:
            piece = piece.strip("()（） ")  # noqa: PLW2901
            rest = byline_rest(piece)
            if not rest or (byline_rest(piece, announced=True) is None and not has_time(line.text)):
                continue
            rest = without_date(rest)
            if rest and len(rest) <= 60 and (names_in([rest]) or fold(rest) in desks()):
                where = where or places.of(number)
                names = names_in([rest])
                signed = (
                    len(line.text) <= 60
                    and line.area not in _AREAS
                    and bool(names)
                    and all(is_person_name(author.name) for author in names)
                )
                yield NamingLine("announcing", rest, where, has_time(line.text), signed)
        if (
            number in behind
            and where is None
            and places.last >= 0
            and len(line.text) <= _LONGEST_ALONE
            and line.area not in _AREAS
            and is_person_name(line.text.title() if line.text.isupper() else line.text)
            and names_in([line.text])
        ):
            yield NamingLine("signed", line.text, places.of(number), False, False)
