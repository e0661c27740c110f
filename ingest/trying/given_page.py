"""What the page is that somebody gave: a sitemap, a feed's first entry, a page that can be looked at.

Each is called where it can be ended (``ingest.workers.documents``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.html_page import HtmlPage
from sources.client import decode_page
from sources.endpoints.feed import read_feed
from sources.endpoints.sitemap import read_sitemap
from sources.errors import EndpointError
from sources.markup import excess

if TYPE_CHECKING:
    from sources.page import Page

__all__ = ["can_be_parsed", "first_entry", "is_sitemap", "page_of"]


def page_of(page: Page) -> HtmlPage:
    """The page, parsed."""
    text, _ = decode_page(page.body, page.headers.get("content-type"))
    return HtmlPage.parse(text)


def can_be_parsed(page: Page) -> bool:
    """Whether ``page`` is one that a parser should be given, and can take."""
    text, _ = decode_page(page.body, page.headers.get("content-type"))
    if excess(text.encode("utf-8", "replace")) is not None:
        return False
    HtmlPage.parse(text)
    return True


def is_sitemap(page: Page) -> bool:
    """Whether ``page`` is a sitemap."""
    try:
        next(iter(read_sitemap(page.body, page.url)), None)
    except EndpointError:
        return False
    return True


def first_entry(page: Page) -> str | None:
    """The first address that the feed ``page`` names."""
    try:
        entry = next(iter(read_feed(page.body, page.url, page.headers.get("content-type"))), None)
    except EndpointError:
        return None
    return entry.url if entry else None
