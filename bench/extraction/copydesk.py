"""One labelled page through Copydesk: the line of predictions that comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ingest.extract import Refusal, extract_bytes

__all__ = ["SiteState", "read_page", "start_site"]


@dataclass(frozen=True)
class SiteState:
    """What the pages of one site share while they are read one after another."""

    host: str | None


def start_site(host: str | None) -> SiteState:
    """The state that a site begins with, before its first page.

    The only place where one is made. Whatever extraction learns from page to page belongs in it;
    ``read_page`` hands it over.
    """
    return SiteState(host)


def read_page(name: str, raw: bytes, url: str | None, site: SiteState) -> dict[str, Any]:
    """What Copydesk makes of the page ``raw``, and the CPU time of this process that it took."""
    started = time.process_time()
    article = extract_bytes(raw, url=url)  # ``site`` goes along here once extraction learns
    cpu_ms = round((time.process_time() - started) * 1000, 2)
    if isinstance(article, Refusal):
        return {"id": name, "body": "", "credits": [], "cpu_ms": cpu_ms, "refused": article.reason}
    return {
        "id": name,
        "title": article.title,
        "authors": list(article.authors),
        "date": article.published_at,
        "body": "\n".join(block.text for block in article.blocks if block.type != "caption"),
        "credits": article.as_json()["credits"],
        "cpu_ms": cpu_ms,
        "layer": article.extractor,
    }
