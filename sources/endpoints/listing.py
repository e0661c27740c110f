"""Listing pages: HTML whose links a CSS selector of the source file picks."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.client.charset import decode_page
from sources.endpoints.document import Announced
from sources.endpoints.times import iso_time
from sources.errors import EndpointError

__all__ = ["read_listing"]

MOST_LINKS = 5000
LONGEST_TITLE = 500


def read_listing(
    body: bytes, url: str, selector: str, content_type: str | None = None
) -> Iterator[Announced]:
    """The links that ``selector`` picks, in the page's order; elements may be or hold a link.

    Raises:
        EndpointError: the selector picks nothing, or nothing with a link.
    """
    text, _ = decode_page(body, content_type)
    page = LexborHTMLParser(text)
    base_node = page.css_first("base[href]")
    base = urljoin(url, (base_node.attributes.get("href") or "") if base_node else "")
    found = 0
    picked = page.css(selector)
    for node in picked[:MOST_LINKS]:
        anchor = node if node.tag == "a" else node.css_first("a[href]")
        href = (anchor.attributes.get("href") or "").strip() if anchor is not None else ""
        if anchor is None or not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        found += 1
        yield Announced(url=urljoin(base, href), title=_title(node, anchor), published=_time(node))
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
