"""The lead image of an article with its caption and credit.

Pages state it as ``og:image`` (https://ogp.me), as JSON-LD ``image`` (https://schema.org/ImageObject
with ``caption``, ``creditText``, ``creator``) and as the ``figure`` that shows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ingest.extract.data import load_data
from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import names_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["LeadImage", "credit_in", "lead_image_of"]

LONGEST_CAPTION = 1000
LONGEST_CREDIT = 150
_MOST_IMAGES = 120
_SOURCES = (
    "src",
    "data-src",
    "srcset",
    "data-srcset",
    "data-lazy-src",
    "data-original",
    "data-orig-file",
)
_CAPTION = 'figcaption, [class*="caption"], [class*="Caption"], [class*="legend"], [class*="bildunterschrift"]'
_CREDIT = (
    '[class*="credit"], [class*="Credit"], [class*="copyright"], [class*="Copyright"], [class*="photographer"], '
    '[class*="source"], [class*="author"], [itemprop="copyrightHolder"], [itemprop="creditText"], [itemprop="creator"]'
)
#: What servers put behind a picture's name: its size.
_SIZE = re.compile(
    r"(?:[-_@](?:\d{2,4}x\d{2,4}|\d{1,4}w|\dx|scaled|large|medium|small|thumb|\d{3,4}))+$"
)
_NO_PICTURE = re.compile(r"logo|placeholder|default|favicon|fallback|blank", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{2,100})[)\]]\s?\.?$")
_AGENCY_LIKE = re.compile(
    r"/|©|\b(?:AP|AFP|EPA|dpa|APA|Reuters|Getty|PA|ANSA|EFE|TASS|Xinhua|imago|picture alliance)\b"
)
_SIGN = re.compile(r"(?:©|[(（][cCｃＣ][)）]|ⓒ|&copy;)\s{0,3}(?=\S)")
#: What stands behind a credit's word within a caption: looked for first, which is quicker.
_MAY_CREDIT = re.compile(r"[:：/]|\s(?:by|von|par|de|di|av|af|door|przez)\s", re.IGNORECASE)
#: A name behind the last separator, with an agency's.
_LAST_PIECE = re.compile(r"\s[|–—]\s(?=[^|–—]{2,80}$)")


@dataclass(frozen=True, slots=True)
class LeadImage:
    """The picture that stands for an article."""

    #: Absolute address.
    url: str
    #: What the page writes under it, without the credit.
    caption: str | None = None
    #: Who made or owns it, as the page writes it, without "Photo:" or a copyright sign.
    credit: str | None = None


def lead_image_of(page: HtmlPage, url: str | None) -> LeadImage | None:
    """The lead image of the page at ``url``; read it before the tree loses elements."""
    stated = _stated(page)
    address = _address(page, stated, url)
    if address is None:
        return None
    caption, credit = _of_object(
        next((item for item in stated if isinstance(item, dict)), {}), page
    )
    figure = _figure_of(page, address) if not (caption and credit) else None
    if figure is not None:
        below, named = _of_figure(figure)
        caption, credit = caption or below, credit or named
    if caption:
        caption, found = credit_in(caption)
        credit = credit or found
    caption = (
        caption[:LONGEST_CAPTION] if caption and letters(caption) != letters(credit or "") else None
    )
    return LeadImage(address, caption or None, credit[:LONGEST_CREDIT] if credit else None)


def credit_in(caption: str) -> tuple[str, str | None]:
    """``caption`` without the credit at its end, and that credit.

    Credits stand behind a word ("Photo: Jane Roe"), a copyright sign, or in brackets with an agency
    ("(AP Photo/Jane Roe)").
    """
    text = collapse(caption[: 2 * LONGEST_CAPTION])
    bracket = _BRACKETED.search(text)
    if bracket is not None:
        inside = bracket[1].strip()
        named = _behind_word(inside, start=True)
        if named is not None or _AGENCY_LIKE.search(inside):
            return text[: bracket.start()].rstrip(), named[1] if named else _SIGN.sub("", inside)
    named = _behind_word(text, start=False)
    if named is not None and 2 <= len(named[1]) <= LONGEST_CREDIT:
        return named[0], named[1]
    last = _LAST_PIECE.search(text)
    if last is not None and _AGENCY_LIKE.search(text, last.end()):
        return text[: last.start()].rstrip(), _SIGN.sub("", text[last.end() :])
    sign = _SIGN.search(text)
    if sign is not None and len(text) - sign.end() <= LONGEST_CREDIT:
        return text[: sign.start()].rstrip(" |/-–—,;"), text[sign.end() :].strip(" .")
    return text, None


def _behind_word(text: str, *, start: bool) -> tuple[str, str] | None:
    """What stands before and behind a word such as "Photo:"."""
    match = _credit_words(start).match(text) if start else None
    if match is None and (start or _MAY_CREDIT.search(text)):
        found = list(_credit_words(start).finditer(text))
        match = found[-1] if found else None
    if match is None:
        return None
    return text[: match.start()].rstrip(" |/-–—,;"), text[match.end() :].strip(" .:")


@cache
def _credit_words(start: bool) -> re.Pattern[str]:
    words = sorted(load_data("image_words")["credit"], key=len, reverse=True)
    either = "|".join(re.escape(word) for word in words)
    # Within a caption only with a colon: "photo" is a word of prose too.
    if start:
        return re.compile(
            rf"(?:{either})\s?(?:[:：]|\bby\b|\s(?=[^\W\d_a-z]))\s{{0,3}}", re.IGNORECASE
        )
    makers = r"by|von|par|de|di|av|af|door|przez"
    return re.compile(
        rf"(?<![^\W\d_])(?:{either})\.?(?:\s?[:：/]|\s(?:{makers})(?=\s(?-i:[^\W\d_a-z])[^.]{{2,60}}$))\s{{0,3}}(?=\S)",
        re.IGNORECASE,
    )


def _stated(page: HtmlPage) -> list[Any]:
    value = (page.article_node or {}).get("image")
    entries = value if isinstance(value, list) else [value]
    by_id = {node["@id"]: node for node in page.json_ld if isinstance(node.get("@id"), str)}
    return [
        by_id.get(entry["@id"], entry)
        if isinstance(entry, dict) and isinstance(entry.get("@id"), str) and "url" not in entry
        else entry
        for entry in entries[:5]
        if entry
    ]


def _address(page: HtmlPage, stated: list[Any], url: str | None) -> str | None:
    first: str | None = None
    for value in _stated_addresses(page, stated):
        address = page.absolute(value, url) if isinstance(value, str) else None
        if address:
            if not _NO_PICTURE.search(_stem(address)):
                return address
            first = first or address
    return first


def _stated_addresses(page: HtmlPage, stated: list[Any]) -> Iterator[Any]:
    """One after the other: mostly the first is a picture, and no other is looked for."""
    yield page.first_meta("og:image:secure_url", "og:image", "og:image:url")
    for entry in stated:
        value = entry.get("url") or entry.get("contentUrl") if isinstance(entry, dict) else entry
        yield value[0] if isinstance(value, list) and value else value
    yield page.first_meta("twitter:image", "twitter:image:src")
    links = page.tree.css_first('link[rel~="image_src"][href]')
    yield links.attributes.get("href") if links is not None else None


def _of_object(item: dict[str, Any], page: HtmlPage) -> tuple[str | None, str | None]:
    caption = text_of(item.get("caption"))
    credit = text_of(item.get("creditText"))
    for key in ("creator", "author", "copyrightHolder"):
        if not credit:
            credit = ", ".join(name for name, _ in names_of(item.get(key), page.json_ld)) or None
    return caption, credit or text_of(item.get("copyrightNotice"))


def _stem(address: str) -> str:
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    name = path.rstrip("/").rpartition("/")[2]
    return _SIZE.sub("", name.rpartition(".")[0] or name)


def _figure_of(page: HtmlPage, address: str) -> LexborNode | None:
    """The element around the picture with the address, which also holds its caption."""
    stem = _stem(address)
    if len(stem) < 4:
        return None
    for image in page.tree.css("img, source")[:_MOST_IMAGES]:
        if _names(image.attributes, stem):
            found = _around(image)
            if found is not None:
                return found
    return None


def _names(attributes: dict[str, str | None], stem: str) -> bool:
    """Whether an address of a picture among ``attributes`` has ``stem`` in it."""
    for name in _SOURCES:
        value = attributes.get(name)
        if value and (stem in value or "%" in value) and stem in unquote(value[:2000]):
            return True
    return False


def _around(image: LexborNode) -> LexborNode | None:
    current = image.parent
    for _ in range(6):
        if current is None or current.tag in ("body", "main", "article", "html"):
            return None
        if current.tag == "figure" or current.css_first(_CAPTION) is not None:
            return current
        current = current.parent
    return None


def _of_figure(figure: LexborNode) -> tuple[str | None, str | None]:
    caption_node = figure.css_first(_CAPTION)
    credit_node = (caption_node.css_first(_CREDIT) if caption_node is not None else None) or (
        figure.css_first(_CREDIT)
    )
    caption = heading_text(caption_node) if caption_node is not None else ""
    credit = heading_text(credit_node) if credit_node is not None else ""
    if credit and caption.endswith(credit):
        caption = caption[: -len(credit)].rstrip(" |/-–—,;(")
    elif credit and caption.startswith(credit):
        caption = caption[len(credit) :].lstrip(" |/-–—,;)")
    if credit:
        before, named = credit_in(credit)
        inner = _behind_word(credit, start=True)
        credit = _SIGN.sub("", (inner[1] if inner else None) or named or before)
    return caption or None, credit.strip(" ()") or None if credit else None
