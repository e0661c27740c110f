"""Redirects that an answer makes by its page: the ``Refresh`` header, ``<meta http-equiv="refresh">``,
and a page that is nothing but a script which goes elsewhere.

Read as browsers do (https://html.spec.whatwg.org/#shared-declarative-refresh-steps), for readers with
scripts: what stands in ``<noscript>``, a comment or a script's text is no redirect. No parser is asked,
since this runs where nothing that a site sent may be parsed: the beginning of the page is gone through
once, tag by tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

__all__ = ["Refresh", "refresh_of"]

#: Bytes of a page in which a redirect must stand.
HEAD = 64 * 1024
#: Seconds that a reader waits for the other page; what takes longer is read.
LONGEST_WAIT = 10
#: Characters of text with which a page that goes elsewhere after some seconds is read all the same.
MOST_TEXT = 2000
#: Bytes of a page that is nothing but a script, and the text that may stand beside it.
LARGEST_SHELL, MOST_SHELL_TEXT = 8 * 1024, 200
#: Of a page: tags that may say so, and tags and comments of any kind that are gone through.
MOST_TAGS, MOST_STEPS = 200, 10_000
LONGEST_STATED = 2500
_STATED = re.compile(
    r"\s*(\d{1,9})?(?:\.[\d.]{0,20})?\s*(?:$|[;,\s]\s*(?:url\s*=\s*)?(?P<address>.{0,2500}))",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?([a-z][a-z0-9]{0,20})", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]{0,100}([^\s"'<>/=]{1,40})(?:\s{0,20}=\s{0,20}(?:"([^"]{0,2500})"|'([^']{0,2500})'|([^\s"'<>]{1,2500})))?"""
)
#: Elements whose content is no markup to a reader with scripts.
_RAW = frozenset(
    "script style noscript textarea template title iframe noembed noframes xmp svg".split()
)
#: XML that is no page, whatever it is declared to be.
_OTHER_ROOT = re.compile(
    rb"<(?:[a-z0-9]{1,10}:)?(?:rss|feed|rdf|channel|urlset|sitemapindex)[\s>]", re.IGNORECASE
)
_PAGE = re.compile(rb"<(?:!doctype\s{1,10}html|html|head|meta|title|script|body)\b", re.IGNORECASE)
_PLACE = r"(?:(?:window|document|self|top|parent)\s{0,3}\.\s{0,3}){0,3}location"
_LITERAL = r"""(?:"([^"\\<>\s]{1,2000})"|'([^'\\<>\s]{1,2000})')"""
_GOES = re.compile(
    rf"\s{{0,200}}(?:<!--\s{{0,200}})?{_PLACE}(?:\s{{0,5}}\.\s{{0,5}}href)?\s{{0,5}}"
    rf"(?:=\s{{0,5}}{_LITERAL}|\.\s{{0,5}}(?:replace|assign)\s{{0,5}}\(\s{{0,5}}{_LITERAL}\s{{0,5}}\))"
    r"\s{0,200};?\s{0,200}(?:(?://\s{0,20})?-->\s{0,200})?"
)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Where a page sends its readers."""

    #: As it stands there, relative to the page (or absolute by its ``<base>``).
    address: str
    #: Seconds after which.
    wait: int


@dataclass(slots=True)
class _Seen:
    """What going through a page has shown."""

    base: str = ""
    refresh: Refresh | None = None
    scripts: list[str] = field(default_factory=list)
    text: int = 0


def refresh_of(headers: Mapping[str, str], body: bytes) -> Refresh | None:
    """The redirect that an answer makes, where its reader would soon be elsewhere.

    Args:
        headers: names in lower case.
        body: content coding undone.
    """
    stated = headers.get("refresh")
    if stated and (found := _stated(stated)) is not None:
        return found if _is_soon(found, body) else None
    head = body[:HEAD]
    if b"\x00" in head[:4]:
        head = _text(head).encode()
    low = head.lower()
    by_meta = b"refresh" in low and b"http-equiv" in low
    by_script = len(body) <= LARGEST_SHELL and b"location" in low
    if not (by_meta or by_script) or not _is_page(headers, head):
        return None
    seen = _go_through(_text(head))
    if seen.refresh is not None:
        found = Refresh(_join(seen.base, seen.refresh.address), seen.refresh.wait)
        return found if _is_soon(found, body) else None
    if by_script and len(seen.scripts) == 1 and seen.text <= MOST_SHELL_TEXT:
        match = _GOES.fullmatch(seen.scripts[0])
        if match is not None:
            address = next(group for group in match.groups() if group)
            return Refresh(_join(seen.base, address), 0)
    return None


def _stated(content: str) -> Refresh | None:
    """``5; url=/there``; ``None`` where it names no address, which is the page itself."""
    content = content.strip()[:LONGEST_STATED]
    match = _STATED.fullmatch(content)
    if match is None or (match[1] is None and not content.startswith(".")):
        return None
    address = (match["address"] or "").strip()
    if address[:1] in ("'", '"'):
        address = address[1:].partition(address[0])[0].strip()
    return Refresh(address, int(match[1] or 0)) if address else None


def _is_soon(found: Refresh, body: bytes) -> bool:
    if found.wait > LONGEST_WAIT:
        return False
    # Read before it goes: of a story that leads to the front page in the end, the story is meant.
    return found.wait <= 1 or _go_through(_text(body[:HEAD])).text <= MOST_TEXT


def _is_page(headers: Mapping[str, str], head: bytes) -> bool:
    if _OTHER_ROOT.search(head[:2000]):
        return False
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media:
        return media in ("text/html", "application/xhtml+xml")
    return bool(_PAGE.search(head[:2000]))


def _text(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _go_through(text: str) -> _Seen:
    """One walk over the tags of ``text``, never back."""
    seen = _Seen()
    low = text.lower()
    if len(low) != len(text):  # letters that become two
        low = text.translate({code: code + 32 for code in range(65, 91)})
    at = tags = steps = 0
    while (opened := text.find("<", at)) >= 0:
        steps += 1
        if steps > MOST_STEPS:
            break
        seen.text += len(text[at:opened].strip())
        if text.startswith("<!--", opened):
            closed = text.find("-->", opened + 4)
            if closed < 0:
                break
            at = closed + 3
            continue
        tag = _TAG.match(text, opened)
        if tag is None:
            at = opened + 1
            continue
        name = tag[1].lower()
        closing = text[opened + 1] == "/"
        if name in ("meta", "base") and not closing and tags < MOST_TAGS:
            tags += 1
            _take(name, _attributes(text, tag.end()), seen)
        ended = text.find(">", tag.end())
        if ended < 0:
            break
        at = ended + 1
        if name in _RAW and not closing:
            closed = low.find(f"</{name}", at)
            if name == "script":
                script = text[at : closed if closed >= 0 else len(text)]
                if script.strip():
                    seen.scripts.append(script)
            if closed < 0:
                break
            at = closed
    else:
        seen.text += len(text[at:].strip())
    return seen


def _take(name: str, attributes: dict[str, str], seen: _Seen) -> None:
    if name == "base":
        seen.base = seen.base or attributes.get("href", "")
    elif attributes.get("http-equiv", "").strip().lower() == "refresh" and seen.refresh is None:
        seen.refresh = _stated(attributes.get("content", ""))


def _attributes(text: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(20):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            break
        name, *values = match.groups()
        value = next((each for each in values if each is not None), "")
        found.setdefault(name.lower(), html.unescape(value))
        at = match.end()
    return found


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base.strip(), address) if base.strip() else address
    except ValueError:
        return address
