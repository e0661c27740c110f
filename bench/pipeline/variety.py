"""What makes the pages of real sites differ: texts taken from other papers, and pages in another frame.

A tenth of what a paper publishes is another's, with a few words changed and a line that says whose it is;
and most sites have a second kind of page, for what is longer than a report, whose markup has other names.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bench.pipeline.made_articles import Item, Kind, MadeArticle, made_article
from bench.pipeline.page_parts import Part

__all__ = ["FEATURES", "as_feature", "copied", "is_copy"]

#: One of so many articles is a copy.
COPIES = 10
#: Kinds of article that some sites show in a frame of their own.
FEATURES: tuple[Kind, ...] = ("opinion", "interview", "list")

_CREDIT = {
    "en": "Originally published by {0}.",
    "de": "Dieser Artikel erschien zuerst in: {0}.",
}
_SWAPS = {
    "en": {"said": "says", "also": "too", "about": "around", "near": "close to", "while": "as"},
    "de": {"sagte": "sagt", "auch": "ebenfalls", "etwa": "rund", "bei": "nahe", "weil": "da"},
}
_SENTENCE_END = re.compile(r"(?<=[.!?”“]) (?=[A-ZÄÖÜ“„])")
_CLASS = re.compile(r'\bclass="([^"]+)"')


def is_copy(paper: str, number: int) -> bool:
    """Whether article ``number`` of ``paper`` is another paper's."""
    return zlib.crc32(f"{paper} {number}".encode()) % COPIES == 0


def copied(own: MadeArticle, paper: str, original: str, title: str) -> MadeArticle:
    """The article of ``original``, a paper called ``title``, that stands in the place of ``own``."""
    rng = random.Random(f"{paper} {own.number} copy")
    taken = made_article(original, own.language, own.number + 3 * COPIES)
    flow = tuple(_edited(item, rng, own.language) for item in taken.flow)
    named = taken.title if rng.random() < 0.7 else own.title
    return replace(
        own,
        kind=taken.kind,
        title=named,
        standfirst=taken.standfirst,
        published=max(own.published, taken.published + timedelta(minutes=5)),
        credit=(title, _CREDIT[own.language].format(title)),
        flow=flow,
    )


def _edited(item: Item, rng: random.Random, language: str) -> Item:
    """A paragraph with few words changed, now and then without one of its sentences."""
    if item.part != "paragraph":
        return item
    swaps = _SWAPS[language]
    sentences = _SENTENCE_END.split(item.lines[0])
    kept = [sentence for sentence in sentences if rng.random() > 0.03] or sentences
    text = " ".join(
        " ".join(swaps.get(word, word) for word in sentence.split(" "))
        if rng.random() < 0.2
        else sentence
        for sentence in kept
    )
    return replace(item, lines=(text,))


def as_feature(parts: Sequence[Part]) -> list[Part]:
    """A page in the site's frame for longer pieces: what is its own has other names, the rest stays."""
    return [_CLASS.sub(_renamed, part) if isinstance(part, str) else part for part in parts]


def _renamed(match: re.Match[str]) -> str:
    return 'class="' + " ".join(f"{name}--feature" for name in match[1].split()) + '"'
