"""One article of its parts: the text of each behind the last, what they repeat once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.extract.page.folding import fold, letters
from ingest.extract.parts.named_parts import NamedParts, named_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page_context import PageContext
    from ingest.extract.refusal import Refusal
    from storage.article import Article, Block

__all__ = ["Part", "join_parts", "read_part"]

#: Letters of a block from which it is known again on another part, whatever stands around it.
_LEAST_REPEATED = 20
#: Share of the words of the shorter of two titles that both have, where they are of one article.
_SHARED_WORDS = 0.6


@dataclass(frozen=True, slots=True)
class Part:
    """A further part of an article, as it was read."""

    found: Article | Refusal
    #: The parts that it names in turn.
    named: NamedParts


def read_part(body: bytes, about: PageContext, first: str) -> Part:
    """Read the page ``body``, a part of the article that begins at the address ``first``."""
    from ingest.extract.extraction import extract_parsed, text_of_body
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.refusal import Refusal

    text = text_of_body(body, url=about.url, content_type=about.content_type)
    if isinstance(text, Refusal):
        return Part(text, NamedParts())
    if not text.is_html:
        return Part(Refusal(about.url, "not_html", "a text, not a page"), NamedParts())
    page = HtmlPage.parse(text.markup)
    named = named_parts(page, about.url, first)
    return Part(extract_parsed(page, replace(about, first_part=first)), named)


def join_parts(first: Article, parts: Sequence[Part], *, all_there: bool) -> Article:
    """``first`` with the text of ``parts`` behind its own.

    A part belongs where it links back to the first one as such, or has its title; the others, and
    what says nothing new (pages of comments, a page that ignores the number), leave all as it is.

    Args:
        first: the article as its first page has it.
        parts: the further ones in their order.
        all_there: whether none is missing.
    """
    from ingest.extract.refusal import Refusal

    blocks = list(first.blocks)
    struck, credits = list(first.struck), list(first.credits)
    seen = {letters(block.text) for block in blocks}
    whole = all_there
    for part in parts:
        found = part.found
        if isinstance(found, Refusal):
            whole = False
            continue
        if not (part.named.first or _is_of(found, first)):
            continue
        new = [block for block in found.blocks if _is_new(block, found, seen)]
        if not any(len(letters(block.text)) >= _LEAST_REPEATED for block in new):
            continue
        seen.update(letters(block.text) for block in new)
        blocks += new
        whole = whole and found.complete
        told = set(struck)
        struck += [line for line in found.struck if line not in told]
        known = {(credit.role, fold(credit.name)) for credit in credits}
        credits += [c for c in found.credits if (c.role, fold(c.name)) not in known]
    return replace(
        first,
        blocks=tuple(blocks),
        struck=tuple(struck),
        credits=tuple(credits),
        complete=whole,
    )


def _is_new(block: Block, part: Article, seen: set[str]) -> bool:
    key = letters(block.text)
    if block.type == "heading" and part.title is not None and key == letters(part.title):
        return False
    return bool(key) and (len(key) < _LEAST_REPEATED or key not in seen)


def _is_of(part: Article, first: Article) -> bool:
    """Whether two titles are of one article: one holds the other, or most words are the same."""
    if part.title is None or first.title is None:
        return False
    one, other = letters(part.title), letters(first.title)
    if one and other and (one in other or other in one):
        return True
    words, others = set(fold(part.title).split()), set(fold(first.title).split())
    return len(words & others) >= max(2.0, _SHARED_WORDS * min(len(words), len(others)))
