"""The cues that announce a credit, as data, and where they stand in a sentence.

``data/credit_cues.toml`` has them by kind and language. A phrase is matched word by word, from a table
of first words, so a line costs a look-up a word, however many phrases and languages there are, and
nothing can backtrack. A phrase is read from the data only when a text has its first word: a page in
one language pays for no other.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from threading import Lock
from typing import Any, Literal, NamedTuple

from ingest.extract.credits.tokens import (
    Token,
    flat,
    folded_letters,
    pieces_of,
    tokens_of,
)
from ingest.extract.data import load_data
from storage.article import CreditRole

__all__ = [
    "PhraseHit",
    "Rule",
    "Token",
    "find_phrases",
    "flat",
    "may_announce",
    "may_open",
    "phrase_words",
    "tokens_of",
]

At = Literal["start", "inside", "end", "around", "opening"]
Names = Literal["house", "houses", "known", "person", "mixed", "wires", "none"]

_GLUED = re.compile(r"(?<!\w)(?:von|by|par|por|di|da|door|av)(?=[A-ZÀ-ÖØ-Þ][^\WA-Z])")
#: A capital behind a small letter; begun with the capital, which is rare, it is found quicker.
_TURN = re.compile(r"[A-ZÀ-ÖØ-Þ](?<=[a-z].)")
_WORD = re.compile(r"\w+")
#: ASCII signs that are part of no word to blanks, those before what may be a sentence to line breaks.
_SPACED = bytes(
    code
    if code > 127 or chr(code).isalnum() or chr(code) == "_"
    else ord(" ")
    if chr(code) in " \t\f\v\r,;'-"
    else ord("\n")
    for code in range(256)
)
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_NO_WORD = " \t\"'“”„‚«»([{（【*•·|–—-_>/"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a phrase announces; fields as ``data/credit_cues.toml`` describes them."""

    #: What the phrase says, as ``extract --explain`` shows it: ``"source_label"``, ``"provided_by"``.
    kind: str
    role: CreditRole
    at: At
    names: Names
    whole: bool = False
    close: frozenset[str] = frozenset()
    #: ISO 639-1 of the phrase; of the first one where languages share it.
    language: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found: tokens ``first`` to ``last`` (exclusive) of the line, and its rule."""

    first: int
    last: int
    rule: Rule
    #: The tokens (exclusive of the second) among which the names stand: before the phrase, behind it,
    #: or in the gap that it has for them.
    names: tuple[int, int] = (0, 0)


class _Element(NamedTuple):
    """A part of a phrase: one of several rows of words."""

    #: By their first words.
    choices: dict[str, tuple[tuple[str, ...], ...]]
    optional: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase as it is matched."""

    number: int
    rule: Rule
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


#: Words and signs that a name in the midst of a phrase may have.
_WIDEST_GAP = 40
_GAP = "…"
_BRACES = re.compile(r"[{|}]")


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


def _compiled(number: int, rule: Rule, text: str) -> _Phrase:
    opening, _, closing = text.partition(_GAP)
    elements, needed = _read(opening)
    behind, needed_behind = _read(closing)
    first: set[str] = set()
    for element in elements:
        first.update(element.choices)
        if not element.optional:
            break
    needed += needed_behind
    if rule.close:
        needed.append(rule.close)
    return _Phrase(number, rule, elements, frozenset(first), tuple(needed), behind)


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


_LATIN = re.compile("[a-zà-ɏ]")
_BEYOND_LATIN = "\u0370"
#: What a phrase can begin with, and perhaps more: its first choices and the word behind them.
_LEAD = re.compile(r"(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s?)*[^\s{]*")


class _Cues:
    """Every phrase of the data, and by which words it is noticed."""

    def __init__(self) -> None:
        #: Phrases that no text has asked for, by what they can begin with.
        self._waiting: defaultdict[str, list[int]] = defaultdict(list)
        self._written: list[tuple[dict[str, Any], str, str]] = []
        self._lock = Lock()
        #: Phrases by their first words: those that open a sentence, those that stand anywhere in one.
        self.opening: dict[str, list[_Phrase]] = {}
        self.inside: dict[str, list[_Phrase]] = {}
        #: A word of each phrase that is rare, to the words that the phrase needs.
        self.telling: dict[str, tuple[tuple[frozenset[str], ...], ...]] = {}
        #: The words that are a phrase, or begin one, where they open a sentence.
        self.alone: set[str] = set()
        #: All of these words.
        self.words: set[str] = set()
        #: Lines of the data in other scripts than the Latin one, until a text has one of those.
        self._later: list[tuple[dict[str, Any], str]] = []
        for entry in load_data("credit_cues")["cue"]:
            for line in folded_letters(entry["phrases"]).splitlines():
                if _LATIN.search(line, 4):
                    self._enter(entry, line)
                else:
                    self._later.append((entry, line))

    def _enter(self, entry: dict[str, Any], line: str) -> None:
        """Note by which words the phrases of ``line`` can begin."""
        written, waiting = self._written, self._waiting
        words_of = pieces_of if _UNSPACED.search(line) else _WORD.findall
        language, _, phrases = line.partition(": ")
        for text in phrases.split("; "):
            lead = _LEAD.match(text)
            for word in set(words_of(lead.group())) if lead else ():
                waiting[word].append(len(written))
            written.append((entry, language, text))

    def learn(self, words: list[str]) -> None:
        """Read the phrases that can begin with one of ``words``."""
        if self._later and any(word >= _BEYOND_LATIN and word[0].isalnum() for word in words):
            with self._lock:
                for entry, line in self._later:
                    self._enter(entry, line)
                self._later = []
        if self._waiting.keys().isdisjoint(words):
            return
        with self._lock:
            for word in words:
                for number in self._waiting.get(word, ()):
                    entry, language, text = self._written[number]
                    if text:
                        self._written[number] = (entry, language, "")
                        self._add(_compiled(number, _rule(entry, language), text))
                self._waiting.pop(word, None)

    def _add(self, phrase: _Phrase) -> None:
        opens = phrase.rule.at == "start"
        table = self.opening if opens else self.inside
        if opens and len(phrase.needed) <= 1:
            self.alone |= phrase.first
            self.words |= phrase.first
        elif phrase.needed:
            self.words.update(*phrase.needed)
            rarest = max(phrase.needed, key=lambda words: (min(map(len, words)), -len(words)))
            for word in rarest:
                self.telling[word] = (*self.telling.get(word, ()), phrase.needed)
        for word in phrase.first:
            # By their numbers: what was read before must not decide which comes first.
            insort(table.setdefault(word, []), phrase, key=lambda other: other.number)


def _rule(entry: dict[str, Any], language: str) -> Rule:
    return Rule(
        entry["kind"],
        entry["role"],
        entry["at"],
        entry["names"],
        entry.get("whole", False),
        frozenset(entry.get("close", ())),
        language,
    )


@cache
def _cues() -> _Cues:
    return _Cues()


def may_open(line: str) -> bool:
    """Whether some phrase begins with the first word of ``line``."""
    tokens = tokens_of(line[:40].lstrip(_NO_WORD))
    cues = _cues()
    cues.learn([token.text for token in tokens[:1]])
    return bool(tokens) and tokens[0].text in cues.opening


#: The first word of what may be a sentence, a segment or a line of its own.
_OPENING_WORD = re.compile(r"(?:^|[^\w\s,;\'’-])[^\w]*(\w+)")


def may_announce(text: str) -> bool:
    """Whether some phrase can stand in ``text``, a sentence or paragraph: right when it says no."""
    folded = flat(text)
    plain = folded.isascii()
    if plain:
        # By bytes, that is, without a table look-up a sign.
        folded = folded.encode().translate(_SPACED).decode()
    every = folded.split() if plain else _WORD.findall(folded)
    cues = _cues()
    cues.learn(every)
    words = cues.words.intersection(every)
    for word in words:
        for needed in cues.telling.get(word, ()):
            if not any(map(words.isdisjoint, needed)):
                return True
    alone = cues.alone & words
    if alone:
        opening = (
            [first[0] for line in folded.split("\n") if (first := line.split(None, 1))]
            if plain
            else _OPENING_WORD.findall(folded)
        )
        if not alone.isdisjoint(opening):
            return True
    if not plain and _UNSPACED.search(text) is not None:
        return True
    return _TURN.search(text) is not None and _GLUED.search(text) is not None


def find_phrases(tokens: list[Token], opening: int) -> Iterator[PhraseHit]:
    """Every phrase in ``tokens``, the longest at each place, in their order.

    Args:
        tokens: of one sentence.
        opening: number of the token that opens it.
    """
    words = [token.text for token in tokens]
    cues = _cues()
    cues.learn(words)
    if opening < len(words):
        yield from _longest(cues.opening.get(words[opening], ()), words, opening, opening)
    for first, word in enumerate(words):
        if word in cues.inside:
            yield from _longest(cues.inside[word], words, first, opening)


def _longest(
    phrases: Iterable[_Phrase], words: list[str], first: int, opening: int
) -> Iterator[PhraseHit]:
    """The longest of ``phrases`` at ``first``; a rule that several languages say so counts once."""
    longest, hits = first, list[PhraseHit]()
    for phrase in phrases:
        gap, closing, end = phrase.end(words, first)
        if not first < end >= longest:
            continue
        names = (gap, len(words)) if closing == end else (gap, closing)
        if phrase.rule.at == "end":
            names = (opening, first)
        if end > longest:
            longest, hits = end, []
        if all(hit.rule != phrase.rule for hit in hits):
            hits.append(PhraseHit(first, end, phrase.rule, names))
    yield from hits


_LANGUAGE = re.compile(r"^[a-z]{2}: ")


@cache
def phrase_words(name: str) -> frozenset[str]:
    """A word list of ``data/credit_cues.toml``, of all languages.

    Words are separated by blanks, in a line with entries of several words by ``;``; a line may begin
    with its language.
    """
    found: set[str] = set()
    for line in load_data("credit_cues")["words"][name].splitlines():
        entries = _LANGUAGE.sub("", line)
        for entry in entries.split(";") if ";" in entries else entries.split():
            found.add(" ".join(token.text for token in tokens_of(entry)))
    return frozenset(found - {""})
