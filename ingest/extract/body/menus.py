"""Blocks that stand in menus, footers and lists of links: no template writes its articles there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.extract.page.blocks import PageBlocks
    from ingest.extract.page.sums import PageSums

__all__ = ["is_menu"]

_NEVER = frozenset(["nav", "footer"])
_ALWAYS = frozenset(["article", "main"])
_SHORT = 80
_ALL_LINKED = 0.95
_OF_LINKS = 0.8


def is_menu(page: PageBlocks, sums: PageSums, number: int) -> bool:
    """Whether a short block stands in a menu, a footer or a list of links outside the main element."""
    block = page.blocks[number]
    if sums.sizes[number] >= _SHORT:
        return False
    container = page.containers[block.container]
    tags = container.tags_around
    if tags & _NEVER and not tags & _ALWAYS:
        return True
    return (
        block.linked >= _ALL_LINKED * len(block.text)
        and not sums.in_main(block.container)
        and sums.containers[max(container.parent, 0)].link_share >= _OF_LINKS
    )
