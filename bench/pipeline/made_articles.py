"""Articles made from a number alone, with the truth about them.

The same site and number give the same article, always and everywhere, so a site of a million
articles needs no memory. Sentences come from the grammars in ``words/``.
"""

from __future__ import annotations

import random
import re
import tomllib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = ["KINDS", "NEWEST", "Item", "Kind", "MadeArticle", "headline_of", "made_article", "said_once", "teaser_of"]  # fmt: skip

NEWEST = datetime(2026, 11, 22, 18, tzinfo=UTC)
#: Minutes between two articles of a site.
PACE = 17

Kind = Literal["report", "agency", "opinion", "interview", "list", "brief"]
#: Kinds of article, as often as a newsroom has them.
KINDS: tuple[Kind, ...] = (
    *("report",) * 9,
    *("agency",) * 4,
    *("opinion",) * 2,
    "interview",
    "list",
    *("brief",) * 3,
)
#: What stands in the flow of a text: its own blocks, and what sites put between them.
Part = Literal[
    "paragraph", "heading", "question", "list", "quote",
    "pull_quote", "ad", "newsletter", "more", "image",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the flow of a text."""

    part: Part
    #: Its lines: one for most, an entry each for a list, caption and photographer for an image.
    lines: tuple[str, ...] = ()
    #: The words of a paragraph that are a link, where some are.
    linked: str | None = None
    #: The words of it that are set apart, where some are.
    stressed: str | None = None


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article and all that a page says about it; ``paragraphs`` is what belongs to its text."""

    number: int
    kind: Kind
    language: str
    title: str
    standfirst: str
    section: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime | None
    #: What the text is credited to, and the line that says so; both or neither.
    credit: tuple[str, str] | None
    flow: tuple[Item, ...]
    tags: tuple[str, ...]
    #: Numbers of other articles that the page names.
    related: tuple[int, ...]
    comments: tuple[tuple[str, str], ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The lines of the text, in order."""
        own = ("paragraph", "heading", "question", "list", "quote")
        return tuple(line for item in self.flow if item.part in own for line in item.lines)

    @property
    def optional(self) -> tuple[str, ...]:
        """Lines that neither have to be part of the text nor are wrong in it."""
        return (self.standfirst, *((self.credit[1],) if self.credit else ()))


#: The first letter of a sentence and of a quotation; ``a`` before a vowel.
_OPENING = re.compile(r"^\w|(?<=[“„])\w|(?<=[a-zäöüß”“]\. )\w")
_ARTICLE = re.compile(r"\b([Aa])(?= [aeiou])")


class _Grammar:
    """The alternatives of each name, ready to be chosen from."""

    def __init__(self, language: str) -> None:
        self._english = language == "en"
        path = Path(__file__).parent / "words" / f"{language}.toml"
        self._rules: dict[str, tuple[tuple[tuple[bool, str], ...], ...]] = {
            name: tuple(
                tuple(
                    (piece.startswith("{"), piece.strip("{}"))
                    for piece in re.split(r"(\{\w+\})", alternative)
                    if piece
                )
                for alternative in alternatives
            )
            for name, alternatives in tomllib.loads(path.read_text(encoding="utf-8")).items()
        }

    def say(self, name: str, rng: random.Random) -> str:
        """One of the things that ``name`` stands for, with a capital."""
        said: list[str] = []
        self._say(name, rng.random, said)
        text = _OPENING.sub(lambda m: m[0].upper(), "".join(said))
        return _ARTICLE.sub(r"\1n", text) if self._english else text

    def _say(self, name: str, chance: Callable[[], float], said: list[str]) -> None:
        alternatives = self._rules[name]
        for is_name, piece in alternatives[int(chance() * len(alternatives))]:
            if is_name:
                self._say(piece, chance, said)
            else:
                said.append(piece)


@cache
def _grammar(language: str) -> _Grammar:
    return _Grammar(language)


def _rng(site: str, number: int, salt: int) -> random.Random:
    return random.Random(zlib.crc32(site.encode()) << 40 ^ number << 3 ^ salt)


def headline_of(site: str, language: str, number: int) -> str:
    """The headline of an article, without the article."""
    return _grammar(language).say("headline", _rng(site, number, 1))


def teaser_of(site: str, language: str, number: int) -> tuple[str, str, str]:
    """Section, standfirst and first author of an article, without the article."""
    rng = _rng(site, number, 4)
    section, standfirst, author = (
        _grammar(language).say(name, rng) for name in ("section", "standfirst", "author")
    )
    return section, standfirst, author


def said_once(name: str, language: str, rng: random.Random) -> str:
    """One of the things that ``name`` stands for in the grammar of a language."""
    return _grammar(language).say(name, rng)


#: What lines beside the text say, by language.
_CREDIT = {
    "en": ("{0}", "This article was first published by {0}.", "Reporting by {1}; editing by {2}. ({0})"),
    "de": ("{0}", "Dieser Artikel erschien zuerst in: {0}.", "Bericht: {1}; Redaktion: {2} ({0})"),
}  # fmt: skip
#: Words of a text by kind: at least, and up to so many more.
_LENGTH = {
    "report": (380, 520),
    "agency": (280, 400),
    "opinion": (560, 440),
    "interview": (480, 420),
    "list": (420, 360),
    "brief": (250, 80),
}


def made_article(site: str, language: str, number: int, *, newest: int = 0) -> MadeArticle:
    """Article ``number`` of ``site``.

    Args:
        site: name of the source.
        language: ``en`` or ``de``.
        number: which one; the higher, the older.
        newest: number of the newest one that its page may name.
    """
    grammar = _grammar(language)
    rng = _rng(site, number, 2)

    def say(name: str) -> str:
        return grammar.say(name, rng)

    kind = KINDS[int(rng.random() * len(KINDS))]
    published = NEWEST - timedelta(minutes=PACE * number + int(rng.random() * PACE))
    section, standfirst, author = teaser_of(site, language, number)
    names = [author, say("author")]
    return MadeArticle(
        number=number,
        kind=kind,
        language=language,
        title=headline_of(site, language, number),
        standfirst=standfirst,
        section=section,
        authors=tuple(names[: 2 if rng.random() < 0.2 else 1]),
        published=published,
        modified=published + timedelta(minutes=90) if rng.random() < 0.3 else None,
        credit=_credit(kind, language, names, grammar, rng),
        flow=tuple(_flow(kind, grammar, rng)),
        tags=tuple(dict.fromkeys(say("tag") for _ in range(2 + int(rng.random() * 3)))),
        related=tuple(max(newest, number - 40) + step for step in rng.sample(range(80), 9)),
        comments=tuple((say("author"), say("comment")) for _ in range(int(rng.random() * 4))),
    )


def _credit(
    kind: Kind, language: str, names: list[str], grammar: _Grammar, rng: random.Random
) -> tuple[str, str] | None:
    bare, first, signed = _CREDIT[language]
    if kind == "agency":
        agency = grammar.say("agency", rng)
        line = bare if rng.random() < 0.5 else signed
        return agency, line.format(agency, *names)
    if kind == "report" and rng.random() < 0.1:
        publisher = grammar.say("first_publisher", rng)
        return publisher, first.format(publisher)
    return None


def _flow(kind: Kind, grammar: _Grammar, rng: random.Random) -> list[Item]:
    least, more = _LENGTH[kind]
    wanted = least + int(rng.random() * more)
    flow: list[Item] = []
    words = texts = 0
    sentences: list[str] = []
    while words < wanted:
        if texts and texts % 4 == 0 and kind in ("report", "opinion") and wanted > 450:
            flow.append(Item("heading", (grammar.say("subheading", rng),)))
        elif kind == "interview" and texts % 2 == 0:
            flow.append(Item("question", (grammar.say("question", rng),)))
        sentences = [grammar.say("sentence", rng) for _ in range(2 + int(rng.random() * 3))]
        text = " ".join(sentences)
        linked, stressed = _some_words(text, rng, 0.5), _some_words(text, rng, 0.2)
        flow.append(Item("paragraph", (text,), linked, stressed))
        words += text.count(" ") + 1
        texts += 1
        match texts:
            case 1 if rng.random() < 0.3:
                photographer = grammar.say("author", rng)
                flow.append(Item("image", (grammar.say("caption", rng), photographer)))
            case 2:
                flow.append(Item("ad"))
            case 3 if rng.random() < 0.6:
                flow.append(Item("newsletter"))
            case 4 if rng.random() < 0.7:
                flow.append(Item("more"))
            case 5 if rng.random() < 0.25:
                flow.append(Item("pull_quote", (sentences[0],)))
            case 6:
                flow.append(Item("ad"))
            case 7 if rng.random() < 0.4:
                flow.append(Item("more"))
            case _:
                pass
        if (kind == "list" and texts in (2, 4)) or (kind == "report" and rng.random() < 0.03):
            count = 3 + int(rng.random() * 4)
            flow.append(Item("list", tuple(grammar.say("item", rng) for _ in range(count))))
        elif kind != "brief" and rng.random() < 0.02:
            flow.append(Item("quote", (" ".join(grammar.say("sentence", rng) for _ in "12"),)))
    while flow[-1].part not in ("paragraph", "list"):
        flow.pop()
    return flow


def _some_words(text: str, rng: random.Random, share: float) -> str | None:
    """Two to four words of ``text``, for that share of texts."""
    if rng.random() > share:
        return None
    words = text.split(" ")
    start = int(rng.random() * max(1, len(words) - 6))
    return " ".join(words[start : start + 2 + int(rng.random() * 3)]).strip(".,“”„:?")
