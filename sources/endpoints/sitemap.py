"""Sitemaps (https://www.sitemaps.org/protocol.html): files, indexes, gzip, the news extension
(https://www.google.com/schemas/sitemap-news/0.9), plain lists of addresses, feeds used as sitemaps.

Read with lxml's pull parser, a chunk at a time, elements freed as they end: memory does not grow
with the file. No entity beyond XML's five is expanded, no DTD is loaded, nothing is fetched.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sources.endpoints.document import Announced
from sources.endpoints.feed import looks_like_feed, read_feed
from sources.endpoints.times import iso_time
from sources.errors import EndpointError

__all__ = ["Child", "read_sitemap"]

#: The protocol allows 50 MiB and 50,000 addresses a file; real files exceed both a little.
LARGEST = 64 * 1024 * 1024
MOST_ENTRIES = 200_000
CHUNK = 64 * 1024
LONGEST_FIELD = 4000
_HTML = re.compile(rb"<(?:!doctype\s{1,10}html|html[\s>])", re.IGNORECASE)
_HTML_INSTEAD = "expected a sitemap, got an HTML page; robots.txt may name the sitemap's address"


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names."""

    url: str
    modified: str | None


def read_sitemap(body: bytes, url: str) -> Iterator[Announced | Child]:
    """The entries of a sitemap, or the children of an index, in the file's order.

    Raises:
        EndpointError: it is no sitemap, breaks off or is too large; what came before has been
            yielded by then.
    """
    chunks = _plain_chunks(body, url)
    first = next(chunks, b"")
    while first and len(first) < 512 and (more := next(chunks, b"")):
        first += more
    head = first.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head:
        raise EndpointError(url, "expected a sitemap, got an empty answer")
    if head[:1] != b"<" and b"<" not in head[:200].replace(b"\x00", b""):
        yield from _read_lines(first, chunks, url)
        return
    if _HTML.search(head[:2000]):
        raise EndpointError(url, _HTML_INSTEAD)
    if looks_like_feed(head):
        yield from read_feed(first + b"".join(chunks), url)
        return
    yield from _read_xml(first, chunks, url)


def _plain_chunks(body: bytes, url: str) -> Iterator[bytes]:
    """``body`` in chunks, gunzipped where it is gzip; never more than ``LARGEST`` bytes in all."""
    total = 0
    for chunk in _gunzipped(body, url) if body[:2] == b"\x1f\x8b" else _sliced(body):
        total += len(chunk)
        if total > LARGEST:
            raise EndpointError(
                url, f"the sitemap is larger than {LARGEST // 2**20} MiB unpacked; left"
            )
        yield chunk


def _sliced(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


def _gunzipped(body: bytes, url: str) -> Iterator[bytes]:
    rest = body
    while rest:
        unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            while rest and not unpack.eof:
                yield unpack.decompress(rest, CHUNK)
                rest = unpack.unconsumed_tail
        except zlib.error as error:
            raise EndpointError(url, f"the sitemap is broken gzip: {error}") from None
        if not unpack.eof:
            raise EndpointError(url, "the sitemap's gzip breaks off; what came before was read")
        rest = unpack.unused_data.lstrip(b"\x00")


def _read_lines(first: bytes, chunks: Iterator[bytes], url: str) -> Iterator[Announced]:
    """A sitemap of one address a line, which the protocol allows too."""
    held, found = first, 0
    while True:
        more = next(chunks, b"")
        lines = (held + more).split(b"\n")
        held = lines.pop() if more else b""
        for line in lines:
            address = line.strip(b"\xef\xbb\xbf \r\t").decode("utf-8", "replace")
            if address.startswith(("http://", "https://")) and len(address) <= LONGEST_FIELD:
                found += 1
                yield Announced(address)
        if not more:
            break
        if len(held) > CHUNK:
            raise EndpointError(url, "expected a sitemap, got one very long line")
    if not found:
        raise EndpointError(url, "expected a sitemap, got text without an address")


def _read_xml(first: bytes, chunks: Iterator[bytes], url: str) -> Iterator[Announced | Child]:
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: str | None = None
    count = 0
    parser.feed(first)
    while True:
        for event, element in parser.read_events():
            name = _local(element)
            if event == "start":
                if root is None:
                    root = name
                    _check_root(root, url)
                continue
            if name not in ("url", "sitemap"):
                continue
            entry = _entry(element, index=name == "sitemap")
            _free(element)
            if entry is not None:
                count += 1
                yield entry
            if count >= MOST_ENTRIES:
                raise EndpointError(url, f"more than {MOST_ENTRIES} entries; the rest was left")
        chunk = next(chunks, b"")
        if not chunk:
            break
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise EndpointError(url, f"the sitemap is broken XML: {error}") from None
    if root is None:
        raise EndpointError(url, "expected a sitemap, got XML without an element")


def _check_root(root: str, url: str) -> None:
    if root in ("urlset", "sitemapindex"):
        return
    if root == "html":
        raise EndpointError(url, _HTML_INSTEAD)
    raise EndpointError(url, f"expected a sitemap, got XML whose root is <{root}>")


def _entry(element: Any, *, index: bool) -> Announced | Child | None:
    fields: dict[str, str] = {}
    for child in element.iter():
        if child is element or not isinstance(child.tag, str):
            continue
        text = (child.text or "").strip()
        # The first of a name wins: image and video extensions have a <loc> and a <title> too.
        if text and len(text) <= LONGEST_FIELD:
            fields.setdefault(_qualified(child), text)
    address = fields.get("loc")
    if not address:
        return None
    modified = iso_time(fields.get("lastmod"))
    if index:
        return Child(address, modified)
    return Announced(
        url=address,
        title=fields.get("news:title"),
        published=iso_time(fields.get("news:publication_date")),
        modified=modified,
        language=fields.get("news:language"),
    )


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _qualified(element: Any) -> str:
    tag: str = element.tag
    name = tag.rpartition("}")[2].lower()
    if "sitemap-news" in tag:
        return f"news:{name}"
    return f"other:{name}" if "sitemap-image" in tag or "sitemap-video" in tag else name


def _free(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
