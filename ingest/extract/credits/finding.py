"""One credit as a line gives it, before the page's credits are put together."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.extract.credits.gazetteer import House
from ingest.extract.credits.phrases import phrase_words, tokens_of
from storage.article import CreditRole

__all__ = ["LONGEST_LINE", "Finding", "speaks_of_pictures"]

#: Longer lines are paragraphs: only their ends are read.
LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """One credit that a line gives."""

    role: CreditRole
    name: str
    #: The words that say so, as they stand in the line.
    evidence: str
    house: House | None = None
    #: Whether the words announce a source line ("Quelle:"), which pictures have as well.
    label: bool = False


def speaks_of_pictures(text: str) -> bool:
    """Whether ``text``, what a source line or byline says, names who supplies pictures."""
    words = {token.text for token in tokens_of(text[:120])[:14]}
    return bool(words & phrase_words("not_a_text_source"))
