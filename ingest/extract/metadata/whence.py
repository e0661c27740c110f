"""Where an article's title and authors were taken from, and what spoke for them: for people who ask why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.authors import own_of, stated_authors, weighed_authors
from ingest.extract.metadata.bylines.evidence import NAMES as AUTHOR_NAMES
from ingest.extract.metadata.title import weighed
from ingest.extract.metadata.titles.evidence import NAMES as TITLE_NAMES
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.metadata.field_source import FieldSource

__all__ = ["Whence", "whence_of"]

_MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class Whence:
    """One value and where it stands."""

    #: ``title`` or ``authors``.
    field: str
    value: str
    #: The kinds of place that state it: ``h1``, ``og``, ``json_ld``, ``byline``, ...
    places: tuple[str, ...]
    #: What moved the trees most, with by how much in log-odds.
    because: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        """One line for a terminal."""
        because = ", ".join(f"{name} {by:+.1f}" for name, by in self.because)
        return f"{self.field}: {self.value} (from {', '.join(self.places)}; {because})"


def whence_of(fields: FieldSource, title: str | None, authors: Sequence[str]) -> tuple[Whence, ...]:
    """Where ``title`` and ``authors``, which were read from the page of ``fields``, stand on it.

    What no place states, a feed's title for instance, is left out.
    """
    found: list[Whence] = []
    wordings, rows = weighed(fields.page, None, fields.site_names, fields.address)
    for wording, row in zip(wordings, rows, strict=True):
        if title and wording.text == title:
            trees = ensemble("title", "title", TITLE_NAMES)
            places = tuple(dict.fromkeys(source.place.origin for source in wording.sources))
            found.append(Whence("title", title, places, tuple(trees.reasons(row, _MOST_REASONS))))
            break
    own = own_of(fields.site_names)
    candidates, rows = weighed_authors(fields.page, fields.rules.authors, (), fields.site_names)
    naming = [
        (named, row)
        for named, row in zip(candidates, rows, strict=True)
        if authors and [a.name for a in stated_authors(fields.page, named, own)] == list(authors)
    ]
    if naming:
        trees = ensemble("authors", "authors", AUTHOR_NAMES)
        odds = trees.odds([row for _, row in naming])
        _, row = naming[max(range(len(odds)), key=odds.__getitem__)]
        places = tuple(dict.fromkeys(named.statement.origin for named, _ in naming))
        found.append(
            Whence("authors", ", ".join(authors), places, tuple(trees.reasons(row, _MOST_REASONS)))
        )
    return tuple(found)
