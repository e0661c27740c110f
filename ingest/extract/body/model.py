"""How likely each block of a page is to belong to the article: boosted decision trees.

Two ensembles (``data/body_model.json``): one that knows the page alone, one that also knows what
trafilatura took for the text, asked where the first is unsure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.body.columns import NAMES
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    from ingest.extract.trees import Ensemble

__all__ = ["COLUMNS", "EXTRA", "UNHEARD", "model"]

#: Columns behind those of ``features``, read by the ensemble that knows the second witness:
#: whether trafilatura has the block, the one before, the one after (2 as a line of its own, 1 inside
#: another, 0 not, -1 where it has no text at all).
EXTRA = ("witness", "witness_before", "witness_after")
#: What they are where the second witness was not heard, or has no text.
UNHEARD = (-1.0, -1.0, -1.0)
#: The columns that each ensemble is asked with.
COLUMNS = {
    "page": NAMES,
    "witness": (*NAMES, *EXTRA),
}


def model(name: str) -> Ensemble:
    """The ensemble ``"page"`` (knows the page alone) or ``"witness"`` (and the other extractor)."""
    return ensemble("body", name, COLUMNS[name])
