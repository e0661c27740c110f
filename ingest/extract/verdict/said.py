"""What a page says of itself: Open Graph, JSON-LD, microdata, its platform's classes of ``body``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import ARTICLE_TYPES, types_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Block

__all__ = ["said_of_itself"]

_OPEN_GRAPH = {
    "article": "og_article",
    "og:article": "og_article",
    "news": "og_article",
    "newsarticle": "og_article",
    "blog": "og_article",
    "blogpost": "og_article",
    "website": "og_website",
    "product": "og_product",
    "og:product": "og_product",
    "product.item": "og_product",
    "product.group": "og_product",
    "profile": "og_website",
}
_TYPES: dict[str, frozenset[str]] = {
    "article": ARTICLE_TYPES - {"review", "criticreview"},
    "list": frozenset(
        ["collectionpage", "searchresultspage", "itemlist", "productcollection", "offercatalog"]
    ),
    "product": frozenset(
        ["product", "productgroup", "individualproduct", "productmodel", "offer", "aggregateoffer"]
    ),
    "forum": frozenset(["discussionforumposting", "qapage"]),
}
#: Names in ``generator`` of systems that run forums.
_FORUMS = (
    "discourse",
    "phpbb",
    "vbulletin",
    "xenforo",
    "invision",
    "mybb",
    "smf",
    "flarum",
    "nodebb",
    "vanilla",
    "simple machines",
)
#: Letters of a description that are looked for in the first blocks of the text.
_PROBE, _FIRST = 40, 8
_DATES = ("article:published_time", "datepublished", "pubdate", "date", "dc.date", "publishdate")


def said_of_itself(
    page: HtmlPage, itemtypes: Sequence[str], blocks: Sequence[Block]
) -> dict[str, float]:
    """The columns of what ``page`` says that it is.

    Args:
        page: as it was read.
        itemtypes: those of its microdata.
        blocks: its text, of which a description of an article is often the beginning.
    """
    text = " ".join(letters(block.text) for block in blocks[:_FIRST])
    descriptions = page.meta.get("og:description", ())[:2] + page.meta.get("description", ())[:2]
    kind = (page.first_meta("og:type") or "").strip().lower()
    og = _OPEN_GRAPH.get(kind, "")
    described: set[str] = set()
    for node in page.json_ld:
        described |= types_of(node)
    marked = {each.rstrip("/").rpartition("/")[2].lower() for each in itemtypes}
    body = page.tree.body
    names = set((body.attributes.get("class") or "").lower().split()) if body is not None else set()
    link = page.tree.css_first('link[rel="alternate"][type="application/json"][href*="/wp/v2/"]')
    api = (link.attributes.get("href") or "") if link is not None else ""
    generator = (page.first_meta("generator") or "").lower()
    return {
        "og_article": float(og == "og_article"),
        "og_website": float(og == "og_website"),
        "og_product": float(og == "og_product" or "product:price:amount" in page.meta),
        "json_ld_article": float(bool(described & _TYPES["article"])),
        "json_ld_list": float(bool(described & _TYPES["list"])),
        "json_ld_product": float(bool(described & _TYPES["product"])),
        "json_ld_forum": float(bool(described & _TYPES["forum"])),
        "marked_article": float(bool(marked & _TYPES["article"])),
        "marked_product": float(bool(marked & _TYPES["product"])),
        "marked_forum": float(bool(marked & _TYPES["forum"])),
        "is_described": float(
            any(
                len(key := letters(value)[:_PROBE]) == _PROBE and key in text
                for value in descriptions
                if value
            )
        ),
        "says_published": float(
            any(name in page.meta for name in _DATES)
            or bool((page.article_node or {}).get("datePublished"))
        ),
        "wordpress_single": float(
            bool(names & {"single", "single-post"})
            or "/wp/v2/posts/" in api
            or any(name.startswith("postid-") for name in names)
        ),
        "wordpress_page": float("/wp/v2/pages/" in api or "page-template" in names),
        "wordpress_archive": float(
            page.is_archive_template
            or "/wp/v2/categories/" in api
            or "/wp/v2/tags/" in api
            or bool(names & {"blog", "post-type-archive", "tax-product_cat"})
        ),
        "wordpress_product": float(bool(names & {"single-product", "woocommerce-page"})),
        "forum_system": float(any(name in generator for name in _FORUMS)),
    }
