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
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Literal, NamedTuple

from ingest.extract.credits.grammar.phrases import Phrase, read_phrase
from ingest.extract.credits.grammar.tokens import (
    Token,
    first_token,
    flat,
    folded_letters,
    pieces_of,
    tokens_of,
)
from ingest.extract.credits.grammar.words import words_in
from ingest.extract.data import load_data
from storage.article import CreditRole

__all__ = [
    "PhraseHit",
    "Rule",
    "Token",
    "find_phrases",
    "flat",
    "has_words",
    "may_announce",
    "may_open",
    "phrase_words",
    "tokens_of",
]

At = Literal["start", "inside", "end", "around", "opening"]
Names = Literal["house", "houses", "known", "person", "mixed", "wires", "none"]

_GLUED = re.compile(r"(?<!\w)(?:von|by|par|por|di|da|door|av)(?=[A-ZÀ-ÖØ-Þ][^\WA-Z])")
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
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


class _Needed(NamedTuple):
    """The words without which a text does not have a phrase."""

    #: All of these stand in it.
    all: frozenset[str]
    #: One of each of these does.
    some: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, sets: Collection[frozenset[str]]) -> _Needed:
        """What a text has that has one of each of ``sets``."""
        return cls(
            frozenset(word for each in sets if len(each) == 1 for word in each),
            tuple(each for each in sets if len(each) != 1),
        )

    def within(self, words: AbstractSet[str]) -> bool:
        """Whether ``words`` has them."""
        return self.all <= words and not any(map(words.isdisjoint, self.some))


class _Cue(NamedTuple):
    """A phrase and what it announces."""

    number: int
    rule: Rule
    phrase: Phrase
    needed: _Needed


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
        self.opening: dict[str, list[_Cue]] = {}
        self.inside: dict[str, list[_Cue]] = {}
        #: A rare word of each phrase that stands anywhere, to the words that the phrase needs.
        self.telling: dict[str, tuple[_Needed, ...]] = {}
        #: The words that begin a phrase where they open a sentence, to those that it needs.
        self.openers: dict[str, tuple[_Needed, ...]] = {}
        #: All of these words, and those of phrases that no text has asked for.
        self.words: set[str] = set()
        #: Lines of the data in other scripts than the Latin one, until a text has one of those.
        self._later: list[tuple[dict[str, Any], str]] = []
        for entry in load_data("credit_cues")["cue"]:
            for line in folded_letters(entry["phrases"]).splitlines():
                if _LATIN.search(line, 4):
                    self._enter(entry, line)
                else:
                    self._later.append((entry, line))
        self.words.update(self._waiting)

    def _enter(self, entry: dict[str, Any], line: str) -> None:
        """Note by which words the phrases of ``line`` can begin."""
        written, waiting = self._written, self._waiting
        words_of = pieces_of if _UNSPACED.search(line) else _WORD.findall
        language, _, phrases = line.partition(": ")
        for text in phrases.split("; "):
            lead = _LEAD.match(text)
            # A phrase that begins with a sign is found by any of its words.
            for word in set((words_of(lead.group()) if lead else ()) or words_of(text)):
                waiting[word].append(len(written))
            written.append((entry, language, text))

    @property
    def scripts_wait(self) -> bool:
        """Whether phrases in other scripts than the Latin one are still unread."""
        return bool(self._later)

    def learn(self, words: Collection[str]) -> bool:
        """Read the phrases that can begin with one of ``words``; whether there were any."""
        # The greatest of them tells of most texts that no word is in another script.
        if (
            self._later
            and max(words, default="") >= _BEYOND_LATIN
            and any(word >= _BEYOND_LATIN and word[0].isalnum() for word in words)
        ):
            with self._lock:
                for entry, line in self._later:
                    self._enter(entry, line)
                self._later = []
                self.words.update(self._waiting)
        return self.learn_latin(words)

    def learn_latin(self, words: Collection[str]) -> bool:
        """As ``learn``; no word has a letter beyond the Latin ones."""
        if self._waiting.keys().isdisjoint(words):
            return False
        with self._lock:
            for word in words:
                for number in self._waiting.get(word, ()):
                    entry, language, text = self._written[number]
                    if text:
                        self._written[number] = (entry, language, "")
                        phrase = read_phrase(text)
                        needed = _Needed.of(phrase.needed)
                        self._add(_Cue(number, _rule(entry, language), phrase, needed))
                self._waiting.pop(word, None)
        return True

    def _add(self, cue: _Cue) -> None:
        phrase, rule = cue.phrase, cue.rule
        opens = rule.at in ("start", "opening")
        sets = (*phrase.needed, rule.close) if rule.close else phrase.needed
        needed = _Needed.of(sets)
        self.words.update(phrase.first, *sets)
        if opens:
            told, by = self.openers, phrase.first
        else:
            told = self.telling
            by = max(sets, key=lambda words: (min(map(len, words)), -len(words)))
        for word in by:
            if needed not in (have := told.get(word, ())):
                told[word] = (*have, needed)
        table = self.opening if opens else self.inside
        for word in phrase.first:
            # By their numbers: what was read before must not decide which comes first.
            insort(table.setdefault(word, []), cue, key=lambda other: other.number)


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
    first = first_token(line[:40].lstrip(_NO_WORD))
    cues = _cues()
    cues.learn((first,))
    return first in cues.opening


@lru_cache(maxsize=1024)
def may_announce(text: str) -> bool:
    """Whether some phrase can stand in ``text``, a sentence or paragraph: right when it says no."""
    read = words_in(text)
    cues = _cues()
    words = cues.words.intersection(read.every)
    if read.latin:
        learnt = cues.learn_latin(words)
    else:
        learnt = cues.learn(read.every if cues.scripts_wait else words)
    if learnt:
        words = cues.words.intersection(read.every)
    telling, openers = cues.telling, cues.openers
    for word in words:
        if word in telling:
            for needed in telling[word]:
                if needed.all <= words and needed.within(words):
                    return True
    if not openers.keys().isdisjoint(words):
        for word in (*read.opening(), *read.signs):
            if word in openers:
                for needed in openers[word]:
                    if needed.all <= words and needed.within(words):
                        return True
    return read.turns and _GLUED.search(text) is not None


def find_phrases(tokens: list[Token], opening: int) -> Iterator[PhraseHit]:
    """Every phrase in ``tokens``, the longest at each place, in their order.

    Args:
        tokens: of one sentence.
        opening: number of the token that opens it.
    """
    words = [token.text for token in tokens]
    cues = _cues()
    cues.learn(words)
    every = set(words)
    if opening < len(words) and (opened := cues.opening.get(words[opening])):
        likely = [cue for cue in opened if cue.needed.all <= every and cue.needed.within(every)]
        if likely:
            yield from _longest(likely, words, opening, opening)
    #: The cues that the sentence has all words for, by their first.
    inside: dict[str, list[_Cue]] = {}
    for word in cues.inside.keys() & every:
        has = [c for c in cues.inside[word] if c.needed.all <= every and c.needed.within(every)]
        if has:
            inside[word] = has
    if inside:
        for first, word in enumerate(words):
            if word in inside:
                yield from _longest(inside[word], words, first, opening)


def _longest(
    cues: Iterable[_Cue], words: list[str], first: int, opening: int
) -> Iterator[PhraseHit]:
    """The longest of ``cues`` at ``first``; a rule that several languages say so counts once."""
    longest, hits = first, list[PhraseHit]()
    for _, rule, phrase, _ in cues:
        gap, closing, end = phrase.end(words, first)
        if not first < end >= longest:
            continue
        names = (gap, len(words)) if closing == end else (gap, closing)
        if rule.at == "end":
            if rule.whole and any(word[0].isalnum() for word in words[end:]):
                continue
            names = (opening, first)
        if end > longest:
            longest, hits = end, []
        if all(hit.rule != rule for hit in hits):
            hits.append(PhraseHit(first, end, rule, names))
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


def has_words(words: list[str], name: str) -> bool:
    """Whether an entry of the list ``name`` stands in ``words``, the tokens of a line."""
    alone, several = _entries(name)
    if not alone.isdisjoint(words):
        return True
    return any(
        words[at : at + len(entry)] == entry
        for at, word in enumerate(words)
        for entry in several.get(word, ())
    )


@cache
def _entries(name: str) -> tuple[frozenset[str], dict[str, list[list[str]]]]:
    """The entries of a list that are one word, and the others by their first."""
    entries = [entry.split() for entry in phrase_words(name)]
    several: dict[str, list[list[str]]] = {}
    for entry in entries:
        if len(entry) > 1:
            several.setdefault(entry[0], []).append(entry)
    return frozenset(entry[0] for entry in entries if len(entry) == 1), several
