"""Where an article's title, authors and time of publication were taken from, and what spoke for them: lines for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.extract.body.selected import without_sign_up_boxes
from ingest.extract.extraction import unpacked
from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.metadata.times.choice import choose
from ingest.extract.metadata.whence import whence_of
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.page_rules import page_rules
from sources.client.answer.charset import decode_page
from storage.article import Article

if TYPE_CHECKING:
    from sources.source import Source

__all__ = ["explain_fields", "explain_time"]


def explain_fields(
    body: bytes, content_type: str | None, article: Article, source: Source | None = None
) -> tuple[str, ...]:
    """A line each for title, authors and time of ``article``; none of a text dump, where no page is weighed.

    Args:
        body: the page that it was made of.
        content_type: the header, where there was one.
        article: what was made of it.
        source: whose page it is.
    """
    published = explain_time(body, content_type, article)
    if published is None:
        return ()
    text, _ = decode_page(unpacked(body), content_type)
    page = HtmlPage.parse(text)
    about = PageContext(article.url, content_type, source)
    fields = FieldSource(page, page_rules(page.text, source).rules, about)
    told = whence_of(fields, article.title, article.authors)
    return (*map(str, told), published)


def explain_time(body: bytes, content_type: str | None, article: Article) -> str | None:
    """``published 2026-11-12: shown: By Ada Lund, 12 November 2026 (0.97: label_published +1.2)``.

    Args:
        body: the page that ``article`` was made of.
        content_type: the header, where there was one.
        article: what was made of it.

    Returns:
        ``None`` for a text dump, where nothing is weighed.
    """
    if article.extractor == "text":
        return None
    text, _ = decode_page(unpacked(body), content_type)
    page = HtmlPage.parse(text)
    without_sign_up_boxes(page.tree)
    chosen = choose(page, datetime.now(UTC), page.language, article.url, reasons=True)
    if article.published_at is None:
        return "published: no day is likely enough"
    if chosen is None or chosen.stated != article.published_at:
        return (
            f"published {article.published_at}: said by the source file's selector or the endpoint"
        )
    because = ", ".join(f"{name} {by:+.1f}" for name, by in chosen.because)
    return f"published {chosen.stated}: {chosen.where} ({chosen.likely:.2f}: {because})"
