"""The language that people search in, read into terms, and written for either database.

===============  ==============================================================================
``word``         the word stands somewhere in the article
``"two words"``  these words stand there in this order
``-word``        the article has it nowhere (also ``-"two words"``, ``-title:word``)
``title:word``   it stands in that field: title, text, author, credit (also authors, credits)
``elect*``       a word that begins so
===============  ==============================================================================

All terms have to be met. Case, accents and punctuation do not count; a word of a script without
blanks is looked for as the phrase of its signs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.errors import QueryError
from storage.search.index import WEIGHTS
from storage.text.tokens import tokens_of

__all__ = ["Term", "for_fts5", "for_tsquery", "parse_query"]

#: Terms of a query, at most.
MOST_TERMS = 32
_FIELDS = {
    "title": "title",
    "text": "text",
    "body": "text",
    "author": "authors",
    "authors": "authors",
    "credit": "credits",
    "credits": "credits",
}
_PIECE = re.compile(
    r'(?P<no>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
#: Longest token that either database takes.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that an article has to have, or must not have."""

    #: As ``storage.text.tokens`` makes them; several stand for a phrase.
    tokens: tuple[str, ...]
    #: ``title``, ``text``, ``authors``, ``credits``, or ``None`` for any of them.
    field: str | None = None
    negated: bool = False
    #: The last token is the beginning of a word.
    prefix: bool = False


def parse_query(query: str) -> tuple[Term, ...]:
    """The terms of ``query``.

    Raises:
        QueryError: it asks for nothing, only says what is not to be, or names an unknown field.
    """
    terms: list[Term] = []
    for piece in _PIECE.finditer(query):
        field = piece["field"]
        content = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        if field is not None and field.lower() not in _FIELDS:
            if content.startswith("//") or content[:1].isdigit():  # an address, a time
                content, field = f"{field} {content}", None
            else:
                raise QueryError(
                    f"{field}: is no field to search in; there are title, text, author, credit"
                )
        tokens = tuple(token for token in tokens_of(content) if len(token) <= _LONGEST)
        if not tokens:
            continue
        terms.append(
            Term(
                tokens,
                _FIELDS[field.lower()] if field else None,
                bool(piece["no"]),
                prefix=piece["phrase"] is None and content.endswith("*"),
            )
        )
    if not any(not term.negated for term in terms):
        raise QueryError(
            f"{query!r}: name at least one word that the articles have"
            if terms
            else f"{query!r}: has no word to search for"
        )
    if len(terms) > MOST_TERMS:
        raise QueryError(f"a query of {len(terms)} words; {MOST_TERMS} are looked for at most")
    return tuple(terms)


def for_fts5(terms: tuple[Term, ...]) -> str:
    """The terms as SQLite's FTS5 reads them (https://sqlite.org/fts5.html#full_text_query_syntax)."""

    def one(term: Term) -> str:
        phrase = f'"{" ".join(term.tokens)}"' + (" *" if term.prefix else "")
        return f"{term.field} : {phrase}" if term.field else phrase

    wanted = " AND ".join(one(term) for term in terms if not term.negated)
    unwanted = " OR ".join(one(term) for term in terms if term.negated)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def for_tsquery(terms: tuple[Term, ...]) -> str:
    """The terms as PostgreSQL's ``tsquery``."""

    def one(term: Term) -> str:
        weight = WEIGHTS[term.field] if term.field else ""
        lexemes = []
        for place, token in enumerate(term.tokens, 1):
            star = "*" if term.prefix and place == len(term.tokens) else ""
            lexemes.append(f"'{token}'" + (f":{star}{weight}" if star or weight else ""))
        phrase = f"({' <-> '.join(lexemes)})"
        return f"!{phrase}" if term.negated else phrase

    return " & ".join(map(one, terms))
