"""A template learned from new pages, with what an earlier version saw on others.

The pages that teach again are those that did not fit: alone they would teach a template that has
forgotten the pages before them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.templates.openings import bounded
from ingest.templates.template import Leaf, Place, Template

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MOST_SUPPORT", "refined", "together"]

#: Paths and lines that a template holds, those of most pages first.
MOST_LEAVES, MOST_LINES = 600, 80
#: Pages that a template is said to rest on, at most.
MOST_SUPPORT = 999


def refined(new: Template, known: Template) -> Template:
    """``new`` and ``known`` as one; ``new`` alone where their texts stand in different places."""
    if new.kind != known.kind or _main(new) != _main(known):
        return new
    languages_agree = new.language is not None and new.language == known.language
    return replace(
        new,
        body=_places(new, known),
        leaves=together(known.leaves, new.leaves),
        chrome=tuple(dict.fromkeys((*new.chrome, *known.chrome)))[:MOST_LINES],
        required=tuple(name for name in known.required if name in new.required),
        claims=new.claims and known.claims,
        smallest=min(new.smallest, known.smallest),
        largest=max(new.largest, known.largest),
        outside=max(new.outside, known.outside),
        standfirsts=new.standfirsts or known.standfirsts,
        lacks=tuple(name for name in new.lacks if name in known.lacks),
        below=max(new.below, known.below),
        support=min(new.support + known.support, MOST_SUPPORT),
        words=known.words if languages_agree else new.words,
    )


def _main(template: Template) -> tuple[str, ...]:
    return next(place.selectors for place in template.body if place.required)


def _places(new: Template, known: Template) -> tuple[Place, ...]:
    """The places of both, in the order of reading: those before the text, the text, those behind."""
    main = next(place for place in new.body if place.required)
    sides: list[list[Place]] = [[], []]
    for template in (known, new):
        side = 0
        for place in template.body:
            if place.required:
                side = 1
            elif all(place.selectors != other.selectors for other in sides[0] + sides[1]):
                sides[side].append(place)
    return (*sides[0], main, *sides[1])


def together(known: Mapping[str, Leaf], new: Mapping[str, Leaf]) -> dict[str, Leaf]:
    """What two lots of pages held at each path, those of most pages where they are too many."""
    sums = dict(known)
    for path, leaf in new.items():
        before = sums.get(path)
        sums[path] = (
            leaf
            if before is None
            else Leaf(
                before.kept + leaf.kept,
                before.left_out + leaf.left_out,
                before.pages + leaf.pages,
                bounded((*before.openings, *leaf.openings)),
            )
        )
    most = sorted(sums.items(), key=lambda item: (-item[1].pages, item[0]))[:MOST_LEAVES]
    return dict(most)
