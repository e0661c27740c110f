"""What a feed says of itself: its title, the site it is of, its language.

Only the part above the first entry is read. RSS 0.9x to 2.0 and RSS 1.0 (``channel``), Atom
(RFC 4287, section 4.1.1), JSON Feed (https://www.jsonfeed.org/version/1.1/, top level).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["FeedHead", "read_feed_head"]

#: Bytes of an XML feed in which its head must stand.
HEAD = 256 * 1024
LONGEST_TEXT = 300
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].{0,20})?")


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What stands above a feed's entries; each is ``None`` where the feed does not say."""

    title: str | None = None
    #: Address of the site, as it stands there.
    home: str | None = None
    #: Two letters, lower case.
    language: str | None = None


def read_feed_head(body: bytes) -> FeedHead:
    """The head of the feed ``body``; an empty one of what is no feed. Never raises."""
    plain = body.lstrip(b"\xef\xbb\xbf \r\n\t\x00")
    if plain[:1] == b"{":
        return _of_json(plain)
    head = plain[:HEAD]
    # No feed needs entities of its own; only attacks on parsers do.
    return FeedHead() if _ENTITY.search(head.replace(b"\x00", b"")) else _of_xml(head)


def _of_json(body: bytes) -> FeedHead:
    try:
        feed = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return FeedHead()
    if not isinstance(feed, dict):
        return FeedHead()
    home = _text(feed.get("home_page_url"))
    return FeedHead(_text(feed.get("title")), home, _language(feed.get("language")))


def _of_xml(head: bytes) -> FeedHead:
    from lxml import etree

    parser = etree.XMLPullParser(
        ("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    title = home = language = None
    try:
        parser.feed(head)
        for event, element in parser.read_events():
            name = _name(element)
            if event == "start":
                if name in ("item", "entry"):
                    break
                if name in ("rss", "feed"):
                    language = language or _language(element.get(_XML_LANG))
                continue
            parent = element.getparent()
            if parent is None or _name(parent) not in ("channel", "feed"):
                continue
            match name:
                case "title":
                    title = title or _text("".join(element.itertext()))
                case "link":
                    home = home or _home(element)
                case "language":
                    language = _language(element.text) or language
    except etree.LxmlError:
        pass
    return FeedHead(title, home, language)


def _home(element: Any) -> str | None:
    # atom:link in RSS and every link of Atom: of several, the one without a rel or "alternate".
    if element.get("href") is not None:
        return _text(element.get("href")) if element.get("rel") in (None, "alternate") else None
    return _text(element.text)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _text(value: object) -> str | None:
    return (
        " ".join(value[: 4 * LONGEST_TEXT].split())[:LONGEST_TEXT] or None
        if isinstance(value, str)
        else None
    )


def _language(value: object) -> str | None:
    found = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1].lower() if found else None
