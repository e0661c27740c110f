"""Where the next article begins on a page of endless scrolling.

Themes append the next stories below the one that was asked for, each drawn by the template of the
first: saved and rendered pages hold them. What tells such a headline from a subheading that somebody
has set as ``h1``: it is no title of this page, stands in no element that holds text of this one, and is
drawn as the first headline is or has a byline or a date of its own; or it opens an ``article`` element
beside that of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.page.class_words import bits_named
from ingest.extract.page.folding import letters
from ingest.extract.page.sums import way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.blocks import PageBlocks

__all__ = ["next_article"]

#: Paragraphs of the article before another headline may begin the next one, and of the next one.
_FIRST, _NEXT = 3, 2
#: Blocks behind a headline among which its byline or date stands, and characters of such a line.
_BELOW, _SHORT = 4, 80
#: Blocks behind it among which its paragraphs are looked for.
_AHEAD = 20
#: Letters of a headline that is no title's part by chance.
_LONG = 8
_OF_ARTICLE = bits_named("author", "meta")
_KINDS = frozenset(["byline", "timestamp"])


def next_article(page: PageBlocks, belongs: Sequence[bool], titles: Sequence[str]) -> int | None:
    """The number of the block that begins the next article, ``None`` where there is one article.

    Args:
        page: its blocks.
        belongs: of each block, whether it was taken for text.
        titles: what the page calls itself, the site's name perhaps behind it.
    """
    stated = [letters(title) for title in titles]
    first: _Headline | None = None
    parents: set[int] = set()
    articles: set[int] = set()
    kept = 0
    for number, block in enumerate(page.blocks):
        container = page.containers[block.container]
        if container.tag in ("h1", "h2"):
            found = _Headline(page, number)
            is_own = _is_in(letters(block.text), stated)
            if kept >= _FIRST and first is not None and not is_own:
                if container.tag == "h1" and container.parent not in parents:
                    if found.place == first.place:
                        return number
                    if found.is_drawn_as(first) and found.is_signed and found.has_text(belongs):
                        return number
                if (
                    found.article
                    and articles
                    and found.article not in articles
                    and found.is_signed
                    and found.has_text(belongs)
                ):
                    return number
            if container.tag == "h1":
                parents.add(container.parent)
                if not kept:
                    first = found
            elif first is None and is_own:
                first = found
        elif belongs[number] and block.type == "paragraph":
            kept += 1
            parents.add(container.parent)
            articles.update(n for n in way_of(page, block.container) if _is_article(page, n))
    return None


class _Headline:
    """A heading that may be an article's."""

    def __init__(self, page: PageBlocks, number: int) -> None:
        self._page, self._number = page, number
        self._container = page.containers[page.blocks[number].container]
        way = way_of(page, page.blocks[number].container)
        #: Tags of the elements from it up to the body: equal where one template draws two articles.
        self.place = tuple(page.containers[index].tag for index in way[:-1])
        #: The innermost ``article`` element around it, 0 for none.
        self.article = next((index for index in way if _is_article(page, index)), 0)

    def is_drawn_as(self, first: _Headline) -> bool:
        """Whether it is of the tag of ``first`` and shares a class with it, where that has any."""
        own, others = self._container, first._container
        classes = set(others.names.split())
        return own.tag == others.tag and (not classes or bool(classes & set(own.names.split())))

    @property
    def is_signed(self) -> bool:
        """Whether a byline or a date of its own stands right below."""
        blocks = self._page.blocks[self._number + 1 : self._number + 1 + _BELOW]
        return any(
            len(block.text) <= _SHORT
            and (
                bool(self._page.containers[block.container].bits & _OF_ARTICLE)
                or chrome_kind(block.text, edge=True) in _KINDS
            )
            for block in blocks
        )

    def has_text(self, belongs: Sequence[bool]) -> bool:
        """Whether paragraphs that were taken for text follow it, before the next headline."""
        found = 0
        for number in range(self._number + 1, min(self._number + _AHEAD, len(belongs))):
            if self._page.containers[self._page.blocks[number].container].tag == "h1":
                break
            found += belongs[number] and self._page.blocks[number].type == "paragraph"
        return found >= _NEXT


def _is_in(key: str, titles: Sequence[str]) -> bool:
    return key in titles or (len(key) >= _LONG and any(key in title for title in titles))


def _is_article(page: PageBlocks, index: int) -> bool:
    return page.containers[index].tag == "article"
