"""Where a byline stands: beside the headline, in the post's footer, in a comment, among related articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ingest.extract.page.beside_headline import parts_of_title
from ingest.extract.page.class_words import bits_named, bits_of
from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["NOWHERE", "LinePlaces", "Where", "is_post_footer", "where_of"]

#: Elements of a post that are called "footer" and hold its byline.
_POST_FOOTER = re.compile(
    r"(?:^|[\s_-])(?:post|entry|article|node|story|news|item|single|hentry|blog|content|meta)[a-z]*[_-]{1,2}(?:footer|meta|info)|(?:^|\s)(?:footer|meta)(?:\s|$)"
)
_COMMENT = bits_named("comment")
_RELATED = bits_named("related", "sidebar")
_MEDIA = bits_named("caption", "media")
_AUTHOR = bits_named("author", "meta")
_CHROME = bits_named("navigation", "legal", "newsletter", "share", "ad")
_MOST_AROUND = 12
_LEAST_PROSE = 90
_AREAS = {"nav": 1, "footer": 2, "aside": 3, "caption": 4, "button": 5, "header": 6}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a statement stands."""

    #: Lines from the headline, negative above it; 99 where that is not known.
    headline: int = 99
    #: Lines from the last line of the text; negative before it.
    text_end: int = 99
    #: Share of the page's lines before it.
    height: float = -1.0
    #: 0 none, 1 nav, 2 footer, 3 aside, 4 caption, 5 button, 6 header.
    area: int = 0
    comment: bool = False
    related: bool = False
    media: bool = False
    author: bool = False
    chrome: bool = False
    #: Whether ``article`` or ``main`` holds it.
    inside: bool = False
    #: Whether a "post-footer" or the like does.
    post_footer: bool = False


NOWHERE = Where()


class LinePlaces:
    """The lines of a page, and where its headline and its text are among them."""

    def __init__(self, page: HtmlPage) -> None:
        """Of ``page``."""
        self.lines = page.lines
        stated = (*page.headings[:4], page.first_meta("og:title") or "", page.head_title or "")
        keys = {key for text in stated if len(key := letters(text)) > 5}
        if not page.h1 and page.head_title:
            keys |= parts_of_title(page.head_title)
        self.headline = next(
            (
                number
                for number, line in enumerate(self.lines[:1500])
                if line.area != "nav" and len(line.text) > 5 and letters(line.text) in keys
            ),
            -1,
        )
        prose = [
            number
            for number, line in enumerate(self.lines)
            if len(line.text) >= _LEAST_PROSE and not line.linked and line.area in (None, "header")
        ]
        start = self.headline if self.headline >= 0 else 0
        self.first = next((number for number in prose if number > start), -1)
        self.last = self.first
        for number in prose:
            # Prose that goes on after many lines without any is comments, or other articles.
            if self.first <= number <= self.last + 12:
                self.last = number

    @cached_property
    def _starts(self) -> list[str]:
        return [line.text[:400] for line in self.lines[:3000]]

    def of(self, number: int) -> Where:
        """Of line ``number``, by the lines alone."""
        line = self.lines[number]
        return Where(
            number - self.headline if self.headline >= 0 else 99,
            number - self.last if self.last >= 0 else 99,
            number / max(len(self.lines), 1),
            _AREAS.get(line.area or "", 0),
        )

    def find(self, text: str) -> int:
        """The number of the line nearest to the headline that holds ``text``; -1 where none does."""
        found = [number for number, line in enumerate(self._starts) if text in line]
        if not found:
            return -1
        anchor = max(self.headline, 0)
        return min(found, key=lambda number: abs(number - anchor))


@lru_cache(maxsize=2048)
def is_post_footer(names: str) -> bool:
    """Whether ``names``, class and id in lower case, call an element the footer of a post."""
    return _POST_FOOTER.search(names) is not None


def where_of(node: LexborNode, lines: LinePlaces, text: str) -> Where:
    """Of an element whose text is ``text``."""
    bits = 0
    inside = footer = False
    area = 0
    current: LexborNode | None = node
    for _ in range(_MOST_AROUND):
        if current is None or current.tag in ("body", "html"):
            break
        tag, attributes = current.tag or "", current.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()
        if tag in ("article", "main"):
            inside = True
        if names:
            if is_post_footer(names.lower()[:300]):
                footer = True
            bits |= bits_of(names)
        if tag in _AREAS and not area and not (tag == "footer" and footer):
            area = _AREAS[tag]
        elif tag in ("figure", "figcaption"):
            area = area or 4
        elif tag == "blockquote":
            area = area or 3
        current = current.parent
    number = lines.find(text) if text else -1
    by_line = lines.of(number) if number >= 0 else NOWHERE
    return Where(
        by_line.headline,
        by_line.text_end,
        by_line.height,
        area,
        bool(bits & _COMMENT),
        bool(bits & _RELATED),
        bool(bits & _MEDIA),
        bool(bits & _AUTHOR),
        bool(bits & _CHROME),
        inside,
        footer,
    )
