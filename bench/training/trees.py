"""Trees grown with LightGBM, and their flat form that ``ingest.extract.trees`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

__all__ = ["PARAMETERS", "boosted", "flat", "grown"]

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 31,
    "max_depth": 8,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "verbose": -1,
    "num_threads": 2,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}


def grown(
    rows: Sequence[Sequence[float]] | NDArray[Any],
    labels: Sequence[float] | NDArray[Any],
    weights: Sequence[float] | NDArray[Any] | None,
    columns: tuple[str, ...],
    *,
    trees: int,
    **parameters: Any,
) -> dict[str, Any]:
    """An ensemble as a model's file holds it.

    Args:
        rows: one a sample, as wide as ``columns``.
        labels: 1 or 0 of each.
        weights: what each counts; 1 where left out.
        columns: names of the columns.
        trees: how many.
        parameters: of LightGBM, in place of those of ``PARAMETERS``.
    """
    return flat(boosted(rows, labels, weights, trees=trees, **parameters), columns)


def boosted(
    rows: Sequence[Sequence[float]] | NDArray[Any],
    labels: Sequence[float] | NDArray[Any],
    weights: Sequence[float] | NDArray[Any] | None,
    *,
    trees: int,
    **parameters: Any,
) -> Any:
    """As ``grown``, LightGBM's own ``Booster``: for likelihoods that something else is grown from."""
    data = lightgbm.Dataset(
        np.asarray(rows),
        np.asarray(labels),
        weight=None if weights is None else np.asarray(weights),
    )
    return lightgbm.train({**PARAMETERS, **parameters}, data, trees)


def flat(booster: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    """``booster`` as a model's file holds it: nodes of all trees in one table; a leaf's children are itself."""
    table: dict[str, Any] = {
        "features": [],
        "roots": [],
        "feature": [],
        "threshold": [],
        "left": [],
        "right": [],
        "value": [],
        "depth": 0,
    }
    used: dict[str, int] = {}

    def add(node: dict[str, Any], depth: int) -> int:
        number = len(table["feature"])
        table["depth"] = max(table["depth"], depth)
        for key in ("feature", "threshold", "left", "right", "value"):
            table[key].append(0)
        if "leaf_value" in node:
            table["left"][number] = table["right"][number] = number
            table["value"][number] = round(node["leaf_value"], 5)
            return number
        name = columns[node["split_feature"]]
        table["feature"][number] = used.setdefault(name, len(used))
        table["threshold"][number] = float(f"{node['threshold']:.6g}")
        table["value"][number] = round(node["internal_value"], 5)
        table["left"][number] = add(node["left_child"], depth + 1)
        table["right"][number] = add(node["right_child"], depth + 1)
        return number

    for tree in booster.dump_model()["tree_info"]:
        table["roots"].append(add(tree["tree_structure"], 0))
    table["features"] = list(used)
    return table
