"""What is no article, and how a page shows it. Better no row than a wrong one.

Every rule names a convention (an address without a path, a title that browsers show for an error, a
page whose text is the links to other pages), never one page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.extract.data import load_data
from ingest.extract.page.folding import fold, letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Block

__all__ = ["Refusal", "is_front_page", "refuse_page", "refuse_without_text"]

#: Characters of text below which a page needs better proof that it is an article.
SHORT_TEXT = 250
#: An article that says of itself that it is one may be as short as this.
LEAST_TEXT = 60
#: Links as long as headlines from which a page shows other stories.
_LISTED = 8
_LANGUAGE_ROOT = re.compile(
    r"/(?:[a-z]{2}(?:[-_][a-zA-Z]{2})?/?)?(?:(?:index|home|default)\.[a-z]{3,5})?"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is no article."""

    url: str | None
    #: ``error_page``, ``front_page``, ``listing``, ``cookie_wall``, ``login_wall``,
    #: ``script_shell``, ``empty``, ``not_html``, ``too_large``, ``too_costly``,
    #: ``no_text``.
    reason: str
    #: One sentence for a person.
    detail: str

    def as_json(self) -> dict[str, Any]:
        """The shape in which a refusal leaves Copydesk."""
        return {"url": self.url, "refused": self.reason, "detail": self.detail}


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    return tuple(fold(line) for line in load_data("refusals")[kind])


def is_front_page(url: str) -> bool:
    """Whether ``url`` is the root of a site or of one of its languages."""
    parts = urlsplit(url)
    return not parts.query and bool(_LANGUAGE_ROOT.fullmatch(parts.path or "/"))


def refuse_page(page: HtmlPage, url: str | None, blocks: Sequence[Block]) -> Refusal | None:
    """Why ``page`` is no article although text was found on it, or ``None``."""
    text_length = sum(len(block.text) for block in blocks)
    claims = page.claims_article
    if url and is_front_page(url) and not claims:
        return Refusal(url, "front_page", "the address is the front page of a site")
    error = _error_title(page, text_length)
    if error is not None:
        return Refusal(url, "error_page", f"the page is titled {error!r}")
    wall = _wall(page, blocks, text_length)
    if wall is not None:
        return Refusal(url, wall[0], wall[1])
    if not claims and _is_listing(page, blocks, text_length):
        return Refusal(url, "listing", "the page is made of links to other pages")
    if text_length < (LEAST_TEXT if claims else SHORT_TEXT):
        return refuse_without_text(page, url)
    return None


def refuse_without_text(page: HtmlPage, url: str | None) -> Refusal:
    """Why there is no text to speak of."""
    visible = page.visible_text
    wall = _wall(page, (), 0)
    error = _error_title(page, 0)
    if error is not None:
        return Refusal(url, "error_page", f"the page is titled {error!r}")
    # Sites whose pages all ask for consent ask for it on those without a text too; a wall stands alone.
    if wall is not None and page.headline_links < _LISTED:
        return Refusal(url, wall[0], wall[1])
    if page.is_script_shell:
        return Refusal(url, "script_shell", "the page is empty until its scripts have run")
    if len(visible) < LEAST_TEXT:
        return Refusal(url, "empty", "the page shows no text")
    if url and is_front_page(url):
        return Refusal(url, "front_page", "the address is the front page of a site")
    linked = sum(len(line.text) for line in page.lines if line.linked)
    if page.headline_links >= _LISTED or linked > 0.4 * len(visible):
        return Refusal(url, "listing", "the page is made of links to other pages")
    return Refusal(url, "no_text", "no text of an article was found on the page")


def _error_title(page: HtmlPage, text_length: int) -> str | None:
    """The title, where it is one that error pages have and the page has no story beside it."""
    if text_length > 1500:
        return None
    for title in page.shown_titles:
        folded = fold(title)
        if len(folded) > 80:
            continue
        parts = [fold(part) for part in re.split(r"\s[-|–—:·•]\s", title)]
        for phrase in _phrases("error_titles"):
            if (
                folded == phrase
                or phrase in parts
                or any(p.startswith(phrase + " ") for p in parts if len(p) < len(phrase) + 25)
            ):
                return title
    return None


def _wall(page: HtmlPage, blocks: Sequence[Block], text_length: int) -> tuple[str, str] | None:
    if text_length > 1200 or page.has_article_body:
        return None
    text = fold(" ".join(block.text for block in blocks) or page.visible_text[:4000])
    titles = [fold(title) for title in page.shown_titles]
    for kind, detail in (
        ("cookie_wall", "the page asks for consent to cookies and shows no article"),
        ("login_wall", "the page asks to log in or subscribe and shows no article"),
    ):
        marks = _phrases(kind)
        hits = sum(mark in text for mark in marks)
        in_title = any(mark in title for title in titles for mark in marks)
        if hits >= 2 or (in_title and text_length < 600) or (in_title and hits):
            return kind, detail
    return None


def _is_listing(page: HtmlPage, blocks: Sequence[Block], text_length: int) -> bool:
    """Many headline links, and a text that is made of them or next to nothing beside them."""
    if page.is_archive_template or (page.says_listing and page.teasers >= 3):
        return True
    if page.headline_links < _LISTED:
        return False
    whole = letters(" ".join(block.text for block in blocks))
    links = [letters(line.text) for line in page.lines if line.linked][:500]
    linked = sum(len(link) for link in links if link in whole)
    if linked > 0.5 * len(whole):
        return True
    long_paragraphs = sum(1 for block in blocks if len(block.text) > 200)
    if page.says_listing:
        return long_paragraphs < 2 and text_length < 40 * page.headline_links
    return page.headline_links >= 20 and long_paragraphs < 2 and text_length < 1000
