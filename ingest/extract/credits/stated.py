"""What the markup states of whose a text is: JSON-LD, meta elements, the feed's entry, logos, classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.extract.credits.metadata_candidates import Stated
from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import names_of, text_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from sources.link import Link

__all__ = ["marked_sources", "stated_on"]

#: Keys of an article's node (https://schema.org/NewsArticle) that may name another house.
_KEYS = (
    "sourceOrganization",
    "isBasedOn",
    "isBasedOnUrl",
    "copyrightHolder",
    "provider",
    "creator",
    "author",
    "publisher",
)
#: Keys whose value is a text that says it.
_TEXTS = ("creditText", "copyrightNotice")
#: Meta elements that name a source, to what they are called here.
_META = {
    "source": "meta.source",
    "article:source": "meta.source",
    "dc.source": "meta.source",
    "dcterms.source": "meta.source",
    "og:article:source": "meta.source",
    "syndication-source": "meta.syndication-source",
    "original-source": "meta.syndication-source",
    "author": "meta.author",
    "dc.creator": "meta.author",
    "dc.rightsholder": "meta.copyright",
    "copyright": "meta.copyright",
}
#: Elements that say by their class or property that they hold a source, an agency or a credit.
_MARKED = ", ".join(
    [
        *(
            f'[class*="{word}" i]'
            for word in (
                "source",
                "agency",
                "agence",
                "agencia",
                "provider",
                "quelle",
                "fuente",
                "syndicat",
            )
        ),
        '[itemprop="sourceOrganization"]',
        '[itemprop="provider"]',
        '[rel~="source"]',
    ]
)
_MOST_MARKED, _LONGEST_MARKED = 40, 160
#: Pictures that may be an agency's logo: those whose class or address says so.
_LOGOS = ", ".join(
    f'img[alt][{attribute}*="{word}" i]'
    for attribute in ("class", "src")
    for word in ("logo", "agency", "source", "provider")
)
_MOST_LOGOS = 12


def stated_on(page: HtmlPage, link: Link | None) -> Iterator[Stated]:
    """The statements of ``page``, and of the entry that announced it."""
    node: dict[str, Any] = page.article_node or {}
    for key in _KEYS:
        value = node.get(key)
        if not value:
            continue
        where = f"json_ld.{key.removesuffix('Url')}"
        if isinstance(value, str):
            yield Stated(where, value)
            continue
        for name, organisation in names_of(value, page.json_ld)[:6]:
            if organisation or key not in ("author", "creator"):
                yield Stated(where, name)
        if key.startswith("isBasedOn") and isinstance(value, dict):
            address = value.get("url") or value.get("@id")
            if isinstance(address, str):
                yield Stated(where, address)
    for key in _TEXTS:
        text = text_of(node.get(key))
        if text:
            yield Stated(f"json_ld.{key}", text)
    for name, where in _META.items():
        for value in page.meta.get(name, ())[:3]:
            yield Stated(where, value)
    for image in page.tree.css(_LOGOS)[:_MOST_LOGOS]:
        alt = (image.attributes.get("alt") or "").strip()
        yield Stated("logo", alt.removesuffix(" logo").removesuffix(" Logo"), "logo")
    if link is not None:
        for author in link.authors:
            yield Stated("feed.author", author)
        if link.origin:
            yield Stated("feed.source", link.origin)


def marked_sources(page: HtmlPage) -> frozenset[str]:
    """``letters`` of the lines that the markup of ``page`` calls a source, an agency or a credit."""
    found: set[str] = set()
    for node in page.tree.css(_MARKED)[:_MOST_MARKED]:
        text = node.text(deep=True)
        if 2 <= len(text) <= 2 * _LONGEST_MARKED and (key := letters(text)):
            found.add(key[:_LONGEST_MARKED])
    return frozenset(found)
