"""The body decided block by block, with what each witness said.

Witnesses are the page's own markup and metadata (``features``), the text that JSON-LD or a feed
gives, and, where those leave doubt, trafilatura. ``model`` weighs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from ingest.extract.body.features import PageFacts, table_of
from ingest.extract.body.model import model
from ingest.extract.body.next_article import next_article
from ingest.extract.body.teasers import teaser_blocks
from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.page.blocks import PageBlock, PageBlocks
from ingest.extract.page.class_words import BESIDE
from ingest.extract.page.copies import without_copies
from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import names_of, text_of, types_of
from ingest.extract.page.prose import weighted_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["Decided", "Decision", "Doubt", "decide", "facts_of", "found_by", "neighbours"]

#: Probability from which a block belongs to the article.
BELONGS = 0.5
#: Share of the text in doubt from which the second witness is heard.
DOUBT = 0.1
#: Characters of a body below which it is heard in any case.
LITTLE = 600
#: Characters from which its first look is enough: its further ones are for pages whose text it misses.
MUCH = 1500
#: Letters that the comparison with another extractor's lines needs.
_PROBE = 15
_LARGEST_COUNTED = 1000

Witness = Literal["markup", "json_ld", "trafilatura"]
#: Which blocks of a text belong, or whether the text was found at all.
Doubt = Literal["which", "whether"]


class Decision(NamedTuple):
    """One block of the page and whether it belongs; a tuple, for a page has hundreds."""

    block: PageBlock
    #: 0 to 1.
    probability: float
    #: What each witness that was heard said: whether it holds the block for text.
    witnesses: tuple[tuple[Witness, bool], ...]

    @property
    def belongs(self) -> bool:
        """Whether the block is the article's."""
        return self.probability >= BELONGS


@dataclass(frozen=True, slots=True)
class Decided:
    """Every block of a page with its decision, in reading order; of a text that it holds twice, one."""

    decisions: tuple[Decision, ...]
    page: PageBlocks
    #: Rows as they were weighed, by number of block; menus have none.
    rows: dict[int, NDArray[np.float64]]
    ensemble: Literal["page", "witness"]
    #: Of each text that the page holds twice, how the copy begins that was left out, and its blocks.
    copies: tuple[tuple[str, int], ...] = ()

    def reasons(self, number: int, most: int = 3) -> list[tuple[str, float]]:
        """What moved the decision on block ``number`` most, and by how much (log-odds)."""
        row = self.rows.get(number)
        return [] if row is None else model(self.ensemble).reasons(row, most)


def decide(page: HtmlPage, facts: PageFacts, second: Callable[[Doubt], str | None]) -> Decided:
    """Decide on every block of ``page``.

    Args:
        page: whose tree is read, not changed.
        facts: what it says of itself.
        second: gives another extractor's text, one line a block, ``None`` where it finds none;
            called only where there is doubt, and told which, since it costs more than all else.
    """
    once = without_copies(page.blocks)
    blocks = once.page
    numbers, rows = table_of(blocks, facts)
    teasers = teaser_blocks(blocks)
    first = _spread(numbers, model("page").probabilities(rows), len(blocks.blocks))
    probabilities, said = first, None
    ensemble: Literal["page", "witness"] = "page"
    doubt = _doubt(blocks, probabilities)
    if doubt is not None:
        text = second(doubt)
        if text:
            ensemble, said = "witness", found_by(blocks, text)
            extra = neighbours(said)
            rows = _beside(rows, [extra[number] for number in numbers])
            asked = model("witness").probabilities(rows)
            probabilities = _spread(numbers, asked, len(blocks.blocks))
            if _at_odds(blocks, probabilities, said, teasers):
                probabilities = [_BELIEVED if found else 1 - _BELIEVED for found in said]
    probabilities = _without_next_article(
        blocks, _agreed(blocks, probabilities), facts.stated_titles
    )
    for number in (*teasers, *_headline(blocks, probabilities, facts)):
        probabilities[number] = min(probabilities[number], _ANNOUNCED)
    probabilities = _unless_all_beside(blocks, probabilities)
    bodies = "".join(letters(body) for body in facts.article_bodies)
    decisions = []
    for number, block in enumerate(blocks.blocks):
        witnesses: list[tuple[Witness, bool]] = [("markup", first[number] >= BELONGS)]
        if bodies:
            witnesses.append(("json_ld", letters(block.text) in bodies))
        if said is not None:
            witnesses.append(("trafilatura", said[number] > 0))
        decisions.append(Decision(block, probabilities[number], tuple(witnesses)))
    return Decided(
        tuple(decisions), blocks, dict(zip(numbers, rows, strict=True)), ensemble, once.left_out
    )


def _beside(
    rows: NDArray[np.float64], more: Sequence[Sequence[float]] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """``rows`` with the columns of ``more`` behind their own."""
    import numpy as np

    return np.hstack([rows, np.asarray(more)]) if len(rows) else rows


#: Share of what is kept that the second witness must have, else one of the two has missed the text.
_COMMON = 0.4
_LEAST_SECOND = 300
_AS_LARGE = 0.7
#: What its word is worth then: enough to belong, not enough to overrule what comes after.
_BELIEVED = 0.75
#: Probability, at most, of what announces another article or comes after this one.
_ANNOUNCED = 0.1


def _at_odds(
    blocks: PageBlocks,
    probabilities: Sequence[float],
    said: Sequence[int],
    teasers: frozenset[int],
) -> bool:
    """Whether the second witness, heard in doubt, has another text altogether, and no smaller one."""
    kept = common = second = beside = 0
    for number, block in enumerate(blocks.blocks):
        probability, found = probabilities[number], said[number]
        size = weighted_size(block.text)
        second += size if found else 0
        beside += size if found and (number in teasers or _is_beside(blocks, block)) else 0
        if probability >= BELONGS:
            kept += size
            common += size if found else 0
    return (second >= max(_LEAST_SECOND, _AS_LARGE * kept) and common < _COMMON * kept) or (
        kept == 0 and second - beside >= _LEAST_SECOND
    )


def _is_beside(blocks: PageBlocks, block: PageBlock) -> bool:
    """Whether a block is a heading or stands where readers are asked to do or to agree to something."""
    container = blocks.containers[block.container]
    near = container.bits | blocks.containers[max(container.parent, 0)].bits
    return block.type == "heading" or bool(near & BESIDE)


def _unless_all_beside(blocks: PageBlocks, probabilities: list[float]) -> list[float]:
    """None of it where the little that is kept is no more than such requests: the text is missing."""
    kept = [
        block
        for block, probability in zip(blocks.blocks, probabilities, strict=True)
        if probability >= BELONGS
    ]
    if sum(len(block.text) for block in kept) < LITTLE and all(
        _is_beside(blocks, block) for block in kept
    ):
        return [min(probability, _ANNOUNCED) for probability in probabilities]
    return probabilities


def _without_next_article(
    blocks: PageBlocks, probabilities: list[float], titles: Sequence[str]
) -> list[float]:
    """Without the article that pages of endless scrolling bring along below."""
    number = next_article(blocks, [p >= BELONGS for p in probabilities], titles)
    if number is None:
        return probabilities
    return probabilities[:number] + [min(p, _ANNOUNCED) for p in probabilities[number:]]


#: Characters of a block that is a headline with its byline.
_LONGEST_HEAD = 300


#: Likelihood from which a paragraph above the byline is the text's first, not a standfirst.
_SURE = 0.7
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _headline(
    blocks: PageBlocks, probabilities: Sequence[float], facts: PageFacts
) -> Sequence[int]:
    """The number of the page's headline, where it stands above the text: it is no part of it."""
    titles = {letters(title) for title in facts.titles}
    for number, block in enumerate(blocks.blocks):
        if blocks.containers[block.container].tag == "h1":
            if letters(block.text) not in titles:
                return ()
            return (number, *_standfirst(blocks, probabilities, number + 1))
        # Old markup sets it in bold, with the byline on the next line.
        if len(block.text) <= _LONGEST_HEAD and "\n" in block.text:
            line = letters(block.text.partition("\n")[0])
            if len(line) >= _PROBE and any(line in title for title in titles):
                return (number,)
        if probabilities[number] >= BELONGS and block.type == "paragraph":
            break
    return ()


def _standfirst(blocks: PageBlocks, probabilities: Sequence[float], number: int) -> Sequence[int]:
    """Block ``number``, below the headline, where the byline stands right below it and it is in doubt."""
    if number + 1 >= len(blocks.blocks):
        return ()
    block, below = blocks.blocks[number], blocks.blocks[number + 1].text
    doubted = block.type == "paragraph" and probabilities[number] < _SURE
    dated = len(below) <= _LONGEST_HEAD and _YEAR.search(below) is not None
    said = chrome_kind(below, edge=True) in ("byline", "timestamp") or dated
    return (number,) if doubted and said and probabilities[number + 1] < _ANNOUNCED else ()


_GROUPS = frozenset(["ul", "ol", "dl", "table"])
_LEAST_GROUP = 3
#: Probability of a heading that is believed where text follows it, and of how many blocks one is looked for.
_HEADING, _BOLD_LINE = 0.2, 0.4
#: Characters of a bold line that may be one.
_SHORT_LINE = 80
_AHEAD = 3


def _agreed(blocks: PageBlocks, probabilities: Sequence[float]) -> list[float]:
    """Items of one list and rows of one table stand or fall together; a heading goes with its text."""
    agreed = list(probabilities)
    groups: dict[int, list[int]] = {}
    for number, block in enumerate(blocks.blocks):
        if block.type in ("list_item", "table"):
            index = block.container
            while index > 0 and blocks.containers[index].tag not in _GROUPS:
                index = blocks.containers[index].parent
            if index > 0:
                groups.setdefault(index, []).append(number)
    for numbers in groups.values():
        if len(numbers) >= _LEAST_GROUP:
            mean = sum(agreed[number] for number in numbers) / len(numbers)
            for number in numbers:
                agreed[number] = (agreed[number] + 2 * mean) / 3
    kept_before = False
    for number, block in enumerate(blocks.blocks):
        if agreed[number] >= BELONGS:
            kept_before = True
        elif kept_before and agreed[number] >= _least_of_subheading(block):
            following = range(number + 1, min(number + 1 + _AHEAD, len(agreed)))
            if any(
                agreed[n] >= BELONGS
                and blocks.blocks[n].type != "heading"
                and _neighbours_in_tree(blocks, number, n)
                for n in following
            ):
                agreed[number] = BELONGS
    return agreed


def _least_of_subheading(block: PageBlock) -> float:
    """What a subheading is believed from: more where only bold type makes a short line one, as in old systems."""
    if block.type == "heading":
        return _HEADING
    bold = block.type == "paragraph" and block.strong == len(block.text) <= _SHORT_LINE
    return _BOLD_LINE if bold and not block.linked else BELONGS


def _neighbours_in_tree(blocks: PageBlocks, one: int, other: int) -> bool:
    """Whether two blocks stand in one element, or in elements that do."""
    containers = blocks.containers
    parents = [containers[blocks.blocks[number].container].parent for number in (one, other)]
    if parents[0] == parents[1]:
        return True
    above = [containers[max(parent, 0)].parent for parent in parents]
    return above[0] == parents[1] or above[1] == parents[0] or above[0] == above[1]


def _spread(numbers: Sequence[int], probabilities: Sequence[float], total: int) -> list[float]:
    """One probability a block: 0 for those that were not asked about."""
    spread = [0.0] * total
    for number, probability in zip(numbers, probabilities, strict=True):
        spread[number] = probability
    return spread


def _doubt(blocks: PageBlocks, probabilities: Sequence[float]) -> Doubt | None:
    """What makes another extractor worth asking: much of the text could be either, or there is little."""
    doubt = sure = kept = 0.0
    for block, probability in zip(blocks.blocks, probabilities, strict=True):
        size = min(weighted_size(block.text), _LARGEST_COUNTED)
        doubt += size * min(probability, 1 - probability)
        sure += size * probability
        kept += size if probability >= BELONGS else 0
    if kept >= LITTLE and doubt <= DOUBT * sure:
        return None
    return "which" if kept >= MUCH else "whether"


def found_by(blocks: PageBlocks, text: str) -> list[int]:
    """For each block: 2 as a line of ``text``, 1 inside one, 0 not."""
    lines = [letters(line) for line in text.split("\n")]
    whole, joined = set(lines), "\n".join(lines)
    found = []
    for block in blocks.blocks:
        key = letters(block.text)
        found.append(2 if key in whole else 1 if len(key) >= _PROBE and key in joined else 0)
    return found


def neighbours(said: Sequence[int]) -> list[tuple[float, float, float]]:
    """The columns ``EXTRA`` of each block."""
    padded = [0, *said, 0]
    return [
        (float(padded[n]), float(padded[n - 1]), float(padded[n + 1]))
        for n in range(1, len(said) + 1)
    ]


def facts_of(page: HtmlPage, feed_text: str | None = None) -> PageFacts:
    """What ``page``, and the feed that led to it, say of the article."""
    node = page.article_node or {}
    stated = (
        page.first_meta("og:title"),
        page.first_meta("twitter:title"),
        text_of(node.get("headline")),
        page.head_title,
    )
    titles = (*page.headings[:2], *stated)
    descriptions = (
        page.first_meta("og:description"),
        page.first_meta("description"),
        page.first_meta("twitter:description"),
        text_of(node.get("description")),
    )
    authors = [name for name, _ in names_of(node.get("author"), page.json_ld)]
    named = page.first_meta("author")
    bodies = [
        text for text in (text_of(node.get("articleBody")), feed_text) if text and len(text) > 200
    ]
    return PageFacts(
        titles=tuple(dict.fromkeys(title for title in titles if title)),
        stated_titles=tuple(title for title in stated if title),
        descriptions=tuple(dict.fromkeys(text for text in descriptions if text)),
        authors=tuple(authors if named is None else [*authors, named]),
        article_bodies=tuple(bodies),
        convention=_convention(page),
    )


def _convention(page: HtmlPage) -> int:
    node = page.article_node
    if node is not None:
        return 0 if any("news" in kind for kind in types_of(node)) else 2
    kind = (page.first_meta("og:type") or "").lower()
    says_article = (
        kind in ("article", "og:article", "news") or "article:published_time" in page.meta
    )
    return 0 if says_article else 2
