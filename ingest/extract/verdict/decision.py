"""What is this page? One decision, for every page that is read without a template.

In this order: what the source file says, error pages and walls (by their phrases), then the evidence,
weighed. A text that the operator's own selectors picked is not weighed. A page that a feed announced
under the title that it bears needs less to be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.extract.page.prose import weighted_size
from ingest.extract.refusal import Refusal, is_front_page
from ingest.extract.verdict.by_source import accepted_by_source, refused_by_source
from ingest.extract.verdict.evidence import evidence_of
from ingest.extract.verdict.model import kind_of_page, likelihood, odds_of_article
from ingest.extract.verdict.walls import error_or_wall, refuse_without_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.extract.body.decisions import Decided
    from ingest.extract.metadata.page_metadata import PageMetadata
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.page_context import PageContext
    from sources.link import Link
    from sources.source import ExtractRules
    from storage.article import Block

__all__ = ["LEAST", "Judged", "evidence_on", "judge"]

#: Probability from which a page is filed.
LEAST = 0.1
#: What it counts, in log-odds, that a feed announced the page under its title, and that something did.
_BY_FEED, _BY_TITLE = 2.0, 0.7
#: What it counts that the address is one of lists (a section, a tag, an author), or one word above
#: headlines that are nearly all links, and the page does not call itself an article: section fronts of
#: newspapers are hardly in the corpus that the trees grew from.
_LIST_ADDRESS, _LINKED = -3.0, 0.7
#: Weighted characters below which nothing is filed, whatever speaks for the page.
_LEAST_TEXT = 40
#: Letters that a title needs to be told from others.
_LEAST_TITLE = 8
_DETAILS = {
    "front_page": "the address is the front page of a site",
    "listing": "the page is made of links to other pages",
    "product": "the page sells something",
    "forum": "the page is a thread, or a list of threads",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A page, judged."""

    #: Why it is no article; ``None`` where it is one.
    refusal: Refusal | None
    #: How likely it was held for one; ``None`` where nothing was weighed.
    probability: float | None = None
    #: What was weighed, by the names of ``columns``.
    evidence: Mapping[str, float] | None = None
    #: How much, in log-odds, was added for what announced it.
    announced: float = 0.0
    #: And for an address of lists.
    listed: float = 0.0


def judge(
    page: HtmlPage,
    about: PageContext,
    said: PageMetadata,
    rules: ExtractRules,
    blocks: Sequence[Block],
    decided: Decided | None,
) -> Judged:
    """Whether ``page`` is an article with the text ``blocks``.

    Args:
        page: as it was read.
        about: what is known of it beside.
        said: what it says of itself.
        rules: of its source.
        blocks: its text; none where none was found.
        decided: the decisions on its blocks; ``None`` where the operator's selectors picked the text.
    """
    url = said.url or about.url
    addresses = (url, about.url)
    refusal = refused_by_source(rules, addresses, said.kind)
    if refusal is None and blocks:
        refusal = error_or_wall(page, url, blocks)
    if refusal is not None or (decided is None and blocks):
        return Judged(refusal)
    if decided is None:
        return Judged(refuse_without_text(page, url))
    evidence = evidence_on(page, about, said, blocks, decided)
    # The first page of an article names its further ones as surely as a feed does.
    announced = _BY_FEED if about.first_part is not None else _announced(page, about.link)
    listed = _LIST_ADDRESS if not page.claims_article and _is_of_lists(evidence) else 0.0
    odds = odds_of_article(evidence) + announced + listed
    probability = likelihood(odds)
    if sum(weighted_size(block.text) for block in blocks) < _LEAST_TEXT:
        refusal = _without_text(page, url, evidence, probability)
        return Judged(refusal, refusal.probability, evidence, announced, listed)
    kind = None
    if url and is_front_page(url) and not page.claims_article:
        kind = "front_page"
    elif probability < LEAST:
        kind = "front_page" if url and is_front_page(url) else kind_of_page(evidence)
    if kind is not None and not accepted_by_source(rules, addresses, kind):
        refusal = Refusal(url, kind, _DETAILS[kind], probability)
    return Judged(refusal, probability, evidence, announced, listed)


def _is_of_lists(evidence: Mapping[str, float]) -> bool:
    """Whether the address is one of lists: it says so, or is one word, and the headlines are links."""
    one_word = 1 <= evidence["address_depth"] <= 2 and evidence["address_words"] == 1
    numbered = evidence["address_number"] > 0 or evidence["address_dated"] > 0
    return evidence["address_list"] > 0 or (
        one_word and not numbered and evidence["linked_headings_share"] >= _LINKED
    )


def evidence_on(
    page: HtmlPage,
    about: PageContext,
    said: PageMetadata,
    blocks: Sequence[Block],
    decided: Decided,
) -> dict[str, float]:
    """The evidence that ``judge`` weighs."""
    return evidence_of(
        page,
        decided,
        blocks,
        url=said.url or about.url,
        home=about.source.home if about.source is not None else None,
        title=said.title,
        dated=said.published_at is not None,
        authors=len(said.authors),
    )


def _without_text(
    page: HtmlPage, url: str | None, evidence: Mapping[str, float], probability: float
) -> Refusal:
    """Why a page without a text is none; one that sells or is a forum's is not made of links."""
    refusal = refuse_without_text(page, url)
    if refusal.reason not in ("listing", "no_text"):
        return refusal
    kind = kind_of_page(evidence) if probability < LEAST else refusal.reason
    detail = _DETAILS.get(kind, refusal.detail)
    return Refusal(url, kind, detail, probability)


def _announced(page: HtmlPage, link: Link | None) -> float:
    """What it counts that the endpoint of ``link`` announced the page: under its title, with a time."""
    if link is None or not link.title:
        return 0.0
    title = letters(link.title)
    if len(title) < _LEAST_TITLE:
        return 0.0
    titles = (*page.shown_titles, page.first_meta("og:title"))
    if not any(title in letters(own) for own in titles if own):
        return 0.0
    return _BY_FEED if link.published or link.content else _BY_TITLE
