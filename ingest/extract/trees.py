"""Boosted decision trees, read: what everything that is learned here is weighed with.

Trees are grown by ``bench.training`` from labelled pages; what is kept of those is counts and
thresholds (``data/NAME_model.json``), no text. Reading a tree is a walk from its root, left where the
feature is at most the threshold; the sum of the leaves is the log-odds. A probability can be divided
among the features on its walks (Saabas, "Interpreting random forests", 2014), which ``--explain``
prints.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    #: One row each: of numbers, or all in one array, which costs no conversion.
    Table = Sequence[Sequence[float]] | NDArray[np.float64]

__all__ = ["Ensemble", "ensemble", "ensemble_of", "reading_from"]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Decision trees as flat arrays: node ``n`` asks ``feature[n] <= threshold[n]``; leaves point to themselves."""

    names: tuple[str, ...]
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]
    depth: int
    #: Both ways of all nodes in one: ``right[n]`` at ``2 * n``, ``left[n]`` behind it.
    ways: NDArray[np.intp]

    def odds(self, rows: Table) -> list[float]:
        """The log-odds of each row, columns as in ``names``."""
        import numpy as np

        if len(rows) == 0:
            return []
        table = np.asarray(rows, dtype=np.float64)
        starts = (np.arange(len(table)) * table.shape[1])[:, None]
        values = table.ravel()
        nodes = np.repeat(self.roots[None, :], len(table), axis=0)
        for _ in range(self.depth):
            asked = self.feature.take(nodes)
            asked += starts
            goes_left = values.take(asked) <= self.threshold.take(nodes)
            nodes += nodes
            nodes += goes_left
            nodes = self.ways.take(nodes)
        found: list[float] = self.value.take(nodes).sum(axis=1).tolist()
        return found

    def probabilities(self, rows: Table) -> list[float]:
        """The probability of each row, columns as in ``names``."""
        import numpy as np

        odds = np.asarray(self.odds(rows))
        found: list[float] = (1.0 / (1.0 + np.exp(-odds))).tolist()
        return found

    def reasons(
        self, row: Sequence[float] | NDArray[np.float64], most: int = 3
    ) -> list[tuple[str, float]]:
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


#: Where models are read from; the package's own data where this is ``None``.
_folder: ContextVar[Path | None] = ContextVar("_folder", default=None)


@contextmanager
def reading_from(folder: Path | None) -> Iterator[None]:
    """Models of ``folder`` in place of those that ship, where it has them: to measure what has not seen a site."""
    before = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(before)


def ensemble(model: str, name: str, columns: tuple[str, ...]) -> Ensemble:
    """The ensemble ``name`` of ``data/{model}_model.json``, asked with rows of ``columns``."""
    return _ensemble(_folder.get(), model, name, columns)


@cache
def _ensemble(folder: Path | None, model: str, name: str, columns: tuple[str, ...]) -> Ensemble:
    return ensemble_of(_stored(folder, model)[name], columns)


@cache
def _stored(folder: Path | None, model: str) -> dict[str, Any]:
    file = f"{model}_model.json"
    place = resources.files("ingest.extract.data").joinpath(file)
    own = folder / file if folder is not None else None
    text = (own if own is not None and own.is_file() else place).read_text("utf-8")
    stored: dict[str, Any] = json.loads(text)
    return stored


def ensemble_of(stored: dict[str, Any], columns: tuple[str, ...]) -> Ensemble:
    """The ensemble in ``stored``, an entry of a model's file, asked with rows of ``columns``.

    Files name the columns that they ask for, so that a column may move.
    """
    import numpy as np

    column = {feature: number for number, feature in enumerate(columns)}
    own = [column[feature] for feature in stored["features"]]
    left, right = (np.array(stored[way], dtype=np.intp) for way in ("left", "right"))
    return Ensemble(
        names=columns,
        roots=np.array(stored["roots"], dtype=np.intp),
        feature=np.array([own[number] for number in stored["feature"]], dtype=np.intp),
        threshold=np.array(stored["threshold"], dtype=np.float64),
        left=left,
        right=right,
        value=np.array(stored["value"], dtype=np.float64),
        depth=stored["depth"],
        ways=np.stack([right, left], axis=1).ravel(),
    )
