"""Why each line of a dump that is no text is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.page.folding import fold
from storage.article import Struck

if TYPE_CHECKING:
    from ingest.extract.dump.kinds import Lines
    from ingest.extract.dump.line import DumpLine
    from ingest.extract.dump.said import Place

__all__ = ["SHORTENED", "Said", "outside_lines"]

#: Characters that are kept of a line.
SHORTENED = 300


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of the lines around the text."""

    place: Place
    #: Numbers of those that name authors and times.
    authors: frozenset[int]
    times: frozenset[int]
    #: Letters of those that name credits.
    credits: frozenset[str]
    #: Lines that the source file names.
    chrome: tuple[str, ...] = ()


def outside_lines(
    lines: Sequence[DumpLine],
    read: Lines,
    is_text: Sequence[bool],
    headline: int | None,
    said: Said,
) -> tuple[Struck, ...]:
    """The lines that are no text, each with why.

    Args:
        lines: of the dump.
        read: what each is.
        is_text: whether each is of the text.
        headline: the number of the headline, which is told as the title.
        said: what is known of the others.
    """
    named = {fold(line) for line in said.chrome}
    title = read.keys[headline] if headline is not None else ""
    found = []
    for number, line in enumerate(lines):
        if is_text[number] or number == headline:
            continue
        reason = (
            line.mark or _of_text(number, read, title, said) or chrome_kind(line.text, edge=True)
        )
        if reason is None and fold(line.text) in named:
            reason = "source_line"
        if reason is None and line.text[:1] in "©Ⓒ":
            reason = "legal"
        if reason is None and read.kinds[number]:
            reason = "menu"
        found.append(Struck(line.text[:SHORTENED], reason or _where(number, headline, said.place)))
    return tuple(found)


def _of_text(number: int, read: Lines, title: str, said: Said) -> str | None:
    """The reason of a line that says something of the article."""
    key = read.keys[number]
    if any(credit in key for credit in said.credits):
        return "credit"
    if number in said.authors:
        return "byline"
    if number in said.times:
        return "timestamp"
    return "doubled_title" if title and key == title else None


def _where(number: int, headline: int | None, place: Place) -> str:
    top = place.first if headline is None else min(headline, place.first)
    if number < top:
        return "above_text"
    return "below_text" if number > place.last else "beside_text"
