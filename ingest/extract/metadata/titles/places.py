"""Where a page states its title: headings, metadata, ``<title>``; each with where it stands.

Independent of the page's lines and blocks: pages that a template reads have these only in part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.extract.page.class_words import bits_named, bits_of
from ingest.extract.page.folding import collapse
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.hidden import is_not_drawn
from ingest.extract.page.json_ld import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = ["ORIGINS", "Heading", "Place", "places_of", "plain_title"]

#: Where a title may stand; headings first.
ORIGINS = ("h1", "heading", "headline", "og", "twitter", "meta", "name", "title", "announced")
LONGEST = 1000
_MOST_HEADINGS = 40
_MOST_NODES = 1500
#: Characters of paragraphs behind which only an ``h1`` can be the headline still.
_PROSE_ABOVE = 700
#: Characters from which a paragraph is prose, not a label.
_LEAST_PROSE = 80
_ELEMENTS = "h1, h2, h3, h4, p"
#: Elements that may be marked as the headline, and what marks it in their classes.
_MAY_BE_MARKED = '[itemprop~="headline"], [class*="headline"], [class*="title"]'
_CLASS_PARTS = ("entry-title", "post-title", "posttitle", "article-title", "headline")
_NO_HEADING = frozenset(["meta", "link", "img", "article", "main", "body", "html", "section", "p"])
_LONGEST_MARKED = 300
_AROUND = 8
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,12}(?:\s[^<>]{0,200})?/?>")
_SITE = re.compile(r"site-?(?:title|name|branding|header)|blog-?(?:title|name)|logo|brand|masthead")
_TITLE, _OTHER = bits_named("title"), bits_named("comment", "related", "newsletter", "share", "ad")
_BESIDE = bits_named("sidebar", "navigation", "legal")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a heading stands, and what its elements are called."""

    #: 1 to 4 as in ``h1`` to ``h4``; 5 where another element is marked as the headline.
    level: int
    #: Its number among the headings, from 0.
    order: int
    #: Characters of paragraphs before it.
    prose: int
    #: Headings of the page with the same tag and classes.
    alike: int
    #: 0 nowhere special, 1 ``article`` or ``main``, 2 ``header`` in one, 3 ``header``, 4 ``nav``, ``footer`` or ``aside``.
    area: int
    #: Whether the classes of it or what holds it say "title".
    says_title: bool
    #: Whether they say the site's name or logo.
    says_site: bool
    #: Whether they say comments, related articles, sign-ups.
    says_other: bool
    #: Whether they say sidebar or navigation.
    says_beside: bool
    #: 0 no link, 1 a link, 2 to the page itself, 3 to the front page.
    link: int
    #: Whether readers see it.
    hidden: bool
    #: The texts of its elements, where it has several.
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One place that states a title."""

    origin: str
    text: str
    heading: Heading | None = None


def plain_title(raw: str | None) -> str:
    """``raw`` without markup that was written into an attribute, its entities undone; perhaps empty."""
    if not raw:
        return ""
    text = text_of(raw[:LONGEST]) or ""
    if "<" in text and ">" in text:
        text = collapse(_TAG.sub("", text))
    return text


def places_of(page: HtmlPage, announced: str | None = None) -> list[Place]:
    """Every place of ``page`` that may state its title, headings first, each in the page's order."""
    node = page.article_node or {}
    found = list(_headings(page))
    stated = (
        ("headline", text_of(node.get("headline"))),
        ("og", page.first_meta("og:title")),
        ("twitter", page.first_meta("twitter:title")),
        *(
            ("meta", page.first_meta(name))
            for name in ("title", "dc.title", "citation_title", "headline", "parsely-title")
        ),
        ("name", text_of(node.get("name"))),
        ("title", page.head_title),
        ("announced", announced),
    )
    found += [Place(origin, text) for origin, raw in stated if (text := plain_title(raw))]
    return found


def _headings(page: HtmlPage) -> Iterator[Place]:
    found: list[tuple[LexborNode, int, int]] = []
    prose = 0
    for node in page.tree.css("h1, h2, h3, h4, p")[:_MOST_NODES]:
        tag = node.tag or ""
        if tag == "p":
            if prose <= _PROSE_ABOVE:
                size = len(node.text(deep=True))
                prose += size if size >= _LEAST_PROSE else 0
        elif tag == "h1" or (prose <= _PROSE_ABOVE and len(found) < _MOST_HEADINGS):
            found.append((node, int(tag[1]), prose))
            if len(found) >= 2 * _MOST_HEADINGS:
                break
    seen = {node.mem_id for node, _, _ in found}
    for node in _marked(page):
        if node.mem_id in seen or node.tag in _NO_HEADING or node.css_first("h1, h2, h3, p, img"):
            continue
        found.append((node, 5, 0))
    looks: dict[tuple[str, str], int] = {}
    for node, _, _ in found:
        look = (node.tag or "", node.attributes.get("class") or "")
        looks[look] = looks.get(look, 0) + 1
    own = page.canonical or page.first_meta("og:url") or ""
    order = 0
    for node, level, above in found:
        text = heading_text(node)[:LONGEST]
        if not text or (level > 1 and len(text) > _LONGEST_MARKED):
            continue
        look = (node.tag or "", node.attributes.get("class") or "")
        yield Place(
            "h1" if level == 1 else "heading",
            text,
            _described(node, text, level, order, above, looks[look], own),
        )
        order += 1


def _marked(page: HtmlPage) -> Iterator[LexborNode]:
    """The first elements that are marked as the headline, each once."""
    known: set[int] = set()
    marks = 0
    for node in page.tree.css(_MAY_BE_MARKED):
        if node.mem_id in known:
            continue
        known.add(node.mem_id)
        attributes = node.attributes
        called = attributes.get("class") or ""
        own = sum(part in called for part in _CLASS_PARTS)
        own += "headline" in (attributes.get("itemprop") or "").split()
        if own:
            yield node
            marks += own
            if marks >= _MOST_HEADINGS:
                return


def _described(
    node: LexborNode, text: str, level: int, order: int, prose: int, alike: int, own: str
) -> Heading:
    bits = 0
    area = 0
    names = ""
    hidden = False
    inside = False
    link = 0
    current: LexborNode | None = node
    for step in range(_AROUND):
        if current is None or current.tag in ("body", "html"):
            break
        tag, attributes = current.tag, current.attributes
        if tag in ("nav", "footer", "aside"):
            area = 4
        elif tag == "header" and not area:
            area = 3
        elif tag in ("article", "main"):
            inside = True
        elif tag == "a" and not link:
            link = _link(attributes.get("href"), own)
        marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if step < 3:
            names += " " + marks
        bits |= bits_of(marks) & (_TITLE | _OTHER | _BESIDE if step < 3 else _OTHER | _BESIDE)
        hidden = hidden or is_not_drawn(attributes)
        current = current.parent
    inner = node.css_first("a[href]") if not link else None
    if inner is not None and 2 * len(inner.text(deep=True).strip()) >= len(text):
        link = _link(inner.attributes.get("href"), own)
    if inside and area in (0, 3):
        area = 2 if area == 3 else 1
    return Heading(
        level,
        order,
        prose,
        alike,
        area,
        bool(bits & _TITLE),
        _SITE.search(names.lower()[:400]) is not None,
        bool(bits & _OTHER),
        bool(bits & _BESIDE),
        link,
        hidden,
        _parts(node, text),
    )


def _link(href: str | None, own: str) -> int:
    if href is None:
        return 0
    href = href.strip()
    if own and href.rstrip("/") == own.rstrip("/"):
        return 2
    try:
        parts = urlsplit(href)
    except ValueError:
        return 1
    if not href or href.startswith("#"):
        return 2
    if parts.path in ("", "/", "/index.html", "/index.php", "./", "../") and not parts.query:
        return 3
    return (
        2 if own and parts.path and urlsplit(own).path.rstrip("/") == parts.path.rstrip("/") else 1
    )


def _parts(node: LexborNode, text: str) -> tuple[str, ...]:
    """The texts of the pieces that ``node`` is made of: its elements, and the text between them."""
    for _ in range(4):
        children = [child for child in _children(node) if _text(child)]
        if len(children) != 1 or children[0].tag == "-text":
            break
        node = children[0]
    else:
        return ()
    if not 2 <= len(children) <= 8:
        return ()
    found = tuple(_text(child) for child in children)
    return found if sum(map(len, found)) <= len(text) + 8 else ()


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.tag == "-text" or not (child.tag or "-").startswith("-"):
            yield child
        child = child.next


def _text(node: LexborNode) -> str:
    if node.tag == "-text":
        return collapse((node.text_content or "")[:LONGEST])
    return heading_text(node)[:LONGEST]
