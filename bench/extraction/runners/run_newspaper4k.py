"""newspaper4k with its defaults, but no pictures fetched."""

from __future__ import annotations

import logging
from typing import Any

from newspaper import Article
from page_protocol import Page, serve


def read(page: Page) -> dict[str, Any]:
    """Title, authors, time and text."""
    article = Article(page.url or "", fetch_images=False)
    article.download(input_html=page.text)
    article.parse()
    return {
        "title": article.title,
        "authors": list(article.authors),
        "date": article.publish_date.isoformat() if article.publish_date else None,
        "body": article.text,
    }


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(read)
