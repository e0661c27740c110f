"""How likely a page is an article, and what it is where it is none: boosted decision trees.

``data/verdict_model.json`` holds ``article``, grown from articles and from pages that are none and
calibrated on sites that its trees had not seen (Platt, "Probabilistic outputs for support vector
machines", 1999; the two numbers stand in its leaves), and one ensemble a kind, grown from the latter
alone. ``bench/training/verdict.py`` grows them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ingest.extract.trees import ensemble
from ingest.extract.verdict.columns import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "kind_of_page", "likelihood", "odds_of_article", "reasons"]

#: What a page may be that is no article but shows text, with an ensemble each.
KINDS = ("listing", "product", "forum")


def odds_of_article(evidence: Mapping[str, float]) -> float:
    """The log-odds that the page with this ``evidence`` is an article."""
    return ensemble("verdict", "article", NAMES).odds([_row(evidence)])[0]


def likelihood(odds: float) -> float:
    """Log-odds as a probability, to three digits."""
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds)))), 3)


def kind_of_page(evidence: Mapping[str, float]) -> str:
    """Which of ``KINDS`` a page is that is no article."""
    row = _row(evidence)
    odds = {kind: ensemble("verdict", kind, NAMES).odds([row])[0] for kind in KINDS}
    return max(KINDS, key=lambda kind: odds[kind])


def reasons(evidence: Mapping[str, float], most: int = 6) -> list[tuple[str, float, float]]:
    """(column, its value, by how much it moved the log-odds towards an article), the strongest first."""
    row = _row(evidence)
    return [
        (name, evidence[name], by)
        for name, by in ensemble("verdict", "article", NAMES).reasons(row, most)
    ]


def _row(evidence: Mapping[str, float]) -> list[float]:
    return [evidence[name] for name in NAMES]
