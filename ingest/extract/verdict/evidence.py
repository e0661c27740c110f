"""What speaks for and against an article on a page, in one row: what ``model`` weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.page.prose import weighted_size
from ingest.extract.verdict.body_evidence import body_says, kept_numbers
from ingest.extract.verdict.cells import cells_say
from ingest.extract.verdict.page_evidence import elements_say, page_says
from ingest.extract.verdict.place import address_says
from ingest.extract.verdict.said import said_of_itself

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.body.decisions import Decided
    from ingest.extract.page.html_page import HtmlPage
    from storage.article import Block

__all__ = ["evidence_of"]


def evidence_of(
    page: HtmlPage,
    decided: Decided,
    blocks: Sequence[Block],
    *,
    url: str | None,
    home: str | None = None,
    title: str | None = None,
    dated: bool = False,
    authors: int = 0,
) -> dict[str, float]:
    """The columns of ``page``, of which ``blocks`` were taken for its text."""
    kept = kept_numbers(decided, blocks)
    elements, itemtypes = elements_say(page)
    return {
        **said_of_itself(page, itemtypes, blocks),
        "title_size": float(min(weighted_size(title or ""), 200)),
        "dated": float(dated),
        "authors": float(min(authors, 3)),
        **address_says(url, home),
        **body_says(decided, blocks, kept),
        **cells_say(decided.page, kept),
        **page_says(page, decided, kept),
        **elements,
    }
