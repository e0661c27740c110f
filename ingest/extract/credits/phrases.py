"""The phrases that announce a credit, as data, and where they stand in a sentence.

A phrase is matched word by word through one tree of all phrases, so a line costs a look-up a word,
however many phrases and languages there are, and nothing can backtrack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

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

At = Literal["start", "inside", "end", "around"]
Names = Literal["house", "houses", "person", "mixed", "wires", "none"]

#: More alternatives than this in one phrase are a mistake in the data.
_MOST_EXPANSIONS = 5000
# Scripts without blanks between words give a token a sign; others a token a word.
# A preposition glued to a name is what a link without a blank before it leaves.
_TOKEN = re.compile(
    r"(?<!\w)(?:von|by|par|por|di|da|door|av)(?=[A-ZÀ-ÖØ-Þ][^\WA-Z])|"
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]"
)


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


class _Flattening(dict[int, int]):
    """One character for one: case, width and shape of quotes and dashes undone, positions kept."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        for candidate in (unicodedata.normalize("NFKC", char).casefold(), char.casefold(), char):
            if len(candidate) == 1:
                char = candidate
                break
        char = {
            "’": "'",
            "‘": "'",
            "ʼ": "'",
            "`": "'",
            "´": "'",
            "“": '"',
            "”": '"',
            "„": '"',
            "«": '"',
            "»": '"',
            "‐": "-",
            "‑": "-",
            "–": "-",
            "—": "-",
            "―": "-",
        }.get(char, char)
        self[code] = ord(char)
        return ord(char)


_FLATTENING = _Flattening()


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
#: Different signs beyond ASCII up to which they are replaced one by one: prose with its quotes.
_FEW = 10


def flat(text: str) -> str:
    """``text`` folded sign by sign: as long as before, so that positions fit both."""
    if not text.isascii():
        odd = set(_NOT_ASCII.findall(text))
        if len(odd) > _FEW:
            return text.translate(_FLATTENING)
        for sign in odd:
            plain = chr(_FLATTENING[ord(sign)])
            if plain.lower() != plain:
                return text.translate(_FLATTENING)
            text = text.replace(sign, plain)
    return text.lower().replace("`", "'")


class Token(NamedTuple):
    """A word or sign of a line, folded, with its place in the line as written."""

    text: str
    start: int
    end: int


def tokens_of(line: str) -> list[Token]:
    """The words and signs of ``line``."""
    folded = flat(line)
    spans = [m.span() for m in _TOKEN.finditer(line)]
    return [Token(folded[start:end], start, end) for start, end in spans]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a phrase announces; fields as ``data/credit_phrases.toml`` describes them."""

    role: CreditRole
    at: At
    names: Names
    whole: bool = False
    close: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found: tokens ``first`` to ``last`` (exclusive) of the line, and its rule."""

    first: int
    last: int
    rule: Rule


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


def _alternatives(text: str) -> list[str]:
    """The phrases that ``text`` with its ``{a|b}`` choices, which may be nested, stands for."""
    start = text.find("{")
    if start < 0:
        return [text]
    depth, cuts = 0, [start]
    for end in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 1 and text[end] == "|":
            cuts.append(end)
        if depth == 0:
            break
    else:
        raise ValueError(f"credit_phrases.toml: {text!r} has an open brace without its end")
    cuts.append(end)
    choices = [
        inner
        for a, b in zip(cuts, cuts[1:], strict=False)
        for inner in _alternatives(text[a + 1 : b])
    ]
    behind = _alternatives(text[end + 1 :])
    if len(choices) * len(behind) > _MOST_EXPANSIONS:
        raise ValueError(f"credit_phrases.toml: {text!r} stands for too many phrases")
    return [text[:start] + choice + rest for choice in choices for rest in behind]


@cache
def _trees() -> tuple[_Node, _Node]:
    """The phrases that open a sentence, and those that stand anywhere in one."""
    opening, inside = _Node(), _Node()
    entries: list[dict[str, Any]] = load_data("credit_phrases")["rule"]
    for entry in entries:
        close = frozenset(entry.get("close", ()))
        rule = Rule(entry["role"], entry["at"], entry["names"], entry.get("whole", False), close)
        for pattern in entry["phrases"]:
            for phrase in _alternatives(pattern):
                root = node = opening if rule.at == "start" else inside
                for token in tokens_of(phrase):
                    node = node.next.setdefault(token.text, _Node())
                if node is not root and rule not in node.rules:
                    node.rules = (*node.rules, rule)
    return opening, inside


def may_open(line: str) -> bool:
    """Whether some phrase begins with the first word of ``line``."""
    match = _TOKEN.search(line[:40].lstrip(_NO_WORD))
    return match is not None and flat(match.group()) in _trees()[0].next


#: The first word of what may be a sentence, a segment or a line of its own.
_OPENING_WORD = re.compile(r"(?:^|[^\w\s,;\'’-])[^\w]*(\w+)")


class _Telling(NamedTuple):
    """By which words a phrase is noticed."""

    #: The longest word of each phrase, to the words of the phrases.
    phrases: dict[str, tuple[frozenset[str], ...]]
    #: The words that are a phrase where they open a sentence.
    alone: frozenset[str]
    #: All of these words.
    words: frozenset[str]


@cache
def _telling_words() -> _Telling:
    telling: dict[str, set[frozenset[str]]] = {}
    alone: set[str] = set()
    starts, inside = _trees()
    stack: list[tuple[_Node, tuple[str, ...], bool]] = [(starts, (), True), (inside, (), False)]
    while stack:
        node, words, opens = stack.pop()
        if node.rules:
            own = [word for word in words if _WORD.fullmatch(word)]
            if opens and len(own) <= 1:
                alone.update(own)
                own = []
            # A phrase around a name needs what closes it as well.
            closing = {word for rule in node.rules for word in rule.close}
            around = closing and all(rule.at == "around" for rule in node.rules)
            for needed in [[*own, word] for word in closing] if around else [own]:
                if needed:
                    telling.setdefault(max(needed, key=len), set()).add(frozenset(needed))
        stack.extend((inner, (*words, word), opens) for word, inner in node.next.items())
    return _Telling(
        {word: tuple(phrases) for word, phrases in telling.items()},
        frozenset(alone),
        frozenset(alone.union(*(p for phrases in telling.values() for p in phrases))),
    )


def may_announce(text: str) -> bool:
    """Whether some phrase can stand in ``text``, a sentence or paragraph: right when it says no."""
    telling = _telling_words()
    folded = flat(text)
    plain = folded.isascii()
    if plain:
        # By bytes, that is, without a table look-up a sign.
        folded = folded.encode().translate(_SPACED).decode()
    words = telling.words.intersection(folded.split() if plain else _WORD.findall(folded))
    for word in words:
        for phrase in telling.phrases.get(word, ()):
            if phrase <= words:
                return True
    alone = telling.alone & words
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
    starts, inside = _trees()
    if opening < len(tokens):
        yield from _walk(starts, tokens, opening)
    for first, token in enumerate(tokens):
        if token.text in inside.next:
            yield from _walk(inside, tokens, first)


def _walk(root: _Node, tokens: list[Token], first: int) -> Iterator[PhraseHit]:
    node: _Node | None = root.next.get(tokens[first].text)
    last, best = first, None
    while node is not None:
        last += 1
        if node.rules:
            best = (last, node.rules)
        node = node.next.get(tokens[last].text) if last < len(tokens) else None
    if best is not None:
        for rule in best[1]:
            yield PhraseHit(first, best[0], rule)


@cache
def phrase_words(name: str) -> frozenset[str]:
    """A word list of ``data/credit_phrases.toml``; entries of several words are separated by ``;``."""
    text: str = load_data("credit_phrases")["words"][name]
    entries = text.split(";") if ";" in text else text.split()
    return frozenset(" ".join(t.text for t in tokens_of(entry)) for entry in entries)
