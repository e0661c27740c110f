"""Elements that are marked as bylines: ``rel=author``, microdata, classes, links to authors' pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_names import is_person_name
from ingest.extract.metadata.bylines.dates_beside import pieces_of, without_date
from ingest.extract.metadata.bylines.surroundings import is_post_footer, where_of
from ingest.extract.page.folding import collapse
from ingest.extract.page.lines import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.metadata.bylines.surroundings import LinePlaces, Where
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["MarkedByline", "listed_authors", "marked_elements"]

_STATED = '[rel~="author"], [itemprop~="author"], [itemprop~="creator"]'
_CLASS_PARTS = ("byline", "Byline", "author", "Author", "autor", "Autor", "auteur", "writer")
_TEST_PARTS = ("author", "byline")
_ADDRESS_PARTS = (
    "/author/", "/authors/", "/autor/", "/autoren/", "/auteur/", "/autore/", "/contributor", "/people/"
)  # fmt: skip
#: One query for all that may have one of these: what they have in common is asked for, for each part
#: of a query is compared with every element of the page.
_MAY_BE_CLASSED = (
    '[class*="yline"], [class*="uthor"], [class*="utor"], [class*="auteur"], [class*="writer"], '
    '[data-testid*="author"], [data-testid*="byline"], '
    'a[href*="/aut"], a[href*="/contributor"], a[href*="/people/"]'
)
#: Whether the page has any such element, under this name.
_SEEN = "marks of bylines"
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
_OUTSIDE = frozenset(["body", "html"])
_NO_BYLINE = frozenset(
    [
        "img",
        "link",
        "html",
        "body",
        "article",
        "main",
        "input",
        "form",
        "button",
        "textarea",
        "label",
    ]
)
_MOST_MARKED = 40
_MOST_TOLD = 10
_MOST_PIECES = 12
_LONGEST = 300
_LONGEST_PIECE = 90


@dataclass(frozen=True, slots=True)
class MarkedByline:
    """What one marked element says."""

    texts: tuple[str, ...]
    where: Where
    #: ``stated`` (markup says "author") or ``classed``.
    kind: str
    #: Whether only the address that it links to marks it.
    linked: bool
    #: Elements of the page with the same tag and classes.
    alike: int
    #: Whether what holds it is about other people.
    elsewhere: bool


def marked_elements(page: HtmlPage, places: LinePlaces) -> Iterator[MarkedByline]:
    """The elements that are marked as bylines, each text once for each kind of mark."""
    for kind, nodes in (("stated", _stated(page)), ("classed", _classed(page))):
        looks: dict[tuple[str, str], int] = {}
        for node in nodes:
            look = (node.tag or "", node.attributes.get("class") or "")
            looks[look] = looks.get(look, 0) + 1
        told: set[tuple[str, ...]] = set()
        for node in nodes[:_MOST_MARKED]:
            texts = _pieces_of_byline(node)
            if not texts or texts in told:
                continue
            told.add(texts)
            attributes = node.attributes
            names = f"{attributes.get('class') or ''} {attributes.get('data-testid') or ''}".lower()
            linked = (
                kind == "classed" and node.tag == "a" and not re.search(r"byl|aut|writer", names)
            )
            look = (node.tag or "", attributes.get("class") or "")
            yield MarkedByline(
                texts,
                where_of(node, places, texts[-1] if node.tag != "meta" else ""),
                kind,
                linked,
                looks[look],
                _is_elsewhere(node),
            )
            if len(told) == _MOST_TOLD:
                break


def _stated(page: HtmlPage) -> list[LexborNode]:
    nodes: dict[int, LexborNode] = {}
    for node in page.tree.css(_STATED)[: 2 * _MOST_MARKED]:
        nodes.setdefault(node.mem_id, node)
    return list(nodes.values())


def _classed(page: HtmlPage) -> list[LexborNode]:
    """The first elements with a class, a test's name or an address that marks a byline."""
    nodes: dict[int, LexborNode] = {}
    marks = 0
    found = page.tree.css(_MAY_BE_CLASSED)
    page.once(_SEEN, lambda: bool(found))
    for node in found:
        if node.mem_id in nodes:
            continue
        number = _marks_of(node)
        if number:
            nodes[node.mem_id] = node
            marks += number
            if marks >= 2 * _MOST_MARKED:
                break
    return list(nodes.values())


def _marks_of(node: LexborNode) -> int:
    """How many of the parts that mark a byline ``node`` has."""
    attributes = node.attributes
    called, tested = attributes.get("class") or "", attributes.get("data-testid") or ""
    address = (attributes.get("href") or "") if node.tag == "a" else ""
    return (
        sum(part in called for part in _CLASS_PARTS if called)
        + sum(part in tested for part in _TEST_PARTS if tested)
        + sum(part in address for part in _ADDRESS_PARTS if address)
    )


def listed_authors(page: HtmlPage) -> tuple[str, ...]:
    """The persons whose names are links or elements of their own in the first list of authors."""
    # Such a class would have been found among the marks of bylines, where those were looked for.
    if not page.once(_SEEN, lambda: True):
        return ()
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
    if tag in INVISIBLE or tag in _NO_BYLINE:
        return ()
    if tag == "meta":
        return (node.attributes.get("content") or "",)
    pieces = (without_date(piece) for text in _texts(node) for piece in pieces_of(text))
    return tuple(piece for piece in pieces if 1 < len(piece) <= _LONGEST_PIECE)


def _is_elsewhere(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(14):
        if current is None or current.tag in _OUTSIDE:
            return False
        attributes = current.attributes
        marks = ((attributes.get("class") or "") + " " + (attributes.get("id") or "")).lower()
        if len(marks) < 300 and "site" not in marks and is_post_footer(marks):
            # Blogspot, TYPO3 and themes of WordPress sign a post in its "post-footer"; Drupal's
            # templates set byline and date above the text in <footer class="node__meta">.
            current = current.parent
            continue
        if current.tag in _ELSEWHERE_TAGS:
            return True
        if len(marks) < 300 and _says_elsewhere(marks):
            return True
        current = current.parent
    return False


@lru_cache(maxsize=2048)
def _says_elsewhere(marks: str) -> bool:
    return _ELSEWHERE.search(marks) is not None


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
