"""A story for a person: whose text it is, and that this is inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.stories.origin import Origin

__all__ = ["origin_line"]


def origin_line(origin: Origin) -> str:
    """Whose text a story is, which article is that house's own, and what says so."""
    house = f" ({origin.house})" if origin.house is not None else ""
    own = f"article {origin.article_id}" if origin.article_id is not None else "not kept here"
    how = "inferred from credits"
    if origin.inferred_from == "own_word":
        how += " of its own article alone"
    elif origin.sources is not None:
        how += f" in {origin.sources} source{'s' if origin.sources > 1 else ''}"
    return f"{origin.name}{house}, {own}; {how}"
