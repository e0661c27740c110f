"""The columns of ``features``: their names, and the lists that some of them count through.

The model's file names columns, so a column may move; one that is renamed or means something else
needs a model grown anew (``bench/training``). A name with ``near_`` is a meaning of the class
names of the block's own element and the one around it, ``around_`` of all around it, ``inside_`` of
inline elements in it, ``in_`` a tag around it; ``+1`` and ``-1`` speak of the next and last block.
"""

from __future__ import annotations

from ingest.extract.page.class_words import BITS

__all__ = ["AROUND", "KINDS", "NAMES", "NEIGHBOURS", "TAGS"]

_TAG_NAMES = (
    "p",
    "li",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "figcaption",
    "pre",
    "tr",
    "td",
    "dd",
    "dt",
    "section",
    "article",
    "header",
    "footer",
    "aside",
    "nav",
    "span",
    "figure",
    "main",
    "ul",
    "body",
)
#: Tag of a block's element to its number; 0 is any other.
TAGS = {tag: number for number, tag in enumerate(_TAG_NAMES, start=1)}
#: Tags that are looked for around a block.
AROUND = (
    "article",
    "main",
    "section",
    "aside",
    "nav",
    "footer",
    "header",
    "figure",
    "table",
    "ul",
    "ol",
    "form",
    "blockquote",
    "p",
    "li",
    "details",
    "address",
    "dialog",
    "button",
    "a",
    "h1",
    "h2",
    "h3",
)
_KIND_NAMES = (
    "page_anchor",
    "ad",
    "prompt",
    "share",
    "related",
    "caption",
    "legal",
    "byline",
    "timestamp",
    "shop",
    "contents",
    "breadcrumb",
    "ornament",
)
#: Kind of chrome to its number; one more is any other kind, 0 is none.
KINDS = {name: number for number, name in enumerate(_KIND_NAMES, start=1)}
#: Distances at which a block sees others.
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)


def _names() -> tuple[str, ...]:
    names = [
        "size",
        "words",
        "link_share",
        "links",
        "strong_share",
        "emphasis_share",
        "breaks",
        "digit_share",
        "upper_share",
        "stops",
        "commas",
        "ends",
        "starts_lower",
        "ends_colon",
        "has_bar",
        "has_at",
        "wide",
        "tag",
        "type",
        "depth",
        "kind",
        "kind_any",
        "mark_first",
        "ends_more",
        "is_title",
        "in_title",
        "title_words",
        "is_description",
        "in_description",
        "description_in",
        "is_author",
        "has_author",
        "body_says",
        "body_fraction",
        "twice",
        "earlier",
        "inside_other",
        "position",
        "from_h1",
        "from_first_prose",
        "from_last_prose",
        "prose_before",
        "prose_share_before",
        "same_path",
        "same_path_prose",
        "same_path_share",
        "same_path_links",
        "same_path_length",
        "parent_blocks",
        "parent_prose",
        "parent_share",
        "parent_links",
        "parent_index",
        "grand_blocks",
        "grand_prose",
        "grand_share",
        "grand_links",
        "great_share",
        "great_links",
        "great_blocks",
        "main_depth",
        "within_main",
        "branch_share",
        "branch_links",
        "branch_blocks",
        "branch_prose",
        "branch_index",
        "above_main",
        "topic",
        "topic_main",
        "article_body_prop",
        "page_blocks",
        "page_prose",
        "page_main_share",
        "convention",
        "article_nth",
        "article_headed",
        "path_parents",
    ]
    names += [f"near_{bit}" for bit in BITS]
    names += [f"around_{bit}" for bit in BITS]
    names += [f"inside_{bit}" for bit in BITS]
    names += [f"in_{tag}" for tag in AROUND]
    for offset in NEIGHBOURS:
        names += [
            f"{name}{offset:+d}"
            for name in ("size", "link_share", "tag", "same_parent", "kind", "ends")
        ]
    return tuple(names)


#: Names of the columns, in their order.
NAMES = _names()
