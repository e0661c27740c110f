"""Sitemaps (https://www.sitemaps.org/protocol.html): files, indexes, gzip, the news extension
(https://www.google.com/schemas/sitemap-news/0.9), plain lists of addresses, feeds used as sitemaps.

Read with lxml's pull parser, a chunk at a time, elements freed as they end: memory does not grow
with the file. No entity beyond XML's five is expanded, no DTD is loaded, nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sources.endpoints.announced_times import iso_time
from sources.endpoints.feed import looks_like_feed, read_feed, without_wide_declaration
from sources.endpoints.sitemap_bytes import Chunks, clean_beginning
from sources.errors import EndpointError
from sources.link import Announced

__all__ = ["Child", "read_sitemap"]

MOST_ENTRIES = 200_000
LONGEST_FIELD, LONGEST_LINE = 4000, 64 * 1024
#: Elements of one level of an entry; an article with a thousand images has a thousand.
MOST_ELEMENTS = 20_000
MOST_NEWS_ELEMENTS = 100
_ENTRIES = ("url", "sitemap")
_ROOTS = ("urlset", "sitemapindex")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
#: An element of an entry, which makes a sitemap of XML whatever its root is called.
_LOC = re.compile(rb"<(?:[a-z][\w.-]{0,30}:)?loc[\s>]", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:[a-zA-Z][\w.-]{0,30}:)?(?:url|sitemap)[\s>]")
_HTML = re.compile(rb"<(?:!doctype\s{1,10}html|html[\s>])", re.IGNORECASE)
#: No reference of XML's own: the five names and numbers; others are no entities that we expand.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
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
    chunks = Chunks(body, url)
    yield from _read(chunks, url)
    if chunks.error is not None:
        raise chunks.error


def _read(chunks: Chunks, url: str) -> Iterator[Announced | Child]:
    first = next(chunks, b"")
    while first and len(first) < 512 and (more := next(chunks, b"")):
        first += more
    first = without_wide_declaration(first)
    head = first.lstrip(b"\xef\xbb\xbf \r\n\t")
    if not head:
        if chunks.error is None:
            raise EndpointError(url, "expected a sitemap, got an empty answer")
        return
    if first[:2] in _WIDE and b"<" not in head[:200]:
        first += b"".join(chunks)
        yield from _read_lines(first.decode("utf-16", "replace").encode(), chunks, url)
        return
    if b"\x00" not in head[:200] and not looks_like_feed(head):
        first = head = clean_beginning(head)
    if head[:1] != b"<" and b"<" not in head[:200].replace(b"\x00", b""):
        yield from _read_lines(first, chunks, url)
        return
    if _HTML.search(head[:2000]):
        raise EndpointError(url, _HTML_INSTEAD)
    if looks_like_feed(head):
        yield from read_feed(first + b"".join(chunks), url)
        return
    yield from _read_xml(first, chunks, url)


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
        if len(held) > LONGEST_LINE:
            raise EndpointError(url, "expected a sitemap, got one very long line")
    if not found:
        raise EndpointError(url, "expected a sitemap, got text without an address")


def _read_xml(first: bytes, chunks: Iterator[bytes], url: str) -> Iterator[Announced | Child]:
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        # Others never reach Python: half of the time of a large file.
        tag=_tags(first),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    named = _root_name(first)
    _check_root(named, url, has_entries=_LOC.search(first) is not None)
    root: Any = None
    count = 0
    chunk, held, ended = first, b"", False
    while not ended:
        # "?a=1&b=2" as it stands in many files would end the reading there.
        ready, held = _escaped(held + chunk, last=not chunk)
        broken: str | None = None
        try:
            if ready:
                parser.feed(ready)
            if not chunk:
                ended = True
                parser.close()  # what recovery has held back comes with the end
        except etree.XMLSyntaxError as error:
            broken, ended = str(error), True
        for event, element in parser.read_events():
            if event == "start":
                if root is None:
                    root = element.getroottree().getroot()
                continue
            entry = _entry(element)
            if entry is not None:
                count += 1
                yield entry
                if count >= MOST_ENTRIES:
                    raise EndpointError(url, f"more than {MOST_ENTRIES} entries; the rest was left")
        if root is not None and not _free(root):
            raise EndpointError(url, f"an entry of more than {MOST_ELEMENTS} elements; left there")
        if broken is not None and chunk:
            raise EndpointError(url, f"the sitemap is broken XML: {broken}")
        chunk = next(chunks, b"")
    if root is None:
        _check_root(_root_name(first, whole=True) or "", url)


def _escaped(data: bytes, *, last: bool) -> tuple[bytes, bytes]:
    """``data`` with its bare ampersands escaped, and what must wait for more to be judged."""
    if b"\x00" in data[:1000]:
        return data, b""  # UTF-16, in which a byte is no character
    at = -1 if last else data.rfind(b"&", max(0, len(data) - 12))
    held = data[at:] if at >= 0 and b";" not in data[at:] else b""
    ready = data[: len(data) - len(held)]
    if b"&" in ready and b"<![CDATA[" not in ready:
        ready = _BARE_AMPERSAND.sub(b"&amp;", ready)
    return ready, held


def _root_name(first: bytes, *, whole: bool = False) -> str | None:
    """The root of the document, where its beginning (or more of it) shows it already."""
    from lxml import etree

    peek = etree.XMLPullParser(events=("start",), recover=True, resolve_entities=False)
    try:
        peek.feed(first if whole else first[:4096])
    except etree.XMLSyntaxError:
        return None
    for _, element in peek.read_events():
        return _local(element)
    return None


def _tags(first: bytes) -> list[str]:
    """The elements that are looked at, for a document that begins so; XML tells spellings apart."""
    names = [*_ENTRIES, *_ROOTS]
    if _ENTRY.search(first) is None:
        names += [name.upper() for name in names] + [name.capitalize() for name in names]
        names += ["urlSet", "UrlSet", "sitemapIndex", "SitemapIndex", "siteMap", "SiteMap"]
    return [f"{{*}}{name}" for name in names]


def _check_root(root: str | None, url: str, *, has_entries: bool = False) -> None:
    if root is None or root in _ROOTS or (has_entries and root != "html"):
        return
    if root == "html":
        raise EndpointError(url, _HTML_INSTEAD)
    if not root:
        raise EndpointError(url, "expected a sitemap, got XML without an element")
    raise EndpointError(url, f"expected a sitemap, got XML whose root is <{root}>")


def _entry(element: Any) -> Announced | Child | None:
    address = modified = news = None
    for child in element:
        role = _role(child.tag)
        # The first of a name wins.
        if role == "loc":
            if address is None and not len(child):
                # With an element inside it would be another address.
                address = _field(child)
        elif role == "lastmod":
            if modified is None:
                modified = iso_time(_field(child))
        elif role == "news":
            news = child
    if address is None or address[0] == "&":
        return None  # nothing, or an entity of the file's own, which is not expanded
    if _role(element.tag) == "sitemap":
        return Child(address, modified)
    if news is None:
        return Announced(address, None, None, modified)
    fields: dict[str, str] = {}
    for number, child in enumerate(news.iter()):
        text = _field(child) if number < MOST_NEWS_ELEMENTS else None
        if text:
            fields.setdefault(_role(child.tag), text)
    return Announced(
        url=address,
        title=fields.get("title"),
        published=iso_time(fields.get("publication_date")),
        modified=modified,
        language=fields.get("language"),
    )


@lru_cache(maxsize=512)
def _role(tag: object) -> str:
    """What an element of an entry is, by its tag; empty where that is nothing to us."""
    name = tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
    if name == "loc" and re.search("image|video", str(tag)):
        # These extensions have a <loc> too; it should stand in their own element, but may not.
        return ""
    return name.removeprefix("news:")


def _field(element: Any) -> str | None:
    text = element.text
    if text is None or len(text) > LONGEST_FIELD:
        return None
    return text.strip() or None


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _free(root: Any) -> bool:
    """Drop what has been read: everything but the branch that the parser stands on.

    False where that branch is larger than any entry is.
    """
    node = root
    while len(node):
        if node is not root and _local(node) in _ENTRIES:
            if len(node) > MOST_ELEMENTS:
                return False
        else:
            del node[:-1]
        node = node[-1]
    return True
