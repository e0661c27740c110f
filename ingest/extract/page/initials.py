r"""The first letter of a text, set large: in an element of its own, it is still the word's.

    <p><span>T</span>\n  he town voted     a line end in the source between the two
    <div>T</div><p>he town voted           an element of its own before the paragraph
    <p><img alt="T">he town voted          a picture of the letter

What follows in lower case goes on with the word, unless the letter is a word by itself ("A town",
"I voted", "В городе"): then the page's other words say which it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.extract.page.folding import collapse

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
        while beside is not None:
            text = (beside.text_content if beside.tag == "-text" else beside.text(deep=True)) or ""
            text = text.lstrip()
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
    for number, goes in marked.items():
        block = blocks[number]
        if initial_of(block.text) is not None:
            following = blocks[number + 1] if number + 1 < len(blocks) else None
            if (
                following is not None
                and following.type in ("paragraph", "quote")
                and goes_on(following.text)
            ):
                following.text = _joined(block.text, following.text, blocks, glued=True)
                gone.append(number)
            continue
        opened = _OPENED.match(block.text)
        if opened is not None and goes_on(opened[2]):
            block.text = _joined(opened[1], opened[2], blocks, glued=goes, asks=True)
    for number in reversed(gone):
        del blocks[number]


def _joined(
    letter: str, rest: str, blocks: Sequence[PageBlock], *, glued: bool, asks: bool = False
) -> str:
    """A letter and what follows, as one word or as two.

    Args:
        letter: a quotation mark before it perhaps.
        rest: the text behind it.
        blocks: whose words tell which it is.
        glued: what it is where they do not.
        asks: whether they are asked of a letter too that is no word by itself.
    """
    if rest[:1] in "'’" or not (asks or letter[-1:].lower() in _WORDS):
        return f"{letter}{rest}"
    found = _FIRST_WORD.match(rest)
    word = found[0] if found is not None else ""
    words = _words_of(blocks, rest)
    whole, part = f"{letter[-1:]}{word}".lower() in words, word in words
    if whole != part:
        glued = whole
    return f"{letter}{rest}" if glued else f"{letter} {rest}"


def _words_of(blocks: Sequence[PageBlock], rest: str) -> frozenset[str]:
    """The words of the page but those in question: what stands right behind a single letter."""
    found: set[str] = set()
    for block in blocks:
        text = block.text.lower()
        words = collapse(text).split()
        own = 2 if text.endswith(rest.lower()) else 1
        if words and len(words[0].strip(_SIGNS)) > 1:
            own -= 1
        found.update(word.strip(_SIGNS) for word in words[own:])
    return frozenset(found)
