"""How lines begin that are not the text, at places where text stands too: ``Read more: …``, ``Source: …``.

A place that holds both tells them apart by nothing in its markup; by its first words it often does.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Openings", "bounded", "opening_of"]

#: Characters of a line that may be known by how it begins, and letters of such a beginning.
LONGEST, LEAST = 300, 6
_WORDS = 2
#: Pages on which lines of such a beginning were left out, at least, and how many times those on which
#: one was kept.
PAGES, MANIFOLD = 2, 3
#: Beginnings of one place.
MOST = 8


def opening_of(text: str) -> str | None:
    """The letters of the first words of a short line; ``None`` where they tell nothing."""
    if len(text) > LONGEST:
        return None
    words = text.split(maxsplit=_WORDS)[:_WORDS]
    opening = letters(" ".join(words))
    return opening if len(opening) >= LEAST else None


class Openings:
    """Beginnings of the lines at one place, by the pages on which they were left out and kept."""

    def __init__(self) -> None:
        self._left_out: defaultdict[str, set[int]] = defaultdict(set)
        self._kept: defaultdict[str, set[int]] = defaultdict(set)

    def note(self, text: str, page: int, *, kept: bool) -> None:
        """Take in one line of page number ``page``."""
        opening = opening_of(text)
        if opening is not None:
            (self._kept if kept else self._left_out)[opening].add(page)

    def told_apart(self) -> tuple[str, ...]:
        """Those whose lines are none of the text."""
        found = (
            opening
            for opening, pages in self._left_out.items()
            if len(pages) >= PAGES and len(pages) >= MANIFOLD * len(self._kept.get(opening, ()))
        )
        return bounded(found)


def bounded(openings: Iterable[str]) -> tuple[str, ...]:
    """At most ``MOST`` of them, each once, sorted."""
    return tuple(sorted(set(openings))[:MOST])
