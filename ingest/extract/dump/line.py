"""One line of a text dump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.article import BlockType

__all__ = ["DumpLine"]


@dataclass(frozen=True, slots=True)
class DumpLine:
    """A paragraph, a heading, a word of a menu, ... as it stands in the dump, without its marks."""

    text: str
    #: What the dump's own marks say that it is.
    type: BlockType = "paragraph"
    #: Of a heading that is marked as one: 1 is the largest.
    level: int = 0
    #: Whether a blank line stands above it.
    apart: bool = False
    #: Why it is no text whatever it says (``"caption"`` of an image, ``"ornament"``), by its marks.
    mark: str | None = None
