"""Queries of a whole page that a template makes only where they gave something that it has not anyway.

Over the pages that it is learned from, each query's field is read with it and without it. Where the
plain reading says what the generic path says at least as often, the query is not made any more; later
comparisons with the generic path tell whether that still holds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.templates.agreement import agreement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.templates.template import Template
    from storage.article import Article

__all__ = ["without_vain_searches"]

#: Names of ``metadata.fields.SELDOM``, to the field that each may tell.
_FIELDS = {"marked_standfirst": "standfirst", "breadcrumbs": "section"}


def without_vain_searches(
    template: Template,
    pages: Sequence[tuple[Article, Article]],
    read: Callable[[Template], Sequence[Article | None]],
) -> Template:
    """``template`` without the searches that told no more than the page says without them.

    Args:
        template: with all of them.
        pages: what it reads on each page that it fits, and what the generic path makes of that page.
        read: what another template reads on these pages.
    """
    open_ = [name for name in _FIELDS if name not in template.lacks]
    if not open_ or not pages:
        return template
    plain = read(replace(template, lacks=(*template.lacks, *open_)))
    vain = [
        name
        for name in open_
        if sum(
            _agree(found, generic, name) for found, (_, generic) in zip(plain, pages, strict=True)
        )
        >= sum(_agree(full, generic, name) for full, generic in pages)
    ]
    return replace(template, lacks=(*template.lacks, *vain)) if vain else template


def _agree(found: Article | None, generic: Article, name: str) -> bool:
    """Whether ``found`` says what the generic path says in the field that the search ``name`` is for."""
    return found is not None and agreement(found, generic)[_FIELDS[name]]
