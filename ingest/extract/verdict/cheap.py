"""The decision where a learned template has read the page: it fits, so that little can be wrong.

A template was learned from articles and refuses what does not look like them by itself. What is left
is what a site draws in the same template: an error, a wall, its front page, a list. No evidence is
weighed, since that would cost as much as all else; where this finds something, the page is read and
judged anew without the template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.extract.page.prose import weighted_size
from ingest.extract.refusal import Refusal, is_front_page
from ingest.extract.verdict.by_source import refused_by_source
from ingest.extract.verdict.walls import LEAST_TEXT, LISTED, error_or_wall, refuse_without_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.html_page import HtmlPage
    from sources.source import ExtractRules
    from storage.article import Block

__all__ = ["refuse_fitting_page"]

#: Weighted characters of text below which a page needs better proof that it is an article.
_SHORT = 250
#: Share of the text that links, from which the page is made of them.
_OF_LINKS = 0.5
_MOST_LINKS = 500


def refuse_fitting_page(
    page: HtmlPage,
    url: str | None,
    blocks: Sequence[Block],
    rules: ExtractRules,
    kind: str,
) -> Refusal | None:
    """Why ``page``, of which a template took ``blocks`` for an article of ``kind``, is perhaps none."""
    refusal = refused_by_source(rules, (url,), kind)
    if refusal is not None:
        return refusal
    claims = page.claims_article
    if url and is_front_page(url) and not claims:
        return Refusal(url, "front_page", "the address is the front page of a site")
    refusal = error_or_wall(page, url, blocks)
    if refusal is not None:
        return refusal
    if not claims and (page.is_archive_template or _is_made_of_links(page, blocks)):
        return Refusal(url, "listing", "the page is made of links to other pages")
    least = LEAST_TEXT if claims else _SHORT
    size = 0
    for block in blocks:
        size += weighted_size(block.text)
        if size >= least:
            return None
    return refuse_without_text(page, url)


def _is_made_of_links(page: HtmlPage, blocks: Sequence[Block]) -> bool:
    if page.headline_links < LISTED:
        return False
    whole = letters(" ".join(block.text for block in blocks))
    links = [letters(line.text) for line in page.lines if line.linked][:_MOST_LINKS]
    return sum(len(link) for link in links if link in whole) > _OF_LINKS * len(whole)
