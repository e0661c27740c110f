r"""The first letter of a text, set large: in an element of its own, it is still the word's.

    <p><span>T</span>\n  he town voted     a line end in the source between the two
    <div>T</div><p>he town voted           an element of its own before the paragraph
    <p><img alt="T">he town voted          a picture of the letter

What follows in lower case goes on with the word, unless the letter is a word by itself ("A town",
"I voted", "В городе"): then the page's other words say which it is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.drawn.short_text import beginning_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.block_text import PageBlock

__all__ = ["initial_of", "join_initials", "pictured_initial", "says_initial"]

#: Words of one letter: English, Romance and Slavic languages, Greek, Welsh, Hungarian.
_WORDS = frozenset("aàáâãioòóeéèêyýuúwzskvöåоиваксуяєїйбжo'ήόὁὦ")
_QUOTES = "\"'“”„‟«»‹›‘’‚¿¡("
_OPENED = re.compile(r"([\"'“”„‟«»‹›‘’‚¿¡(]{0,2}\s?[^\W\d_]\.?)\s+(.*)", re.DOTALL)
_NAMED = re.compile(
    r"drop-?_?cap|initial|first-?_?letter|firstcharacter|lettrine|capital", re.IGNORECASE
)
#: Elements behind a picture of a letter that are looked at, for the text that goes on with it.
_MOST_BESIDE = 6
_SIGNS = ".,;:!?\"'“”„«»()"
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def initial_of(text: str) -> str | None:
    """The letter that ``text`` is, with a quotation mark before it perhaps; ``None`` for other texts."""
    line = text.strip()
    if not 0 < len(line) <= 3:
        return None
    letter = line.lstrip(_QUOTES).lstrip()
    return line if len(letter) == 1 and letter.isupper() else None


def says_initial(node: LexborNode) -> bool:
    """Whether an element's names say that it holds a first letter set large."""
    return _NAMED.search(node.attributes.get("class") or "") is not None


def pictured_initial(picture: LexborNode) -> str | None:
    """The letter that an ``img`` draws, where the text behind it goes on with the word."""
    letter = initial_of(picture.attributes.get("alt") or "")
    if letter is None:
        return None
    current: LexborNode | None = picture
    for _ in range(4):
        if current is None or current.tag in ("body", "article", "main", "td", "section"):
            return None
        beside = current.next
        for _ in range(_MOST_BESIDE):
            if beside is None:
                break
            text = beginning_of(beside, 1, most=20)[0].lstrip()
            if text:
                return letter if goes_on(text) else None
            beside = beside.next
        current = current.parent
    return None


def goes_on(text: str) -> bool:
    """Whether ``text`` may be the rest of a word whose first letter stands before it."""
    return text[:1].islower() or (text[:1] in "'’" and text[1:2].isalpha())


def join_initials(blocks: list[PageBlock], marked: Mapping[int, bool]) -> None:
    """Join first letters in ``blocks``, in place.

    Args:
        blocks: of a page.
        marked: numbers of those that begin with an element of one letter, rising; a block may be that
            letter alone. Whether a letter that may be a word is part of one, where the page does not say.
    """
    gone: list[int] = []
    words = _Words(blocks)
    for number, goes in marked.items():
        block = blocks[number]
        if initial_of(block.text) is not None:
            following = blocks[number + 1] if number + 1 < len(blocks) else None
            if (
                following is not None
                and following.type in ("paragraph", "quote")
                and goes_on(following.text)
            ):
                following.text = _joined(block.text, following.text, words, glued=True)
                gone.append(number)
            continue
        opened = _OPENED.match(block.text)
        if opened is not None and goes_on(opened[2]):
            block.text = _joined(opened[1], opened[2], words, glued=goes, asks=True)
    for number in reversed(gone):
        del blocks[number]


def _joined(letter: str, rest: str, words: _Words, *, glued: bool, asks: bool = False) -> str:
    """A letter and what follows, as one word or as two.

    Args:
        letter: a quotation mark before it perhaps.
        rest: the text behind it.
        words: those of the page, which tell which it is.
        glued: what it is where they do not.
        asks: whether they are asked of a letter too that is no word by itself.
    """
    if rest[:1] in "'’" or not (asks or letter[-1:].lower() in _WORDS):
        return f"{letter}{rest}"
    found = _FIRST_WORD.match(rest)
    word = found[0] if found is not None else ""
    whole = words.count(f"{letter[-1:]}{word}") > 0
    part = words.count(word) > 1
    if whole != part:
        glued = whole
    return f"{letter}{rest}" if glued else f"{letter} {rest}"


class _Words:
    """How often the page has a word, counted when it is first asked."""

    def __init__(self, blocks: Sequence[PageBlock]) -> None:
        self._blocks = blocks
        self._counts: Counter[str] | None = None

    def count(self, word: str) -> int:
        """Of ``word``, in any case; the one that is asked about is among them."""
        if self._counts is None:
            self._counts = Counter(
                each.strip(_SIGNS) for block in self._blocks for each in block.text.lower().split()
            )
        return self._counts[word.lower()]
