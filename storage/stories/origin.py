"""Whose text a story is, inferred from whom its articles credit it to.

Nobody can credit himself into being the first: what counts is what articles of other houses say. A
house is told by its identifier, however it is written, and its own article by the house that its
source is (``sources.house``), which follows from the source's address; only a source of no known house
is told by its names. Pages of agency texts often name the agency as their publisher, so a page's word for
that counts last: of houses that no list knows, and where a source has no address.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from storage.text.tokens import fold

__all__ = ["SURE", "WEIGHTS", "CreditOf", "InferredFrom", "Member", "Origin", "infer_origin"]

#: What is less likely a credit than this says nothing of a story.
SURE = 0.8
#: How much one source says with a credit of each role. Whoever republishes names the house that he has
#: it from; an agency may have supplied a part; a source line may name whoever was asked.
WEIGHTS = {"original_publisher": 4, "agency": 2, "source": 1}

#: What "agencies" are credited as that a page does not name, by identifier and by name.
_UNNAMED = frozenset({"news-agencies", "newsagencies"})

InferredFrom = Literal["credits", "own_word"]


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story."""

    id: int
    source: str
    #: Of its source, by its address.
    house: str | None = None
    title: str | None = None
    #: By the page's own word.
    publisher: str | None = None
    #: Whether its source has an address, by which a house that is known would be told.
    has_home: bool = False


@dataclass(frozen=True, slots=True)
class CreditOf:
    """A credit of one of its articles."""

    article_id: int
    role: str
    name: str
    stated: str | None = None
    house: str | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The house that a story's text is from, as far as its articles tell."""

    name: str
    #: Identifier of the house, where it is known.
    house: str | None
    #: That house's own article in the story, where it has one.
    article_id: int | None
    #: ``credits``: articles of others say so; ``own_word``: only its own, which was seen first. ``None``,
    #: as the next, where it was inferred by an older version.
    inferred_from: InferredFrom | None
    #: How many sources say so.
    sources: int | None


def infer_origin(
    members: Sequence[Member], credits: Sequence[CreditOf], seen_first: int | None
) -> Origin | None:
    """The house that a story is from; ``None`` where no credit is sure enough.

    Args:
        members: its articles, the first filed first.
        credits: theirs, in order; those of roles without a weight say nothing.
        seen_first: number of the article that was seen first.
    """
    houses = _Houses(members, credits)
    by_id = {member.id: member for member in members}
    said: defaultdict[str, dict[str, int]] = defaultdict(dict)
    own: tuple[str, str] | None = None
    for credit in credits:
        weight = WEIGHTS.get(credit.role)
        if weight is None or (credit.probability is not None and credit.probability < SURE):
            continue
        if not _UNNAMED.isdisjoint((credit.house, *_names(credit.name))):
            continue
        house = houses.of(credit)
        member = by_id[credit.article_id]
        if houses.is_own(member, house):
            if member.id == seen_first and own is None:
                own = (house, member.source)
            continue
        sources = said[house]
        sources[member.source] = max(weight, sources.get(member.source, 0))
    basis: InferredFrom = "credits"
    if not said:
        if own is None:
            return None
        basis = "own_word"
        said[own[0]][own[1]] = 1
    # Of several that as much is said of, the one named first.
    most = max(said, key=lambda house: sum(said[house].values()))
    return Origin(
        name=houses.spelling(most),
        house=most if houses.is_known(most) else None,
        article_id=houses.own_article(members, most),
        inferred_from=basis,
        sources=len(said[most]),
    )


class _Houses:
    """The houses that a story's credits name: one key each, whichever way it is written."""

    def __init__(self, members: Sequence[Member], credits: Sequence[CreditOf]) -> None:
        #: Identifiers by the names that they are given in this story.
        self._known: dict[str, str] = {}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._spelled: dict[str, str] = {}
        self._identifiers = {each.house for each in credits if each.house}
        self._identifiers.update(each.house for each in members if each.house)
        for credit in credits:
            if credit.house is not None:
                for name in _names(credit.name, credit.stated):
                    self._known.setdefault(name, credit.house)
                self._spelled.setdefault(credit.house, credit.name)
        for member in members:
            if member.house is not None:
                for name in _names(member.title, member.source):
                    self._known.setdefault(name, member.house)
        for credit in credits:
            key = self.of(credit)
            self._names[key].update(_names(credit.name, credit.stated))
            self._spelled.setdefault(key, credit.name)

    def of(self, credit: CreditOf) -> str:
        """The key of the house that ``credit`` names: its identifier where one is known."""
        if credit.house is not None:
            return credit.house
        names = _names(credit.name, credit.stated)
        known = (self._known[name] for name in names if name in self._known)
        # No identifier has a blank in it.
        return next(known, f"name {names[0] if names else credit.name}")

    def is_known(self, key: str) -> bool:
        """Whether ``key`` is an identifier."""
        return key in self._identifiers

    def spelling(self, key: str) -> str:
        """The name of the house, as the first credit that knows it has it."""
        return self._spelled[key]

    def is_own(self, member: Member, key: str) -> bool:
        """Whether ``member`` is of that house."""
        if member.house is not None:
            return member.house == key
        told_by_address = member.has_home and self.is_known(key)
        own = _names(member.title, member.source, None if told_by_address else member.publisher)
        return not self._names[key].isdisjoint(own)

    def own_article(self, members: Sequence[Member], key: str) -> int | None:
        """The article of that house: the first of its own site, or else of its name."""
        own = [member for member in members if self.is_own(member, key)]
        return min(own, key=lambda each: (each.house is None, each.id)).id if own else None


def _names(*names: str | None) -> list[str]:
    """Names without article, blanks and hyphens."""
    found = (_bare(name) for name in names if name)
    return [name for name in found if name]


@lru_cache(maxsize=2048)
def _bare(name: str) -> str:
    # The articles of a story name few houses, each of them many times.
    return re.sub(r"^the |\W+", "", fold(name))
