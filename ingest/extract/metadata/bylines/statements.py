"""Every statement of a page about who wrote it: metadata, marked elements, lines; each with where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_names import is_plausible_name, names_in
from ingest.extract.metadata.bylines.marked import marked_elements
from ingest.extract.metadata.bylines.shown_lines import lines_that_name
from ingest.extract.metadata.bylines.surroundings import NOWHERE, LinePlaces
from ingest.extract.page.folding import fold
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.metadata.bylines.shown_lines import NamingLine
    from ingest.extract.metadata.bylines.surroundings import Where
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["ORIGINS", "Statement", "statements_of", "uninverted"]

#: Where a statement comes from.
ORIGINS = (
    "selector",
    "json_ld",
    "meta",
    "twitter",
    "announced",
    "stated",
    "classed",
    "linked",
    "byline",
    "announcing",
    "confirmed",
    "beside_time",
    "alone",
    "signed",
)
AUTHOR_META = (
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
class Statement:
    """One statement."""

    origin: str
    texts: tuple[str, ...]
    #: Names that the statement itself calls organisations.
    organisations: frozenset[str] = frozenset()
    where: Where = NOWHERE
    #: Elements of the page that are marked alike.
    alike: int = 0
    #: Whether the same line says when.
    dated: bool = False
    #: Whether markup says that it is the author and nothing else.
    sure: bool = False
    #: Whether what holds it is about other people: comments, related articles, pictures.
    elsewhere: bool = False
    #: Its number among the statements of its origin.
    order: int = 0
    #: Whether it is one of those that the page's uncleaned bylines are read from.
    raw: bool = True


def statements_of(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...]
) -> list[Statement]:
    """The statements of ``page``, the surest kinds first.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        announced: names that the endpoint gave.
    """
    return [
        *_by_selectors(page, selectors),
        *_of_metadata(page),
        *page.once("bylines", lambda: tuple(_shown(page))),
        *([Statement("announced", announced)] if announced else []),
        *page.once("other names", lambda: tuple(_other_lines(page))),
    ]


def uninverted(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that academic publishers write "Berg, Anna" (https://scholar.google.com/intl/en/scholar/inclusion.html)."""
    return tuple(
        f"{first} {last}" if comma and "," not in first else name
        for name in names
        for last, comma, first in [name.partition(", ")]
    )


def _by_selectors(page: HtmlPage, selectors: tuple[str, ...]) -> Iterator[Statement]:
    if not selectors:
        return
    node = page.article_node or {}
    named = names_of(node.get("author") or node.get("creator"), page.json_ld)
    for selector in selectors:
        nodes, several = _of_one_byline(page.tree.css(selector)[:10])
        # Where a platform's selector finds the bylines of other articles too, JSON-LD knows better.
        if nodes and not (several and any(not organisation for _, organisation in named)):
            yield Statement("selector", tuple(heading_text(each) for each in nodes))


def _of_metadata(page: HtmlPage) -> Iterator[Statement]:
    node = page.article_node or {}
    named = names_of(node.get("author") or node.get("creator"), page.json_ld)
    if named:
        yield Statement(
            "json_ld",
            tuple(name for name, _ in named),
            frozenset(fold(name) for name, organisation in named if organisation),
        )
    order = 0
    for key in AUTHOR_META:
        if key in page.meta:
            texts = page.meta[key]
            yield Statement(
                "meta", uninverted(texts) if key == "citation_author" else texts, order=order
            )
            order += 1
    if fold(page.first_meta("twitter:label1") or "") in _WRITTEN_BY:
        yield Statement("twitter", page.meta.get("twitter:data1", ()))


def _shown(page: HtmlPage) -> Iterator[Statement]:
    places = page.once("line places", lambda: LinePlaces(page))
    told: set[str] = set()
    orders: dict[str, int] = {}
    for found in marked_elements(page, places):
        plausible = any(is_plausible_name(a.name) for a in names_in(found.texts))
        raw = plausible and found.kind not in told and not found.elsewhere
        origin = "linked" if found.linked else "stated" if found.kind == "stated" else "classed"
        if raw:
            told.add(found.kind)
        yield Statement(
            origin,
            found.texts,
            where=found.where,
            alike=found.alike,
            sure=found.kind == "stated" and len(found.texts) <= 3 and not found.elsewhere,
            elsewhere=found.elsewhere,
            order=orders.setdefault(origin, 0),
            raw=raw,
        )
        orders[origin] += 1
    for line in _naming(page):
        if line.origin in ("byline", "confirmed"):
            yield Statement(
                line.origin, (line.text,), where=line.where, dated=line.dated, raw=line.raw
            )


def _other_lines(page: HtmlPage) -> Iterator[Statement]:
    orders: dict[str, int] = {}
    for line in _naming(page):
        if line.origin not in ("byline", "confirmed"):
            order = orders[line.origin] = orders.get(line.origin, -1) + 1
            yield Statement(
                line.origin,
                (line.text,),
                where=line.where,
                dated=line.dated,
                order=order,
                raw=line.raw,
            )


def _naming(page: HtmlPage) -> tuple[NamingLine, ...]:
    places = page.once("line places", lambda: LinePlaces(page))
    return page.once("naming lines", lambda: tuple(lines_that_name(places, _slugs(page))))


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


def _slugs(page: HtmlPage) -> tuple[str, ...]:
    """The last parts of authors' addresses, and the names of their mailboxes."""
    found = [value for key in ("author", "article:author") for value in page.meta.get(key, ())]
    return tuple(
        value.rstrip("/").rpartition("/")[2] if "/" in value else value.partition("@")[0]
        for value in found
        if "/" in value or "@" in value
    )
