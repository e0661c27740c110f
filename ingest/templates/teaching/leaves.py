"""What stands inside the places of a text, path by path: of it the article is made, or not.

Each page is walked inside its places alone, beside the article that the generic path made of it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.templates.openings import Openings, opening_of
from ingest.templates.template import Leaf
from ingest.templates.text_walk import PathWalk, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.blocks import PageBlock
    from storage.article import Article

__all__ = ["PROBE", "Scattered", "leaves_of"]

#: Share of the text that a page's places must hold between them.
_HELD = 0.9
#: Letters of a block by which it is known though its end was cut off.
PROBE = 40
#: Why the last steps to an article strike lines, which follow a template too.
_STRUCK_LATER = frozenset(["credit", "standfirst", "pull_quote", "author_box"])


class Scattered(Exception):
    """Parts of a page's text stand outside its places; the text says so."""


def leaves_of(
    articles: Sequence[Article],
    places: Sequence[Sequence[Sequence[LexborNode]]],
    chrome: frozenset[str],
) -> tuple[dict[str, Leaf], list[int]]:
    """What stands at each path inside the places, and the size of each page's text.

    Args:
        articles: what the generic path made of each page.
        places: for each place of the text its elements, page by page.
        chrome: letters of the lines that are none of the text wherever they stand.

    Raises:
        Scattered: a page has too much of its text elsewhere.
    """
    lines: dict[str, list[tuple[int, PageBlock, bool]]] = {}
    sizes: list[int] = []
    for number, article in enumerate(articles):
        inside = [
            each
            for nodes in places
            for node in nodes[number]
            for each in _blocks(node)
            if each[1] not in chrome
        ]
        kept = _kept([each[:2] for each in inside], article)
        later = {letters(line.text) for line in article.struck if line.reason in _STRUCK_LATER}
        size = 0
        for (path, key, block), is_kept in zip(inside, kept, strict=True):
            size += len(block.text) if is_kept else 0
            lines.setdefault(path, []).append((number, block, is_kept or key in later))
        sizes.append(size)
        whole = sum(
            len(b.text)
            for b in article.blocks
            if b.type != "caption" and letters(b.text) not in chrome
        )
        if size < _HELD * whole:
            raise Scattered("parts of the text stand in no lasting place")
    return {path: _leaf(held) for path, held in lines.items()}, sizes


def _blocks(node: LexborNode) -> Iterator[tuple[str, str, PageBlock]]:
    """(path with its mark, letters, block) of each block inside ``node``."""
    walk = PathWalk(node)
    blocks = walk.read().blocks
    texts = [n for n, block in enumerate(blocks) if block.type != "caption"]
    for position, block in enumerate(blocks):
        if not _is_outer_caption(block, position, texts):
            path = f"{walk.paths[block.container]}#{mark_of(block)}"
            yield path, letters(block.text), block


def _kept(inside: Sequence[tuple[str, str]], article: Article) -> list[bool]:
    """For each block, told by path and letters, whether the article has it.

    What stands there more often than in the article, as a picture's caption too, is taken from where
    most of the text stands.
    """
    wanted = Counter(letters(block.text) for block in article.blocks)
    there = Counter(key for _, key in inside)
    held: Counter[str] = Counter()
    for path, key in inside:
        if 0 < there[key] <= wanted[key]:
            held[path] += len(key)
    # Sorting is stable: of equal places the first.
    order = sorted(range(len(inside)), key=lambda n: -held[inside[n][0]])
    kept = [False] * len(inside)
    for number in order:
        key = inside[number][1]
        if wanted[key] > 0:
            kept[number] = True
            wanted[key] -= 1
    # Credits and marks are cut off a paragraph's end: what begins as one that stands nowhere whole.
    cut = [key for key, times in wanted.items() if times > 0 and len(key) > PROBE]
    for number in order if cut else ():
        key = inside[number][1]
        begun = next((c for c in cut if not kept[number] and key.startswith(c)), None)
        if begun is not None:
            kept[number] = True
            cut.remove(begun)
    return kept


def _leaf(lines: Sequence[tuple[int, PageBlock, bool]]) -> Leaf:
    """What stands at one path: numbers of pages, blocks, and whether each is kept."""
    openings = Openings()
    for page, block, kept in lines:
        openings.note(block.text, page, kept=kept)
    told_apart = openings.told_apart()
    sums = [0, 0]
    for _, block, kept in lines:
        if not told_apart or opening_of(block.text) not in told_apart:
            sums[not kept] += len(block.text)
    return Leaf(sums[0], sums[1], len({page for page, _, _ in lines}), told_apart)


def _is_outer_caption(block: PageBlock, position: int, texts: Sequence[int]) -> bool:
    """Whether a caption stands before or behind all text: it is of the lead picture, or of none."""
    return block.type == "caption" and (not texts or position < texts[0] or position > texts[-1])
