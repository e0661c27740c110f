"""OPML 2.0 (http://opml.org/spec2.opml), the form in which feed readers hand lists of feeds around.

Read: every ``outline`` with an ``xmlUrl``, however deep. Written: one outline a feed. A source's name
travels in an attribute of our own namespace (the specification, "Extending OPML"), which other
programs pass over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from ingest.errors import InputError
from sources.client import decode_page

__all__ = ["LARGEST_OPML", "OpmlFeed", "read_opml", "write_opml"]

#: Bytes; the largest real lists hold some thousand feeds of 300 bytes each.
LARGEST_OPML = 16 * 1024 * 1024
MOST_OUTLINES = 50_000
LONGEST_TEXT = 500
LONGEST_ADDRESS = 2000
NAMESPACE = "urn:copydesk:opml"
_HTML = re.compile(
    r"\s{0,1000}(?:<!--[^>]{0,2000}-->\s{0,100})?<(?:!doctype\s{1,10}html|html)[\s>]", re.IGNORECASE
)
_DECLARATION = re.compile(r"\s{0,1000}<\?xml[^>]{0,500}\?>", re.IGNORECASE)
#: What XML 1.0 has no way to write (section 2.2).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One outline with a feed."""

    #: ``xmlUrl`` as it stands there.
    url: str
    #: ``text``, else ``title``.
    title: str | None = None
    #: ``htmlUrl``: the site.
    home: str | None = None
    language: str | None = None
    #: Titles of the outlines around it, the outermost first.
    folders: tuple[str, ...] = ()
    #: Name of the source, where Copydesk wrote the file.
    name: str | None = None


def read_opml(body: bytes, where: str) -> list[OpmlFeed]:
    """The feeds of an OPML file, in its order.

    Args:
        body: the file, in any encoding that XML may be in.
        where: its name, for messages.

    Raises:
        InputError: it is too large, no well-formed XML, no OPML, declares entities, or holds no
            feed; one line with what to do.
    """
    from lxml import etree

    if len(body) > LARGEST_OPML:
        raise InputError(
            f"{where}: larger than {LARGEST_OPML // 2**20} MiB; expected a list of feeds"
        )
    # Decoded here, so that what is looked at is what is parsed, whatever the encoding.
    text, _ = decode_page(body)
    if not text.strip():
        raise InputError(f"{where}: empty; expected OPML")
    if _HTML.match(text):
        raise InputError(
            f"{where}: expected OPML, got an HTML page; use the reader's export of subscriptions"
        )
    if "<!ENTITY" in text:
        # A list of feeds needs none; only attacks on parsers do ("billion laughs").
        raise InputError(f"{where}: declares XML entities, which Copydesk does not expand")
    text = _DECLARATION.sub("", text, count=1).lstrip()
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        reason = str(error).partition(" (<string>")[0]
        raise InputError(
            f"{where}: not well-formed XML: {reason}; export it anew (in attributes, & is &amp;)"
        ) from None
    if _local(root) != "opml":
        raise InputError(f"{where}: expected OPML, got XML that begins with <{_local(root)[:40]}>")
    feeds = _feeds(root, where)
    if not feeds:
        raise InputError(f"{where}: no outline with an xmlUrl; expected a list of feeds")
    return feeds


def _feeds(root: Any, where: str) -> list[OpmlFeed]:
    feeds: list[OpmlFeed] = []
    # The outlines around the present one; libxml2 itself refuses more than 256 levels.
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    seen = 0
    while waiting:
        element, folders = waiting.pop()
        inside = folders
        if _local(element) == "outline":
            seen += 1
            if seen > MOST_OUTLINES:
                raise InputError(f"{where}: more than {MOST_OUTLINES} outlines; split the file")
            found = _attributes(element)
            title = _text(found.get("text")) or _text(found.get("title"))
            url = found.get("xmlurl", "").strip()
            if url:
                feeds.append(
                    OpmlFeed(
                        url=url[:LONGEST_ADDRESS],
                        title=title,
                        home=found.get("htmlurl", "").strip()[:LONGEST_ADDRESS] or None,
                        language=_text(found.get("language")),
                        folders=folders,
                        name=_text(element.get(f"{{{NAMESPACE}}}name")),
                    )
                )
            elif title:
                inside = (*folders, title)
        waiting.extend((child, inside) for child in reversed(element))
    return feeds


def _attributes(element: Any) -> dict[str, str]:
    # xmlUrl, xmlURL, xmlurl: all are about.
    return {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _text(value: str | None) -> str | None:
    return " ".join(value[: 4 * LONGEST_TEXT].split())[:LONGEST_TEXT] or None if value else None


def write_opml(feeds: Iterable[OpmlFeed], title: str, now: datetime) -> bytes:
    """An OPML 2.0 file of ``feeds``, one outline each, UTF-8."""
    from lxml import etree

    root = etree.Element("opml", {"version": "2.0"}, nsmap={"copydesk": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _writable(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        # type="rss" for feeds of every format (the specification, "Subscription lists").
        given = {
            "type": "rss",
            "text": feed.title,
            "title": feed.title,
            "xmlUrl": feed.url,
            "htmlUrl": feed.home,
            "language": feed.language,
            f"{{{NAMESPACE}}}name": feed.name,
        }
        attributes = {key: _writable(value) for key, value in given.items() if value}
        etree.SubElement(body, "outline", attributes)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _writable(text: str) -> str:
    return _NO_XML.sub("", text)
