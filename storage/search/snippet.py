"""The piece of an article that shows why it was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.search.query import Term
from storage.text.tokens import TOKEN, fold

__all__ = ["Snippet", "make_snippet"]

#: Words of a snippet, and how many of them stand before what was found.
WORDS, BEFORE = 30, 6
#: Characters that are looked through.
_LOOKED_AT = 100_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text, on one line, and the places in it (from, to) that were searched for."""

    text: str
    marked: tuple[tuple[int, int], ...] = ()


def make_snippet(text: str, terms: Sequence[Term], *, words: int = WORDS) -> Snippet:
    """The piece of ``text`` that holds the most different terms; its beginning where none is there."""
    text = text[:_LOOKED_AT]
    places = [(match.start(), match.end()) for match in TOKEN.finditer(text)]
    if not places:
        return Snippet("")
    tokens = [fold(text[start:end]) for start, end in places]
    hits: list[tuple[int, int, int]] = []  # first token, number of tokens, term
    for number, term in enumerate(terms):
        if not term.negated:
            hits += [(at, len(term.tokens), number) for at in _places(tokens, term)]
    hits.sort()
    first = 0
    most = 0
    for place, hit in enumerate(hits):
        found = set()
        for at, _, number in hits[place : place + 50]:
            if at - hit[0] > words - BEFORE:
                break
            found.add(number)
        if len(found) > most:
            most, first = len(found), max(0, hit[0] - BEFORE)
    last = min(len(places), first + words) - 1
    start, end = places[first][0], places[last][1]
    if first == 0:
        start = 0
    piece = text[start:end]
    marks = [
        (places[at][0] - start, places[at + count - 1][1] - start)
        for at, count, _ in hits
        if at >= first and at + count - 1 <= last
    ]
    # One sign for each, so that no place moves.
    piece = "".join(" " if sign.isspace() else sign for sign in piece)
    lead = "… " if start else ""
    return Snippet(
        f"{lead}{piece}{' …' if last + 1 < len(places) else ''}",
        tuple((a + len(lead), b + len(lead)) for a, b in _joined(marks)),
    )


def _places(tokens: Sequence[str], term: Term) -> list[int]:
    """Where the term begins."""
    count = len(term.tokens)
    head, last = term.tokens[:-1], term.tokens[-1]
    found = []
    for at in range(len(tokens) - count + 1):
        token = tokens[at + count - 1]
        if (token == last or (term.prefix and token.startswith(last))) and (
            count == 1 or tuple(tokens[at : at + count - 1]) == head
        ):
            found.append(at)
    return found


def _joined(marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
