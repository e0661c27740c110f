"""Where an article's time of publication was taken from, and what spoke for its day: one line for people."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.extract.body.selected import without_sign_up_boxes
from ingest.extract.extraction import unpacked
from ingest.extract.metadata.times.choice import choose
from ingest.extract.page.html_page import HtmlPage
from sources.client.answer.charset import decode_page
from storage.article import Article

__all__ = ["explain_time"]


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
