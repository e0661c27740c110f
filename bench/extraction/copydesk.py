"""One labelled page through Copydesk: the line of predictions that comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ingest.extract import Refusal, extract_bytes
from ingest.extract.chrome.site_lines import SiteLines, clean_again, line_keys
from storage.article import Article

__all__ = ["SiteState", "read_page", "start_site"]


@dataclass
class SiteState:
    """What the pages of one site share while they are read one after another."""

    host: str | None
    #: Lines of the articles read so far.
    lines: SiteLines = field(default_factory=SiteLines)


def start_site(host: str | None) -> SiteState:
    """The state that a site begins with, before its first page.

    The only place where one is made. Whatever extraction learns from page to page belongs in it;
    ``read_page`` hands it over.
    """
    return SiteState(host)


def read_page(
    name: str, raw: bytes, url: str | None, site: SiteState
) -> tuple[dict[str, Any], Article | None]:
    """What Copydesk makes of the page ``raw``, with the CPU time of this process that it took.

    The prediction, and the article for ``read_again``; ``None`` for a refusal.
    """
    started = time.process_time()
    article = extract_bytes(raw, url=url, site=site.lines)
    if not isinstance(article, Refusal):
        site.lines = site.lines.with_article(line_keys(article))
    cpu_ms = round((time.process_time() - started) * 1000, 2)
    if isinstance(article, Refusal):
        refused = {
            "id": name,
            "body": "",
            "credits": [],
            "cpu_ms": cpu_ms,
            "refused": article.reason,
            "probability": article.probability,
        }
        return refused, None
    return {
        "id": name,
        "title": article.title,
        "authors": list(article.authors),
        "date": article.published_at,
        "body": _body(article),
        "credits": article.as_json()["credits"],
        "cpu_ms": cpu_ms,
        "layer": article.extractor,
        "probability": article.probability,
    }, article


def read_again(prediction: dict[str, Any], article: Article, site: SiteState) -> dict[str, Any]:
    """The prediction once the whole site was read: the pipeline cleans what it filed before."""
    return {**prediction, "body": _body(clean_again(article, site.lines))}


def _body(article: Article) -> str:
    return "\n".join(block.text for block in article.blocks if block.type != "caption")
