"""Who wrote an article: the page's own statements, people before houses.

A page says it in JSON-LD (``author``, https://schema.org/author), ``meta`` elements, microdata,
``rel=author`` links, elements called "byline" or "author", and lines such as "By Anna Berg".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_marks import (
    byline_lines,
    listed_authors,
    marked_bylines,
    names_beside_time,
    names_confirmed_by,
    signed_lines,
)
from ingest.extract.metadata.author_names import Author, is_person_name, names_in
from ingest.extract.page.folding import collapse, fold
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import names_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["Author", "credited_authors", "raw_bylines"]

MOST = 30
MOST_RAW = 40
_AUTHOR_META = (
    "author",
    "article:author",
    "article:author:name",
    "article:byline",
    "articleauthor",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "byl",
    "byline",
    "citation_author",
    "citation_authors",
    "cxenseparse:author",
    "cxenseparse:recs:author",
    "authors",
    "rnews:creator",
)
#: Of these, the ones that academic publishers and newsrooms repeat for each author.
_LIST_META = ("citation_authors", "citation_author", "article:author", "author")
#: What https://yoast.com and others write beside ``twitter:data1`` for the author.
_WRITTEN_BY = frozenset(
    """
    written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door|skrevet av|skrevet af|skriven av|kirjoittanut|
    napisane przez|autor|napsal(a)|szerző|написано автором|автор|написав|yazan|yazar|كُتب بواسطة|نوشته شده توسط|מאת|作者|投稿者|執筆者|글쓴이|
    ditulis oleh|được viết bởi|เขียนโดย|συντάχθηκε από|scris de|escrit per|by
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)


@dataclass(frozen=True, slots=True)
class _Statement:
    texts: tuple[str, ...]
    #: Names that the statement itself calls organisations.
    organisations: frozenset[str] = frozenset()
    #: Whether a line or an element near the headline says it, which readers see.
    shown: bool = False
    #: Whether markup says that it is the author and nothing else.
    sure: bool = False
    #: Whether only its place makes it a byline.
    guess: bool = False


def credited_authors(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...], own_names: Iterable[str]
) -> tuple[Author, ...]:
    """The authors as the page names them, else as its endpoint did; organisations marked.

    The first statement that names a person decides; a house is the author only where nobody names
    a person, and the site itself only where nobody names another house.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        announced: names that the endpoint gave.
        own_names: what the site itself is called; as an author it is an organisation.
    """
    own = frozenset(fold(name) for name in own_names if name)
    own |= {name.removeprefix("the ") for name in own}
    houses: list[tuple[Author, ...]] = []
    for statement in _in_order(page, selectors, announced):
        if statement.guess and houses:
            break
        authors = _authors_in(statement, own)
        if houses or statement.shown:
            # What a statement of its own calls a name may be a code or a first name; elsewhere
            # only what is written as names are.
            authors = tuple(
                author
                for author in authors
                if author.organisation
                or is_person_name(author.name)
                or (not houses and statement.sure)
            )
        if any(not author.organisation for author in authors):
            others = tuple(author for author in authors if not _is_own(author, own))
            return _completed(page, others, own)[:MOST]
        if authors and not (houses and statement.shown):
            houses.append(authors)
    foreign = (found for found in houses if not all(_is_own(author, own) for author in found))
    return next(foreign, houses[0] if houses else ())[:MOST]


def raw_bylines(page: HtmlPage) -> tuple[str, ...]:
    """What the page says of its authors, uncleaned: agencies and other houses stand there too."""
    found: list[str] = []
    for statement in _in_order(page, (), ()):
        for name in statement.texts:
            text = collapse(name)[:200]
            if text and text not in found:
                found.append(text)
                if len(found) == MOST_RAW:
                    return tuple(found)
    return tuple(found)


def _in_order(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...]
) -> Iterator[_Statement]:
    node = page.article_node or {}
    named = names_of(node.get("author") or node.get("creator"), page.json_ld)
    for selector in selectors:
        nodes, several = _of_one_byline(page.tree.css(selector)[:10])
        # Where a platform's selector finds the bylines of other articles too, JSON-LD knows better.
        if not (several and any(not organisation for _, organisation in named)):
            yield _Statement(tuple(heading_text(each) for each in nodes))
    yield _Statement(
        tuple(name for name, _ in named),
        frozenset(fold(name) for name, organisation in named if organisation),
    )
    for key in _AUTHOR_META:
        if key in page.meta:
            yield _Statement(
                _uninverted(page.meta[key]) if key == "citation_author" else page.meta[key]
            )
    label = fold(page.first_meta("twitter:label1") or "")
    if label in _WRITTEN_BY:
        yield _Statement(page.meta.get("twitter:data1", ()))
    # Both who the authors are and what their bylines say is read from what the page shows.
    yield from page.once("bylines", lambda: tuple(_bylines(page)))
    yield _Statement(announced)
    yield from page.once("other names", lambda: tuple(_other_names(page)))


def _bylines(page: HtmlPage) -> Iterator[_Statement]:
    yield from (_Statement(texts, shown=True, sure=sure) for texts, sure in marked_bylines(page))
    slugs = _slugs(page)
    if slugs:
        yield from (_Statement((text,), shown=True) for text in names_confirmed_by(page, slugs))
    yield from (_Statement((text,), shown=True) for text in byline_lines(page))


def _other_names(page: HtmlPage) -> Iterator[_Statement]:
    yield from (_Statement((text,), shown=True, guess=True) for text in names_beside_time(page))
    yield from (_Statement((text,), shown=True) for text in signed_lines(page))


def _uninverted(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that academic publishers write "Berg, Anna" (https://scholar.google.com/intl/en/scholar/inclusion.html)."""
    return tuple(
        f"{first} {last}" if comma and "," not in first else name
        for name in names
        for last, comma, first in [name.partition(", ")]
    )


def _of_one_byline(nodes: list[LexborNode]) -> tuple[list[LexborNode], bool]:
    """The nodes that stand beside the first one, and whether others stand elsewhere."""
    if not nodes:
        return [], False
    home = _ancestors(nodes[0])
    near = [node for node in nodes if home & _ancestors(node)]
    return near, len(near) < len(nodes)


def _ancestors(node: LexborNode) -> set[int]:
    found: set[int] = set()
    current = node.parent
    while current is not None and len(found) < 3 and current.tag not in ("body", "main", "article"):
        found.add(current.mem_id)
        current = current.parent
    return found


def _slugs(page: HtmlPage) -> list[str]:
    """The last parts of authors' addresses, and the names of their mailboxes."""
    found = [value for key in ("author", "article:author") for value in page.meta.get(key, ())]
    return [
        value.rstrip("/").rpartition("/")[2] if "/" in value else value.partition("@")[0]
        for value in found
        if "/" in value or "@" in value
    ]


def _authors_in(statement: _Statement, own: frozenset[str]) -> tuple[Author, ...]:
    found = names_in(statement.texts, own=own)
    return tuple(
        Author(author.name, organisation=True)
        if fold(author.name) in statement.organisations
        else author
        for author in found
    )


def _is_own(author: Author, own: frozenset[str]) -> bool:
    folded = fold(author.name)
    return folded in own or folded.removeprefix("the ") in own


def _completed(
    page: HtmlPage, authors: tuple[Author, ...], own: frozenset[str]
) -> tuple[Author, ...]:
    """``authors``, or the longer list that another statement gives, if it has them all."""
    mine = {fold(author.name) for author in authors}
    for texts in (
        *(page.meta[key] for key in _LIST_META if key in page.meta),
        listed_authors(page),
    ):
        longer = names_in(
            _uninverted(texts) if texts is page.meta.get("citation_author") else texts, own=own
        )
        if mine < {fold(author.name) for author in longer} and all(
            is_person_name(author.name) for author in longer
        ):
            return longer
    return authors
