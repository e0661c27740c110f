"""Why extraction did what it did: the page as blocks, each kept or struck, by whose word.

Extraction itself remembers little of this, for speed; the page is read a second time and held
against the article that was made of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from ingest.extract.body.choice import SHORTENED, decide_on, reason_of
from ingest.extract.body.decisions import Decided, Decision
from ingest.extract.body.selected import without_sign_up_boxes
from ingest.extract.extraction import read_parsed, text_of_body, unpacked
from ingest.extract.page.folding import letters
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.refusal import Refusal
from ingest.extract.verdict.model import reasons
from sources.client.answer.charset import decode_page
from storage.article import Article, Credit, Struck

__all__ = ["ExplainedBlock", "ExplainedVerdict", "explain_bytes", "explain_verdict"]

Verdict = Literal["kept", "caption", "struck", "outside", "title", "standfirst"]

#: Likelihood of a block outside the text from which it is told one by one, not counted.
_WORTH_TELLING = 0.05
_PROBE = 40


@dataclass(frozen=True, slots=True)
class ExplainedBlock:
    """One block of a page and what became of it."""

    text: str
    type: str
    verdict: Verdict
    #: How likely the block model held it for the article's, 0 to 1; ``None`` where it was not asked.
    likely: float | None = None
    #: Kind of chrome, for what was struck or stands outside.
    reason: str | None = None
    #: What said so.
    rule: str | None = None
    #: The credits read from it, as "role name".
    credits: tuple[str, ...] = ()
    #: What each witness said: ``markup``, ``json_ld``, ``trafilatura``.
    witnesses: tuple[tuple[str, bool], ...] = ()
    #: What moved the block model most, with by how much in log-odds.
    because: tuple[tuple[str, float], ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether it is worth a line of its own: menus and footers are not."""
        return self.verdict != "outside" or (self.likely or 0.0) >= _WORTH_TELLING


@dataclass(frozen=True, slots=True)
class ExplainedVerdict:
    """What a page was taken for, and by what evidence."""

    #: ``article``, or the reason of its refusal.
    verdict: str
    #: How likely it was held for an article; ``None`` where nothing was weighed.
    probability: float | None
    #: (column of the evidence, its value, by how much it moved the log-odds towards an article), the
    #: strongest first.
    because: tuple[tuple[str, float, float], ...] = ()


def explain_verdict(body: bytes, about: PageContext) -> ExplainedVerdict | None:
    """What the page ``body`` was taken for; ``None`` for a text dump and for what is no page."""
    text = text_of_body(body, url=about.url, content_type=about.content_type)
    if isinstance(text, Refusal) or not text.is_html:
        return None
    found, judged = read_parsed(HtmlPage.parse(text.markup), about)
    because = reasons(judged.evidence) if judged.evidence is not None else []
    if judged.announced:
        because = [*because, ("announced_title", 1.0, judged.announced)]
    if judged.listed:
        because = [*because, ("address_of_lists", 1.0, judged.listed)]
    return ExplainedVerdict(
        found.reason if isinstance(found, Refusal) else "article",
        judged.probability,
        tuple(sorted(because, key=lambda each: -abs(each[2]))),
    )


def explain_bytes(
    body: bytes, content_type: str | None, article: Article
) -> tuple[ExplainedBlock, ...]:
    """The blocks of the page or text dump ``body``, of which ``article`` was made, in its order."""
    text, _ = decode_page(unpacked(body), content_type)
    return _text_blocks(article) if article.extractor == "text" else _page_blocks(text, article)


def _page_blocks(text: str, article: Article) -> tuple[ExplainedBlock, ...]:
    """The blocks of the page with the markup ``text``, of which ``article`` was made, in its order."""
    page = HtmlPage.parse(text)
    without_sign_up_boxes(page.tree)
    decided = decide_on(page)
    kept = Counter(letters(b.text) for b in article.blocks if b.type != "caption")
    captions = {letters(b.text) for b in article.blocks if b.type == "caption"}
    struck = {letters(s.text): s for s in reversed(article.struck)}
    explained = []
    for number, decision in enumerate(decided.decisions):
        key = letters(decision.block.text)
        verdict: Verdict
        found: Struck | None = None
        if kept[key] > 0:
            kept[key] -= 1
            verdict = "kept"
        elif key in captions:
            verdict = "caption"
        elif article.title and key == letters(article.title):
            verdict = "title"
        elif article.standfirst and key == letters(article.standfirst):
            verdict = "standfirst"
        else:
            found = struck.get(key) or struck.get(letters(decision.block.text[:SHORTENED]))
            verdict = "struck" if found else "outside"
        explained.append(_explained(decided, number, decision, verdict, found, article.credits))
    return tuple(explained)


def _text_blocks(article: Article) -> tuple[ExplainedBlock, ...]:
    """The lines of a text dump: those kept in their order, then those struck."""
    kept = [
        ExplainedBlock(
            block.text,
            block.type,
            "caption" if block.type == "caption" else "kept",
            credits=_credits_of(block.text, article.credits),
        )
        for block in article.blocks
    ]
    struck = [
        ExplainedBlock(
            line.text,
            "line",
            "struck",
            reason=line.reason,
            rule=line.rule,
            credits=_credits_of(line.text, article.credits),
        )
        for line in article.struck
    ]
    return (*kept, *struck)


def _explained(
    decided: Decided,
    number: int,
    decision: Decision,
    verdict: Verdict,
    found: Struck | None,
    credits: tuple[Credit, ...],
) -> ExplainedBlock:
    told = verdict != "outside" or decision.probability >= _WORTH_TELLING
    reason = found.reason if found else reason_of(decided.page, number) if told else None
    return ExplainedBlock(
        decision.block.text,
        decision.block.type,
        verdict,
        likely=decision.probability,
        reason=reason if verdict in ("struck", "outside") else None,
        rule=found.rule if found else None,
        credits=_credits_of(decision.block.text, credits),
        witnesses=decision.witnesses,
        because=tuple(decided.reasons(number)) if told else (),
    )


def _credits_of(text: str, credits: tuple[Credit, ...]) -> tuple[str, ...]:
    """The credits whose evidence stands in ``text``."""
    key = letters(text)
    return tuple(
        f"{credit.role} {credit.name}"
        for credit in credits
        if (evidence := letters(credit.evidence)[:_PROBE]) and evidence in key
    )
