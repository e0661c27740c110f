"""Whether a candidate on a page with labelled credits is right; names are compared as the corpus' ``score.py`` does."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.credits.labels import LabelledPage, labelled_pages

__all__ = ["CreditPage", "credit_pages", "one_name"]

_LEGAL = frozenset("inc llc ltd gmbh ag se ev co plc".split())


@dataclass(frozen=True, slots=True)
class CreditPage:
    """One page and the credits that a reader found on it."""

    page: LabelledPage
    #: (role, name) of every reading that is right, and of those the ones that may be left out.
    right: frozenset[tuple[str, str]]
    optional: frozenset[tuple[str, str]]
    aliases: Path

    def label(self, role: str, name: str) -> float | None:
        """1 where ``name`` in ``role`` is a credit, 0 where it is none; ``None`` where either will do."""
        key = (role, one_name(self.aliases, name))
        if key in self.right:
            return 1.0
        return None if key in self.optional else 0.0


def credit_pages(corpus: Path) -> list[CreditPage]:
    """The pages of ``corpus`` whose credits are labelled."""
    aliases = corpus / "attribution" / "aliases.json"
    pages = []
    for page in labelled_pages(corpus, attribution_lines=None):
        readings = {
            wanted: frozenset(
                (role, one_name(aliases, name))
                for credit in page.credits
                if credit.optional is not wanted
                for role, name in credit.readings
            )
            for wanted in (True, False)
        }
        pages.append(CreditPage(page, readings[True], readings[False] - readings[True], aliases))
    return pages


def one_name(aliases: Path, name: str) -> str:
    """``name`` without what does not tell names apart; the one that the file ``aliases`` gives it."""
    plain = _plain(name)
    return _aliases(aliases).get(plain, plain)


@cache
def _aliases(file: Path) -> dict[str, str]:
    table: dict[str, str] = {}
    for name, others in json.loads(file.read_text("utf-8")).items():
        for each in (name, *others):
            table.setdefault(_plain(each), _plain(name))
    return table


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold().replace("e.v.", "ev")
    text = re.sub(r"^(https?://)?(www\.)?", "", text.strip())
    words = re.sub(r"[^\w+&]+", " ", text).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)
