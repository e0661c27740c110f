"""What extraction workers are asked to do: each runs in a worker, and its arguments are sent there.

Arguments that many pages share come last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ingest.extract import Refusal
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.templates.reading_values import Learned, PackedExample, PageReading
    from sources.link import Link
    from sources.page import Page
    from sources.source import Source
    from storage.article import Article
    from storage.articles.prepared import PreparedArticle

__all__ = ["extract", "extract_for_filing", "learn", "read", "read_for_filing"]


def extract(
    page: Page, link: Link | None, source: Source | None, site: SiteLines | None
) -> Article | Refusal:
    """The article on the page by the generic path, or why it is none."""
    from ingest.extract import extract_bytes

    return extract_bytes(
        page.body,
        url=page.url,
        content_type=page.headers.get("content-type"),
        source=source,
        link=link,
        now=page.fetched_at,
        site=site,
        headers=page.headers,
    )


def read(
    page: Page,
    link: Link | None,
    labels: tuple[str, ...],
    check: frozenset[str],
    trial: frozenset[str],
    source: Source | None,
    site: SiteLines | None,
    *rules: str,
) -> PageReading:
    """The page by one of the templates ``labels``, whose rules come last, else by the generic path."""
    from ingest.templates.page_reading import read_page
    from ingest.templates.reading_values import Candidate

    return read_page(
        page.body,
        url=page.url,
        content_type=page.headers.get("content-type"),
        source=source,
        link=link,
        now=page.fetched_at,
        site=site,
        headers=page.headers,
        templates=[Candidate(label, text) for label, text in zip(labels, rules, strict=True)],
        check=check,
        trial=trial,
        learns=True,
    )


def extract_for_filing(
    page: Page, link: Link | None, source: Source | None, site: SiteLines | None
) -> PreparedArticle | Refusal:
    """As ``extract``, made ready for the store."""
    return _ready(extract(page, link, source, site))


def read_for_filing(
    page: Page,
    link: Link | None,
    labels: tuple[str, ...],
    check: frozenset[str],
    trial: frozenset[str],
    source: Source | None,
    site: SiteLines | None,
    *rules: str,
) -> tuple[PreparedArticle | Refusal, PageReading]:
    """As ``read``, with what was found made ready for the store."""
    reading = read(page, link, labels, check, trial, source, site, *rules)
    return _ready(reading.found), reading


def _ready(found: Article | Refusal) -> PreparedArticle | Refusal:
    from ingest.extract.chrome.site_lines import line_keys
    from ingest.extract.refusal import Refusal
    from storage.articles.prepared import prepare_article

    return found if isinstance(found, Refusal) else prepare_article(found, line_keys(found))


def learn(
    examples: Sequence[PackedExample], now: datetime, known: str | None, source: Source | None
) -> Learned:
    """A template from ``examples`` and the rules ``known`` before, or why there is none."""
    from ingest.templates.page_reading import learn_packed

    return learn_packed(examples, now=now, source=source, known=known)
