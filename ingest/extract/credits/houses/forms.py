"""Names of houses as sentences bend them: "Turan news agency", "Anadolu Ajansı'nın", "РИА Новостей".

A page seldom names a house as a table does: a word says what it is, a case has its ending. Forms are
undone by rule (``data/house_words.toml``) and the name looked up again, so that the tables need not
list them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal

from ingest.extract.credits.houses.keys import house_key
from ingest.extract.data import load_data

__all__ = [
    "QUOTES",
    "Stems",
    "bent",
    "may_be_bent",
    "may_have_words",
    "way_of",
    "without_words",
    "words_before_names",
]

#: Marks of quotation that stand around a name.
QUOTES = " \"'“”„«»‹›‘’《》「」『』"
_SUFFIX = re.compile(r"(['’ʼ`´ʻ])([^\W\d_]{1,7})$|[:\-‑–]([^\W\d_]{1,7})$")
#: Behind these signs of Arabic and Hebrew script, written together with a name, it begins.
_PREFIXES = {"ARABIC": frozenset("لوبكف"), "HEBREW": frozenset("בלמהשו")}
_MOST_WORDS = 4
#: Of a word that loses its ending so many letters must be left; of a name of one word, so many.
_SHORTEST_STEM, _SHORTEST_SINGLE = 2, 4
#: Slavic and German names in Latin letters are bent word by word where they have several; of one
#: word alone too little is known ("Politika" is no case of "Politik").
_LATIN = {
    **dict.fromkeys(("pl", "cs", "sk", "hr", "sr", "bs", "sl"), "slavic"),
    "de": "german",
}

Kind = Literal["agency", "house"]


@dataclass(frozen=True, slots=True)
class _Words:
    before: dict[str, Kind]
    after: dict[str, Kind]
    #: First words of ``before`` and last words of ``after``: most names have neither.
    first: frozenset[str]
    last: frozenset[str]
    glued: tuple[str, ...]
    joined: frozenset[str]
    articles: frozenset[str]
    #: By way of writing and last letter, the longest first.
    endings: dict[str, dict[str, tuple[str, ...]]]


@cache
def _words() -> _Words:
    data: dict[str, Any] = load_data("house_words")
    before: dict[str, Kind] = {}
    after: dict[str, Kind] = {}
    kinds: tuple[Kind, Kind] = ("house", "agency")
    for kind in kinds:
        before |= dict.fromkeys(map(house_key, data[kind]["before"]), kind)
        after |= dict.fromkeys(map(house_key, data[kind]["after"]), kind)
    endings: dict[str, dict[str, tuple[str, ...]]] = {}
    for way, listed in data["endings"]["words"].items():
        of_way = endings[way] = {}
        for ending in sorted(map(house_key, listed.split()), key=len, reverse=True):
            of_way[ending[-1]] = (*of_way.get(ending[-1], ()), ending)
    return _Words(
        before,
        after,
        frozenset(words.partition(" ")[0] for words in before),
        frozenset(words.rpartition(" ")[2] for words in after),
        tuple(data["agency"]["glued"]),
        frozenset(data["endings"]["joined"]),
        frozenset(data["articles"]["words"]),
        endings,
    )


def words_before_names() -> frozenset[str]:
    """The words that say, before a name, what kind of house it is; the first of each."""
    return _words().first


def without_words(text: str, key: str) -> Iterator[tuple[str, Kind]]:
    """What is left of ``text`` without words that say what kind of house it names, and that kind.

    Args:
        text: a name as the page writes it.
        key: its ``house_key``.
    """
    words = _words()
    if not text.isascii():
        for glued in words.glued:
            if text.endswith(glued) and len(text) > len(glued) + 1:
                yield text.removesuffix(glued).strip(QUOTES), "agency"
    before, after = key.partition(" ")[0], key.rpartition(" ")[2]
    parts = text.split() if before in words.first or after in words.last else []
    for size in range(min(_MOST_WORDS, len(parts) - 1), 0, -1):
        for table, said, left in (
            (words.before, parts[:size], parts[size:]),
            (words.after, parts[-size:], parts[:-size]),
        ):
            kind = table.get(house_key(" ".join(said)))
            # "Daily News" is no daily called News: as part of a name the word has its capital.
            if kind == "agency" or (kind == "house" and not said[0][0].isupper()):
                yield " ".join(left).strip(QUOTES), kind


def bent(text: str) -> Iterator[str]:
    """``text`` without an ending behind an apostrophe, a colon or a hyphen, its quotes, its article,
    what stands behind it in brackets.

    And without a preposition that Arabic and Hebrew write together with the name.
    """
    plain = text.strip(QUOTES)
    if plain != text and plain:
        yield plain
    before, bracket, _ = plain.partition(" (")
    if bracket and plain.endswith(")"):
        # "Austria Presse Agentur (APA)"
        yield before
    suffix = _SUFFIX.search(plain)
    if suffix is not None:
        apostrophe, any_ending, ending = suffix.groups()
        if (
            any_ending.islower() or not any_ending.isascii()
            if apostrophe
            else ending in _words().joined
        ):
            yield plain[: suffix.start()].strip(QUOTES)
    elif plain.endswith(("'", "’")):
        yield plain[:-1]
    article, blank, rest = plain.partition(" ")
    if blank and article in _words().articles:
        yield rest
    if len(plain) > 3 and not plain.isascii():
        if plain[0] in _PREFIXES["ARABIC"] or plain[0] in _PREFIXES["HEBREW"]:
            yield plain[1:]


#: Signs one of which stands in every text that ``bent`` takes something from, but for articles and prefixes.
_BENDING = re.compile(r"['’ʼ`´ʻ:\-‑–(]")


def may_be_bent(text: str) -> bool:
    """Whether ``bent`` has a form of ``text``, which has no quotes around it: right when it says no."""
    return (
        text.partition(" ")[0] in _words().articles
        or _BENDING.search(text) is not None
        or (
            not text.isascii()
            and (text[0] in _PREFIXES["ARABIC"] or text[0] in _PREFIXES["HEBREW"])
        )
    )


def may_have_words(text: str, key: str) -> bool:
    """Whether ``without_words`` takes something from ``text``: right when it says no."""
    words = _words()
    return (
        key.partition(" ")[0] in words.first
        or key.rpartition(" ")[2] in words.last
        or not text.isascii()
    )


@dataclass(frozen=True)
class Stems:
    """The names of houses without the endings of their words."""

    #: By way of writing and stem: the line of the house.
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    #: The first words of stems, by way: others are no house's.
    firsts: set[tuple[str, str]] = field(default_factory=set)

    def enter(self, key: str, way: str, at: int) -> None:
        """File a house's name.

        Args:
            key: the name's ``house_key``.
            way: how it is bent, as ``way_of`` says.
            at: what is to be found.
        """
        stem = _stem(key, way)
        if stem:
            self.places.setdefault((way, stem), at)
            self.firsts.add((way, stem.partition(" ")[0]))

    def find(self, key: str) -> int | None:
        """What was filed under a name of which ``key`` is another case."""
        way = way_of(key)
        first = key.partition(" ")[0]
        for each in (way,) if way else ("slavic", "german"):
            if (each, _stem_of_word(first, each)) in self.firsts:
                at = self.places.get((each, _stem(key, each)))
                if at is not None:
                    return at
        return None


def way_of(key: str, language: str = "") -> str:
    """How a name is bent: by its script, for Latin letters by its language; empty where it is not.

    Args:
        key: the name's ``house_key``.
        language: that of the house, where it is known.
    """
    # by its last letter: "Sputnik Արմենիա" is bent as Armenian
    letter = key[-1:]
    if letter <= "z":
        return _LATIN.get(language, "") if " " in key else ""
    if "а" <= letter <= "ӿ":
        return "cyrillic"
    if "ա" <= letter <= "և":
        return "armenian"
    if "ა" <= letter <= "ჿ":
        return "georgian"
    if "α" <= letter <= "ω":
        return "greek"
    return ""


def _stem(key: str, way: str) -> str:
    """``key`` without the endings of its words; empty where too little would be left."""
    endings = _words().endings[way]
    stems = [_without_ending(word, endings) for word in key.split(" ")]
    if len(stems) == 1 and (way in _LATIN.values() or len(stems[0]) < _SHORTEST_SINGLE):
        return ""
    return " ".join(stems)


@lru_cache(maxsize=8192)
def _stem_of_word(word: str, way: str) -> str:
    return _without_ending(word, _words().endings[way])


def _without_ending(word: str, endings: dict[str, tuple[str, ...]]) -> str:
    longest = len(word) - _SHORTEST_STEM
    for ending in endings.get(word[-1:], ()):
        if len(ending) <= longest and word.endswith(ending):
            return word[: -len(ending)]
    return word
