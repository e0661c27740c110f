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

from ingest.extract.body.columns import AROUND, KINDS, NAMES, NEIGHBOURS, TAGS
from ingest.extract.body.meanings import meanings_of
from ingest.extract.body.menus import is_menu
from ingest.extract.body.wording import digits_and_capitals, words_of
from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.page.class_words import BITS
from ingest.extract.page.folding import letters
from ingest.extract.page.sums import PageSums, sums_of, way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ingest.extract.page.blocks import PageBlocks

__all__ = ["PageFacts", "features_of", "table_of"]

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
    """As ``table_of``, one list for each block."""
    numbers, table = table_of(page, facts)
    return numbers, table.tolist()


def table_of(page: PageBlocks, facts: PageFacts) -> tuple[list[int], NDArray[np.float64]]:
    """(numbers of the blocks that may be the article's, one row for each with columns as in ``columns.NAMES``).

    Menus, footers and lists of links are left out: no template writes its articles there.
    """
    import numpy as np

    sums = sums_of(page) if page.blocks else None
    numbers = (
        [number for number in range(len(page.blocks)) if not is_menu(page, sums, number)]
        if sums is not None
        else []
    )
    if sums is None or not numbers:
        return [], np.empty((0, len(NAMES)))
    known = _Known.of(page, facts, sums, frozenset(numbers))
    own, around = meanings_of(page, sums, known.heading, known.first_prose)
    containers = page.containers
    held = [page.blocks[number].container for number in numbers]
    told = [[*known.own(n), *known.said(n), *known.place(n)] for n in numbers]
    near = [own[index] | own[max(containers[index].parent, 0)] for index in held]
    table = np.hstack(
        [
            np.array(told),
            _bits(near, len(BITS)),
            _bits([around[index] for index in held], len(BITS)),
            _bits([page.blocks[number].bits_inside for number in numbers], len(BITS)),
            _bits([_tags(containers[index].tags_around) for index in held], len(AROUND)),
            known.neighbours(numbers),
        ]
    )
    return numbers, table


def _bits(bits: Sequence[int], width: int) -> NDArray[np.int64]:
    """One row for each of ``bits``, its lowest bit first."""
    import numpy as np

    return np.array(bits, dtype=np.int64)[:, None] >> np.arange(width) & 1


@lru_cache(maxsize=4096)
def _tags(tags: frozenset[str]) -> int:
    return sum(1 << number for number, tag in enumerate(AROUND) if tag in tags)


#: What a block shows its neighbours: size, link share, tag, kind, whether a sentence ends it.
_Shown = tuple[float, float, float, float, float]
_SHOWN = 5
#: Columns of a neighbour: where it is said whether it has the same parent, and those of ``_Shown``.
_SAME, _BUT_SAME = 3, [0, 1, 2, 4, 5]
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
    #: Words that a block of prose holds, and those that more than one do.
    spread: tuple[set[str], set[str]]
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
    #: Of each element: which ``article`` element of the page it is in (-1 none), and whether the
    #: headline stands in that too (-1 in none).
    article_nth: list[float] = field(default_factory=list)
    article_headed: list[float] = field(default_factory=list)
    #: In how many elements the blocks of a path stand: one for paragraphs, many for cards.
    path_parents: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, page: PageBlocks, facts: PageFacts, sums: PageSums, asked: frozenset[int]
    ) -> _Known:
        """What is known of ``page``, which has at least one block; less of those not ``asked`` about."""
        blocks = page.blocks
        keys = [letters(block.text) for block in blocks]
        words = [
            words_of(block.text, sums.sizes[number]) if number in asked else set()
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
            spread=(set(spread), {word for word, count in spread.items() if count > 1}),
            shown=shown,
            chrome=chrome,
            title_keys=[letters(title) for title in facts.titles if title],
            title_words=words_of(" ".join(facts.titles)),
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
        containers = self.page.containers
        pairs = {
            (containers[block.container].path, containers[block.container].parent)
            for block in self.page.blocks
        }
        self.path_parents.update(path for path, _ in pairs)
        headed: set[int] = set()
        if self.heading >= 0:
            headed.update(way_of(self.page, self.page.blocks[self.heading].container))
        count = 0
        for index, container in enumerate(containers):
            if container.tag == "article":
                self.article_nth.append(float(min(count, 30)))
                self.article_headed.append(float(index in headed))
                count += 1
            else:
                above = container.parent
                self.article_nth.append(self.article_nth[above] if above >= 0 else -1.0)
                self.article_headed.append(self.article_headed[above] if above >= 0 else -1.0)

    def own(self, number: int) -> list[float]:
        """Of the block alone."""
        block = self.page.blocks[number]
        text = block.text
        size = max(len(text), 1)
        digits, capitals = digits_and_capitals(text[:200])
        shown = self.shown[number]
        return [
            shown[0],
            float(text.count(" ") + 1),
            shown[1],
            float(block.links),
            block.strong / size,
            block.emphasis / size,
            float(block.breaks),
            digits / min(size, 200),
            capitals / min(size, 200),
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
            len(words & self.spread[own_prose]) / max(len(words), 1),
            float(len(words)),
            float(container.is_article_body),
            float(min(total, 1000)),
            float(min(page_prose, 20000)),
            sums.containers[sums.main].prose / page_prose,
            self.convention,
            self.article_nth[index],
            self.article_headed[index],
            float(min(self.path_parents[container.path], 60)),
        ]

    def neighbours(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """What stands before and after each of the blocks ``numbers``."""
        import numpy as np

        blocks, containers = self.page.blocks, self.page.containers
        ends = NEIGHBOURS[-1]
        shown = np.full((len(blocks) + 2 * ends, _SHOWN + 1), -1.0)
        shown[ends:-ends, _SAME] = 0.0
        shown[ends:-ends, _BUT_SAME] = self.shown
        parents = np.full(len(shown), -2)
        parents[ends:-ends] = [containers[block.container].parent for block in blocks]
        own = np.array(numbers)[:, None] + ends
        beside = own + np.array(NEIGHBOURS)
        found: NDArray[np.float64] = shown[beside]
        found[:, :, _SAME] += parents[beside] == parents[own]
        return found.reshape(len(numbers), -1)
