"""Listing pages: HTML whose links a CSS selector of the source file picks, page after page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.client.answer.charset import decode_page
from sources.endpoints.announced_times import iso_time
from sources.endpoints.announcements import base_of, joined
from sources.endpoints.document import Following, Window
from sources.endpoints.next_page import find_next_page
from sources.errors import EndpointError
from sources.link import Announced
from sources.markup import excess
from sources.page import Page
from sources.source import Endpoint

__all__ = ["first_listing", "read_listing", "read_paged_listing"]

MOST_LINKS = 5000
LONGEST_TITLE = 500
#: Links of a list without a selector: headings and teasers first of all, menus left out by address.
ARTICLE_LINKS = "article, main h2, main h3, main h4, h2 a[href], h3 a[href]"


def read_listing(
    body: bytes, url: str, selector: str, content_type: str | None = None
) -> Iterator[Announced]:
    """The links that ``selector`` picks, in the page's order; elements may be or hold a link.

    Raises:
        EndpointError: the selector picks nothing, or nothing with a link.
    """
    text, _ = decode_page(body, content_type)
    yield from _links(_parsed(text, url), url, selector)


def first_listing(url: str) -> str:
    """The address of a listing's first page: ``{page}`` counts from 1, ``{page0}`` from 0."""
    return url.replace("{page}", "1").replace("{page0}", "0")


def read_paged_listing(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The links of one page of a list, and its next page where a time is asked for.

    Where every link has a time and all are before the window, the next page is left out.

    Raises:
        EndpointError: as :func:`read_listing` does.
    """
    text, _ = decode_page(page.body, page.headers.get("content-type"))
    tree = _parsed(text, page.url)
    newest: str | None = ""
    for entry in _links(tree, page.url, endpoint.selector or ARTICLE_LINKS):
        newest = max(newest, entry.published) if newest is not None and entry.published else None
        yield entry
    if window is None:
        return
    if window.since is not None and newest:
        if newest[:10] < f"{window.since - timedelta(days=1):%Y-%m-%d}":
            return
    following = _counted(page.requested_url, endpoint.url) or find_next_page(
        tree, page.url, base_of(tree, page.url)
    )
    if following is not None:
        yield Following(following)


def _parsed(text: str, url: str) -> LexborHTMLParser:
    too_much = excess(text.encode("utf-8", "replace"))
    if too_much is not None:
        raise EndpointError(url, f"{too_much}: the page is not read")
    return LexborHTMLParser(text)


def _counted(url: str, template: str) -> str | None:
    """The page after ``url`` by the source file's own counting."""
    for mark in ("{page}", "{page0}"):
        before, found, after = template.partition(mark)
        if found and url.startswith(before) and url.endswith(after):
            number = url[len(before) : len(url) - len(after)]
            if number.isdigit():
                return f"{before}{int(number) + 1}{after}"
    return None


def _links(page: LexborHTMLParser, url: str, selector: str) -> Iterator[Announced]:
    base = base_of(page, url)
    found = 0
    picked = page.css(selector)
    for node in picked[:MOST_LINKS]:
        anchor = node if node.tag == "a" else node.css_first("a[href]")
        href = (anchor.attributes.get("href") or "").strip() if anchor is not None else ""
        if anchor is None or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        address = joined(base, anchor)
        if address is None:
            continue
        found += 1
        yield Announced(url=address, title=_title(node, anchor), published=_time(node))
    if not found:
        what = f"{len(picked)} elements, none with a link" if picked else "nothing"
        raise EndpointError(
            url,
            f"the selector {selector!r} picks {what}; the page has changed, or draws its links by script",
        )


def _title(node: LexborNode, anchor: LexborNode) -> str | None:
    heading = node.css_first("h1, h2, h3, h4") if node is not anchor else None
    text = " ".join((heading or anchor).text(deep=True, separator=" ").split())
    return text[:LONGEST_TITLE] or None


def _time(node: LexborNode) -> str | None:
    time = node.css_first("time[datetime]")
    return iso_time(time.attributes.get("datetime")) if time is not None else None
