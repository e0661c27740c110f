"""The last steps to an article, the same whichever layer found its text: credits, chrome, repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.chrome.chrome import ChromeContext, chrome_kind, strike_chrome
from ingest.extract.chrome.entry_times import strike_entry_times
from ingest.extract.chrome.lines_apart import lines_apart
from ingest.extract.chrome.repeats import strike_repeats
from ingest.extract.chrome.site_lines import SiteLines, strike_site_lines
from ingest.extract.credits.page_credits import CreditInput, read_credits
from ingest.extract.credits.stated import marked_sources, stated_on
from ingest.extract.metadata.title import titles_of
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.json_ld import text_of
from ingest.extract.page.surroundings import Surroundings
from ingest.extract.parts.named_parts import may_go_on, named_parts
from ingest.extract.verdict.walls import refuse_without_text
from storage.article import Article, Block, Struck

if TYPE_CHECKING:
    from ingest.extract.body.selected import Body
    from ingest.extract.metadata.field_source import FieldSource
    from ingest.extract.metadata.page_metadata import PageMetadata
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page.lines import Line
    from ingest.extract.page_context import PageContext
    from ingest.extract.refusal import Refusal

__all__ = ["Found", "finish_article", "outside_lines"]


#: Characters from which a text is more than the beginning that a paywall shows.
_WHOLE = 1500


@dataclass(frozen=True, slots=True)
class Found:
    """The text of a page as one of the layers found it, before credits are read."""

    body: Body
    #: Which layer found it.
    extractor: str
    #: Visible lines around it, as a reader meets them.
    around: Surroundings = Surroundings()  # noqa: RUF009 - frozen
    #: What was left out on the way, beside what ``body`` tells.
    struck: tuple[Struck, ...] = ()
    #: How likely the page was held for an article; ``None`` where nothing was weighed.
    probability: float | None = None


def finish_article(fields: FieldSource, said: PageMetadata, found: Found) -> Article | Refusal:
    """The article that ``found`` makes with what the page says; refused where nothing is left.

    Args:
        fields: the page; tells what can only be told once the text is known.
        said: what the page says beside the text.
        found: its text.
    """
    page, rules, about = fields.page, fields.rules, fields.about
    body = found.body
    reading = read_credits(credit_input(fields, said, found))
    titles = titles_of(page, said.title)
    blocks, struck = strike_chrome(
        lines_apart(reading.blocks, titles, said.authors),
        ChromeContext(
            titles=titles,
            authors=said.authors,
            site_name=said.site_name,
            lines=rules.chrome,
            language=said.declared_language,
        ),
    )
    blocks, repeated = strike_repeats(blocks, said.authors)
    blocks, times = strike_entry_times(blocks, live=said.kind == "live_blog")
    # What the operator's own selectors pick is the operator's word.
    known = about.site if about.site is not None and found.extractor != "source" else SiteLines()
    blocks, sites = strike_site_lines(blocks, known) if known.counts else (blocks, ())
    leading, blocks = _standfirst_above(page, _without_lost_ends(blocks))
    above = (Struck(leading, "standfirst"),) if leading is not None else ()
    if not any(block.type in ("paragraph", "list_item", "quote") for block in blocks):
        return refuse_without_text(page, said.url)
    return Article(
        **said.of_article(),
        blocks=blocks,
        standfirst=leading if leading is not None else fields.standfirst(blocks, said.title),
        language=fields.language(" ".join(block.text for block in blocks)),
        credits=reading.credits,
        struck=(
            *found.struck,
            *body.struck,
            *reading.struck,
            *struck,
            *repeated,
            *times,
            *sites,
            *above,
        ),
        complete=_is_complete(page, blocks) and not _goes_on(page, about, found),
        source=about.source.name if about.source else None,
        extractor=found.extractor,
        probability=found.probability,
    )


def credit_input(fields: FieldSource, said: PageMetadata, found: Found) -> CreditInput:
    """Everything on the page of ``fields`` that may name a credit of the text ``found``."""
    page, about = fields.page, fields.about
    return CreditInput(
        head=found.around.above,
        blocks=found.body.blocks,
        tail=found.around.below,
        between=found.around.between,
        byline=said.bylines,
        site_name=said.site_name,
        page_url=about.url or said.url,
        canonical_url=page.absolute(page.canonical, about.url),
        publisher=said.publisher,
        stated=page.once("stated credits", lambda: tuple(stated_on(page, about.link))),
        marked=lambda: page.once("marked sources", lambda: marked_sources(page)),
        title=said.title or "",
        language=said.declared_language or "",
    )


def _standfirst_above(
    page: HtmlPage, blocks: tuple[Block, ...]
) -> tuple[str | None, tuple[Block, ...]]:
    """The standfirst where it is a heading of its own above the text, and the text without it.

    Only a heading: a first paragraph often is the description too, and belongs to the text.
    """
    if len(blocks) < 3 or blocks[0].type != "heading":
        return None, blocks
    described = (
        text_of((page.article_node or {}).get("description")),
        page.first_meta("og:description", "description"),
    )
    if letters(blocks[0].text) in {letters(text) for text in described if text}:
        return blocks[0].text, blocks[1:]
    return None, blocks


def _without_lost_ends(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without headings at the end, which introduce what was struck below them."""
    end = len(blocks)
    while end and blocks[end - 1].type == "heading":
        end -= 1
    return blocks[:end]


def outside_lines(
    lines: tuple[Line, ...], chrome: tuple[str, ...], blocks: tuple[Block, ...]
) -> tuple[Struck, ...]:
    """Chrome lines named by source or platform that stand outside the body: page anchors, ads."""
    if not chrome:
        return ()
    named = {fold(line) for line in chrome}
    inside = {fold(block.text) for block in blocks}
    return tuple(
        Struck(line.text, chrome_kind(line.text, edge=True) or "source_line")
        for line in lines
        if len(line.text) < 300 and fold(line.text) in named and fold(line.text) not in inside
    )


def _goes_on(page: HtmlPage, about: PageContext, found: Found) -> bool:
    """Whether the page says that its article goes on at another one."""
    if about.first_part is not None:
        return False
    # All links are asked only where the lines around what a template has read give a reason to.
    near = (
        *(line.text for line in found.around.below),
        *(struck.text for struck in found.body.struck),
    )
    if found.extractor.startswith("template:") and not may_go_on(near):
        return False
    return bool(named_parts(page, about.url))


def _is_complete(page: HtmlPage, blocks: tuple[Block, ...]) -> bool:
    last = blocks[-1].text if blocks else ""
    if last.endswith(("[…]", "[...]", "(...)")):
        return False
    size = sum(len(block.text) for block in blocks)
    if size >= _WHOLE:
        return True
    node = page.article_node or {}
    free = node.get("isAccessibleForFree")
    if free is False or (isinstance(free, str) and free.strip().lower() in ("false", "no")):
        return False
    body = text_of(node.get("articleBody"))
    return not body or len(body) <= 2 * size
