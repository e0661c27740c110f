"""Every name that a page may credit its text to, kept or turned down, and what spoke for it: lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.extract.credits.page_credits import candidates_on
from ingest.extract.credits.settling import settle
from ingest.extract.credits.weighing import credits_model
from ingest.extract.extraction import credits_input, unpacked
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from sources.client.answer.charset import decode_page
from storage.article import Article

if TYPE_CHECKING:
    from ingest.extract.credits.settling import Considered
    from sources.source import Source

__all__ = ["explain_credits"]

#: Candidates turned down that are told: the likeliest.
_MOST_TURNED_DOWN = 12
_LONGEST = 100


def explain_credits(
    body: bytes, content_type: str | None, article: Article, source: Source | None = None
) -> tuple[str, ...]:
    """A line for each candidate, those kept first; of a text dump for each of its credits.

    ``credit kept: agency Reuters (dateline, dateline): 'LONDON (Reuters) -' (0.98: convention +2.1, ...)``.
    What only the endpoint said of the page is not known here.

    Args:
        body: the page or text that ``article`` was made of.
        content_type: the header, where there was one.
        article: what was made of it.
        source: whose page it is.
    """
    if article.extractor == "text":
        return tuple(
            f"credit kept: {each.role} {each.name} ({each.cue}, {each.where}): {_shown(each.evidence)}"
            f" ({each.probability:.2f})"
            for each in article.credits
            if each.probability is not None
        )
    text, _ = decode_page(unpacked(body), content_type)
    page = HtmlPage.parse(text)
    reading = credits_input(page, PageContext(article.url, content_type, source))
    if reading is None:
        return ()
    found = candidates_on(reading)
    if not found.placed:
        return ()
    model = credits_model()
    considered = settle(found.placed, model.probabilities(found.rows), found.own)
    told = [(each, model.reasons(row)) for each, row in zip(considered, found.rows, strict=True)]
    return tuple(_lines(told))


def _lines(told: list[tuple[Considered, list[tuple[str, float]]]]) -> Iterator[str]:
    kept = [each for each in told if each[0].credited]
    others = sorted(
        (each for each in told if not each[0].credited), key=lambda e: -e[0].probability
    )
    for considered, because in (*kept, *others[:_MOST_TURNED_DOWN]):
        candidate = considered.candidate
        how = "kept" if considered.credited else f"turned down ({considered.reason})"
        why = ", ".join(f"{name} {by:+.1f}" for name, by in because)
        yield (
            f"credit {how}: {candidate.role} {candidate.name}"
            f" ({candidate.cue or candidate.form}, {considered.spot.where}):"
            f" {_shown(candidate.evidence)} ({considered.probability:.2f}: {why})"
        )
    if len(others) > _MOST_TURNED_DOWN:
        yield f"credit turned down: {len(others) - _MOST_TURNED_DOWN} less likely ones"


def _shown(evidence: str) -> str:
    text = " ".join(evidence.split())
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
