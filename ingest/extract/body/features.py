"""What is known of each block of a page, as numbers: the features that ``model`` weighs.

Every feature names something a reader of the markup could point at: how long the block is and how
much of it links, what the elements around it are called, how its neighbours and the other blocks of
its template look, whether the page's own metadata repeats or contains it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.body.columns import AROUND, KINDS, NEIGHBOURS, TAGS
from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.page.class_words import BITS, bits_named
from ingest.extract.page.folding import letters
from ingest.extract.page.sums import PageSums, sums_of, way_of

if TYPE_CHECKING:
    from ingest.extract.page.blocks import PageBlocks

__all__ = ["PageFacts", "features_of"]

_WORD = re.compile(r"\w{4,}|[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{2}")
_END = re.compile(r"[.!?…。！？।۔][\"'”’»)\]]*$")
_STOPS = re.compile(r"[.!?。！？।۔](?:\s|$|[\"”’»])")
#: Letters of the page that a block is searched in; more would cost with the square of the page.
_LONGEST_COMPARED = 60_000
_LONGEST_CHROME = 320


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page says of itself, which its blocks are held against."""

    titles: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    #: JSON-LD's or the feed's text of the article, where there is one.
    article_bodies: tuple[str, ...] = ()
    #: Whose habits the page follows: 0 a newsroom's, 2 a blog's, a guide's or a company's. (1 is met in
    #: training only: labels that count standfirsts as text.)
    convention: int = 0
    #: Of the titles those that stand in its head, not on the page.
    stated_titles: tuple[str, ...] = ()


def features_of(page: PageBlocks, facts: PageFacts) -> tuple[list[int], list[list[float]]]:
    """(numbers of the blocks that may be the article's, one row for each with columns as in ``columns.NAMES``).

    Menus, footers and lists of links are left out: no template writes its articles there.
    """
    if not page.blocks:
        return [], []
    sums = sums_of(page)
    numbers = [number for number in range(len(page.blocks)) if not _is_menu(page, sums, number)]
    known = _Known.of(page, facts, sums, frozenset(numbers))
    own, around = _meanings(page, sums, known)
    rows: list[list[float]] = []
    for number in numbers:
        index = page.blocks[number].container
        container = page.containers[index]
        row = known.own(number)
        row += known.said(number)
        row += known.place(number)
        row += _bits(own[index] | own[max(container.parent, 0)])
        row += _bits(around[index])
        row += _bits(page.blocks[number].bits_inside)
        row += _tags(container.tags_around)
        row += known.neighbours(number)
        rows.append(row)
    return numbers, rows


#: Share of the page's prose from which the name of the element that holds it is no furniture's.
_NEARLY_ALL = 0.9
_OF_TEXT = bits_named("body", "content", "title")


def _meanings(page: PageBlocks, sums: PageSums, known: _Known) -> tuple[list[int], list[int]]:
    """What the names of each element say, and those of all around it.

    A word of furniture in the name of an element that holds the headline and the text, or nearly all
    prose from the first on ("comments-enabled", "has-sidebar"), speaks of the page, not of what it
    holds.
    """
    heading = page.blocks[known.heading].container if known.heading >= 0 else 0
    headed = set(way_of(page, heading)) if known.heading >= 0 else set()
    opened = set(way_of(page, page.blocks[known.first_prose].container))
    own: list[int] = []
    around: list[int] = []
    for index, container in enumerate(page.containers):
        bits = container.bits
        if bits and index in sums.on_way:
            nearly = sums.containers[index].prose >= _NEARLY_ALL * sums.page_prose
            if index in headed or (nearly and index in opened):
                bits &= _OF_TEXT
        own.append(bits)
        around.append(bits | (around[container.parent] if container.parent >= 0 else 0))
    return own, around


_NEVER = frozenset(["nav", "footer"])
_ALWAYS = frozenset(["article", "main"])
_SHORT = 80
_ALL_LINKED = 0.95
_OF_LINKS = 0.8


def _is_menu(page: PageBlocks, sums: PageSums, number: int) -> bool:
    """Whether a short block stands in a menu, a footer or a list of links outside the main element."""
    block = page.blocks[number]
    if sums.sizes[number] >= _SHORT:
        return False
    container = page.containers[block.container]
    tags = container.tags_around
    if tags & _NEVER and not tags & _ALWAYS:
        return True
    return (
        block.linked >= _ALL_LINKED * len(block.text)
        and not sums.in_main(block.container)
        and sums.containers[max(container.parent, 0)].link_share >= _OF_LINKS
    )


@lru_cache(maxsize=4096)
def _bits(bits: int) -> tuple[float, ...]:
    return tuple(float(bits >> bit & 1) for bit in range(len(BITS)))


@lru_cache(maxsize=4096)
def _tags(tags: frozenset[str]) -> tuple[float, ...]:
    return tuple(float(tag in tags) for tag in AROUND)


#: What a block shows its neighbours: size, link share, tag, kind, whether a sentence ends it.
_Shown = tuple[float, float, float, float, float]
_TYPE = {
    "paragraph": 0.0,
    "heading": 1.0,
    "list_item": 2.0,
    "quote": 3.0,
    "table": 4.0,
    "caption": 5.0,
    "code": 6.0,
}


@dataclass(slots=True)
class _Known:
    """All that the rows of one page are made of."""

    page: PageBlocks
    sums: PageSums
    convention: float
    keys: list[str]
    words: list[set[str]]
    #: How many blocks of prose hold a word.
    spread: Counter[str]
    shown: list[_Shown]
    chrome: list[bool]
    title_keys: list[str]
    title_words: set[str]
    description_keys: list[str]
    author_keys: list[str]
    body_keys: list[str]
    times: Counter[str]
    #: Letters of the main prose.
    joined: str
    heading: int
    first_prose: int
    last_prose: int
    #: Blocks of an element that came before, by its index.
    order: list[int] = field(default_factory=list)
    #: Prose before each block.
    prose_before: list[float] = field(default_factory=list)
    earlier: list[bool] = field(default_factory=list)

    @classmethod
    def of(
        cls, page: PageBlocks, facts: PageFacts, sums: PageSums, asked: frozenset[int]
    ) -> _Known:
        """What is known of ``page``, which has at least one block; less of those not ``asked`` about."""
        blocks = page.blocks
        keys = [letters(block.text) for block in blocks]
        words = [
            set(_WORD.findall(block.text.lower())) if number in asked else set()
            for number, block in enumerate(blocks)
        ]
        spread: Counter[str] = Counter()
        for number, own_words in enumerate(words):
            if sums.prose[number]:
                spread.update(own_words)
        shown: list[_Shown] = []
        chrome: list[bool] = []
        for number, block in enumerate(blocks):
            text = block.text
            short = len(text) <= _LONGEST_CHROME and number in asked
            kind = chrome_kind(text, edge=True) if short else None
            chrome.append(kind is not None)
            shown.append(
                (
                    float(min(sums.sizes[number], 2000)),
                    block.linked / max(len(text), 1),
                    float(TAGS.get(page.containers[block.container].tag, 0)),
                    0.0 if kind is None else float(KINDS.get(kind, len(KINDS) + 1)),
                    float(bool(_END.search(text[-6:]))),
                )
            )
        prose = [n for n in range(len(blocks)) if sums.prose[n]]
        main = [n for n in prose if sums.in_main(blocks[n].container)] or prose or [0]
        tags = [page.containers[block.container].tag for block in blocks]
        known = cls(
            page=page,
            sums=sums,
            convention=float(facts.convention),
            keys=keys,
            words=words,
            spread=spread,
            shown=shown,
            chrome=chrome,
            title_keys=[letters(title) for title in facts.titles if title],
            title_words=set(_WORD.findall(" ".join(facts.titles).lower())),
            description_keys=[letters(text) for text in facts.descriptions if text],
            author_keys=[letters(name) for name in facts.authors if len(name) > 3],
            body_keys=[letters(text)[:_LONGEST_COMPARED] for text in facts.article_bodies if text],
            times=Counter(keys),
            joined="\n".join(keys[n] for n in main)[:_LONGEST_COMPARED],
            heading=tags.index("h1") if "h1" in tags else -1,
            first_prose=main[0],
            last_prose=main[-1],
        )
        known._count()
        return known

    def _count(self) -> None:
        seen: set[str] = set()
        before = 0.0
        nth: dict[int, int] = {}
        for number, block in enumerate(self.page.blocks):
            parent = max(self.page.containers[block.container].parent, 0)
            nth[parent] = nth.get(parent, -1) + 1
            self.order.append(nth[parent])
            self.prose_before.append(before)
            self.earlier.append(self.keys[number] in seen)
            seen.add(self.keys[number])
            before += self.sums.prose[number]

    def own(self, number: int) -> list[float]:
        """Of the block alone."""
        block = self.page.blocks[number]
        text = block.text
        size = max(len(text), 1)
        start = text[:200]
        shown = self.shown[number]
        return [
            shown[0],
            float(text.count(" ") + 1),
            shown[1],
            float(block.links),
            block.strong / size,
            block.emphasis / size,
            float(block.breaks),
            sum(map(str.isdigit, start)) / min(size, 200),
            sum(map(str.isupper, start)) / min(size, 200),
            float(len(_STOPS.findall(text[:2000]))),
            float(text.count(",")),
            shown[4],
            float(text[:1].islower()),
            float(text.endswith(":")),
            float("|" in text),
            float("@" in text),
            float(self.sums.sizes[number] > size),
            shown[2],
            _TYPE[block.type],
            float(self.page.containers[block.container].depth),
            shown[3],
            float(self.chrome[number]),
            float(not text[:1].isalnum()),
            float(text.endswith(("...", "…"))),
        ]

    def said(self, number: int) -> list[float]:
        """What the page's metadata and its other blocks say of the block."""
        key, words = self.keys[number], self.words[number]
        size = len(self.page.blocks[number].text)
        in_body = fraction = 0.0
        if self.body_keys:
            in_body = 2.0 if key and any(key in body for body in self.body_keys) else 1.0
            fraction = min(max(map(len, self.body_keys)) / max(len(self.joined), 1), 5.0)
        long = len(key) >= 8
        own_prose = 1 if self.sums.prose[number] else 0
        inside = 12 <= len(key) < 400 and self.joined.count(key) > own_prose
        return [
            float(key in self.title_keys),
            float(long and any(key in title for title in self.title_keys)),
            len(words & self.title_words) / max(len(words), 1),
            float(key in self.description_keys),
            float(long and any(key in text for text in self.description_keys)),
            float(any(len(text) >= 20 and text[:60] in key for text in self.description_keys)),
            float(key in self.author_keys),
            float(size < 300 and any(name in key for name in self.author_keys)),
            in_body,
            fraction,
            float(self.times[key] > 1),
            float(self.earlier[number]),
            float(inside),
        ]

    def place(self, number: int) -> list[float]:
        """Where the block stands on the page and in its tree."""
        sums, containers = self.sums, self.page.containers
        total = len(self.page.blocks)
        index = self.page.blocks[number].container
        container = containers[index]
        # A block's own element holds it alone mostly: its parent is what groups it.
        parent = container.parent if container.parent >= 0 else index
        grand = containers[parent].parent if containers[parent].parent >= 0 else parent
        great = containers[grand].parent if containers[grand].parent >= 0 else grand
        branch, depth = sums.branches[index]
        path = sums.paths[container.path]
        p, g = sums.containers[parent], sums.containers[grand]
        gg, b = sums.containers[great], sums.containers[branch]
        page_prose = sums.page_prose
        before = self.prose_before[number]
        own_prose = 1 if sums.prose[number] else 0
        words = self.words[number]
        return [
            number / total,
            float(max(min(number - self.heading, 60), -60)) if self.heading >= 0 else 99.0,
            float(max(min(number - self.first_prose, 60), -60)),
            float(max(min(number - self.last_prose, 60), -60)),
            min(before, 5000.0),
            before / page_prose,
            float(min(path.blocks, 60)),
            float(min(path.prose, 5000)),
            path.prose / page_prose,
            path.link_share,
            path.size / path.blocks,
            float(min(p.blocks, 99)),
            float(min(p.prose, 5000)),
            p.prose / page_prose,
            p.link_share,
            float(min(self.order[number], 60)),
            float(min(g.blocks, 99)),
            float(min(g.prose, 5000)),
            g.prose / page_prose,
            g.link_share,
            gg.prose / page_prose,
            gg.link_share,
            float(min(gg.blocks, 200)),
            float(depth),
            float(depth >= 0),
            b.prose / page_prose,
            b.link_share,
            float(min(b.blocks, 99)),
            float(min(b.prose, 5000)),
            float(sums.containers[index].blocks),
            float(number < self.first_prose),
            sum(self.spread[word] > own_prose for word in words) / max(len(words), 1),
            float(len(words)),
            float(container.is_article_body),
            float(min(total, 1000)),
            float(min(page_prose, 20000)),
            sums.containers[sums.main].prose / page_prose,
            self.convention,
        ]

    def neighbours(self, number: int) -> list[float]:
        """What stands before and after the block."""
        blocks, containers = self.page.blocks, self.page.containers
        parent = containers[blocks[number].container].parent
        found: list[float] = []
        for offset in NEIGHBOURS:
            other = number + offset
            if 0 <= other < len(blocks):
                size, links, tag, kind, ends = self.shown[other]
                same = containers[blocks[other].container].parent == parent
                found += [size, links, tag, float(same), kind, ends]
            else:
                found += [-1.0] * 6
        return found
