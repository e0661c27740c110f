"""What of an article is searched; made where the article is, so it knows of no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.text.tokens import tokens_of

__all__ = ["Searchable"]


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of an article is searched, as tokens, one blank apart."""

    title: str
    #: Standfirst and body.
    text: str
    authors: str
    credits: str

    @classmethod
    def of(
        cls,
        *,
        title: str | None,
        standfirst: str | None,
        body: Sequence[str],
        authors: Sequence[str],
        credits: Sequence[str],
    ) -> Searchable:
        """From the texts of an article, its ``body`` as tokens already."""
        return cls(
            title=" ".join(tokens_of(title or "")),
            text=" ".join([*tokens_of(standfirst), *body] if standfirst else body),
            authors=" ".join(tokens_of("\n".join(authors))),
            credits=" ".join(tokens_of("\n".join(credits))),
        )
