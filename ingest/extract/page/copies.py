"""The same text kept twice on one page, and which of the two a reader is shown.

Templates print a text once for subscribers and once for others, for wide and for narrow screens, as the
transcript of a player and on the page, for reading and for printing. Read as they stand, such pages
file each paragraph twice. A copy is a run of long blocks that have all stood before, in the same
order; a sentence that returns, a pull quote or a refrain is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extract.page.blocks import PageBlocks
from ingest.extract.page.class_words import bits_named
from ingest.extract.page.prose import is_prose, weighted_size
from ingest.extract.page.sums import way_of

__all__ = ["Copies", "copied_runs", "later_copies", "without_copies"]

#: Weighted characters of a block that does not return by chance, and of a run of such.
_LONG, _LONG_RUN = 60, 300
#: Blocks of a run, and how many may stand between two of them.
_LEAST, _GAP = 3, 30
#: Blocks from one to its copy where each has its own right behind it.
_IN_TURN = 2
#: Places of one text that are looked at.
_MOST_PLACES = 6
#: Copies of one text: each round takes out one of two; and runs that are looked at in a round.
_MOST_ROUNDS, _MOST_RUNS = 3, 8
#: Share of the element around both that the text has at least: less is a list or a notice that returns.
_SHARE = 0.2
#: Share of what stands from its first to its last block that has to be the same.
_DENSE = 0.75
#: How many times as much another element holds to be the whole of which one shows a part.
_WHOLE = 1.1
#: Share of an element that stands elsewhere too, from which all of it is a copy.
_ALL = 0.8
#: Characters of a line that was cut off: the same beginning is no chance.
_LEAST_CUT = 30
_CUT = ".… […]"
#: Tags and meanings of names around what a page keeps beside its text.
_ASIDE = frozenset(["figure", "aside", "nav", "footer", "dialog", "form", "details", "header"])
_BESIDE = bits_named("media", "hidden", "comment", "share", "newsletter", "sidebar", "related")


@dataclass(frozen=True, slots=True)
class Copies:
    """The blocks of a page, each text once."""

    page: PageBlocks
    #: The beginning of each copy that was left out, and how many blocks it had.
    left_out: tuple[tuple[str, int], ...] = ()


def copied_runs(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """The runs of ``texts`` that return, as pairs of numbers: the one before, the one that repeats it.

    A run has three long texts or more, in the same order, with little between them.
    """
    places: dict[str, list[int]] = {}
    runs: list[list[tuple[int, int]]] = []
    run: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        if not is_prose(text, _LONG):
            continue
        earlier = places.setdefault(text, [])
        if earlier:
            following = None
            if run and number - run[-1][1] <= _GAP:
                last, behind = run[-1][0], run[0][1]
                # Of three copies the second is not the first one's continuation.
                following = next(
                    (
                        n
                        for n in earlier
                        if last < n <= last + _GAP and (n < behind or number - n <= _IN_TURN)
                    ),
                    None,
                )
            if following is None:
                run = []
                runs.append(run)
            run.append((earlier[0] if following is None else following, number))
        if len(earlier) < _MOST_PLACES:
            earlier.append(number)
    return [
        run
        for run in runs
        if len({texts[number] for _, number in run}) >= _LEAST
        and sum(weighted_size(texts[number]) for _, number in run) >= _LONG_RUN
    ]


def later_copies(texts: Sequence[str]) -> frozenset[int]:
    """The numbers of ``texts``, one text of a page in its order, that say again what came before."""
    runs = copied_runs(texts)
    if not runs:
        return frozenset()
    least = _SHARE * sum(map(weighted_size, texts))
    found: set[int] = set()
    for run in runs:
        before, behind = [one for one, _ in run], [other for _, other in run]
        size = sum(weighted_size(texts[number]) for number in behind)
        if size < least or found.intersection(behind):
            continue
        if behind[0] < before[-1]:
            found.update(behind if _is_in_turn(run) else ())
        elif _density(texts, behind, before) >= _DENSE:
            own = set(texts[before[0] : before[-1] + 1])
            found.update(n for n in range(behind[0], behind[-1] + 1) if texts[n] in own)
    return frozenset(found)


def without_copies(page: PageBlocks) -> Copies:
    """``page`` with each text once: where it is whole, else where articles stand, else where it comes first."""
    left_out: list[tuple[str, int]] = []
    for _ in range(_MOST_ROUNDS):
        runs = copied_runs([block.text for block in page.blocks])
        dropped: set[int] = set()
        for run in runs[:_MOST_RUNS]:
            if not any(one in dropped or other in dropped for one, other in run):
                copy = _copy_of(page, run)
                if not copy:
                    continue
                left_out.append((page.blocks[min(copy)].text, len(copy)))
                dropped |= copy
        if not dropped:
            break
        kept = [block for number, block in enumerate(page.blocks) if number not in dropped]
        page = PageBlocks(kept, page.containers)
    return Copies(page, tuple(left_out))


def _copy_of(page: PageBlocks, run: Sequence[tuple[int, int]]) -> set[int]:
    """The numbers of the blocks that are the copy, of the two texts that ``run`` pairs; none for lists that return."""
    before, behind = [one for one, _ in run], [other for _, other in run]
    around = _blocks_in(page, _element_around(page, [*before, *behind]))
    sizes = {number: weighted_size(page.blocks[number].text) for number in around}
    if sum(sizes[number] for number in behind) < _SHARE * sum(sizes.values()):
        return set()
    if behind[0] < before[-1]:
        # Each paragraph for one and for the other screen in turn.
        return set(behind) if _is_in_turn(run) else set()
    texts = [block.text for block in page.blocks]
    if max(_density(texts, behind, before), _density(texts, before, behind)) < _DENSE:
        return set()
    one, other = _Text.of(page, before, behind), _Text.of(page, behind, before)
    copy, shown = (one, other) if other.is_shown_before(one) else (other, one)
    return copy.numbers_without(shown)


def _is_in_turn(run: Sequence[tuple[int, int]]) -> bool:
    return all(other - one <= _IN_TURN for one, other in run)


def _density(texts: Sequence[str], paired: Sequence[int], others: Sequence[int]) -> float:
    """Share of the text from the first to the last of ``paired`` that stands among ``others`` too."""
    there = set(texts[others[0] : others[-1] + 1])
    own = texts[paired[0] : paired[-1] + 1]
    return sum(len(text) for text in own if text in there) / sum(map(len, own))


@dataclass(frozen=True, slots=True)
class _Text:
    """One of two texts that are the same, or part of each other."""

    page: PageBlocks
    paired: Sequence[int]
    #: Blocks of the largest element around it that does not hold the other; those from its first to
    #: its last where there is none.
    own: Sequence[int]
    has_element: bool
    is_article_body: bool
    is_aside: bool
    size: int

    @classmethod
    def of(cls, page: PageBlocks, paired: Sequence[int], others: Sequence[int]) -> _Text:
        blocks, containers = page.blocks, page.containers
        element = _element_around(page, paired)
        foreign = set(way_of(page, blocks[others[0]].container))
        own: Sequence[int] = range(paired[0], paired[-1] + 1)
        if element not in foreign:
            while containers[element].parent not in foreign:
                element = containers[element].parent
            own = _blocks_in(page, element)
        around = [containers[blocks[number].container] for number in paired]
        way = way_of(page, blocks[paired[0]].container)
        return cls(
            page=page,
            paired=paired,
            own=own,
            has_element=element not in foreign,
            is_article_body=all(container.is_article_body for container in around),
            is_aside=any(
                containers[index].tag in _ASIDE or containers[index].bits & _BESIDE
                for index in way
                if index not in foreign
            ),
            size=sum(weighted_size(blocks[number].text) for number in own),
        )

    def is_shown_before(self, other: _Text) -> bool:
        """Whether a reader is shown this rather than ``other``, which comes before it."""
        if self.is_aside != other.is_aside:
            return other.is_aside
        if self.is_article_body != other.is_article_body:
            return self.is_article_body
        return self.size > _WHOLE * other.size

    def numbers_without(self, shown: _Text) -> set[int]:
        """What is left out of this where ``shown`` is kept: what it repeats, and what goes with that."""
        blocks = self.page.blocks
        texts = {blocks[number].text for number in shown.own}
        copied = set(self.paired)
        for number in self.own:
            if blocks[number].text in texts:
                copied.add(number)
        last, shown_last = self.paired[-1] + 1, shown.paired[-1] + 1
        if last in self.own and shown_last < len(blocks):
            cut = blocks[last].text.rstrip(_CUT)
            if len(cut) >= _LEAST_CUT and blocks[shown_last].text.startswith(cut):
                copied.add(last)
        size = sum(weighted_size(blocks[number].text) for number in copied)
        if self.has_element and size >= _ALL * self.size:
            # What is left of it are labels; a paragraph that only the copy has is not lost.
            copied.update(n for n in self.own if not is_prose(blocks[n].text, _LONG))
        return copied


def _element_around(page: PageBlocks, numbers: Sequence[int]) -> int:
    """The innermost element that holds all of ``numbers``."""
    common = list(way_of(page, page.blocks[numbers[0]].container))
    for number in numbers[1:]:
        way = set(way_of(page, page.blocks[number].container))
        common = [index for index in common if index in way]
    return common[0]


def _blocks_in(page: PageBlocks, element: int) -> list[int]:
    """The numbers of the blocks in ``element``, whose inner elements follow it without another between."""
    containers = page.containers
    end = element + 1
    while end < len(containers) and containers[end].depth > containers[element].depth:
        end += 1
    return [number for number, block in enumerate(page.blocks) if element <= block.container < end]
