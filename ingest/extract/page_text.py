"""The text of a page, by whichever way is surest: selectors, blocks, density, JSON-LD, scripts, feed.

It is what the source file's selectors pick, or its platform's where those are sure; else it is decided
block by block (``body.decisions``). For markup of the first decades of the web density stands in, for a
page that shows little of itself the text in its JSON-LD, in its scripts or in its feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.body.choice import body_by_json_ld, body_by_scripts, body_of, decide_on
from ingest.extract.body.density import body_by_density
from ingest.extract.body.selected import Body, body_by_selectors
from ingest.extract.body.teasers import teaser_blocks
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page.prose import weighted_size
from sources.markup import excess
from sources.source import ExtractRules

if TYPE_CHECKING:
    from ingest.extract.body.decisions import Decided
    from ingest.extract.page_rules import PageRules
    from sources.link import Link

__all__ = ["PageText", "text_of_page"]

#: Weighted characters below which a generic body is doubted: other ways are tried beside it.
LEAST_GENERIC = 250
#: The same, of a text that selectors picked, or that a feed gives, below which it is none.
LEAST_PICKED = 200


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, and how it was come by."""

    body: Body | None
    extractor: str
    #: ``None`` where selectors that are sure picked the text, and no block was decided on.
    decided: Decided | None = None


def text_of_page(page: HtmlPage, chosen: PageRules, link: Link | None) -> PageText:
    """The text of ``page`` by the surest way that ``chosen``, its blocks and what it says of itself leave.

    ``link``: what announced it, which may carry the text.
    """
    rules, layer = chosen.rules, chosen.layer
    by_rules = body_by_selectors(page.tree, rules) if rules.body else None
    picked = by_rules is not None and _size(by_rules) >= LEAST_PICKED
    if picked and (layer == "source" or layer == "platform:wix"):
        return PageText(by_rules, layer)
    fallback = _feed_body(link) if link and link.content else None
    announced = "\n".join(block.text for block in fallback.blocks) if fallback else None
    decided = decide_on(page, announced)
    generic = body_of(decided)
    if picked and not generic.blocks:
        return PageText(by_rules, layer, decided)
    if _size(generic) < LEAST_GENERIC:
        teasers = [page.blocks.blocks[number].text for number in teaser_blocks(page.blocks)]
        dense = body_by_density(page.tree, page.lines, teasers)
        if dense is not None and dense.size > 2 * generic.size:
            generic = dense
    described = body_by_json_ld(page, generic)
    if described is not None:
        return PageText(described, "json_ld", decided)
    carried = body_by_scripts(page, generic)
    if carried is not None:
        return PageText(carried, "script", decided)
    if fallback is not None and fallback.size > 2 * generic.size:
        return PageText(fallback, "feed", decided)
    if generic.blocks:
        return PageText(generic, "generic", decided)
    return PageText(fallback, "feed" if fallback else "generic", decided)


def _size(body: Body) -> int:
    return sum(weighted_size(block.text) for block in body.blocks)


def _feed_body(link: Link) -> Body | None:
    content = f"<html><body><div id='feed-content'>{link.content}</div></body></html>"
    if excess(content.encode("utf-8", "replace")) is not None:
        return None
    page = HtmlPage.parse(content)
    found = body_by_selectors(page.tree, ExtractRules(body=("#feed-content",)))
    return found if found and _size(found) >= LEAST_PICKED else None
