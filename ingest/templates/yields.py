"""What a template makes of one page, in a few lines: to see at a glance whether it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.extraction import BodyText, text_of_body
from ingest.extract.page.folding import collapse
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.applying import read_by_template
from ingest.templates.reading_values import Misfit

if TYPE_CHECKING:
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.template import Template
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.article import Article

__all__ = ["PageYield", "page_yield", "read_one"]

_FIRST_WORDS = 14


@dataclass(frozen=True, slots=True)
class PageYield:
    """What one page gave; ``misfit`` and ``detail`` where it is not of the template."""

    url: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    blocks: int = 0
    characters: int = 0
    first_words: str = ""
    misfit: str | None = None
    detail: str = ""


def read_one(
    page: Page,
    template: Template,
    source: Source | None,
    link: Link | None = None,
    site: SiteLines | None = None,
) -> Article | Misfit:
    """``page`` by ``template`` alone."""
    text = text_of_body(page.body, url=page.url, content_type=page.headers.get("content-type"))
    if not isinstance(text, BodyText) or not text.is_html:
        return Misfit("refused", "not_html")
    about = PageContext.of(page, source, link, site)
    return read_by_template(HtmlPage.parse(text.markup), template, about)


def page_yield(url: str, found: Article | Misfit) -> PageYield:
    """``found`` on the page at ``url``, shortened."""
    if isinstance(found, Misfit):
        return PageYield(url, misfit=found.reason, detail=found.detail)
    words = collapse(found.text).split(" ")
    return PageYield(
        url=url,
        title=found.title,
        authors=found.authors,
        published_at=found.published_at,
        blocks=len(found.blocks),
        characters=len(found.text),
        # Languages without blanks have very long words.
        first_words=" ".join(words[:_FIRST_WORDS])[:120] + ("" if len(words) < 2 else " ..."),
    )
