"""Where a share of a source's pages has become another: lately against before.

One test for all that is counted page by page (refused, garbled, without a date, ...), the same for a
history of minutes and one of months.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.health.chances import chance_of_share, dispersion_of_shares

__all__ = ["ALARMING", "Break", "find_break"]

#: A break that chance makes so seldom is one.
ALARMING = 1e-5
#: Pages before, without which nothing is said.
LEAST_BEFORE = 10
#: Pages lately that need no second poll to confirm them.
ENOUGH_AT_ONCE = 10
#: Pages that tell whether it is over; polls before that are compared with; places of a break tried.
_NEWEST, _BEFORE, _TRIED = 4, 60, 6


@dataclass(frozen=True, slots=True)
class Break:
    """A share that has risen."""

    #: Polls that show it: the newest so many of those given.
    polls: int
    some: int
    of: int
    some_before: int
    of_before: int
    chance: float


def find_break(
    counts: Sequence[tuple[int, int]],
    *,
    share: float,
    fewest: int,
    fewest_polls: int = 2,
    most_before: float = 0.5,
    alarming: float = ALARMING,
) -> Break | None:
    """The break in ``counts``, where there is one that has not ended.

    Args:
        counts: of each poll, the newest first: how many pages were so, of how many.
        share: of pages that are so since.
        fewest: pages since.
        fewest_polls: polls since; one that brought very many pages is enough.
        most_before: where a larger share of pages was so before, or half of what is now, it is no news.
        alarming: chance below which it is told.
    """
    filled = [(some, of) for some, of in counts if of]
    if not filled or _is_over(filled, share):
        return None
    best: Break | None = None
    for place in _places(filled, share):
        some, of = _sum(filled[:place])
        if of < fewest or some < share * of or (place < fewest_polls and of < ENOUGH_AT_ONCE):
            continue
        before = filled[place : place + _BEFORE]
        some_before, of_before = _sum(before)
        if of_before < LEAST_BEFORE or some_before > most_before * of_before:
            continue
        if some_before * of * 2 > some * of_before:
            continue
        chance = chance_of_share(some, of, some_before, of_before, dispersion_of_shares(before))
        if chance < alarming and (best is None or chance < best.chance):
            best = Break(place, some, of, some_before, of_before, chance)
    return best


def _is_over(counts: Sequence[tuple[int, int]], share: float) -> bool:
    """Whether the newest pages are as they should be."""
    some = of = 0
    for each, pages in counts:
        some, of = some + each, of + pages
        if of >= _NEWEST:
            break
    return some < share / 2 * of


def _places(counts: Sequence[tuple[int, int]], share: float) -> Iterator[int]:
    """Numbers of polls since which it may be so: between one that is not so and one that is."""
    found = 0
    for place in range(1, len(counts)):
        some, of = counts[place - 1]
        older, older_of = counts[place]
        if some >= share * of and older < share * older_of:
            yield place
            found += 1
            if found >= _TRIED:
                return


def _sum(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(some for some, _ in counts), sum(of for _, of in counts)
