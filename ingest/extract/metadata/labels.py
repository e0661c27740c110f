"""Whether an article is somebody's opinion, or paid for: by its types, its section and its labels.

Types are those of https://schema.org/NewsArticle; the words of sections and labels, in many
languages, stand in ``data/label_words.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.extract.data import load_data
from ingest.extract.page.beside_headline import labels_of
from ingest.extract.page.folding import fold
from ingest.extract.page.json_ld import text_of, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["is_opinion", "is_paid"]

_OPINION_TYPES = frozenset(
    ["opinionnewsarticle", "analysisnewsarticle", "reviewnewsarticle", "review", "criticreview"]
)
_PAID_TYPES = frozenset(["advertisercontentarticle"])
_SAYS_YES = frozenset(["1", "true", "yes", "ja", "oui", "si", "sí"])
_PAID_META = (
    "article:sponsored", "sponsored", "is_sponsored", "article:sponsor", "sponsor", "article:advertiser", "advertorial", "native_ad",
)  # fmt: skip
_PAID_CLASSES = frozenset(
    [
        "advertorial",
        "advertorials",
        "sponsored",
        "publireportage",
        "publirreportaje",
        "brandedcontent",
        "brandvoice",
        "partnercontent",
        "paidcontent",
        "sponsoredcontent",
        "sponsoredpost",
        "nativead",
    ]
)
_KIND = re.compile(
    r"(?:single|category|tag|type|format|section|template|post|article|content|story|page|is|has|term|channel)[-_]+"
)


def is_opinion(page: HtmlPage, address: str | None = None, section: str | None = None) -> bool:
    """Whether the page says that the article is its author's view, a review or an analysis.

    Args:
        page: the parsed page.
        address: of the page; its folders name sections.
        section: what ``section_of`` found.
    """
    if types_of(page.article_node or {}) & _OPINION_TYPES:
        return True
    if fold(page.first_meta("article:opinion", "opinion") or "") in _SAYS_YES:
        return True
    words = _words("opinion")
    if any(name in words for name in _sections(page, address, section)):
        return True
    return any(label in words for label in labels_of(page))


def is_paid(page: HtmlPage, address: str | None = None, section: str | None = None) -> bool:
    """Whether the page says that somebody paid for the article (a paywall is another thing).

    Args:
        page: the parsed page.
        address: of the page; its folders name sections.
        section: what ``section_of`` found.
    """
    node = page.article_node or {}
    if types_of(node) & _PAID_TYPES or node.get("sponsor"):
        return True
    for key in _PAID_META:
        value = page.first_meta(key)
        if value and fold(value) not in ("0", "false", "no", "none", "null", "undefined"):
            return True
    if any(_paid_classes(node_classes) for node_classes in _classes(page)):
        return True
    sure = _words("paid")
    if any(name in sure for name in _sections(page, address, section)):
        return True
    if any(label in sure for label in labels_of(page)):
        return True
    # "Anzeige" stands over display advertisements too; as a section it means the article.
    stated = (section, text_of(node.get("articleSection")), page.first_meta("article:section"))
    return any(fold(name) in _words("paid_or_ad") for name in stated if name)


@cache
def _words(name: str) -> frozenset[str]:
    words = {fold(word) for word in load_data("label_words")[name]}
    # Addresses write them with hyphens and without accents.
    words |= {_unaccented(word).replace(" ", "-") for word in words}
    return frozenset(words)


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _sections(page: HtmlPage, address: str | None, section: str | None) -> Iterator[str]:
    """Names of sections, folded: as stated, and as the address has them."""
    node = page.article_node or {}
    value = node.get("articleSection")
    values = value if isinstance(value, list) else [value]
    stated = [section, page.first_meta("article:section", "parsely-section", "section"), *values]
    for item in stated:
        text = text_of(item)
        if text:
            yield fold(text)
            yield from (fold(part) for part in re.split(r"[/>|,]", text[:100]))
    try:
        path = unquote(urlsplit(address or "").path)
    except ValueError:
        return
    yield from (fold(part) for part in path.split("/")[:-1][:6] if part)


def _classes(page: HtmlPage) -> Iterator[str]:
    article = next((node for node in page.frames if node.tag == "article"), None)
    for node in (page.tree.body, page.tree.css_first("html"), article):
        if node is not None:
            yield (node.attributes.get("class") or "")[:3000]


def _paid_classes(classes: str) -> bool:
    """Whether one of the ``classes`` of the whole page is that of paid articles."""
    return any(_is_paid_class(name) for name in classes.lower().split())


@lru_cache(maxsize=4096)
def _is_paid_class(name: str) -> bool:
    return _KIND.sub("", name).replace("-", "").replace("_", "") in _PAID_CLASSES
