"""One page by one template: its article, or why the template does not fit it.

selectolax alone; what the template has no rule for is read by the generic path's own functions, on
the lines around the article instead of on all lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.body.selected import Body, without_sign_up_boxes
from ingest.extract.finishing import Found, finish_article, outside_lines
from ingest.extract.metadata.page_metadata import read_metadata
from ingest.extract.page.folding import letters
from ingest.extract.page.json_ld import text_of
from ingest.extract.page.surroundings import Surroundings, above_text, below_text
from ingest.extract.refusal import Refusal
from ingest.extract.verdict.cheap import refuse_fitting_page
from ingest.templates.reading_values import Misfit
from ingest.templates.template_fields import TemplateFields
from ingest.templates.text_walk import TextRead, read_text
from sources.source import ExtractRules

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page_context import PageContext
    from ingest.templates.template import Place, Template
    from sources.link import Link
    from storage.article import Article

__all__ = ["containers_of", "read_by_template"]

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


def containers_of(page: HtmlPage, place: Place) -> list[LexborNode]:
    """The elements that the first matching selector of ``place`` picks."""
    for selector in place.selectors:
        nodes = page.tree.css(selector)
        if nodes:
            return nodes
    return []


def read_by_template(
    page: HtmlPage, template: Template, about: PageContext, *, name: str = "template"
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
    rules = about.source.extract if about.source is not None else ExtractRules()
    fields = TemplateFields(page, rules, about, template)
    # Before the text, which is long on pages of live blogs.
    if fields.is_live != (template.kind == "live_blog"):
        return Misfit("kind", "live_blog" if fields.is_live else "no live_blog")
    text = _text(picked, template)
    misfit = _misfit(page, text, template, picked, about.link)
    if misfit is not None:
        return misfit
    assert text.first is not None
    assert text.last is not None
    with fields.beside(text.first, text.last) as around:
        said = read_metadata(fields)
        if said.title is None and "title" in template.required:
            return Misfit("missing_field", "title")
        if said.kind != template.kind and not {said.kind, template.kind} <= _ONE_DESIGN:
            return Misfit("kind", said.kind)
        blocks = tuple(text.blocks)
        refusal = refuse_fitting_page(page, said.url or about.url, blocks, rules, said.kind)
        if refusal is not None:
            return Misfit("refused", refusal.reason)
        boxes = without_sign_up_boxes(page.tree) if _asks_for_mail(picked) else ()
        outside = outside_lines(around.lines, rules.chrome, blocks) if rules.chrome else ()
        found = finish_article(
            fields,
            said,
            Found(
                body=Body(blocks, tuple(text.struck)),
                extractor=name,
                around=Surroundings(above_text(around.head), (), below_text(around.tail)),
                struck=(*outside, *boxes),
            ),
        )
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
    outside, most = len(page.tree.css("p")), 2 * template.outside + _OUTSIDE
    if outside > most:
        outside -= sum(len(node.css("p")) for node in picked)
    if outside > most:
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
