"""Who wrote the text of a dump and when, by the lines around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from ingest.extract.data import load_data
from ingest.extract.metadata.author_names import (
    Author,
    byline_rest,
    is_person_name,
    names_in,
)
from ingest.extract.metadata.times.plausible import possible_time
from ingest.extract.metadata.times.visible_dates import dates_in, unglued
from ingest.extract.page.folding import fold
from ingest.extract.page.prose import WIDE

if TYPE_CHECKING:
    from ingest.extract.dump.kinds import Lines
    from ingest.extract.dump.line import DumpLine

__all__ = ["Place", "authors_said", "times_said"]

#: Lines above the headline, below it, and behind the text, among which a byline may stand.
_ABOVE, _BELOW, _BEHIND = 6, 14, 8
#: Lines below a headline among which a byline stands though text has begun; and between name and date.
_STANDFIRST, _BESIDE = 9, 2
_LONGEST_BYLINE, _LONGEST_DATED = 160, 200
_PIECES = re.compile(r"[|•·⋅●▪│]|\s[–—-]\s|\s/\s|\t|\s{3,}")
_NUMBER = re.compile(r"\d")
_LABEL_REACH = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a dump headline and text stand, as numbers of lines."""

    headline: int | None
    first: int
    last: int

    def head(self, count: int) -> Iterator[int]:
        """The lines that may tell of the text from above: those below the headline first."""
        top = self.headline if self.headline is not None else max(self.first - _BELOW, 0)
        # Under a standfirst, which may be text too, the byline follows.
        end = min(max(self.first + 2, top + _STANDFIRST), top + _BELOW + 1, count)
        start = top + 1 if self.headline is not None else top
        yield from range(start, end)
        if self.first > end:
            yield from range(max(end, self.first - _ABOVE), min(self.first + 1, count))
        if self.headline is not None:
            yield from range(top - 1, max(top - _ABOVE, 0) - 1, -1)

    def tail(self, count: int) -> Iterator[int]:
        """The lines that may tell of it from below."""
        yield from range(max(self.last - 1, self.first), min(self.last + _BEHIND + 1, count))


def authors_said(
    lines: Sequence[DumpLine], read: Lines, place: Place, own: frozenset[str]
) -> tuple[tuple[Author, ...], tuple[str, ...], frozenset[int]]:
    """(authors, the bylines that name them, the numbers of their lines).

    Args:
        lines: of the dump.
        read: what each is.
        place: where the text stands.
        own: folded names of the site.
    """
    count = len(lines)
    for numbers, announced in ((place.head(count), False), (place.tail(count), True)):
        found = _announced(lines, numbers, own, announced=announced, place=place)
        if found[0]:
            return found
    return _bare(lines, read, place, own)


def _announced(
    lines: Sequence[DumpLine],
    numbers: Iterator[int],
    own: frozenset[str],
    *,
    announced: bool,
    place: Place,
) -> tuple[tuple[Author, ...], tuple[str, ...], frozenset[int]]:
    """Those behind a word that announces an author."""
    for number in numbers:
        text = lines[number].text
        if len(text) > _LONGEST_BYLINE:
            continue
        for piece in _pieces(text):
            rest = byline_rest(piece, announced=announced)
            if rest is None:
                continue
            said = [rest] if rest else []
            used = {number}
            if not rest:
                if fold(piece) != fold(text.rstrip(":： ")) or number + 1 >= len(lines):
                    continue
                said = [_undated(lines[number + 1].text)]
                used.add(number + 1)
            names = _of_people(names_in(said, own=own))
            if names:
                return names, (text,), frozenset(used)
    return (), (), frozenset()


def _bare(
    lines: Sequence[DumpLine], read: Lines, place: Place, own: frozenset[str]
) -> tuple[tuple[Author, ...], tuple[str, ...], frozenset[int]]:
    """A person's name beside a date, or alone between headline and text."""
    count = len(lines)
    times = Counter(read.keys)
    for number in place.head(count):
        text = lines[number].text
        if len(text) > 100 or (place.headline is not None and number <= place.headline):
            continue
        near = range(max(number - _BESIDE, 0), min(number + _BESIDE + 1, count))
        beside = any(read.dated[n] for n in near)
        close = place.headline is not None and number - place.headline <= 2
        for piece in _pieces(text):
            again = piece == text and times[read.keys[number]] > 1
            if not (beside or close or again) or (piece == text and read.kinds[number]):
                continue
            names = _persons(piece, own)
            if names:
                return names, (text,), frozenset([number])
    return (), (), frozenset()


def _persons(piece: str, own: frozenset[str]) -> tuple[Author, ...]:
    """The persons that a piece of a line names, where it says nothing else."""
    if WIDE.search(piece) or any(sign in piece for sign in ".!?:") or not piece[:1].isupper():
        return ()
    names = _of_people(names_in([piece], own=own))
    size = sum(len(name.name) for name in names)
    if not names or size < 0.75 * len(piece):
        return ()
    return names if all(is_person_name(name.name) for name in names) else ()


def _of_people(names: tuple[Author, ...]) -> tuple[Author, ...]:
    return tuple(name for name in names if len(name.name) >= 3)


def _pieces(text: str) -> Iterator[str]:
    """The parts of a line between bars, dates and lengths of reading."""
    for piece in _PIECES.split(_undated(text)):
        # "Ada Lund 4 min read", "Ada Lund5 hours ago": no name has a number in it.
        clean = _NUMBER.split(piece, maxsplit=1)[0].strip(" ,;:-–—(")
        if clean:
            yield _unglued_role(clean)


def _unglued_role(text: str) -> str:
    """``text`` with a blank before a role that stands against a name ("Ada LundReporter")."""
    head, _, last = text.rpartition(" ")
    for at in range(2, len(last)):
        if last[at].isupper() and last[at - 1].islower() and fold(last[at:]) in _roles():
            return f"{head} {last[:at]} {last[at:]}".strip()
    return text


@cache
def _roles() -> frozenset[str]:
    return frozenset(load_data("byline_words")["role"])


def _undated(text: str) -> str:
    """``text`` with bars where its dates stood."""
    if not any(map(str.isdigit, text)):
        return text
    parts: list[str] = []
    at = 0
    for found in dates_in(text, None):
        # Places in a line whose digits were unified stay, since digits are of one sign each.
        parts.append(_without_label(text[at : found.start]))
        at = found.end
    return " | ".join([*parts, text[at:]]) if parts else text


def _without_label(text: str) -> str:
    stripped = text.rstrip(" :,(")
    folded = stripped.casefold()
    for words in _label_words().values():
        for word in words:
            if folded.endswith(word):
                cut = stripped[: len(stripped) - len(word)]
                if not cut[-1:].isalnum():
                    return cut
    for word in (" on", " am", " le", " el", " il", " em", " op", " den", " от"):
        if folded.endswith(word):
            return stripped[: -len(word)]
    return text


@cache
def _label_words() -> dict[str, tuple[str, ...]]:
    data = load_data("date_words")
    return {
        name: tuple(sorted((word.casefold() for word in data[name]), key=len, reverse=True))
        for name in ("updated", "published")
    }


def times_said(
    lines: Sequence[DumpLine], place: Place, language: str | None, now: datetime
) -> tuple[str | None, str | None, frozenset[int]]:
    """(when it was published, when it was changed, the numbers of the lines that say so).

    Args:
        lines: of the dump.
        place: where the text stands.
        language: of the text, for months and the order of numbers.
        now: the latest that a date may be.
    """
    published = changed = bare = None
    used: dict[str, int] = {}
    count = len(lines)
    for numbers, alone in ((place.head(count), True), (place.tail(count), False)):
        waiting: str | None = None
        for number in numbers:
            text = lines[number].text
            if len(text) > _LONGEST_DATED:
                waiting = None
                continue
            found = list(_labelled(text, language))
            if not found:
                waiting = _label_of(text) if len(text) <= 40 else None
                continue
            for stated, label, beside in found:
                if possible_time(stated, now) is None:
                    continue
                means = label or waiting
                if means == "updated":
                    if changed is None:
                        changed, used["changed"] = stated, number
                elif means == "published":
                    if published is None:
                        published, used["published"] = stated, number
                elif bare is None and beside <= 60 and (alone or beside <= 12):
                    bare, used["bare"] = stated, number
            waiting = None
        if published or bare or changed:
            break
    if published is None or (bare and bare[:10] == published[:10] and len(bare) > len(published)):
        published, used["published"] = bare, used.get("bare", -1)
    if published is None:
        published = changed
    return published, changed if changed != published else None, frozenset(used.values()) - {-1}


def _labelled(text: str, language: str | None) -> Iterator[tuple[str, str | None, int]]:
    """(date, the word before it, characters of the line beside dates) of each date in a line."""
    plain = unglued(text)
    found = dates_in(plain, language)
    beside = len(plain) - sum(each.end - each.start for each in found)
    before = 0
    for each in found:
        lead = plain[max(before, each.start - _LABEL_REACH) : each.start]
        before = each.end
        yield each.stated, _label_of(lead), beside


def _label_of(text: str) -> str | None:
    folded = f" {text.casefold()} "
    for name, words in _label_words().items():
        for word in words:
            at = folded.find(word)
            if at > 0 and (
                word[0] > "\u3000"
                or not (folded[at - 1].isalpha() or folded[at + len(word)].isalpha())
            ):
                return name
    return None
