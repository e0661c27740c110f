"""Where the values of title, authors and times stand, as rules that were right on every page learned from.

A rule reads what the generic path's own functions read, from one place instead of from all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from ingest.extract.metadata.author_names import Author, names_in
from ingest.extract.metadata.times.plausible import possible_time
from ingest.extract.metadata.times.stated_times import stated_time
from ingest.extract.page.folding import collapse, fold, letters
from ingest.extract.page.heading_text import heading_text
from ingest.extract.page.json_ld import names_of, text_of
from ingest.templates.selectors import selectors_for
from ingest.templates.template import FieldRule

if TYPE_CHECKING:
    from datetime import datetime

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Article

__all__ = [
    "FIELDS",
    "own_names",
    "read_authors",
    "read_standfirst",
    "read_time",
    "read_title",
    "rules_for",
]

#: Fields that may have a rule.
FIELDS = ("title", "authors", "published", "modified", "standfirst")
_MOST_METAS = 80
_LONGEST = 400
_AUTHOR_PLACES = (
    '[rel~="author"], [itemprop~="author"], [class*="byline"], [class*="Byline"], '
    '[class*="author"], [class*="Author"], [class*="autor"], [data-testid*="author"], '
    '[data-testid*="byline"], a[href*="/author"], a[href*="/autor"]'
)
_MOST_PLACES = 30
_CHANGED = re.compile(r"modif|updat|chang|revis|aktualis", re.IGNORECASE)
_STANDFIRST_TAGS = "h2, h3, p, div, span"
_MOST_STANDFIRSTS = 800
_LONGEST_STANDFIRST = 1000


def own_names(site_names: Sequence[str]) -> frozenset[str]:
    """What the site is called, folded: as an author it is an organisation."""
    return _own(tuple(site_names))


@lru_cache(maxsize=512)
def _own(site_names: tuple[str, ...]) -> frozenset[str]:
    own = frozenset(fold(name) for name in site_names if name)
    return own | {name.removeprefix("the ") for name in own}


# Reading by a rule


def read_title(page: HtmlPage, rule: FieldRule) -> str | None:
    """The title at the rule's place, without what the site adds; ``None`` where that is not so."""
    raw = _raw_title(page, rule)
    if not raw or not raw.startswith(rule.before) or not raw.endswith(rule.behind):
        return None
    title = raw[len(rule.before) : len(raw) - len(rule.behind)]
    return title if title.strip() and len(title) <= _LONGEST else None


def _raw_title(page: HtmlPage, rule: FieldRule) -> str | None:
    if rule.origin == "json_ld":
        return text_of((page.article_node or {}).get(rule.key))
    if rule.origin == "meta":
        return text_of(page.first_meta(rule.key))
    if rule.origin == "title":
        return text_of(page.head_title)
    node = page.tree.css_first(rule.key)
    return heading_text(node) or None if node is not None else None


def read_authors(
    page: HtmlPage, rule: FieldRule, own: frozenset[str], *, houses: bool = False
) -> tuple[tuple[Author, ...], tuple[str, ...]]:
    """(authors, the texts that name them) at the rule's place.

    Args:
        page: the parsed page.
        rule: where they stand.
        own: the names of the site, folded.
        houses: whether houses are authors where no person is named; else there are none then.
    """
    texts: tuple[str, ...]
    organisations: frozenset[str] = frozenset()
    if rule.origin == "json_ld":
        node = page.article_node or {}
        named = names_of(node.get(rule.key), page.json_ld)
        texts = tuple(name for name, _ in named)
        organisations = frozenset(fold(name) for name, organisation in named if organisation)
    elif rule.origin == "meta":
        texts = page.meta.get(rule.key, ())
    else:
        texts = tuple(heading_text(node) for node in page.tree.css(rule.key)[:8])
    found = _names(texts, own)
    if organisations:
        found = tuple(
            Author(author.name, organisation=True) if fold(author.name) in organisations else author
            for author in found
        )
    if all(author.organisation for author in found):
        return found if houses else (), texts
    return tuple(author for author in found if not _is_own(author, own)), texts


@lru_cache(maxsize=1024)
def _names(texts: tuple[str, ...], own: frozenset[str]) -> tuple[Author, ...]:
    return names_in(texts, own=own)


def _is_own(author: Author, own: frozenset[str]) -> bool:
    folded = fold(author.name)
    return folded in own or folded.removeprefix("the ") in own


def read_time(page: HtmlPage, rule: FieldRule, now: datetime) -> str | None:
    """The time at the rule's place."""
    if rule.origin == "json_ld":
        raw = text_of((page.article_node or {}).get(rule.key))
    elif rule.origin == "meta":
        raw = page.first_meta(rule.key)
    else:
        node = page.tree.css_first(rule.key)
        raw = _time_text(node) if node is not None else None
    return possible_time(stated_time(raw), now)


def _time_text(node: LexborNode) -> str | None:
    attributes = node.attributes
    return attributes.get("datetime") or attributes.get("content") or attributes.get("title")


# Learning rules


def rules_for(
    pages: Sequence[tuple[HtmlPage, Article]],
    now: datetime,
    site_names: Sequence[Sequence[str]],
    known: Mapping[str, FieldRule],
) -> dict[str, FieldRule]:
    """The rules that give on every one of ``pages`` what the generic path found there.

    Args:
        pages: each with the article that the generic path made of it.
        now: the latest that a time may be.
        site_names: what the site is called, page by page.
        known: rules that were right on other pages: each stays where it is right on these.
    """

    def tried(name: str, rules: Iterator[FieldRule]) -> Iterator[FieldRule]:
        return chain([known[name]] if name in known else [], rules)

    rules: dict[str, FieldRule] = {}
    owns = [own_names(names) for names in site_names]
    for rule in tried("title", _title_rules(pages)):
        if all(read_title(page, rule) == article.title for page, article in pages):
            rules["title"] = rule
            break
    found_by = list(tried("authors", _author_rules(pages)))
    # Where it names no person the generic path is asked, on every page: unless it is known not to tell more.
    for rule, houses in ((rule, houses) for houses in (False, True) for rule in found_by):
        read = [
            (read_authors(page, rule, own, houses=houses)[0], article)
            for (page, article), own in zip(pages, owns, strict=True)
        ]
        named = [(found, article) for found, article in read if found]
        if named and all(_same_authors(found, article) for found, article in named):
            rules["authors"] = rule
            break
    for name, wanted in (
        ("published", [article.published_at for _, article in pages]),
        ("modified", [article.modified_at for _, article in pages]),
    ):
        if None in wanted:
            continue
        for rule in tried(name, _time_rules(pages, wanted, changed=name == "modified")):
            if all(
                read_time(page, rule, now) == value
                for (page, _), value in zip(pages, wanted, strict=True)
            ):
                rules[name] = rule
                break
    if all(article.standfirst for _, article in pages):
        shown = next(_standfirst_rules(pages), None)
        if shown is not None:
            rules["standfirst"] = shown
    for name, rule in known.items():
        # These pages do not have it all; what they have must not speak against the rule.
        if name not in rules and all(
            _allows(name, rule, page, article, own, now)
            for (page, article), own in zip(pages, owns, strict=True)
        ):
            rules[name] = rule
    return rules


def _allows(
    name: str,
    rule: FieldRule,
    page: HtmlPage,
    article: Article,
    own: frozenset[str],
    now: datetime,
) -> bool:
    """Whether ``rule`` reads nothing on ``page``, or what the generic path found there."""
    match name:
        case "title":
            return read_title(page, rule) in (None, article.title)
        case "authors":
            found = read_authors(page, rule, own)[0]
            return not found or _same_authors(found, article)
        case "published":
            return read_time(page, rule, now) in (None, article.published_at)
        case "modified":
            return read_time(page, rule, now) in (None, article.modified_at)
        case "standfirst":
            text = read_standfirst(page, rule)
            return text is None or letters(text) == letters(article.standfirst or text)
    return False


def read_standfirst(page: HtmlPage, rule: FieldRule) -> str | None:
    """The standfirst at the rule's place."""
    node = page.tree.css_first(rule.key)
    text = collapse(node.text(deep=True, separator=" ")) if node is not None else ""
    return text if text and len(text) <= _LONGEST_STANDFIRST else None


def _same_authors(found: tuple[Author, ...], article: Article) -> bool:
    return (
        tuple(author.name for author in found) == article.authors
        and tuple(author.name for author in found if author.organisation) == article.organisations
    )


def _title_rules(pages: Sequence[tuple[HtmlPage, Article]]) -> Iterator[FieldRule]:
    (page, article), *_ = pages
    title = article.title
    if not title or any(other.title is None for _, other in pages):
        return
    places = [FieldRule("json_ld", "headline")]
    shown = [
        (page.tree, [n for n in page.tree.css("h1")[:12] if heading_text(n) == article.title][:1])
        for page, article in pages
    ]
    places += [FieldRule("select", selector) for selector in _found(shown)]
    places += [FieldRule("meta", name) for name in ("og:title", "twitter:title", "title")]
    places.append(FieldRule("title"))
    for place in places:
        raw = _raw_title(page, place)
        if raw and title in raw:
            before, _, behind = raw.partition(title)
            yield FieldRule(place.origin, place.key, before, behind)


def _found(shown: Sequence[tuple[Any, list[LexborNode]]]) -> tuple[str, ...]:
    return selectors_for(shown, most=2) if all(nodes for _, nodes in shown) else ()


def _author_rules(pages: Sequence[tuple[HtmlPage, Article]]) -> Iterator[FieldRule]:
    yield FieldRule("json_ld", "author")
    page, _ = pages[0]
    yield from (FieldRule("meta", name) for name in page.meta if "author" in name or "byl" in name)
    shown: list[tuple[Any, list[LexborNode]]] = []
    for other, article in pages:
        wanted = set(article.authors)
        nodes = [
            node
            for node in other.tree.css(_AUTHOR_PLACES)[:_MOST_PLACES]
            if wanted
            and {author.name for author in _names((heading_text(node),), frozenset())} == wanted
        ]
        shown.append((other.tree, nodes[:1]))
    yield from (FieldRule("select", selector) for selector in _found(shown))


def _time_rules(
    pages: Sequence[tuple[HtmlPage, Article]], wanted: Sequence[str | None], *, changed: bool
) -> Iterator[FieldRule]:
    """Places that say this time by name: articles that nobody changed have one time twice."""
    page, _ = pages[0]
    node = page.article_node or {}
    for key in ("dateModified",) if changed else ("datePublished", "dateCreated"):
        if stated_time(text_of(node.get(key))) == wanted[0]:
            yield FieldRule("json_ld", key)
    for name in list(page.meta)[:_MOST_METAS]:
        if bool(_CHANGED.search(name)) == changed and _is(
            page.first_meta(name), wanted[0], stated_time
        ):
            yield FieldRule("meta", name)
    shown: list[tuple[Any, list[LexborNode]]] = [
        (
            other.tree,
            [
                n
                for n in other.tree.css("[datetime], [itemprop*=date]")[:_MOST_PLACES]
                if stated_time(_time_text(n)) == value and _says_changed(n) == changed
            ][:1],
        )
        for (other, _), value in zip(pages, wanted, strict=True)
    ]
    yield from (FieldRule("select", selector) for selector in _found(shown))


def _says_changed(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(
        _CHANGED.search(f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''}")
    )


def _standfirst_rules(pages: Sequence[tuple[HtmlPage, Article]]) -> Iterator[FieldRule]:
    shown: list[tuple[Any, list[LexborNode]]] = []
    for page, article in pages:
        key = letters(article.standfirst or "")
        nodes = [
            node
            for node in (page.tree.css(_STANDFIRST_TAGS)[:_MOST_STANDFIRSTS] if key else [])
            if letters(collapse(node.text(deep=True, separator=" ")[:_LONGEST_STANDFIRST])) == key
        ]
        # The innermost: those around it hold nothing else.
        shown.append((page.tree, nodes[-1:]))
    yield from (FieldRule("select", selector) for selector in _found(shown))


def _is(raw: str | None, wanted: str | None, read: Callable[[str | None], str | None]) -> bool:
    return bool(raw) and any(c.isdigit() for c in collapse(raw or "")) and read(raw) == wanted
