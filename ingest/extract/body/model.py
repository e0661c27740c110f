"""How likely each block of a page is to belong to the article: boosted decision trees.

The trees were grown by ``bench/body_training`` from labelled pages of some four hundred sites; what
is kept of those is counts and thresholds (``data/body_model.json``), no text. Two ensembles: one
that knows the page alone, one that also knows what trafilatura took for the text, asked where the
first is unsure. Reading a tree is a walk from its root, left where the feature is at most the
threshold; the sum of the leaves is the log-odds. A block's probability can be divided among the
features on its walks (Saabas, "Interpreting random forests", 2014), which ``--explain`` prints.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ingest.extract.body.columns import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["EXTRA", "Ensemble", "ensemble_of", "model"]

#: Columns behind those of ``features``, read by the ensemble that knows the second witness:
#: whether trafilatura has the block, the one before, the one after (2 as a line of its own, 1 inside
#: another, 0 not, -1 where it has no text at all).
EXTRA = ("witness", "witness_before", "witness_after")


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Decision trees as flat arrays: node ``n`` asks ``feature[n] <= threshold[n]``; leaves point to themselves."""

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    depth: int

    def probabilities(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The probability of each row, columns as in ``names``."""
        import numpy as np

        if not rows:
            return []
        table = np.asarray(rows, dtype=np.float64)
        starts = (np.arange(len(table)) * table.shape[1])[:, None]
        values = table.ravel()
        nodes = np.repeat(self.roots[None, :], len(table), axis=0)
        for _ in range(self.depth):
            asked = values.take(self.feature.take(nodes) + starts)
            goes_left = asked <= self.threshold.take(nodes)
            nodes = np.where(goes_left, self.left.take(nodes), self.right.take(nodes))
        odds = self.value.take(nodes).sum(axis=1)
        return [float(p) for p in 1.0 / (1.0 + np.exp(-odds))]

    def reasons(self, row: Sequence[float], most: int = 3) -> list[tuple[str, float]]:
        """The features that moved the log-odds of ``row`` most, strongest first, with by how much."""
        moved: dict[int, float] = {}
        for root in self.roots.tolist():
            node = root
            while self.left[node] != node:
                feature = int(self.feature[node])
                goes_left = row[feature] <= self.threshold[node]
                child = int(self.left[node] if goes_left else self.right[node])
                moved[feature] = moved.get(feature, 0.0) + float(
                    self.value[child] - self.value[node]
                )
                node = child
        ordered = sorted(moved.items(), key=lambda item: -abs(item[1]))
        return [(self.names[feature], by) for feature, by in ordered[:most]]


@cache
def model(name: str) -> Ensemble:
    """The ensemble ``"page"`` (knows the page alone) or ``"witness"`` (and the second extractor)."""
    text = resources.files("ingest.extract.data").joinpath("body_model.json").read_text("utf-8")
    return ensemble_of(json.loads(text)[name], name)


def ensemble_of(stored: dict[str, Any], name: str) -> Ensemble:
    """The ensemble ``name`` of ``stored``, an entry of ``body_model.json``."""
    import numpy as np

    known = NAMES if name == "page" else (*NAMES, *EXTRA)
    column = {feature: number for number, feature in enumerate(known)}
    own = [column[feature] for feature in stored["features"]]
    return Ensemble(
        names=known,
        roots=np.array(stored["roots"], dtype=np.int32),
        feature=np.array([own[number] for number in stored["feature"]], dtype=np.int32),
        threshold=np.array(stored["threshold"], dtype=np.float64),
        left=np.array(stored["left"], dtype=np.int32),
        right=np.array(stored["right"], dtype=np.int32),
        value=np.array(stored["value"], dtype=np.float64),
        depth=stored["depth"],
    )
