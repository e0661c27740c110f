"""Why a dump is no article: too little prose, an error page, a wall."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ingest.extract.data import load_data
from ingest.extract.page.folding import fold
from ingest.extract.page.prose import weighted_size
from ingest.extract.refusal import Refusal

if TYPE_CHECKING:
    from storage.article import Block

__all__ = ["refuse_text"]

#: Weighted characters from which a text is an article by its length, and from which it may be one.
_LONG, _LEAST = 1500, 60
#: Characters of a dump in which a wall is looked for, and of a line that may be an error's title.
_LOOKED_AT, _TITLE = 4000, 80
_WALLS = (
    ("cookie_wall", "the text asks for consent to cookies and holds no article"),
    ("login_wall", "the text asks to log in or subscribe and holds no article"),
)


def refuse_text(
    url: str | None, title: str | None, blocks: Sequence[Block], lines: Sequence[str]
) -> Refusal | None:
    """Why a dump is no article, or ``None``.

    Args:
        url: where it came from.
        title: its headline, where it has one.
        blocks: what was taken for its text.
        lines: its first lines, whatever they are.
    """
    size = sum(weighted_size(block.text) for block in blocks)
    if size >= _LONG:
        return None
    error = next((line for line in (title, *lines[:12]) if line and _is_error(line)), None)
    # Amid a short article a line like this may be a heading: as the title, or without a text, it is not.
    if error is not None and (error == title or size < 4 * _LEAST):
        return Refusal(url, "error_page", f"the text is titled {error!r}")
    text = fold(" ".join(block.text for block in blocks) or " ".join(lines)[:_LOOKED_AT])
    for kind, detail in _WALLS:
        if sum(mark in text for mark in _phrases(kind)) >= 2:
            return Refusal(url, kind, detail)
    if size < _LEAST:
        return Refusal(url, "no_text", "the text holds no paragraph of an article")
    return None


def _is_error(line: str) -> bool:
    return len(line) <= _TITLE and fold(line) in _phrases("error_titles")


@cache
def _phrases(kind: str) -> frozenset[str]:
    return frozenset(fold(line) for line in load_data("refusals")[kind])
