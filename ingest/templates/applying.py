"""One page by one template: its article, or why the template does not fit it.

selectolax alone; what the template has no rule for is read by the generic path's own functions, on
the lines around the article instead of on all lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.body.selected import Body, without_sign_up_boxes
from ingest.extract.finishing import Found, finish_article, outside_lines
from ingest.extract.metadata.authors import Author, credited_authors, raw_bylines
from ingest.extract.metadata.dates import modified_time, published_time
from ingest.extract.metadata.fields import (
    canonical_address,
    is_live_blog,
    kind_of,
    publisher_of,
    section_of,
    site_names_of,
    standfirst_of,
    stands_apart,
    tags_of,
)
from ingest.extract.metadata.labels import is_paid
from ingest.extract.metadata.language import language_of
from ingest.extract.metadata.lead_image import lead_image_of
from ingest.extract.metadata.page_metadata import PageMetadata
from ingest.extract.metadata.reuse import reuse_of
from ingest.extract.metadata.title import title_of
from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import text_of
from ingest.extract.page.nearby_lines import NearbyLines
from ingest.extract.refusal import Refusal, refuse_page
from ingest.templates.field_rules import (
    own_names,
    read_authors,
    read_standfirst,
    read_time,
    read_title,
)
from ingest.templates.reading_values import Misfit
from ingest.templates.text_walk import TextRead, read_text
from sources.source import ExtractRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from selectolax.lexbor import LexborNode

    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.extract.page.html_page import HtmlPage
    from ingest.templates.template import FieldRule, Place, Template
    from sources.link import Link
    from sources.source import Source
    from storage.article import Article, Block

__all__ = ["PageFacts", "containers_of", "read_by_template"]

#: Lines below the text that credits are looked for in.
_TAIL = 40
#: Characters at unknown paths, and their share of the text, from which the page does not fit.
_UNKNOWN, _UNKNOWN_SHARE = 60, 0.01
#: Share of the smallest text learned from, and characters, below which a text is too small.
_SMALLER, _LEAST = 0.25, 150
#: How many times the largest text learned from, and characters, above which one is too large.
_LARGER, _MUCH = 8, 20_000
#: Paragraphs outside the text, beside twice as many as pages learned from had.
_OUTSIDE = 12
#: Kinds that one template may draw: the page says which it is. Others have a text of another make.
_ONE_DESIGN = frozenset(["article", "opinion", "video"])
#: How many times the text JSON-LD or a feed may have, before it is another one.
_DESCRIBED = 2.5
#: Share of the words of a text that are its language's commonest.
_COMMON_WORDS = 0.06
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of a page beside its markup."""

    url: str | None
    now: datetime
    source: Source | None = None
    link: Link | None = None
    site: SiteLines | None = None
    headers: Mapping[str, str] | None = None


def containers_of(page: HtmlPage, place: Place) -> list[LexborNode]:
    """The elements that the first matching selector of ``place`` picks."""
    for selector in place.selectors:
        nodes = page.tree.css(selector)
        if nodes:
            return nodes
    return []


def read_by_template(
    page: HtmlPage, template: Template, facts: PageFacts, *, name: str = "template"
) -> Article | Misfit:
    """The article on ``page`` by ``template``; a misfit where it is not such a page.

    The tree is changed only where the template fits: sign-up boxes are taken out.
    """
    picked: list[LexborNode] = []
    for place in template.body:
        nodes = containers_of(page, place)
        if not nodes and place.required:
            return Misfit("no_place", place.selectors[0])
        if len(nodes) > max(place.most, 1):
            return Misfit("no_place", f"{place.selectors[0]} picks {len(nodes)} elements")
        picked += nodes
    if template.claims and not page.claims_article:
        return Misfit("claims", "the page does not say that it is an article")
    address = canonical_address(page, facts.url)
    # Before the text, which is long on pages of live blogs.
    live = is_live_blog(page, address)
    if live != (template.kind == "live_blog"):
        return Misfit("kind", "live_blog" if live else "no live_blog")
    text = _text(picked, template)
    misfit = _misfit(page, text, template, picked, facts.link)
    if misfit is not None:
        return misfit
    assert text.first is not None
    assert text.last is not None
    rules = facts.source.extract if facts.source is not None else ExtractRules()
    around = NearbyLines(page.h1, text.first, text.last, template.below)
    page.narrow(around)
    try:
        said = _metadata(page, template, facts, rules, around, address, live=live)
        if said is None:
            return Misfit("missing_field", "title")
        if said.kind != template.kind and not {said.kind, template.kind} <= _ONE_DESIGN:
            return Misfit("kind", said.kind)
        blocks = tuple(text.blocks)
        refusal = refuse_page(page, said.address or facts.url, blocks)
        if refusal is not None:
            return Misfit("refused", refusal.reason)
        boxes = without_sign_up_boxes(page.tree) if _asks_for_mail(picked) else ()
        outside = outside_lines(around.lines, rules.chrome, blocks) if rules.chrome else ()
        found = finish_article(
            page,
            said,
            Found(
                body=Body(blocks, tuple(text.struck)),
                extractor=name,
                head=tuple(
                    line.text
                    for line in around.head
                    if line.area not in ("nav", "button", "caption", "footer")
                ),
                tail=tuple(
                    line.text
                    for line in around.tail
                    if line.area not in ("nav", "button", "caption") and len(line.text) <= 600
                )[:_TAIL],
                struck=(*outside, *boxes),
            ),
            rules=rules,
            url=facts.url,
            source=facts.source,
            site=facts.site,
            language=lambda plain: _language(plain, said.declared_language, template, facts.source),
            standfirst=(
                (lambda blocks: _standfirst(page, template, blocks, said.title))
                if not rules.standfirst
                else None
            ),
        )
    finally:
        page.widen()
    return Misfit("refused", found.reason) if isinstance(found, Refusal) else found


@lru_cache(maxsize=256)
def _chrome_keys(lines: tuple[str, ...]) -> frozenset[str]:
    return frozenset(letters(line) for line in lines)


def _text(picked: list[LexborNode], template: Template) -> TextRead:
    chrome = _chrome_keys(template.chrome)
    result = TextRead()
    for node in picked:
        read = read_text(node, template, chrome)
        result.blocks += read.blocks
        result.struck += read.struck
        result.unknown += read.unknown
        result.first = result.first or read.first
        result.last = read.last or result.last
    return result


def _misfit(
    page: HtmlPage,
    text: TextRead,
    template: Template,
    picked: list[LexborNode],
    link: Link | None,
) -> Misfit | None:
    size = text.size
    if text.unknown > _UNKNOWN and text.unknown > _UNKNOWN_SHARE * (size + text.unknown):
        return Misfit("unknown_blocks", f"{text.unknown} characters at unknown places")
    if size < max(_LEAST, _SMALLER * template.smallest) or text.first is None or text.last is None:
        return Misfit("too_small", f"{size} characters")
    if size > max(_MUCH, _LARGER * template.largest):
        return Misfit("too_large", f"{size} characters")
    inside = sum(len(node.css("p")) for node in picked)
    outside = len(page.tree.css("p")) - inside
    if outside > 2 * template.outside + _OUTSIDE:
        return Misfit("text_outside", f"{outside} paragraphs")
    described = (page.article_node or {}).get("articleBody")
    for announced in (described, link.content if link is not None else None):
        # Markup makes a feed's text longer; twice as long is another text.
        if isinstance(announced, str) and len(announced) <= _DESCRIBED * size:
            continue
        plain = announced if announced is not described else text_of(announced)
        if plain and len(plain) > _DESCRIBED * size:
            return Misfit("described_longer", f"{len(plain)} characters against {size}")
    return None


def _asks_for_mail(picked: list[LexborNode]) -> bool:
    return any(node.css_first('input[type="email"], input[name="email"]') for node in picked)


def _metadata(
    page: HtmlPage,
    template: Template,
    facts: PageFacts,
    rules: ExtractRules,
    around: NearbyLines,
    address: str | None,
    *,
    live: bool,
) -> PageMetadata | None:
    link = facts.link
    site_names = site_names_of(page, facts.source, address)
    section = section_of(page, rules.section, crumbs="breadcrumbs" not in template.lacks)
    title = None
    rule = template.fields.get("title")
    if rule is not None and not rules.title:
        title = read_title(page, rule)
        if title is not None and not _is_shown(page, rule, title):
            title = None
    if title is None:
        title = title_of(page, rules.title, link.title if link else None, site_names)
    if title is None and "title" in template.required:
        return None
    authors: tuple[Author, ...] = ()
    bylines: tuple[str, ...] = ()
    rule = template.fields.get("authors")
    if rule is not None and not rules.authors:
        authors, bylines = read_authors(page, rule, own_names(site_names))
    if not authors:
        page.widen()
        authors = credited_authors(page, rules.authors, link.authors if link else (), site_names)
        bylines = raw_bylines(page)
        page.narrow(around)
    published = modified = None
    rule = template.fields.get("published")
    if rule is not None and not rules.published:
        published = read_time(page, rule, facts.now)
    if published is None:
        published = published_time(
            page,
            link.published if link else None,
            rules.published,
            facts.now,
            page.language,
            address,
        )
    rule = template.fields.get("modified")
    if rule is not None:
        modified = read_time(page, rule, facts.now)
    if modified is None:
        modified = modified_time(page, facts.now)
    return PageMetadata(
        address=address,
        site_names=site_names,
        title=title,
        authors=authors,
        bylines=bylines,
        published=published,
        modified=modified,
        declared_language=page.language,
        section=section,
        tags=tags_of(page, rules.tags),
        image=lead_image_of(page, address),
        publisher=publisher_of(page),
        kind=kind_of(page, address, live=live),
        paid=is_paid(page, address, section),
        reuse=reuse_of(page, facts.headers, facts.url),
    )


def _is_shown(page: HtmlPage, rule: FieldRule, title: str) -> bool:
    """Whether the headline, where there is one, says the title that the page states elsewhere.

    Where it does not, which of them is meant takes more than a rule.
    """
    if rule.origin == "select" or not page.headings:
        return True
    key = letters(title)
    return any(letters(text) == key for text in page.headings)


def _standfirst(
    page: HtmlPage, template: Template, blocks: tuple[Block, ...], title: str | None
) -> str | None:
    rule = template.fields.get("standfirst")
    text = read_standfirst(page, rule) if rule is not None else None
    if text is not None and stands_apart(text, blocks, title):
        return text
    if not template.standfirsts:
        return None
    marked = "marked_standfirst" not in template.lacks
    return standfirst_of(page, (), blocks, title, marked=marked)


def _language(
    plain: str, declared: str | None, template: Template, source: Source | None
) -> str | None:
    """As declared, where the commonest words of the template's texts bear it out; else as detected."""
    if declared and declared == template.language and template.words:
        common = frozenset(template.words)
        for sample in (plain[:240], plain[:800]):
            found = _WORD.findall(sample.lower())
            if sum(word in common for word in found) >= _COMMON_WORDS * len(found) > 1:
                return declared
    return language_of(plain, declared or (source.language if source is not None else None))
