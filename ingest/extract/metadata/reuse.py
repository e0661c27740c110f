"""What a page and its answer say about using it: robots directives, text and data mining, licence.

Sources of the formats: ``robots`` and other crawlers' ``meta`` elements and the ``X-Robots-Tag``
header (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag), the TDM
Reservation Protocol (https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/), and
``rel=license`` (https://html.spec.whatwg.org/multipage/links.html#link-type-license).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ingest.extract.page.json_ld import text_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["reuse_of"]

_DIRECTIVES = frozenset(
    "noindex nofollow none noarchive nocache nosnippet noimageindex noai noimageai notranslate indexifembedded".split()
)
_VALUED = ("max-snippet", "max-image-preview", "unavailable_after")
#: Directives that forbid nothing.
_FREE = frozenset(["max-snippet:-1", "max-image-preview:large", "max-image-preview:standard"])
_AGENT = re.compile(r"([a-z][a-z0-9_ .-]{1,40}):\s{0,3}(?=[a-z])")
_OTHER_CRAWLERS = frozenset(["slurp", "bingpreview"])
_MOST = 30


def reuse_of(
    page: HtmlPage, headers: Mapping[str, str] | None = None, url: str | None = None
) -> tuple[str, ...]:
    """What page and headers say about reuse, each once, in a stable order.

    Directives stand as they are written (``"noarchive"``, ``"max-snippet:0"``); one for a single
    crawler has its name before it (``"googlebot-news:noindex"``). Others have a name and a value:
    ``"tdm-reservation=1"``, ``"tdm-policy=https://..."``, ``"license=https://..."``.

    Args:
        page: the parsed page.
        headers: of the answer, names in any case; several of one name joined by commas.
        url: where the page came from, for relative addresses.
    """
    found = dict.fromkeys(_said(page, {k.lower(): v for k, v in (headers or {}).items()}, url))
    return tuple(found)[:_MOST]


def _said(page: HtmlPage, headers: dict[str, str], url: str | None) -> Iterator[str]:
    for name, values in page.meta.items():
        if name == "robots":
            for value in values:
                yield from _directives(value)
        elif (
            name[-3:] == "bot" or name[-5:] == "-news" or name in _OTHER_CRAWLERS
        ) and ":" not in name:
            for value in values:
                yield from (f"{name}:{directive}" for directive in _directives(value))
    yield from _of_header(headers.get("x-robots-tag", ""))
    for key in ("tdm-reservation", "tdm-policy"):
        value = (page.first_meta(key) or headers.get(key, "")).strip()
        if key == "tdm-policy":
            value = page.absolute(value, url) or ""
        if value and len(value) <= 500:
            yield f"{key}={value}"
    yield from (f"license={address}" for address in _licences(page, url))


def _directives(value: str) -> Iterator[str]:
    for part in value.lower().replace(";", ",").split(",")[:20]:
        directive = "".join(part.split()) if ":" in part else part.strip()
        if directive in _DIRECTIVES or (directive.startswith(_VALUED) and directive not in _FREE):
            yield directive[:60]


def _of_header(value: str) -> Iterator[str]:
    """``noindex, otherbot: noarchive, nosnippet``: a crawler's name holds until the next one."""
    agent = ""
    for part in value[:1000].split(","):
        text = part.strip().lower()
        match = _AGENT.match(text)
        if match is not None and match[1] not in _VALUED:
            agent, text = match[1].strip(), text[match.end() :]
        yield from (f"{agent}:{d}" if agent else d for d in _directives(text))


def _licences(page: HtmlPage, url: str | None) -> Iterator[str]:
    for value in ((page.article_node or {}).get("license"),):
        stated = value.get("@id") or value.get("url") if isinstance(value, dict) else text_of(value)
        address = page.absolute(stated, url) if isinstance(stated, str) else None
        if address:
            yield address
    marked = page.tree.css('[rel~="license"][href]')
    nodes = [node for node in marked if node.tag in ("link", "a")][:10]
    for node in nodes:
        if not _inside_figure(node.parent):
            address = page.absolute(node.attributes.get("href"), url)
            if address:
                yield address[:500]


def _inside_figure(node: object) -> bool:
    """Whether it is a picture's licence, not the page's."""
    current = node
    for _ in range(6):
        if current is None:
            return False
        if getattr(current, "tag", None) in ("figure", "figcaption"):
            return True
        current = getattr(current, "parent", None)
    return False
