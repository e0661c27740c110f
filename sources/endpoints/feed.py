"""Feeds: RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom, and JSON Feed (https://www.jsonfeed.org/version/1.1/).

feedparser reads the XML ones, from bytes, with sanitising and link resolution off: the page is
what we extract from, and both halve its speed. It keeps the entries before a break in the XML.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from sources.endpoints.announced_times import iso_time
from sources.endpoints.document import Following, Window
from sources.endpoints.feed_bounds import within_bounds
from sources.errors import EndpointError
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint

__all__ = ["looks_like_feed", "read_feed", "read_paged_feed", "without_wide_declaration"]

#: Entries read of one feed; the largest real ones hold some thousands.
MOST_ENTRIES = 100_000
#: Characters of full content below which it is a teaser, not a body.
LEAST_CONTENT = 400
LONGEST_TITLE = 1000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ROOT = re.compile(rb"<(?:[a-z0-9]{1,10}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
#: How UTF-32 and UTF-16 begin, with a byte order mark or with a bare "<" (XML 1.0, appendix F).
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(r"""\sencoding=["'][A-Za-z0-9._-]{1,40}["']""")
_LINK = re.compile(r"<(?:[a-z0-9]{1,10}:)?link\b[^<>]{1,2000}>", re.IGNORECASE)
_REL = re.compile(r"""\brel=["']([a-z-]{1,40})["']""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref=["']([^"']{1,2000})["']""", re.IGNORECASE)
_WORDPRESS = re.compile(rb"<generator>[^<]{0,20}wordpress\.(?:org|com)", re.IGNORECASE)
_ATOM = re.compile(rb"<(?:[a-z0-9]{1,10}:)?feed[\s>]", re.IGNORECASE)
#: What .NET's ``StringWriter`` declares, whatever the bytes are.
_WIDE_DECLARED = re.compile(
    rb"""(<\?xml[^<>]{0,100}?)\sencoding=["'](?:utf|ucs)-?(?:16|32|2|4)(?:[lb]e)?["']""",
    re.IGNORECASE,
)
_DUBLIN_CORE = re.compile(rb"""xmlns:([\w.-]{1,30})=["']http://purl\.org/dc/elements/1\.1/["']""")
_OTHER_CHANGES = re.compile(rb"<[\w.-]{1,30}:(?:updated|modified)[\s>]")
_DOCTYPE_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def looks_like_feed(body: bytes) -> bool:
    """Whether ``body`` begins like a feed, XML or JSON."""
    head = body[:4096].replace(b"\x00", b"")
    return bool(_ROOT.search(head)) or (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{" and b"jsonfeed.org" in head
    )


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Iterator[Announced]:
    """The entries of a feed, in its order.

    Args:
        body: the feed as downloaded, content coding undone.
        url: where it came from, for messages.
        content_type: the header, which may name the charset.

    Raises:
        EndpointError: it is no feed (the message says what it is), or it breaks off; entries
            before the break have been yielded by then.
    """
    body = _without_wide_letters(body)
    stripped = body.lstrip(b"\xef\xbb\xbf \r\n\t\x00")
    if not stripped:
        raise EndpointError(url, "expected a feed, got an empty answer")
    if stripped[:1] == b"{":
        yield from _read_json(stripped, url)
        return
    if not _ROOT.search(stripped[:65536].replace(b"\x00", b"")):
        raise EndpointError(url, _what_else(stripped))
    yield from _read_xml(stripped, url, content_type)


def _without_wide_letters(body: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8, with the declaration of the old encoding taken out."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            text = body.decode(name, "replace")
            return _DECLARED.sub("", text, count=1).encode("utf-8", "replace")
    return without_wide_declaration(body)


def without_wide_declaration(body: bytes) -> bytes:
    """``body`` without a declaration of UTF-16 or UTF-32 that could be read one byte a letter."""
    if b"\x00" in body[:200]:
        return body
    return _WIDE_DECLARED.sub(rb"\1", body[:400], count=1) + body[400:]


def read_paged_feed(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """The entries of one page of a feed, and the page of older entries.

    Which that is, the feed says (RFC 5005: ``next`` of a paged feed, ``prev-archive`` of an archived
    one; JSON Feed: ``next_url``); a feed that WordPress made has it at ``?paged=2`` without a word.
    There is none after a page whose entries are all older than the window.

    Raises:
        EndpointError: as :func:`read_feed` does.
    """
    count = 0
    newest: str | None = None
    dated = True
    for entry in read_feed(page.body, page.url, page.headers.get("content-type")):
        count += 1
        stated = entry.published or entry.modified
        dated = dated and stated is not None
        newest = max(newest or "", stated or "") or None
        yield entry
    since = window.since if window is not None else None
    if window is None or not count:
        return
    # By the day, and a day of room: zones differ, and not all are stated.
    if (
        since is not None
        and dated
        and newest
        and newest[:10] < f"{since - timedelta(days=1):%Y-%m-%d}"
    ):
        return
    older = _older_page(page)
    if older is not None and older != page.url:
        yield Following(older)


def _older_page(page: Page) -> str | None:
    head = page.body[:65536]
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        named = re.search(rb'"next_url"\s{0,5}:\s{0,5}("[^"]{1,2000}")', page.body)
        try:
            return urljoin(page.url, json.loads(named[1])) if named else None
        except ValueError:
            return None
    links: dict[str, str] = {}
    for match in _LINK.finditer(head.decode("utf-8", "replace")):
        rel, href = _REL.search(match[0]), _HREF.search(match[0])
        if rel and href:
            links.setdefault(rel[1].lower(), html.unescape(href[1]))
    for relation in ("next", "prev-archive"):
        if relation in links:
            return urljoin(page.url, links[relation])
    if _WORDPRESS.search(head):
        parts = urlsplit(page.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        number = int(query["paged"]) if query.get("paged", "").isdigit() else 1
        query["paged"] = str(number + 1)
        return urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    return None


def _what_else(body: bytes) -> str:
    if _HTML.search(body[:4096]):
        title = re.search(rb"<title[^>]{0,200}>([^<]{0,200})", body[:65536], re.IGNORECASE)
        named = f" titled {title[1].decode('utf-8', 'replace').strip()!r}" if title else ""
        return (
            f"expected a feed, got an HTML page{named}; "
            'look for the feed\'s own address, or use kind = "listing" with a selector'
        )
    if body[:1] == b"<":
        return "expected a feed, got XML of another kind; is it a sitemap?"
    return f"expected a feed, got something that begins with {body[:40]!r}"


def _read_json(body: bytes, url: str) -> Iterator[Announced]:
    try:
        feed = json.loads(body.decode("utf-8", "replace"))
        items = feed["items"]
        if not isinstance(items, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EndpointError(url, f"expected a JSON Feed: {type(error).__name__} {error}") from None
    language = _text(feed.get("language"))
    for item in items[:MOST_ENTRIES]:
        if not isinstance(item, dict):
            continue
        identity = item.get("id")
        link = item.get("url") or item.get("external_url") or identity
        if not isinstance(link, str):
            continue
        people = item.get("authors") or ([item["author"]] if item.get("author") else [])
        names = (
            [p.get("name") for p in people if isinstance(p, dict)]
            if isinstance(people, list)
            else []
        )
        content = item.get("content_html")
        yield Announced(
            url=link,
            title=_text(item.get("title")),
            published=iso_time(_text(item.get("date_published"))),
            modified=iso_time(_text(item.get("date_modified"))),
            authors=tuple(name for name in names if isinstance(name, str) and name.strip()),
            language=_text(item.get("language")) or language,
            content=content if isinstance(content, str) and len(content) >= LEAST_CONTENT else None,
        )


def _read_xml(body: bytes, url: str, content_type: str | None) -> Iterator[Announced]:
    import feedparser

    if _DOCTYPE_ENTITY.search(body[:65536]):
        # No feed needs entities of its own; only attacks on parsers do ("billion laughs").
        raise EndpointError(url, "the feed declares XML entities, which Copydesk does not expand")
    # In Atom an address is relative to its xml:base, else to the feed (RFC 4287, section 2); in RSS
    # nobody says, and sites mean the home that the feed names.
    atom = _ATOM.search(body[:65536]) is not None
    headers = {"content-location": url} if atom else {}
    if content_type:
        headers["content-type"] = content_type
    # Given as a stream: bytes or text could be taken for an address or a file name.
    parsed = feedparser.parse(
        _Stream(within_bounds(body.replace(b"\x00", b""), url)),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers=headers,
    )
    feed: Any = parsed.feed
    base = url if atom else feed.get("link") or url
    language = _text(feed.get("language"))
    by_dublin_core = not atom and _dates_by_dublin_core(body)
    for entry in parsed.entries[:MOST_ENTRIES]:
        link = _link(entry)
        if not link:
            continue
        published = iso_time(_stated(entry, "published")) or iso_time(_stated(entry, "created"))
        modified = iso_time(_stated(entry, "updated"))
        yield Announced(
            url=_absolute(link, base, url),
            title=_plain(entry.get("title")),
            published=published or (modified if by_dublin_core else None),
            modified=None if by_dublin_core and published is None else modified,
            authors=_authors(entry),
            origin=_origin(entry),
            language=_text(entry.get("language")) or language,
            content=_content(entry),
        )
    broken = parsed.get("bozo_exception")
    if broken is not None and not parsed.entries and "SAXParse" in type(broken).__name__:
        raise EndpointError(url, f"the feed is broken XML: {broken}")


def _origin(entry: Any) -> str | None:
    """What the entry's ``<source>`` is called; feedparser reads that of RSS and of Atom alike."""
    source = entry.get("source")
    return _plain(source.get("title")) if isinstance(source, dict) else None


def _dates_by_dublin_core(body: bytes) -> bool:
    """Whether the one time beside ``pubDate`` is ``dc:date``, that "of an event in the lifecycle of the
    resource" (DCMI Metadata Terms): in a feed, where nothing else says, its publication.

    feedparser calls it the same as times of modification; of a feed with both neither is known.
    """
    named = _DUBLIN_CORE.search(body[:65536])
    prefix = named[1] if named else b"dc"
    return b"<" + prefix + b":date" in body and not _OTHER_CHANGES.search(body)


class _Stream:
    """A read-only stream that feedparser cannot take for an address."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self) -> bytes:
        return self._body


def _link(entry: Any) -> str | None:
    # FeedBurner puts its own redirect into <link> and the page into <origLink>.
    original = entry.get("feedburner_origlink")
    if isinstance(original, str) and original.startswith("http"):
        return original
    for link in entry.get("links") or ():
        if (
            link.get("rel") == "alternate"
            and link.get("href")
            and "html" in link.get("type", "text/html")
        ):
            return str(link["href"])
    if entry.get("link"):
        return str(entry["link"])
    identity = entry.get("id")
    return (
        identity
        if isinstance(identity, str) and identity.startswith(("http://", "https://"))
        else None
    )


def _absolute(link: str, base: str, url: str) -> str:
    try:
        return urljoin(urljoin(url, base), link.strip())
    except ValueError:
        return link


def _authors(entry: Any) -> tuple[str, ...]:
    names: list[str] = []
    for person in entry.get("authors") or ():
        name = _plain(person.get("name"))
        if not name and person.get("email"):
            continue
        if name and name not in names:
            names.append(name)
    return tuple(names[:50])


def _content(entry: Any) -> str | None:
    summary = entry.get("summary") or ""
    for content in entry.get("content") or ():
        value = content.get("value")
        kind = content.get("type", "text/html")
        if (
            isinstance(value, str)
            and "html" in kind
            and len(value) >= max(LEAST_CONTENT, len(summary))
        ):
            return value
    # RSS without content:encoded puts whole articles into <description>.
    if isinstance(summary, str) and len(summary) >= 4 * LEAST_CONTENT and "<p" in summary.lower():
        return summary
    return None


def _stated(entry: Any, key: str) -> str | None:
    # feedparser's own get() answers "updated" with "published" where there is only that.
    return _text(entry.get(key)) if key in entry.keys() else None  # noqa: SIM118


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _plain(value: object) -> str | None:
    """Text of a title or a name: entities undone (twice: feeds escape what is escaped), tags out."""
    if not isinstance(value, str):
        return None
    text = html.unescape(_TAG.sub("", html.unescape(value[: LONGEST_TITLE * 2])))
    return " ".join(text.split())[:LONGEST_TITLE] or None
