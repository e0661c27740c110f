"""What stands around the text: cards that repeat, headings that lead elsewhere, shops, forums, pagers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.class_words import bits_named
from ingest.extract.page.folding import fold, letters
from ingest.extract.verdict.words import MEANINGS, button_lines, meanings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.body.decisions import Decided
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["elements_say", "page_says"]

#: Letters of a linked headline, and share of it that is linked.
_HEADLINE, _LINKED = 20, 0.9
_MOST = 300
_PRICE = re.compile(
    r"(?:[$€£¥₹₩₽₺₴]|\b(?:USD|EUR|GBP|CHF|CAD|AUD|kr|zł|Kč|Ft|lei|Rs\.?|R\$))\s?[0-9]"
    r"|[0-9][.,][0-9]{2}\s?(?:[$€£₹₩₽₺₴]|\b(?:USD|EUR|GBP|CHF|kr|zł|Kč|Ft|lei)\b)"
    r"|[0-9]\s?(?:€|₽|₴|円|元|원|zł\b|Kč\b|kr\b)"
)
_DIGIT = re.compile(r"[0-9]")
_COMMENT, _AUTHOR = bits_named("comment"), bits_named("author")
_SHORT = 80
#: Lines that are looked through; characters of a label, and of one that is more than a number.
_MOST_LINES, _LABEL, _LEAST_LABEL = 4000, 40, 3
_MENUS = frozenset(["nav", "footer"])


def page_says(page: HtmlPage, decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    """The columns of what stands on ``page`` beside the text at ``kept``."""
    return {
        **_cards(decided, kept),
        **_lines(page),
        **_names(decided, kept),
        **_headline(page, decided, kept),
    }


def _cards(decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    """Headlines that are links, by the template that draws them."""
    blocks, containers = decided.page.blocks, decided.page.containers
    first = kept[0] if kept else len(blocks)
    groups: Counter[str] = Counter()
    before = headings = linked_headings = prices = linked = size = 0
    inside = frozenset(kept)
    for number, block in enumerate(blocks):
        length = len(block.text)
        size += length
        linked += block.linked
        is_link = block.linked >= _LINKED * length
        if block.type == "heading":
            headings += 1
            linked_headings += is_link
        if is_link and length >= _HEADLINE:
            container = containers[block.container]
            if not container.tags_around & {"nav", "footer"}:
                groups[container.path] += 1
                before += number < first
        if length <= _SHORT and number not in inside and _has_price(block.text):
            prices += 1
    return {
        "cards": float(max(groups.values(), default=0)),
        "headline_links": float(min(groups.total(), _MOST)),
        "headline_links_before": float(min(before, _MOST)),
        "linked_headings": float(min(linked_headings, _MOST)),
        "linked_headings_share": linked_headings / headings if headings else 0.0,
        "page_linked": linked / size if size else 0.0,
        "prices": float(min(prices, _MOST)),
    }


def _has_price(text: str) -> bool:
    # Most lines have no digit, which is quickly seen.
    return _DIGIT.search(text) is not None and _PRICE.search(text) is not None


def _lines(page: HtmlPage) -> dict[str, float]:
    """Short lines: those that repeat under each card, and what shops and forums say."""
    labels = [line for line in page.lines[:_MOST_LINES] if len(line.text) <= _LABEL]
    texts = Counter([line.text for line in labels])
    linked = Counter(
        [
            line.text
            for line in labels
            if line.linked and len(line.text) >= _LEAST_LABEL and line.area not in _MENUS
        ]
    )
    of_cart, under_post = button_lines("cart"), button_lines("reply")
    cart = reply = 0
    for text, times in texts.items():
        folded = fold(text)
        cart += times if folded in of_cart else 0
        reply += times if folded in under_post else 0
    return {
        "repeated_links": float(max(linked.values(), default=0)),
        "cart_lines": float(min(cart, _MOST)),
        "reply_lines": float(min(reply, _MOST)),
    }


def _names(decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    """How many elements are called what, and whether the text stands in such."""
    containers = decided.page.containers
    times = Counter([container.names for container in containers])
    meanings = {names: meanings_of(names) if names else 0 for names in times}
    found = [0] * len(MEANINGS)
    for names, called in meanings.items():
        for number in range(len(MEANINGS)) if called else ():
            found[number] += times[names] if called >> number & 1 else 0
    #: What each element and those around it are called: parents come before their children.
    around: list[int] = [0] * len(containers)
    if any(meanings.values()):
        for number, container in enumerate(containers):
            above = around[container.parent] if container.parent >= 0 else 0
            around[number] = meanings[container.names] | above
    bits = Counter([container.bits for container in containers])
    comments = sum(number for each, number in bits.items() if each & _COMMENT)
    authors = sum(number for each, number in bits.items() if each & _AUTHOR)
    total = commented = 0
    inside = [0] * len(MEANINGS)
    for place in kept:
        block = decided.page.blocks[place]
        size = len(block.text)
        total += size
        commented += size if containers[block.container].bits_around & _COMMENT else 0
        called = around[block.container]
        for number in range(len(MEANINGS)) if called else ():
            inside[number] += size if called >> number & 1 else 0
    return {
        **{f"named_{each}": float(min(found[n], _MOST)) for n, each in enumerate(MEANINGS)},
        **{
            f"text_in_{each}": inside[MEANINGS.index(each)] / total if total else 0.0
            for each in ("product", "forum", "card")
        },
        "named_comment": float(min(comments, _MOST)),
        "named_author": float(min(authors, _MOST)),
        "text_in_comment": commented / total if total else 0.0,
    }


def _headline(page: HtmlPage, decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    """Whether a headline of the page's own stands over its text."""
    blocks = decided.page.blocks
    first = kept[0] if kept else len(blocks)
    titles = [letters(title) for title in (page.head_title, page.first_meta("og:title")) if title]
    own = -1
    for number, block in enumerate(blocks[: first + 6]):
        key = letters(block.text)
        if (
            len(key) >= 8
            and len(key) <= 300
            and any(key in title or title in key for title in titles)
        ):
            if block.type == "heading" or own < 0:
                own = number
    return {
        "headings_first": float(len(page.headings)),
        "headline_above": float(own >= 0),
        "headline_distance": float(min(first - own, 200)) if own >= 0 else -1.0,
    }


def elements_say(page: HtmlPage) -> tuple[dict[str, float], list[str]]:
    """The columns of elements that are counted in the tree, and the types of its microdata."""
    counts: Counter[str] = Counter()
    types: list[str] = []
    for node in page.tree.css(
        "time, article, a > img, select, input, textarea, [itemtype], link[rel=next], a[rel~=next]"
    )[:5000]:
        tag = node.tag
        if tag == "input":
            kind = (node.attributes.get("type") or "text").lower()
            counts["choices" if kind in ("checkbox", "radio", "number", "range") else "fields"] += (
                kind != "hidden"
            )
        elif tag in ("select", "textarea"):
            counts["choices" if tag == "select" else "fields"] += 1
        elif tag in ("time", "article", "img"):
            counts[tag] += 1
        elif tag in ("link", "a"):
            counts["next"] += 1
        kind_of_item = node.attributes.get("itemtype")
        if kind_of_item:
            types.append(kind_of_item[:200])
    return {
        "times": float(min(counts["time"], _MOST)),
        "articles": float(min(counts["article"], _MOST)),
        "linked_images": float(min(counts["img"], _MOST)),
        "choices": float(min(counts["choices"], _MOST)),
        "fields": float(min(counts["fields"], _MOST)),
        "next_page": float(counts["next"] > 0),
    }, types
