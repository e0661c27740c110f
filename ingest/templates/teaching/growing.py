"""A template that one page teaches more: what stands there at places inside the text that it did not know.

A page of a known design with an element of its own, a quotation, a table, a box, needs no template of
its own; what the generic path made of the element is learned from this page, and the rest stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import text_of
from ingest.templates.agreement import differences
from ingest.templates.applying import containers_of, read_by_template
from ingest.templates.reading_values import Misfit
from ingest.templates.teaching.leaves import Scattered, leaves_of
from ingest.templates.teaching.refining import MOST_SUPPORT, together

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page_context import PageContext
    from ingest.templates.template import Template
    from storage.article import Article

__all__ = ["grown", "stated_text"]


def grown(
    page: HtmlPage, article: Article, template: Template, about: PageContext
) -> Template | None:
    """``template`` with what stands on ``page`` at places inside the text; ``None`` where that is not all.

    Args:
        page: one that ``template`` does not fit for what it does not know, its tree whole.
        article: what the generic path made of it.
        template: that is to know more.
        about: what is known of the page beside.
    """
    places = [[containers_of(page, place)] for place in template.body]
    chrome = frozenset(letters(line) for line in template.chrome)
    try:
        leaves, sizes = leaves_of([article], places, chrome)
    except Scattered:
        return None
    more = replace(
        template,
        leaves=together(template.leaves, leaves),
        smallest=min(template.smallest, *sizes),
        largest=max(template.largest, *sizes),
        support=min(template.support + 1, MOST_SUPPORT),
    )
    # Some of it needs to be seen twice to be believed: whether it will do then is asked now.
    seen_twice = {path: replace(leaf, pages=leaf.pages + 1) for path, leaf in leaves.items()}
    probe = replace(more, leaves=together(template.leaves, seen_twice))
    read = read_by_template(page, probe, about)
    if isinstance(read, Misfit) or differences(read, article, stated=stated_text(page)):
        return None
    return more


def stated_text(page: HtmlPage) -> str | None:
    """The text that JSON-LD states of the page's article."""
    return text_of((page.article_node or {}).get("articleBody"))
