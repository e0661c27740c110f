"""The other pages that an article goes on at, as its page names them.

A page names them by a row of numbers ("Pages: 1 2 3"), by ``rel=next``, or by a link that says "next
page"; their addresses are the article's own with a number: ``/story/2/``, ``/story?page=2``,
``/story-2.html``, ``/story,seite-2``. An address of another shape is another article or a list, and
numbers among the comments turn the comments' pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from ingest.extract.data import load_data
from ingest.extract.page.class_words import bits_named, bits_of
from ingest.extract.page.folding import collapse, fold
from ingest.extract.parts import MOST_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["NamedParts", "may_go_on", "named_parts"]

_MOST_LINKS = 4000
_LONGEST = 2000
#: Elements above a link whose names are asked whether it stands among the comments.
_ABOVE = 8
_COMMENT = bits_named("comment")
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
#: A row of numbers, as a line shows it: the 2 by itself, or between a 1 and a 3.
_ROW = re.compile(r"(?<!\d)1\s{1,3}(?:\S{1,2}\s)?2(?:\s|$)|^2$")
_LONGEST_ROW = 160
_DIGIT = re.compile(r"\d")
#: Numbers above this are those of articles.
_LARGEST = 99
#: Links that may be to a second part: those with a 2 in their address of which one of these is true.
_MAY_BE_SECOND = 'link[rel~="next"][href], a[href*="2"]'
_HAS_SECOND = re.compile(r"=2|2/?\Z|2\.(?:s?htm|php|asp|jsp)")
_LINKS = "a[href], link[rel~=next][href], link[rel~=prev][href]"


@dataclass(frozen=True, slots=True)
class NamedParts:
    """The parts of an article that one of its pages links to."""

    #: Number of a part to its absolute address, from the second on.
    further: dict[int, str] = field(default_factory=dict)
    #: Whether the page links back to the first part as such: by a 1, by ``rel=prev``.
    first: bool = False

    def __bool__(self) -> bool:
        return bool(self.further)


def named_parts(page: HtmlPage, url: str | None, first: str | None = None) -> NamedParts:
    """The parts of its article that ``page`` names.

    Args:
        page: the parsed page.
        url: its address.
        first: address of the article's first page, where ``page`` is a further one.
    """
    own = url or page.canonical
    if own is None or not own.startswith(("http://", "https://")):
        return NamedParts()
    home = _Address.of(first or own)
    if home is None or (first is None and not _may_name(page, home, own)):
        return NamedParts()
    found: dict[int, str] = {}
    sure = back = False
    for node in page.tree.css(_LINKS)[:_MOST_LINKS]:
        href = node.attributes.get("href") or ""
        if len(href) > _LONGEST or (first is None and not _DIGIT.search(href)):
            continue
        address = page.absolute(href, own)
        if address is None or _is_among_comments(node):
            continue
        number = home.number_of(address)
        if number is not None and 2 <= number <= _LARGEST:
            found.setdefault(number, address.partition("#")[0])
            sure = sure or _says(node, number)
        elif first is not None and not back and home.is_same(address):
            back = _says(node, 1)
    return NamedParts(_without_gaps(found) if sure else {}, back)


def _without_gaps(found: dict[int, str]) -> dict[int, str]:
    """``found`` with the parts that a row leaves out ("2 3 … 9"), up to the first that is not known."""
    row: dict[int, str] = {}
    for number in range(min(found), min(max(found), MOST_PARTS) + 1):
        address = found.get(number) or _made(found, number)
        if address is None:
            break
        row[number] = address
    return row


def _made(found: dict[int, str], number: int) -> str | None:
    """The address of part ``number`` as two other ones show how it is made."""
    (low, one), (high, other) = min(found.items()), max(found.items())
    sign, last = str(low), str(high)
    for match in re.finditer(sign, one):
        before, behind = one[: match.start()], one[match.end() :]
        if f"{before}{last}{behind}" == other:
            return f"{before}{number}{behind}"
    return None


def _says(node: LexborNode, number: int) -> bool:
    """Whether a link to part ``number`` says so: by the number, by ``rel``, in words."""
    if {"next", "prev", "previous"} & set((node.attributes.get("rel") or "").lower().split()):
        return True
    text = collapse(node.text(deep=True, separator=" "))
    if text == str(number):
        return True
    folded = fold(text)
    return len(folded) <= 120 and folded.startswith(_next_words())


def _is_among_comments(node: LexborNode) -> bool:
    current: LexborNode | None = node
    for _ in range(_ABOVE):
        if current is None or current.tag in ("body", "html", "article", "main"):
            return False
        attributes = current.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if bits_of(names) & _COMMENT:
            return True
        current = current.parent
    return False


def _may_name(page: HtmlPage, home: _Address, own: str) -> bool:
    """Whether ``page`` links to a second part: few links are asked, and nearly no page has one."""
    for node in page.tree.css(_MAY_BE_SECOND)[:_MOST_LINKS]:
        href = node.attributes.get("href") or ""
        if node.tag == "a" and _HAS_SECOND.search(href) is None:
            continue
        address = page.absolute(href, own) if len(href) <= _LONGEST else None
        if address is not None and home.number_of(address) == 2:
            return True
    return False


def may_go_on(lines: Iterable[str]) -> bool:
    """Whether one of ``lines``, which stand near a text, looks as if it led to its next part."""
    return any(
        len(line) <= _LONGEST_ROW and (_ROW.search(line) or fold(line).startswith(_next_words()))
        for line in lines
    )


@dataclass(frozen=True, slots=True)
class _Address:
    """An article's address, to be compared with those of its parts."""

    host: str
    #: Path without its extension and without a slash at its end.
    stem: str
    query: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, url: str) -> _Address | None:
        try:
            parts = urlsplit(url[:_LONGEST])
            query = frozenset(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=40))
        except ValueError:
            return None
        path = unquote(parts.path).rstrip("/")
        extension = _EXTENSION.search(path)
        stem = path[: extension.start()] if extension else path
        host = (parts.hostname or "").removeprefix("www.")
        return cls(host, stem, query)

    def is_same(self, url: str) -> bool:
        """Whether ``url`` is this very address, but for a slash, an extension, a fragment."""
        other = _Address.of(url)
        return other is not None and (other.host, other.stem, other.query) == (
            self.host,
            self.stem,
            self.query,
        )

    def number_of(self, url: str) -> int | None:
        """The number of the part that stands at ``url``, where that is this address with a number."""
        other = _Address.of(url)
        if other is None or other.host != self.host or not self.stem:
            return None
        if other.stem == self.stem:
            more = other.query - self.query
            less = {name for name, _ in self.query - other.query}
            if len(more) != 1 or less:
                return None
            ((name, value),) = more
            named = name.lower() in _numbering() and value.isdecimal() and len(value) <= 3
            return int(value) if named else None
        if not other.stem.startswith(self.stem) or other.query - self.query:
            return None
        match = _behind().fullmatch(other.stem[len(self.stem) :])
        return int(match[1]) if match else None


@cache
def _behind() -> re.Pattern[str]:
    """The rest of a part's path behind the article's own, without its extension."""
    words = "|".join(re.escape(word) for word in _numbering())
    # An extension may stand before the number too: /story.html/2
    return re.compile(
        rf"(?:\.[a-z]{{3,5}})?(?:/|[,_.-])(?:(?:{words})[/_.-]?)?(\d{{1,3}})", re.IGNORECASE
    )


@cache
def _numbering() -> frozenset[str]:
    return frozenset(load_data("part_words")["numbering"])


@cache
def _next_words() -> tuple[str, ...]:
    return tuple(fold(word) for word in load_data("part_words")["next"])
