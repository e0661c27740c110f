"""One name that a line, or the page's metadata, may credit the text to; whether it does is weighed later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ingest.extract.credits.gazetteer import House
from ingest.extract.credits.grammar.cues import has_words, tokens_of
from storage.article import CreditRole

__all__ = ["FORMS", "LONGEST_LINE", "Candidate", "Form", "role_of", "speaks_of_pictures"]

#: Longer lines are paragraphs: only their ends are read.
LONGEST_LINE = 400

#: In what form a name is said: by a cue of the grammar, or by the place that it has alone.
Form = Literal[
    "cue",
    "label",
    "dateline",
    "sign_off",
    "mark_line",
    "last_words",
    "byline",
    "beside_own",
    "rights",
    "host_line",
    "name_line",
    "canonical",
    "metadata",
    "logo",
]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One name with the role that the words around it give."""

    role: CreditRole
    #: The spelling of the gazetteer where it knows the house, else as the page writes it.
    name: str
    #: The words that say so, as they stand in the line.
    evidence: str
    house: House | None = None
    #: Whether the words announce a source line ("Quelle:"), which pictures have as well.
    label: bool = False
    form: Form = "cue"
    #: Kind of the cue ("source_label", "contributed"); the form where there is none.
    cue: str = ""
    #: Whether its words are a line of their own.
    own_line: bool = True
    #: How many names the same words give.
    listed: int = 1
    #: Whether its form is one that other lines have as well, such as a place in small letters before a dash.
    loose: bool = False


def role_of(house: House | None, otherwise: CreditRole) -> CreditRole:
    """The role of a name: that of an agency is ``agency``, of others ``otherwise``."""
    return "agency" if house is not None and house.kind == "agency" else otherwise


def speaks_of_pictures(text: str) -> bool:
    """Whether ``text``, what a source line or byline says, names who supplies pictures."""
    words = [token.text for token in tokens_of(text[:120])[:14]]
    return has_words(words, "not_a_text_source")
