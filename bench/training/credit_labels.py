"""Pages with labelled credits, and whether a candidate on one of them is right."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.training.sites import CorpusPage, corpus_pages

__all__ = ["CreditPage", "credit_pages"]

FOLDER = "attribution"
_LEGAL = frozenset("inc llc ltd gmbh ag se ev co plc".split())


@dataclass(frozen=True, slots=True)
class CreditPage:
    """One page and the credits that a reader found on it."""

    page: CorpusPage
    #: (role, name) of every reading that is right, and of those the ones that may be left out.
    right: frozenset[tuple[str, str]]
    optional: frozenset[tuple[str, str]]

    def label(self, role: str, name: str) -> float | None:
        """1 where ``name`` in ``role`` is a credit, 0 where it is none; ``None`` where either will do."""
        key = (role, _one_name(str(self.page.folder.parent), name))
        if key in self.right:
            return 1.0
        return None if key in self.optional else 0.0


def credit_pages(corpus: Path) -> list[CreditPage]:
    """The pages of ``corpus`` whose credits are labelled."""
    return [_labelled(page) for page in corpus_pages(corpus / FOLDER)]


def _labelled(page: CorpusPage) -> CreditPage:
    corpus = str(page.folder.parent)
    right: set[tuple[str, str]] = set()
    optional: set[tuple[str, str]] = set()
    for credit in page.truth["credits"]:
        names = (credit["name"], *credit.get("accept", ()))
        roles = (credit["role"], *credit.get("accept_role", ()))
        into = optional if credit.get("optional") else right
        into |= {(role, _one_name(corpus, name)) for role in roles for name in names}
    return CreditPage(page, frozenset(right), frozenset(optional - right))


def _one_name(corpus: str, name: str) -> str:
    plain = _plain(name)
    return _aliases(corpus).get(plain, plain)


@cache
def _aliases(corpus: str) -> dict[str, str]:
    stored = json.loads((Path(corpus) / FOLDER / "aliases.json").read_text("utf-8"))
    table: dict[str, str] = {}
    for name, others in stored.items():
        for each in (name, *others):
            table.setdefault(_plain(each), _plain(name))
    return table


def _plain(name: str) -> str:
    """As the corpus' own ``score.py`` folds names."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("e.v.", "ev")
    text = re.sub(r"^(https?://)?(www\.)?", "", text.strip())
    words = re.sub(r"[^\w+&]+", " ", text).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)
