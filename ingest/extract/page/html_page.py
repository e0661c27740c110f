"""A page parsed once: what every reader of it shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.extract.page.blocks import PageBlocks, page_blocks
from ingest.extract.page.drawn.drawing import ASKED, draw
from ingest.extract.page.folding import collapse, unescaped
from ingest.extract.page.json_ld import ARTICLE_TYPES, article_of, nodes_of, types_of
from ingest.extract.page.lines import Line, visible_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.extract.page.nearby_lines import NearbyLines

__all__ = ["HtmlPage", "Shape"]

_T = TypeVar("_T")

_SHELL_MARKS = (
    "enable javascript",
    "requires javascript",
    "turn on javascript",
    "javascript aktivieren",
    "activer javascript",
    "habilita javascript",
    "javascript is disabled",
    "need to enable javascript",
    "включите javascript",
    "javascript",
)
_MOST_METAS, _MOST_SCRIPTS = 500, 100
#: All that is looked for while a page is parsed, in one query.
_ASKED = f'meta[content], script[type*="ld+json"], {ASKED}'
#: An address that joining to another one leaves as it is.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]{0,250}(?::[0-9]{1,5})?(?:/[A-Za-z0-9_.~%,@!$*+=:&-]{1,500}){0,30}/?"
    r"(?:\?[A-Za-z0-9_.~%,@!$*+=:&/-]{1,1000})?"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How deep a page's elements are nested, and how many there are."""

    depth: int
    elements: int


@dataclass(frozen=True)
class HtmlPage:
    """The DOM of a page with its metadata; build with ``HtmlPage.parse``."""

    markup: str | bytes
    tree: LexborHTMLParser
    #: ``property``, ``name`` or ``itemprop`` in lower case, to the values in the page's order.
    meta: dict[str, tuple[str, ...]]
    json_ld: tuple[dict[str, Any], ...]

    @classmethod
    def parse(cls, markup: str | bytes) -> HtmlPage:
        """Parse ``markup`` (HTML); never raises for what a page does wrong.

        As bytes it is valid UTF-8: the parser works on these, and no text is made that nobody reads.
        """
        tree = LexborHTMLParser(markup)
        meta: dict[str, list[str]] = {}
        metas: list[LexborNode] = []
        scripts: list[str] = []
        drawn: list[LexborNode] = []
        for node in tree.css(_ASKED):
            tag = node.tag
            if tag == "meta":
                metas.append(node)
            elif tag != "script":
                drawn.append(node)
            elif len(scripts) < _MOST_SCRIPTS:
                scripts.append(node.text(deep=True))
        for node in metas[:_MOST_METAS]:
            attributes = node.attributes
            key = (
                attributes.get("property")
                or attributes.get("name")
                or attributes.get("itemprop")
                or attributes.get("http-equiv")
            )
            value = attributes.get("content")
            if key and value and (value := collapse(unescaped(value))):
                meta.setdefault(key.strip().lower(), []).append(value)
        if drawn:
            draw(tree, drawn)
        return cls(
            markup=markup,
            tree=tree,
            meta={key: tuple(values) for key, values in meta.items()},
            json_ld=tuple(nodes_of(scripts)),
        )

    @cached_property
    def text(self) -> str:
        """The markup as text."""
        return self.markup if isinstance(self.markup, str) else self.markup.decode()

    def first_meta(self, *names: str) -> str | None:
        """The first value of the first of ``names`` that the page has."""
        for name in names:
            if name in self.meta:
                return self.meta[name][0]
        return None

    @cached_property
    def article_node(self) -> dict[str, Any] | None:
        """The JSON-LD object of the page's article."""
        if len(self.json_ld) < 2:
            return article_of(self.json_ld)
        addresses = (self.canonical, self.first_meta("og:url"))
        titles = (*self.headings[:3], self.first_meta("og:title"), self.head_title)
        return article_of(
            self.json_ld,
            [address for address in addresses if address],
            [title for title in titles if title],
        )

    @cached_property
    def head_title(self) -> str | None:
        """The text of ``<title>``."""
        head = self.tree.head
        node = (head.css_first("head > title") if head is not None else None) or (
            self.tree.css_first("title")
        )
        return collapse(unescaped(node.text(deep=True))) or None if node is not None else None

    @cached_property
    def h1(self) -> list[LexborNode]:
        """The first ``h1`` elements."""
        return self.tree.css("h1")[:20]

    @cached_property
    def frames(self) -> list[LexborNode]:
        """The ``main`` and ``article`` elements."""
        return self.tree.css("main, article")

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The texts of the ``h1`` elements."""
        found = (collapse(unescaped(node.text(deep=True, separator=" "))) for node in self.h1)
        return tuple(text for text in found if text)

    @property
    def shown_titles(self) -> tuple[str, ...]:
        """What the page shows as its title: ``<title>`` and ``h1``."""
        return tuple(title for title in (self.head_title, *self.headings[:2]) if title)

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares, two letters, lower case."""
        html = self.tree.css_first("html")
        node = self.article_node or {}
        # Only where the page as a whole declares nothing do the elements around its text.
        around = () if _lang_of(html) else (self.tree.body, *self.frames[:2])
        for value in (
            _lang_of(html),
            *map(_lang_of, around),
            node.get("inLanguage"),
            self.first_meta("og:locale", "content-language", "dc.language", "language"),
        ):
            code = value.strip() if isinstance(value, str) else ""
            if len(code) >= 2 and code[:2].isalpha() and (len(code) == 2 or not code[2].isalpha()):
                return code[:2].lower()
        return None

    @cached_property
    def canonical(self) -> str | None:
        """The address that the page calls its own, as it stands there."""
        node = self.tree.css_first('link[rel~="canonical"][href]')
        href = (node.attributes.get("href") or "").strip() if node is not None else ""
        return href or None

    @cached_property
    def base(self) -> str | None:
        """``<base href>``."""
        node = self.tree.css_first("base[href]")
        return (node.attributes.get("href") or "").strip() or None if node is not None else None

    def absolute(self, url: str | None, page_url: str | None) -> str | None:
        """``url`` of this page as an absolute http(s) address, where it is one."""
        if not url:
            return None
        if _PLAIN_ADDRESS.fullmatch(url):
            return url
        try:
            full = urljoin(urljoin(page_url or "", self.base or ""), url.strip())
        except ValueError:
            return None
        return full if full.startswith(("http://", "https://")) and " " not in full else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The visible lines of the page in reading order; those around its article where narrowed."""
        nearby = self.nearby
        return self._all_lines if nearby is None else nearby.lines

    @cached_property
    def _all_lines(self) -> tuple[Line, ...]:
        return visible_lines(self.tree)

    @property
    def nearby(self) -> NearbyLines | None:
        """The lines around the article, where its place is known and they stand for all lines."""
        return self.__dict__.get("_nearby")

    def narrow(self, nearby: NearbyLines) -> None:
        """Let ``nearby`` stand for all lines."""
        self._forget_lines()
        self.__dict__["_nearby"] = nearby

    def widen(self) -> None:
        """Undo ``narrow``."""
        self._forget_lines()
        self.__dict__.pop("_nearby", None)

    def _forget_lines(self) -> None:
        """What was made of the lines is made anew, of other ones."""
        for name in ("visible_text", "headline_links", "_made"):
            self.__dict__.pop(name, None)

    def once(self, name: str, make: Callable[[], _T]) -> _T:
        """What ``make`` makes of the page and its lines, made once under ``name``."""
        made: dict[str, Any] = self.__dict__.setdefault("_made", {})
        if name not in made:
            made[name] = make()
        value: _T = made[name]
        return value

    @cached_property
    def blocks(self) -> PageBlocks:
        """The blocks of the page, of its tree as it is when they are first asked for."""
        return page_blocks(self.tree)

    @cached_property
    def visible_text(self) -> str:
        """The visible text, lines joined by newlines, capped."""
        return "\n".join(line.text for line in self.lines)[:100_000]

    @cached_property
    def headline_links(self) -> int:
        """Links whose text is as long as a headline."""
        return sum(1 for line in self.lines if line.linked and len(line.text) >= 25)

    @cached_property
    def claims_article(self) -> bool:
        """Whether the page says of itself that it is an article."""
        kind = (self.first_meta("og:type") or "").lower()
        dated = "article:published_time" in self.meta
        return (
            self.article_node is not None
            or kind in ("article", "og:article", "news", "blog")
            or dated
        )

    @cached_property
    def says_listing(self) -> bool:
        """Whether the page says of itself that it lists others."""
        listing = {"collectionpage", "searchresultspage", "itemlist", "website", "profilepage"}
        kinds = (
            frozenset().union(*(types_of(node) for node in self.json_ld))
            if self.json_ld
            else frozenset()
        )
        kind = (self.first_meta("og:type") or "").lower()
        return (bool(kinds & listing) and not kinds & ARTICLE_TYPES) or kind in (
            "website",
            "profile",
        )

    @cached_property
    def teasers(self) -> int:
        """Headings that are links to other articles, each in an ``article`` of its own."""
        return len(self.tree.css("article h2 a[href], article h3 a[href]")[:50])

    @cached_property
    def is_archive_template(self) -> bool:
        """Whether the page is of a template that lists, by WordPress' classes of ``body``."""
        body = self.tree.body
        names = set((body.attributes.get("class") or "").split()) if body is not None else set()
        return bool(names & {"archive", "category", "tag", "search-results", "author"}) and not (
            names & {"single", "single-post", "page"}
        )

    @cached_property
    def has_article_body(self) -> bool:
        """Whether JSON-LD carries the text of the article."""
        node = self.article_node or {}
        body = node.get("articleBody")
        return isinstance(body, str) and len(body) > 300

    @cached_property
    def is_script_shell(self) -> bool:
        """Whether the page is drawn by its scripts: nearly no text, and scripts."""
        if len(self.visible_text) > 400:
            return False
        noscript = " ".join(node.text(deep=True) for node in self.tree.css("noscript")[:20])[
            :5000
        ].lower()
        if any(mark in noscript or mark in self.visible_text.lower() for mark in _SHELL_MARKS):
            return True
        root = self.tree.css_first("#root, #app, #__next, #__nuxt, app-root, [data-reactroot]")
        return root is not None and len(self.tree.css("script")) > 0

    @cached_property
    def shape(self) -> Shape:
        """How large and how deep the tree is."""
        deepest = elements = 0
        stack = [(self.tree.root, 1)] if self.tree.root is not None else []
        while stack:
            node, depth = stack.pop()
            elements += 1
            deepest = max(deepest, depth)
            child = node.child
            while child is not None:
                if child.tag and not child.tag.startswith("-"):
                    stack.append((child, depth + 1))
                child = child.next
        return Shape(deepest, elements)

    def first(self, selectors: tuple[str, ...]) -> LexborNode | None:
        """The first element that the first matching one of ``selectors`` picks."""
        for selector in selectors:
            node = self.tree.css_first(selector)
            if node is not None:
                return node
        return None


def _lang_of(node: LexborNode | None) -> str | None:
    """The language that an element declares, as it stands."""
    if node is None:
        return None
    attributes = node.attributes
    return attributes.get("lang") or attributes.get("xml:lang") or None
