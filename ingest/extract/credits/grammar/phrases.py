"""One phrase of the grammar: how the data writes it, and how it is matched word by word.

Nothing is unfolded: a phrase with ten choices of ten words each is ten look-ups long, not ten to the
tenth, and a match keeps only the places that it may have come to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from ingest.extract.credits.grammar.tokens import pieces_of

__all__ = ["Phrase", "read_phrase"]

#: Words and signs that a name in the midst of a phrase may have.
_WIDEST_GAP = 40
_GAP = "…"
_BRACES = re.compile(r"[{|}]")
_WORD = re.compile(r"\w+")


class _Element(NamedTuple):
    """A part of a phrase: one of several rows of words."""

    #: By their first words.
    choices: dict[str, tuple[tuple[str, ...], ...]]
    optional: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it is matched."""

    elements: tuple[_Element, ...]
    #: The words that it can begin with.
    first: frozenset[str]
    #: One word of each of these stands in every text that has the phrase.
    needed: tuple[frozenset[str], ...]
    #: What stands behind the gap of a phrase around its names, and closes it.
    closing: tuple[_Element, ...] = ()

    def end(self, words: list[str], at: int) -> tuple[int, int, int]:
        """Where the gap for the names begins and ends, and the phrase ends, that begins at ``at``.

        Without a gap all three are the number of the word behind the phrase; -1 where none begins here.
        """
        behind = _end(self.elements, words, at)
        if behind < 0 or not self.closing:
            return behind, behind, behind
        for gap in range(behind + 1, min(len(words), behind + _WIDEST_GAP)):
            end = _end(self.closing, words, gap)
            if end > gap:
                return behind, gap, end
        return -1, -1, -1


def _end(elements: tuple[_Element, ...], words: list[str], at: int) -> int:
    """The number of the word behind ``elements`` where they begin at ``at``; -1 where they do not."""
    ends = {at}
    for element in elements:
        behind = set(ends) if element.optional else set()
        for start in ends:
            if start < len(words):
                for choice in element.choices.get(words[start], ()):
                    stop = start + len(choice)
                    if tuple(words[start:stop]) == choice:
                        behind.add(stop)
        if not behind:
            return -1
        ends = behind
    return max(ends)


def _parts(text: str) -> Iterator[list[str]]:
    """The parts of a phrase one after the other, each with its ``{a|b}`` choices, which may be nested."""
    at = depth = 0
    for brace in _BRACES.finditer(text):
        if brace.group() == "{":
            if not depth:
                yield [text[at : brace.start()]]
                at = brace.end()
            depth += 1
        elif brace.group() == "}":
            depth -= 1
            if not depth:
                yield _choices(text[at : brace.start()])
                at = brace.end()
        if depth < 0:
            break
    if depth:
        raise ValueError(f"credit_cues.toml: {text!r} has a brace without its other half")
    yield [text[at:]]


def _choices(text: str) -> list[str]:
    """What ``a|b{c|d}`` stands for: ``a``, ``bc``, ``bd``."""
    if "{" not in text:
        return text.split("|")
    pieces: list[str] = []
    at = depth = 0
    for brace in _BRACES.finditer(text):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if not depth and brace.group() == "|":
            pieces.append(text[at : brace.start()])
            at = brace.end()
    pieces.append(text[at:])
    return ["".join(row) for piece in pieces for row in product(*_parts(piece))]


def read_phrase(text: str) -> Phrase:
    """The phrase that ``text`` writes, in folded letters: ``{|re}published in``, ``this text … printed``.

    Raises:
        ValueError: a brace has no other half.
    """
    opening, _, closing = text.partition(_GAP)
    elements, needed = _read(opening)
    behind, needed_behind = _read(closing)
    first: set[str] = set()
    for element in elements:
        first.update(element.choices)
        if not element.optional:
            break
    return Phrase(elements, frozenset(first), (*needed, *needed_behind), behind)


def _read(text: str) -> tuple[tuple[_Element, ...], list[frozenset[str]]]:
    """The elements of ``text``, and the words of which a text needs one each to have it."""
    elements: list[_Element] = []
    needed: list[frozenset[str]] = []
    for part in _parts(text):
        rows = [row for choice in part if (row := tuple(pieces_of(choice)))]
        if not rows:
            continue
        optional = len(rows) < len(part)
        choices: dict[str, tuple[tuple[str, ...], ...]] = {}
        for row in rows:
            choices[row[0]] = (*choices.get(row[0], ()), row)
        elements.append(_Element(choices, optional))
        if optional:
            continue
        words = [[word for word in row if _WORD.fullmatch(word)] for row in rows]
        if len(rows) == 1:
            needed.extend(frozenset((word,)) for word in words[0])
        elif all(words):
            needed.append(frozenset(max(row, key=len) for row in words))
    return tuple(elements), needed
