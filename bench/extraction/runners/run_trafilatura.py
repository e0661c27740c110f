"""trafilatura with its defaults, or with ``favor_precision`` where that is the first argument.

Its text without readers' comments, which it keeps apart; with its metadata, as the others give theirs.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import trafilatura
from page_protocol import Page, serve

PRECISION = "favor_precision" in sys.argv[1:]


def read(page: Page) -> dict[str, Any]:
    """Title, authors, day and text."""
    found = trafilatura.bare_extraction(
        page.text, url=page.url, favor_precision=PRECISION, with_metadata=True
    )
    if found is None:
        return {"body": ""}
    return {
        "title": found.title,
        "authors": [name for name in (found.author or "").split("; ") if name],
        "date": found.date,
        "body": found.text or "",
    }


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(read)
