"""The text that a page carries in its scripts, where it shows much less of it itself.

Pages drawn by scripts deliver their article as JSON or as a template of HTML. It is believed where it
stands beside the page's own title, for such data holds other stories too.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ingest.extract.carried.rich_text import is_rich_text, rich_blocks
from ingest.extract.carried.states import states_of
from ingest.extract.carried.written import blocks_of_text
from ingest.extract.page.folding import letters
from ingest.extract.page.prose import weighted_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Block

__all__ = ["MUCH_SHOWN", "body_in_json_ld", "body_in_scripts"]

#: Characters of a text that is carried, and how many times what is shown, from which it stands in for it.
_LEAST, _LARGER = 500, 2.5
#: Characters shown from which a page is not searched: scripts are long.
MUCH_SHOWN = 1500
#: Characters shown below which a template is believed, which no title stands beside.
_LITTLE = 250
#: Letters of a title that says which story it is.
_LEAST_TITLE = 10
_TITLES = (
    "title",
    "headline",
    "headlines",
    "name",
    "seoTitle",
    "pageTitle",
    "shortTitle",
    "heading",
    "h1",
    "basic",
    "rendered",
    "displayTitle",
    "metaTitle",
)
#: Fields beside a title that are no text of its story.
_OTHERS = frozenset(
    "related relatedarticles relatedposts relatedstories recommended recommendations comments author authors byline"
    " image images media gallery video videos description excerpt summary dek lead teaser standfirst subtitle seo"
    " meta metadata tags categories category topics breadcrumbs breadcrumb url slug navigation menu footer header"
    " sidebar trending latest popular mostread next previous prev siblings ads advertisement schema jsonld"
    " structureddata translations promo items_related newsletter faq products".split()
)
#: Objects of one state that are looked at, how deep they are nested, those below a title, texts tried.
_MOST, _DEEPEST, _BELOW, _TRIED = 60_000, 40, 3, 16
_TEMPLATES = 'script[type="text/template"], script[type="text/x-template"], script[type="text/html"], script[type="text/x-handlebars"], script[type="text/x-handlebars-template"], script[type="text/ng-template"]'
_STORY = re.compile(r"publi(?:sh|c)|author|byline|pub_?date|^date|writer|journalist", re.IGNORECASE)
_NEAR = frozenset("fields attributes meta metadata data sys".split())
#: A word, a stop and a blank or the end; share of a text in blocks that have one.
_SENTENCE = re.compile(r"[^\W\d_]{2}[\"'”’»)]{0,2}[.!?…][\"'”’»)]{0,2}(?:\s|$)|[。！？।۔]")
_SAID = 0.6
_PLACEHOLDERS = ("{{", "{%", "<%", "<#", "${", "[[")


def body_in_json_ld(page: HtmlPage, shown: int) -> tuple[Block, ...]:
    """The text that JSON-LD gives where the page itself shows ``shown`` characters, which is much less of it.

    Scripts and paywalls leave pages that show two paragraphs and describe themselves in full.
    """
    value = (page.article_node or {}).get("articleBody")
    if isinstance(value, list):
        value = "\n\n".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str) or len(value) < _LEAST or len(value) < _LARGER * shown:
        return ()
    return blocks_of_text(value)


def body_in_scripts(page: HtmlPage, shown: int) -> tuple[Block, ...]:
    """The longest text in the page's scripts that stands beside its title, where that is much more than is shown."""
    least = max(_LEAST, _LARGER * shown)
    best: tuple[Block, ...] = ()
    titles = _titles(page)
    if titles:
        for state in states_of(page.tree):
            for value in _beside_title(state, titles, claimed=page.claims_article):
                blocks = _blocks(value)
                if not _is_prose(blocks):
                    continue
                if _size(blocks) > max(_size(best), least):
                    best = blocks
            if best:
                return best
    for blocks in _in_templates(page) if shown < _LITTLE else ():
        if _size(blocks) > max(_size(best), least):
            best = blocks
    return best


def _titles(page: HtmlPage) -> tuple[str, ...]:
    found = (*page.headings[:2], page.first_meta("og:title", "twitter:title"), page.head_title)
    return tuple({key for title in found if title and len(key := letters(title)) >= _LEAST_TITLE})


def _size(blocks: Sequence[Block]) -> int:
    return sum(weighted_size(block.text) for block in blocks if block.type != "caption")


def _blocks(value: Any) -> tuple[Block, ...]:
    if not isinstance(value, str):
        return rich_blocks(value)
    if value[:1] in "{[" and value[-1:] in "}]":
        # A state in a state: Draft.js is kept so.
        try:
            return rich_blocks(json.loads(value))
        except (ValueError, RecursionError):
            return ()
    return blocks_of_text(value)


def _beside_title(state: Any, titles: tuple[str, ...], *, claimed: bool) -> Iterator[Any]:
    """Values that may be a text, in objects that have the page's title.

    ``claimed``: whether the page says that it is an article; else the object must say so.
    """
    waiting: list[tuple[Any, int]] = [(state, 0)]
    left, tried = _MOST, 0
    while waiting and left > 0:
        left -= 1
        value, depth = waiting.pop()
        if isinstance(value, dict):
            if _has_title(value, titles) and (claimed or _is_story(value)):
                for text in _texts_in(value, 0):
                    tried += 1
                    if tried > _TRIED:
                        return
                    yield text
            inner: Sequence[Any] = list(value.values())
        elif isinstance(value, list):
            inner = value
        else:
            continue
        if depth < _DEEPEST:
            waiting += [
                (item, depth + 1) for item in reversed(inner) if isinstance(item, (dict, list))
            ]


def _has_title(node: dict[str, Any], titles: tuple[str, ...], depth: int = 0) -> bool:
    for key in _TITLES:
        value = node.get(key)
        if isinstance(value, str) and len(value) < 400:
            own = letters(value)
            # The page's may have the site's name behind it.
            if len(own) >= _LEAST_TITLE and any(
                own == title or (title.startswith(own) and 2 * len(own) > len(title))
                for title in titles
            ):
                return True
        elif isinstance(value, dict) and depth == 0 and _has_title(value, titles, 1):
            return True
    inner = node.get("fields") or node.get("attributes")
    return isinstance(inner, dict) and depth == 0 and _has_title(inner, titles, 1)


def _is_story(node: dict[str, Any], depth: int = 0) -> bool:
    """Whether an object says who wrote it or when it was published: products and lists do not."""
    return any(
        (bool(value) and _STORY.search(key) is not None)
        or (depth < 2 and isinstance(value, dict) and key in _NEAR and _is_story(value, depth + 1))
        for key, value in node.items()
    )


def _is_prose(blocks: Sequence[Block]) -> bool:
    """Whether a text is made of sentences, and not of codes, labels and addresses."""
    size = sum(len(block.text) for block in blocks)
    said = sum(len(block.text) for block in blocks if _SENTENCE.search(block.text))
    return size > 0 and said >= _SAID * size


def _texts_in(node: dict[str, Any], depth: int) -> Iterator[Any]:
    for key, value in node.items():
        if key.lower().replace("_", "").replace("-", "") in _OTHERS:
            continue
        if isinstance(value, str):
            if len(value) >= _LEAST:
                yield value
        elif isinstance(value, list):
            if is_rich_text(value) and not _lists_stories(value):
                yield value
        elif isinstance(value, dict):
            if is_rich_text(value):
                yield value
            if depth < _BELOW:
                yield from _texts_in(value, depth + 1)


def _lists_stories(items: list[Any]) -> bool:
    """Whether a list holds articles, each with a title and an address of its own."""
    entries = [item for item in items[:50] if isinstance(item, dict)]
    return len(entries) >= 2 and all(
        any(
            isinstance(entry.get(key), (str, dict))
            for key in ("title", "headline", "headlines", "name")
        )
        and any(key in entry for key in ("url", "slug", "href", "link", "path", "id", "uri"))
        and "blockName" not in entry
        and "innerBlocks" not in entry
        for entry in entries
    )


def _in_templates(page: HtmlPage) -> Iterator[tuple[Block, ...]]:
    for node in page.tree.css(_TEMPLATES)[:20]:
        text = node.text(deep=True)
        if _LEAST <= len(text) <= 2_000_000 and not any(sign in text for sign in _PLACEHOLDERS):
            yield blocks_of_text(text)
