"""Sums over the elements of a page: how much prose each holds, how much of it links, which is the main one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.extract.page.blocks import PageBlocks
from ingest.extract.page.prose import weighted_size

__all__ = ["PROSE", "PageSums", "Sum", "sums_of", "way_of"]

#: Weighted characters outside links of a block that is prose.
PROSE = 80
#: Share of the page's prose that the main element has to hold.
SHARE = 0.6


@dataclass(slots=True)
class Sum:
    """What an element, or all of one path, holds."""

    blocks: int = 0
    prose: int = 0
    size: int = 0
    linked: int = 0

    @property
    def link_share(self) -> float:
        """Share of its text that links."""
        return self.linked / self.size if self.size else 0.0


@dataclass(slots=True)
class PageSums:
    """The sums of a page; lists run along its blocks, or its containers."""

    sizes: list[int]
    #: Weighted characters of a block outside links where it is prose, else 0.
    prose: list[float]
    containers: list[Sum]
    #: By ``Container.path``.
    paths: dict[str, Sum]
    page_prose: int
    #: The deepest element with most of the page's prose.
    main: int
    on_way: frozenset[int]
    #: The topmost element around each container that is off the way from the body to the main one,
    #: and levels below the main element (-1 outside of it).
    branches: list[tuple[int, int]] = field(default_factory=list)

    def in_main(self, container: int) -> bool:
        """Whether an element is the main one or inside it."""
        return self.branches[container][1] >= 0


def sums_of(page: PageBlocks) -> PageSums:
    """The sums of ``page``, which has at least one block."""
    containers = [Sum() for _ in page.containers]
    paths: dict[str, Sum] = {}
    sizes: list[int] = []
    prose: list[float] = []
    for block in page.blocks:
        size = weighted_size(block.text)
        linked = size * block.linked / max(len(block.text), 1)
        own = size - linked
        is_prose = own >= PROSE and block.type != "caption"
        sizes.append(size)
        prose.append(own if is_prose else 0.0)
        for entry in (
            containers[block.container],
            paths.setdefault(page.containers[block.container].path, Sum()),
        ):
            entry.blocks += 1
            entry.size += size
            entry.linked += int(linked)
            entry.prose += int(own) if is_prose else 0
    # Children come after their parents: going back, sums flow upwards.
    for index in range(len(containers) - 1, 0, -1):
        above, inner = containers[page.containers[index].parent], containers[index]
        above.blocks += inner.blocks
        above.size += inner.size
        above.linked += inner.linked
        above.prose += inner.prose
    page_prose = max(containers[0].prose, 1)
    main = 0
    for index, container in enumerate(page.containers):
        if container.parent == main and containers[index].prose >= SHARE * page_prose:
            main = index
    on_way = frozenset(way_of(page, main))
    return PageSums(
        sizes, prose, containers, paths, page_prose, main, on_way, _branches(page, main, on_way)
    )


def way_of(page: PageBlocks, index: int) -> Sequence[int]:
    """The elements from ``index`` up to the body, which is the last."""
    found = []
    while index >= 0:
        found.append(index)
        index = page.containers[index].parent
    return found


def _branches(page: PageBlocks, main: int, on_way: frozenset[int]) -> list[tuple[int, int]]:
    branches: list[tuple[int, int]] = []
    for index, container in enumerate(page.containers):
        if index in on_way:
            branches.append((index, 0 if index == main else -1))
            continue
        above = container.parent
        branch, levels = branches[above]
        if above in on_way:
            branches.append((index, 1 if above == main else -1))
        else:
            branches.append((branch, levels + 1 if levels >= 0 else -1))
    return branches
