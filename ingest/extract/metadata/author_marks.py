"""Where a page shows its byline: marked elements and lines beside the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.extract.metadata.author_names import (
    byline_rest,
    is_person_name,
    is_plausible_name,
    names_in,
)
from ingest.extract.metadata.capitals import without_capitals
from ingest.extract.page.beside_headline import lines_beside_headline
from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.lines import INVISIBLE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = [
    "byline_lines",
    "listed_authors",
    "marked_bylines",
    "names_beside_time",
    "names_confirmed_by",
    "signed_lines",
]

_STATED = '[rel~="author"], [itemprop~="author"], [itemprop~="creator"]'
_CLASSED = (
    '[class*="byline"], [class*="Byline"], [class*="author"], [class*="Author"], [class*="autor"], [class*="Autor"], '
    '[class*="auteur"], [class*="writer"], [data-testid*="author"], [data-testid*="byline"], '
    'a[href*="/author/"], a[href*="/authors/"], a[href*="/autor/"], a[href*="/autoren/"], a[href*="/auteur/"], '
    'a[href*="/autore/"], a[href*="/contributor"], a[href*="/people/"]'
)
#: Elements that list all authors.
_LISTS = re.compile(
    r"(?:^|[\s_-])(?:bylines|authors|author-?list|authorlist|byline-list|contributors)(?:$|[\s_-])"
)
#: Surroundings that name other people: commenters, other articles' authors, photographers.
_ELSEWHERE = re.compile(
    r"comment|related|recommend|teaser|sidebar|footer|caption|figure|image|photo|foto|credit|gallery|carousel|popular|"
    r"latest|read-?more|also|\bbio\b|biograph|newsletter|share|reply|widget|menu|\bnav\b|testimonial|review(?:er|ed)|"
    r"avatar|description|editor-|fact-?check|translator|read-?next|most-?read"
)
_ELSEWHERE_TAGS = frozenset(["aside", "footer", "figure", "figcaption", "nav", "blockquote"])
_META_FOOTER = re.compile(r"\b(?:node|entry|article|post)(?:__|--?|_)meta\b")
_OUTSIDE = frozenset(["body", "html"])
_NO_BYLINE = frozenset(
    ["img", "link", "html", "body", "article", "main", "input", "form", "button"]
)
_DATE_TAIL = re.compile(
    r"(?:\s|^)(?:(?:on|am|le|el|il|em)\s)?(?:\w{3,7}day\b|\w{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}\.?\s\w{3,12}\.?,?\s(?:19|20)\d\d|(?:19|20)\d\d[./-]\d"
    r"|(?:updated|published|last|posted|modified)\b)",
    re.IGNORECASE,
)
_SIGN_OF_TIME = re.compile(
    r"(?:19|20)\d\d|\bmin(?:ute)?s?\.?\s(?:read|lesezeit)|\d{1,2}:\d\d", re.IGNORECASE
)
_PIECES = re.compile(r"\s?[|•·⋅●]\s?")
_MOST_MARKED = 40
_MOST_PIECES = 12
_LONGEST = 300
_LONGEST_PIECE = 90
_ABOVE, _BELOW = 8, 14
_AREAS = frozenset(["nav", "footer", "caption", "button", "aside"])


def marked_bylines(page: HtmlPage) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The byline that elements marked as such hold, in its pieces; the surest kind of mark first.

    Of each kind only the first element that holds words counts: the article's own byline stands
    above those of other articles. With it comes whether the mark says "author" and nothing else, so
    that also a code or a first name is one.
    """
    for selector in (_STATED, _CLASSED):
        for node in page.tree.css(selector)[:_MOST_MARKED]:
            pieces = _pieces_of_byline(node)
            if any(is_plausible_name(a.name) for a in names_in(pieces)):
                yield pieces, selector == _STATED and len(pieces) <= 3
                break


def listed_authors(page: HtmlPage) -> tuple[str, ...]:
    """The persons whose names are links or elements of their own in the first list of authors."""
    for node in page.tree.css('[class*="bylines"], [class*="authors"], [class*="author-list"]')[:8]:
        marks = (node.attributes.get("class") or "").lower()
        if not _LISTS.search(marks) or _is_elsewhere(node):
            continue
        named = node.css(_STATED)[:20]
        return tuple(
            text
            for text in (collapse(each.text(deep=True, separator=" ")) for each in named)
            if is_person_name(text)
        )
    return ()


def _pieces_of_byline(node: LexborNode) -> tuple[str, ...]:
    tag = node.tag or ""
    if tag in INVISIBLE or tag in _NO_BYLINE or _is_elsewhere(node):
        return ()
    if tag == "meta":
        return (node.attributes.get("content") or "",)
    pieces = (_without_date(piece) for text in _texts(node) for piece in _PIECES.split(text))
    return tuple(piece for piece in pieces if 1 < len(piece) <= _LONGEST_PIECE)


def _is_elsewhere(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(14):
        if current is None or current.tag in _OUTSIDE:
            return False
        attributes = current.attributes
        marks = ((attributes.get("class") or "") + " " + (attributes.get("id") or "")).lower()
        if current.tag == "footer":
            # Drupal's templates set byline and date above the text in <footer class="node__meta">.
            if not _META_FOOTER.search(marks):
                return True
        elif current.tag in _ELSEWHERE_TAGS:
            return True
        if len(marks) < 300 and _ELSEWHERE.search(marks):
            return True
        current = current.parent
    return False


def _texts(node: LexborNode) -> list[str]:
    """The texts of the elements in ``node``, one by one."""
    pieces: list[str] = []
    stack: list[LexborNode] = [node]
    size = 0
    while stack and len(pieces) < _MOST_PIECES and size < _LONGEST:
        current = stack.pop()
        tag = current.tag or ""
        if tag == "-text":
            text = collapse(current.text_content or "")
            if text:
                pieces.append(text)
                size += len(text)
            continue
        if tag.startswith("-") or tag in INVISIBLE or tag in ("button", "time"):
            continue
        children = []
        child = current.child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend(reversed(children))
    return pieces


def _without_date(text: str) -> str:
    tail = _DATE_TAIL.search(text[:_LONGEST])
    return text[: tail.start()].rstrip(" ,|-–—") if tail else text


def byline_lines(page: HtmlPage) -> Iterator[str]:
    """Names in lines beside the headline that begin as bylines do: "By Anna Berg | 12 November"."""
    lines = lines_beside_headline(page, above=_ABOVE, below=_BELOW)
    for number, line in enumerate(lines):
        if not 2 <= len(line.text) <= 160 or line.area in _AREAS:
            continue
        following = lines[number + 1].text if number + 1 < len(lines) else ""
        for piece in _PIECES.split(line.text):
            rest = byline_rest(piece)
            if rest is None:
                continue
            rest = _without_date(rest or following)
            names = names_in([rest])
            if names and (names[0].organisation or is_person_name(names[0].name)):
                # Old systems set bylines in capitals; what markup or metadata states stays as it is.
                yield rest if names[0].organisation else without_capitals(rest)


def names_beside_time(page: HtmlPage) -> Iterator[str]:
    """Names that stand alone beside the headline, in or next to a line that says when."""
    lines = lines_beside_headline(page, above=_ABOVE, below=_BELOW)
    for number, line in enumerate(lines):
        if line.area not in _AREAS and 5 <= len(line.text) <= 90:
            around = [
                other.text
                for other in (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 3])
            ]
            yield from _names_in_timed(line.text, around)


def _names_in_timed(text: str, around: list[str]) -> Iterator[str]:
    """The name in a line that also says when, or stands beside one that does."""
    pieces = [_without_date(piece).partition(" in ")[0] for piece in _PIECES.split(text)]
    timed = _SIGN_OF_TIME.search(text) or any(
        _SIGN_OF_TIME.search(other) for other in around if len(other) < 60
    )
    if not timed:
        return
    for piece in pieces[:3]:
        words = piece.split()
        if (
            2 <= len(words) <= 4
            and len(piece) <= 40
            and not any(word.isupper() and len(word) > 3 for word in words)
            and is_person_name(piece)
        ):
            names = names_in([piece])
            if len(names) == 1 and names[0].name == piece and not names[0].organisation:
                yield piece


def signed_lines(page: HtmlPage) -> Iterator[str]:
    """Names in lines anywhere that begin with "Author:", "Text:", ...: bylines below the text."""
    for line in page.lines:
        if 6 <= len(line.text) <= 60 and line.area not in _AREAS:
            rest = byline_rest(line.text.strip("()（） "), announced=True)
            names = names_in([rest]) if rest else ()
            if names and all(is_person_name(author.name) for author in names):
                yield rest or ""


def names_confirmed_by(page: HtmlPage, slugs: list[str]) -> Iterator[str]:
    """Names beside the headline whose last word stands in an author's address or mailbox."""
    joined = [letters(unquote(slug)) for slug in slugs]
    for line in lines_beside_headline(page, above=_ABOVE, below=_BELOW):
        if len(line.text) <= 50 and is_person_name(line.text):
            last = letters(line.text.split()[-1])
            if len(last) >= 3 and any(last in slug for slug in joined):
                yield line.text
