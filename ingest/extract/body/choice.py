"""The body from the decisions on a page's blocks: what belongs, its captions, what was left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.body.decisions import Decided, decide, facts_of
from ingest.extract.body.selected import Body, body_by_generic
from ingest.extract.carried.bodies import MUCH_SHOWN, body_in_json_ld, body_in_scripts
from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.chrome.repeats import pull_quotes
from ingest.extract.page.class_words import BITS
from ingest.extract.page.folding import letters
from storage.article import Block, Struck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.body.decisions import Doubt
    from ingest.extract.page.blocks import PageBlock, PageBlocks
    from ingest.extract.page.html_page import HtmlPage

__all__ = [
    "SHORTENED",
    "body_by_json_ld",
    "body_by_scripts",
    "body_of",
    "decide_on",
    "reason_of",
]

#: Elements of a page up to which the second witness is heard: its cost grows faster than the page.
_LARGEST_SECOND = 3000
#: Blocks around the text of which is told why they were left out.
_AROUND = 12
_MOST_TOLD = 200
#: Characters of a struck line that are told; lines that are counted by site are no longer.
SHORTENED = 300
#: Share of a block that is linked, from which it is a list of links.
_LINKS = 0.6
#: What the names of the elements around a block make of it, the surest first.
_REASONS = {
    "comment": "comment",
    "share": "share",
    "newsletter": "prompt",
    "ad": "ad",
    "caption": "caption",
    "related": "related",
    "author": "byline",
    "tags": "tags",
    "meta": "timestamp",
    "standfirst": "standfirst",
    "navigation": "navigation",
    "contents": "contents",
    "legal": "legal",
    "sidebar": "sidebar",
    "quote": "pull_quote",
    "embed": "embed",
    "media": "caption",
}
#: Share of a line that is linked, and its characters, from which it promotes another story.
_ALL, _LEAST_PROMOTION = 0.95, 40
#: Characters of a headline that is linked, and of the words before it.
_LEAST_HEADLINE, _LONGEST_LABEL = 15, 30
#: Elements that say themselves that they hold a caption.
_SAY_CAPTION = frozenset(["figcaption", "caption"])
_ARROWS = " ›»→►▶"
_STOPS = (".", "!", ":", "…", "。")
_BIT = {name: 1 << number for number, name in enumerate(BITS)}


def decide_on(page: HtmlPage, feed_text: str | None = None) -> Decided:
    """The decisions on ``page``, with trafilatura as the second witness."""

    def second(doubt: Doubt) -> str | None:
        if page.shape.elements > _LARGEST_SECOND:
            return None
        found = body_by_generic(
            page.tree.html or page.text, page.shape, precise=True, thorough=doubt == "whether"
        )
        return "\n".join(block.text for block in found.blocks) if found else None

    return decide(page, facts_of(page, feed_text), second)


def body_by_json_ld(page: HtmlPage, shown: Body) -> Body | None:
    """The text that JSON-LD gives where the page itself shows ``shown``, which is much less of it."""
    blocks = body_in_json_ld(page, shown.size)
    return Body(blocks) if blocks else None


def body_by_scripts(page: HtmlPage, shown: Body) -> Body | None:
    """The text in the data that scripts draw the page from, where it shows ``shown``, which is much less."""
    if shown.size >= MUCH_SHOWN:
        return None
    blocks = body_in_scripts(page, shown.size)
    return Body(blocks) if blocks else None


def body_of(decided: Decided) -> Body:
    """The blocks that belong, captions between them, and the lines left out near them."""
    kept = [number for number, decision in enumerate(decided.decisions) if decision.belongs]
    if not kept:
        return Body(())
    repeated = _pull_quotes(decided.page, kept)
    first, last = kept[0], kept[-1]
    blocks: list[Block] = []
    struck: list[Struck] = []
    last_key = ""
    for number in range(
        max(first - _AROUND, 0), min(last + _AROUND, len(decided.decisions) - 1) + 1
    ):
        decision = decided.decisions[number]
        block = decision.block
        if block.type == "caption" and _is_in_picture_table(decided.page, block):
            struck.append(Struck(block.text[:SHORTENED], "caption", "in a small table"))
        elif decision.belongs and _is_promotion(decided, number):
            struck.append(
                Struck(block.text[:SHORTENED], "related", "a link of its own amid the text")
            )
        elif number in repeated:
            rule = "stands in a paragraph of the text"
            struck.append(Struck(block.text[:SHORTENED], "pull_quote", rule))
        elif decision.belongs:
            # Responsive templates print the same paragraph twice in a row.
            key = letters(block.text)
            if not key or key != last_key:
                kind = "paragraph" if block.type == "caption" else block.type
                blocks.append(Block(kind, block.text))
            last_key = key
        elif block.type == "caption" and first < number < last and not _is_credit(block.text):
            blocks.append(Block("caption", block.text))
        elif number in decided.rows and len(struck) < _MOST_TOLD:
            rule = f"likely to {decision.probability:.2f} the article's"
            struck.append(Struck(block.text[:SHORTENED], reason_of(decided.page, number), rule))
    for text, size in decided.copies:
        rule = f"begins a copy of {size} blocks that the page holds twice"
        struck.append(Struck(text[:SHORTENED], "doubled_line", rule))
    return Body(tuple(blocks), tuple(struck))


def _pull_quotes(page: PageBlocks, kept: Sequence[int]) -> frozenset[int]:
    numbers = [number for number in kept if page.blocks[number].type == "paragraph"]
    found = pull_quotes(
        [page.blocks[number].text for number in numbers],
        [page.containers[page.blocks[number].container].path for number in numbers],
    )
    return frozenset(numbers[place] for place in found)


def _is_promotion(decided: Decided, number: int) -> bool:
    """Whether a paragraph is a link to another story between two paragraphs of this one."""
    block = decided.decisions[number].block
    if _is_labelled_link(block):
        return True
    if (
        block.type != "paragraph"
        or block.linked < _ALL * len(block.text)
        or len(block.text) < _LEAST_PROMOTION
        or block.text.endswith(_STOPS)
    ):
        return False
    around = (
        decided.decisions[n] for n in (number - 1, number + 1) if 0 <= n < len(decided.decisions)
    )
    return all(
        near.belongs
        and near.block.type == "paragraph"
        and near.block.linked < _LINKS * len(near.block.text)
        for near in around
    )


def _is_labelled_link(block: PageBlock) -> bool:
    """Whether a block is one link behind an arrow or words that announce another story.

    "Read more Town buys bridge", "» Town buys bridge".
    """
    if block.links != 1 or block.linked < _LEAST_HEADLINE or block.text.endswith(_STOPS):
        return False
    # To the blank before the link, whose length is known but for rounding.
    label = block.text[: len(block.text) - block.linked + 1].rpartition(" ")[0]
    if label and not label.strip(_ARROWS):
        return block.type == "paragraph"
    # With a colon it may be the author's own advice; the phrases of chrome know which is not.
    if label.endswith(":") or len(label) > _LONGEST_LABEL:
        return False
    return chrome_kind(label, edge=True) == "related"


def _is_in_picture_table(page: PageBlocks, block: PageBlock) -> bool:
    """Whether a caption is the text of a small table with a picture: a page of old, which says nothing more of it."""
    around = page.containers[block.container].tags_around
    return "table" in around and not around & _SAY_CAPTION


def _is_credit(text: str) -> bool:
    return chrome_kind(text, edge=True) is not None


def reason_of(page: PageBlocks, number: int) -> str:
    """Why block ``number`` is not the article's: what its line or the elements around it are called."""
    block = page.blocks[number]
    kind = chrome_kind(block.text, edge=True)
    if kind is not None:
        return kind
    if block.type == "caption":
        return "caption"
    container = page.containers[block.container]
    above = page.containers[max(container.parent, 0)]
    near = container.bits | above.bits | block.bits_inside
    for name, reason in _REASONS.items():
        if near & _BIT[name]:
            return reason
    if block.linked >= _LINKS * len(block.text):
        return "links"
    if container.tags_around & {"nav", "header", "footer"}:
        return "navigation"
    if "aside" in container.tags_around:
        return "sidebar"
    return "not_text"
