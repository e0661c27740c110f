"""What speaks for each statement of authors: one row of numbers, read by the trees of ``authors_model.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_names import (
    Author,
    desk_in,
    is_person_name,
    is_plausible_name,
    names_in,
)
from ingest.extract.metadata.byline_words import desks
from ingest.extract.metadata.bylines.statements import ORIGINS
from ingest.extract.page.folding import fold, letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.metadata.bylines.statements import Statement
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["NAMES", "Named", "evidence_of", "named_by"]

NAMES = (
    #: What each kind of statement says: 3 the same names, 2 more of them, 1 some of them, 0 others, -1 none.
    *ORIGINS,
    "agreeing",
    "overlapping",
    "statements",
    #: Of the statement itself.
    "origin",
    "rank",
    "order",
    "alike",
    "dated",
    "sure",
    "elsewhere",
    "headline_distance",
    "text_end_distance",
    "height",
    "area",
    "comment",
    "related",
    "media",
    "author_box",
    "chrome",
    "inside",
    "post_footer",
    #: Of its names.
    "names",
    "persons",
    "organisations",
    "called_organisation",
    "own",
    "desk",
    "words",
    "chars",
    "single",
    "small",
    "capitals",
    "digits",
    "plausible",
    "pieces",
    "cut",
    #: The names in the page's lines, in its first and its last ones, in the host and in the title.
    "lines_with",
    "in_host",
    "in_title",
    #: The page.
    "person_in_metadata",
    "person_shown",
    "organisation_in_metadata",
)
_METADATA = frozenset(["json_ld", "meta", "twitter"])


@dataclass(frozen=True, slots=True)
class Named:
    """A statement and the authors that it names."""

    statement: Statement
    authors: tuple[Author, ...]
    #: Folded names.
    keys: frozenset[str]


def named_by(statements: Sequence[Statement], own: frozenset[str]) -> list[Named]:
    """The statements that name somebody, each with whom; a newsroom's desk where nobody else is."""
    found: list[Named] = []
    for statement in statements:
        authors = names_in(statement.texts, own=own)
        if statement.origin in ("classed", "linked") and len(authors) > 1:
            authors = tuple(a for a in authors if is_plausible_name(a.name)) or authors
        if statement.organisations:
            authors = tuple(
                Author(author.name, organisation=True)
                if fold(author.name) in statement.organisations
                else author
                for author in authors
            )
        if not authors:
            desk = desk_in(statement.texts)
            authors = (desk,) if desk is not None else ()
        if authors:
            keys = frozenset(fold(author.name) for author in authors)
            found.append(Named(statement, authors, keys))
    return found


def evidence_of(
    page: HtmlPage, candidates: Sequence[Named], own: frozenset[str], host: str
) -> list[list[float]]:
    """A row of ``NAMES`` for each of ``candidates``.

    Args:
        page: that they stand on.
        candidates: what its statements name.
        own: folded names of the site.
        host: of the page, "" where that is not known.
    """
    said = {origin: [c for c in candidates if c.statement.origin == origin] for origin in ORIGINS}
    texts = [line.text for line in page.lines[:3000] if len(line.text) < 400]
    joined = "\n".join(texts).casefold()
    label = letters(host)
    title = fold(" ".join((*page.headings[:1], page.head_title or "")))
    about = [
        float(any(_has_person(c, own) for c in candidates if c.statement.origin in _METADATA)),
        float(any(_has_person(c, own) for c in candidates if c.statement.origin not in _METADATA)),
        float(
            any(
                all(a.organisation for a in c.authors)
                for c in candidates
                if c.statement.origin in _METADATA
            )
        ),
    ]
    return [
        [
            *_agreement(named, said, len(candidates)),
            *_own_row(named, own),
            *_on_page(named, joined, label, title),
            *about,
        ]
        for named in candidates
    ]


def _agreement(named: Named, said: dict[str, list[Named]], total: int) -> list[float]:
    row: list[float] = []
    agreeing = overlapping = 0
    for origin in ORIGINS:
        best = -1.0
        for other in said[origin]:
            if other.keys == named.keys:
                rank = 3.0
            elif other.keys > named.keys:
                rank = 2.0
            elif other.keys & named.keys:
                rank = 1.0
            else:
                rank = 0.0
            best = max(best, rank)
        agreeing += best == 3
        overlapping += best in (1, 2)
        row.append(best)
    return [*row, float(agreeing), float(overlapping), float(min(total, 40))]


def _own_row(named: Named, own: frozenset[str]) -> list[float]:
    statement, where, authors = named.statement, named.statement.where, named.authors
    name = authors[0].name
    words = name.split()
    alphas = [char for char in name if char.isalpha()] or ["x"]
    written = " ".join(statement.texts)
    return [
        float(ORIGINS.index(statement.origin)),
        float(statement.origin in _METADATA),
        float(min(statement.order, 12)),
        float(min(statement.alike, 20)),
        float(statement.dated),
        float(statement.sure),
        float(statement.elsewhere),
        float(max(min(where.headline, 60), -30)),
        float(max(min(where.text_end, 30), -60)),
        where.height,
        float(where.area),
        float(where.comment),
        float(where.related),
        float(where.media),
        float(where.author),
        float(where.chrome),
        float(where.inside),
        float(where.post_footer),
        float(min(len(authors), 12)),
        sum(is_person_name(a.name) and not a.organisation for a in authors) / len(authors),
        sum(a.organisation for a in authors) / len(authors),
        float(bool(statement.organisations)),
        float(any(_is_own(a.name, own) for a in authors)),
        float(any(fold(a.name) in desks() for a in authors)),
        float(min(len(words), 8)),
        float(min(len(name), 60)),
        float(len(words) == 1),
        float(name[:1].islower()),
        sum(char.isupper() for char in alphas) / len(alphas),
        float(any(char.isdigit() for char in name)),
        sum(is_plausible_name(a.name) for a in authors) / len(authors),
        float(min(len(statement.texts), 12)),
        sum(len(a.name) for a in authors) / (len(written) or 1),
    ]


def _on_page(named: Named, joined: str, label: str, title: str) -> list[float]:
    name = named.authors[0].name
    key = letters(name)
    return [
        float(min(joined.count(name.casefold()), 20)),
        float(len(key) >= 3 and key in label),
        float(len(name) >= 3 and fold(name) in title),
    ]


def _has_person(named: Named, own: frozenset[str]) -> bool:
    return any(
        not a.organisation and is_person_name(a.name) and not _is_own(a.name, own)
        for a in named.authors
    )


def _is_own(name: str, own: frozenset[str]) -> bool:
    folded = fold(name)
    return folded in own or folded.removeprefix("the ") in own
