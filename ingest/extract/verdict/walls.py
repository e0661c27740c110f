"""Error pages, walls and shells: what stands where a site shows no article.

Each names a convention (a title that browsers show for an error, the phrases of a consent dialogue),
never one page; the phrases are data (``data/refusals.toml``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ingest.extract.data import load_data
from ingest.extract.page.folding import fold
from ingest.extract.page.prose import weighted_size
from ingest.extract.refusal import Refusal, is_front_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Block

__all__ = ["LEAST_TEXT", "LISTED", "error_or_wall", "refuse_without_text"]

#: Weighted characters that a page shows at least where it is not empty.
LEAST_TEXT = 60
#: Links as long as headlines from which a page shows other stories.
LISTED = 8
#: Weighted characters from which a text is an article, whatever its title or the dialogue above it says.
_STORY, _MORE_THAN_A_WALL = 1500, 1200
#: A title that asks for consent alone says what a text shorter than this is.
_LITTLE = 600
#: A title longer than this is a headline about an error; words behind an error's own in it.
_LONGEST_ERROR, _BEHIND = 80, 25
_PARTS = re.compile(r"\s[-|–—:·•]\s")
_READ = 4000
_WALLS = (
    ("cookie_wall", "the page asks for consent to cookies and shows no article"),
    ("login_wall", "the page asks to log in or subscribe and shows no article"),
)


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    return tuple(fold(line) for line in load_data("refusals")[kind])


def error_or_wall(page: HtmlPage, url: str | None, blocks: Sequence[Block]) -> Refusal | None:
    """Why ``page`` with the text ``blocks`` is an error page or a wall; ``None`` where it is neither."""
    size = sum(weighted_size(block.text) for block in blocks)
    error = _error_title(page, size)
    if error is not None:
        return Refusal(url, "error_page", f"the page is titled {error!r}")
    wall = _wall(page, blocks, size)
    return None if wall is None else Refusal(url, *wall)


def refuse_without_text(page: HtmlPage, url: str | None) -> Refusal:
    """Why there is no text to speak of on ``page``."""
    visible = page.visible_text
    error = _error_title(page, 0)
    if error is not None:
        return Refusal(url, "error_page", f"the page is titled {error!r}")
    # Sites whose pages all ask for consent ask for it on those without a text too; a wall stands alone.
    wall = _wall(page, (), 0)
    if wall is not None and page.headline_links < LISTED:
        return Refusal(url, *wall)
    if page.is_script_shell:
        return Refusal(url, "script_shell", "the page is empty until its scripts have run")
    if weighted_size(visible[:LEAST_TEXT]) < LEAST_TEXT:
        return Refusal(url, "empty", "the page shows no text")
    if url and is_front_page(url):
        return Refusal(url, "front_page", "the address is the front page of a site")
    linked = sum(len(line.text) for line in page.lines if line.linked)
    if page.headline_links >= LISTED or linked > 0.4 * len(visible):
        return Refusal(url, "listing", "the page is made of links to other pages")
    return Refusal(url, "no_text", "no text of an article was found on the page")


def _error_title(page: HtmlPage, size: int) -> str | None:
    """The title, where it is one that error pages have and the page has no story beside it."""
    if size > _STORY:
        return None
    for title in page.shown_titles:
        folded = fold(title)
        if len(folded) > _LONGEST_ERROR:
            continue
        parts = [fold(part) for part in _PARTS.split(title)]
        for phrase in _phrases("error_titles"):
            if (
                folded == phrase
                or phrase in parts
                or any(
                    part.startswith(phrase + " ") and len(part) < len(phrase) + _BEHIND
                    for part in parts
                )
            ):
                return title
    return None


def _wall(page: HtmlPage, blocks: Sequence[Block], size: int) -> tuple[str, str] | None:
    if size > _MORE_THAN_A_WALL or page.has_article_body:
        return None
    text = fold(" ".join(block.text for block in blocks) or page.visible_text[:_READ])
    titles = [fold(title) for title in page.shown_titles]
    for kind, detail in _WALLS:
        marks = _phrases(kind)
        hits = sum(mark in text for mark in marks)
        in_title = any(mark in title for title in titles for mark in marks)
        if hits >= 2 or (in_title and size < _LITTLE) or (in_title and hits):
            return kind, detail
    return None
