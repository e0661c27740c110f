"""Where the words of a candidate stand on the page, seen from the text."""

from __future__ import annotations

from typing import NamedTuple

from storage.article import CreditPlace

__all__ = ["METADATA", "Spot"]


class Spot(NamedTuple):
    """One line's place; distances are counted in lines and blocks, -1 where they do not apply.

    A tuple, for each line of a page has one.
    """

    where: CreditPlace
    #: Lines from here to the text, of a line above it.
    above: int = -1
    #: Lines from the text to here, of a line below it; 0 is the first.
    behind: int = -1
    #: Blocks of the text before this one and behind it.
    first: int = -1
    last: int = -1
    #: Whether it stands between blocks of the text and is none.
    between: bool = False
    #: Special surrounding: ``caption``, ``aside``, ``footer``, ``header``, or type of the block.
    area: str = ""
    linked: bool = False
    #: Whether a caption, a table or a figure stands right before it.
    after_caption: bool = False
    #: Characters of the line before and of the one behind; -1 where there is none.
    size_before: int = -1
    size_behind: int = -1
    #: Whether the page's markup calls it a source, an agency or a credit.
    marked: bool = False


METADATA = Spot("meta")
