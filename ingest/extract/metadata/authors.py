"""Who wrote an article: of all that a page says of it the statement that most speaks for.

A page says it in JSON-LD (``author``, https://schema.org/author), ``meta`` elements, microdata,
``rel=author`` links, elements called "byline" or "author", and lines such as "By Anna Berg". It also
names commenters, the authors of other articles, photographers, and the house that publishes it all.
Which statement is meant is weighed by trees over what can be said of each (``bylines.evidence``);
people come before houses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_names import Author, is_person_name, names_in
from ingest.extract.metadata.bylines.evidence import NAMES, Named, evidence_of, named_by
from ingest.extract.metadata.bylines.marked import listed_authors
from ingest.extract.metadata.bylines.statements import statements_of, uninverted
from ingest.extract.page.folding import collapse, fold
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage

__all__ = [
    "Author",
    "chosen",
    "credited_authors",
    "own_of",
    "raw_bylines",
    "stated_authors",
    "weighed_authors",
]

MOST = 30
MOST_RAW = 40
#: Metadata that academic publishers and newsrooms repeat for each author.
_LIST_META = ("citation_authors", "citation_author", "article:author", "author")
#: Statements that name all authors and nobody else: elements of a page have its editors in them.
_WHOLE = frozenset(["json_ld", "meta", "byline"])
#: Probability below which a statement is not believed.
LEAST = 0.15
#: The same of a name that only its place makes an author's.
GUESS = 0.3
#: ``Where.area`` of asides and of pictures.
_ASIDE, _CAPTION = 3, 4
_GUESSES = frozenset(["alone", "signed"])
#: Share of a house's probability from which a person's is enough, of the site's from which another house's is.
PERSON, HOUSE = 0.5, 0.25
#: Probability from which a list of authors completes a shorter one.
COMPLETE = 0.5


def credited_authors(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...], own_names: Iterable[str]
) -> tuple[Author, ...]:
    """The authors as the page names them, else as its endpoint did; organisations marked.

    A house is the author only where nobody names a person, and the site itself only where nobody
    names another house.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        announced: names that the endpoint gave.
        own_names: what the site itself is called; as an author it is an organisation.
    """
    names = tuple(own_names)
    own = own_of(names)
    candidates, rows = weighed_authors(page, selectors, announced, names)
    if not candidates:
        return ()
    first = candidates[0]
    if first.statement.origin == "selector" and any(not a.organisation for a in first.authors):
        return stated_authors(page, first, own)
    likely = ensemble("authors", "authors", NAMES).probabilities(rows)
    best = chosen(candidates, likely, own)
    return stated_authors(page, candidates[best], own) if best is not None else ()


def weighed_authors(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...], own_names: Iterable[str]
) -> tuple[list[Named], list[list[float]]]:
    """The statements of ``page`` that name somebody, and what speaks for each as a row of ``NAMES``."""
    names = tuple(own_names)
    own = own_of(names)
    candidates = named_by(statements_of(page, selectors, announced), own)
    host = next((name for name in names if "." in name and " " not in name), "")
    return candidates, evidence_of(page, candidates, own, host)


def chosen(candidates: list[Named], likely: list[float], own: frozenset[str]) -> int | None:
    """The number of the statement that is meant, of those that are ``likely``; ``None`` where none is.

    A commenter's or a teaser's author is nobody's. People come before houses, other houses before the
    site itself; and who names all that another names, and more, names them all.
    """
    of_others = [named.keys for named in candidates if _is_of_others(named)]
    possible = [
        number
        for number, named in enumerate(candidates)
        if not _is_of_others(named)
        and not (named.statement.origin in _GUESSES and named.keys in of_others)
        and likely[number] >= (GUESS if named.statement.origin in _GUESSES else LEAST)
    ]
    if not possible:
        return None

    def best_of(numbers: list[int], least: float) -> int | None:
        best = max(numbers, key=likely.__getitem__, default=None)
        return best if best is not None and likely[best] >= least else None

    best = max(possible, key=likely.__getitem__)
    if _is_house(candidates[best]):
        persons = [number for number in possible if not _is_house(candidates[number])]
        others = [number for number in possible if not _is_own_only(candidates[number], own)]
        person = best_of(persons, PERSON * likely[best])
        other = best_of(others, HOUSE * likely[best])
        if person is not None:
            best = person
        elif other is not None and _is_own_only(candidates[best], own):
            best = other
    mine = candidates[best].keys
    longer = [
        number
        for number in possible
        if candidates[number].keys > mine
        and candidates[number].statement.origin in _WHOLE
        and likely[number] >= COMPLETE
        and all(is_person_name(a.name) or a.organisation for a in candidates[number].authors)
    ]
    return max(longer, key=lambda number: len(candidates[number].keys), default=best)


def _is_of_others(named: Named) -> bool:
    """Whether the statement stands in a comment, beside the article, or under a picture."""
    where = named.statement.where
    return named.statement.elsewhere and (
        where.comment or where.area == _CAPTION or (where.area == _ASIDE and where.related)
    )


def _is_house(named: Named) -> bool:
    return all(author.organisation for author in named.authors)


def _is_own_only(named: Named, own: frozenset[str]) -> bool:
    return all(_is_own(author, own) for author in named.authors)


def raw_bylines(page: HtmlPage) -> tuple[str, ...]:
    """What the page says of its authors, uncleaned: agencies and other houses stand there too."""
    found: list[str] = []
    for statement in statements_of(page, (), ()):
        if not statement.raw:
            continue
        for name in statement.texts:
            text = collapse(name)[:200]
            if text and text not in found:
                found.append(text)
                if len(found) == MOST_RAW:
                    return tuple(found)
    return tuple(found)


def own_of(names: Iterable[str]) -> frozenset[str]:
    """What the site is called, folded, of its ``names``."""
    own = frozenset(fold(name) for name in names if name)
    return own | {name.removeprefix("the ") for name in own}


def stated_authors(page: HtmlPage, named: Named, own: frozenset[str]) -> tuple[Author, ...]:
    """The authors of the statement: the site itself only where nobody else is named."""
    authors = tuple(author for author in named.authors if not _is_own(author, own))
    if any(not author.organisation for author in authors):
        return _completed(page, authors, own)[:MOST]
    return (authors or named.authors)[:MOST]


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
            uninverted(texts) if texts is page.meta.get("citation_author") else texts, own=own
        )
        if mine < {fold(author.name) for author in longer} and all(
            is_person_name(author.name) for author in longer
        ):
            return longer
    return authors
