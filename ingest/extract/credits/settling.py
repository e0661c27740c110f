"""From weighed candidates to credits: which are kept, which turned down, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extract.credits.candidate import Candidate
from ingest.extract.credits.names import spelling_in
from ingest.extract.credits.own_house import OwnHouse
from ingest.extract.credits.rights import is_copyright
from ingest.extract.credits.spot import Spot
from ingest.extract.credits.weighing import Placed, key_of
from storage.article import Credit

__all__ = ["LEAST", "Considered", "decided_unweighed", "settle"]

#: The probability from which a candidate is a credit: F1 on sites that were not seen is highest there.
LEAST = 0.4
_HOUSE_ROLES = frozenset(["agency", "original_publisher", "source"])


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate, how likely it is, and what was decided."""

    candidate: Candidate
    spot: Spot
    probability: float
    credited: bool
    #: Why it was kept or turned down, in a word or two.
    reason: str
    #: Whether it names the page's own house.
    own: bool = False

    def as_credit(self, probability: float) -> Credit:
        """It as articles carry it; ``probability`` is that of all lines together that say so."""
        candidate, house = self.candidate, self.candidate.house
        return Credit(
            candidate.role,
            candidate.name,
            candidate.evidence,
            self.spot.where,
            stated=spelling_in(candidate.evidence, house) if house is not None else None,
            house=house.id if house is not None else None,
            probability=round(probability, 3),
            cue=candidate.cue or candidate.form,
        )


def decided_unweighed(each: Placed, own: OwnHouse) -> str | None:
    """Why ``each`` is turned down however likely it is; ``None`` where that depends on how likely it is."""
    candidate, spot = each.candidate, each.spot
    if candidate.role in _HOUSE_ROLES and own.owns(candidate.name, candidate.house):
        return "own_house"
    if candidate.label and spot.after_caption and spot.last > 0:
        return "under_a_picture"
    return None


def settle(
    found: Sequence[Placed], likely: Sequence[float], own: OwnHouse
) -> tuple[Considered, ...]:
    """What is decided on each of ``found``, of which ``likely`` holds the probabilities."""
    keys = [key_of(each.candidate.name, each.candidate.house) for each in found]
    decided = [decided_unweighed(each, own) for each in found]
    reasons = [
        reason or ("likely" if p >= LEAST else "unlikely")
        for reason, p in zip(decided, likely, strict=True)
    ]
    kept = [reason == "likely" for reason in reasons]

    def turn_down(number: int, reason: str) -> None:
        kept[number], reasons[number] = False, reason

    # "© The Associated Press" says whose the text is only where nothing else does.
    agencies = {
        key
        for key, each, is_kept in zip(keys, found, kept, strict=True)
        if is_kept and each.candidate.role == "agency"
    }
    published = {
        key
        for key, each, is_kept in zip(keys, found, kept, strict=True)
        if is_kept and each.candidate.role == "original_publisher"
    }
    for number, each in enumerate(found):
        if not kept[number]:
            continue
        role = each.candidate.role
        if role == "agency" and len(agencies) > 1 and is_copyright(each.candidate.evidence):
            turn_down(number, "another_agency_is_credited")
        elif role == "source" and keys[number] in published:
            turn_down(number, "credited_as_original_publisher")
    return tuple(
        Considered(each.candidate, each.spot, p, is_kept, reason, before == "own_house")
        for each, p, is_kept, reason, before in zip(
            found, likely, kept, reasons, decided, strict=True
        )
    )
