"""Trees from labelled pages, and their flat form."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from bench.body_training.labels import LabelledPage
from ingest.extract.body.columns import NAMES
from ingest.extract.body.model import EXTRA

__all__ = ["grow", "table_of"]

TREES = 110
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
#: What a block of each dataset weighs: labels made by hand, line by line, count most.
WEIGHTS = {"aeb": 2.0, "fundus-eval": 2.0, "fundus-pages": 1.0, "wcxb": 0.5}


def grow(pages: list[LabelledPage]) -> dict[str, Any]:
    """Both ensembles as ``body_model.json`` holds them."""
    return {
        name: _flat(_grown(pages, len(columns)), columns)
        for name, columns in (("page", NAMES), ("witness", (*NAMES, *EXTRA)))
    }


def table_of(
    pages: list[LabelledPage], columns: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(features, labels, weights) of all labelled blocks."""
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for page in pages:
        for row, label in zip(page.rows, page.labels, strict=True):
            if label >= 0:
                rows.append(row[:columns])
                labels.append(label)
                weights.append(WEIGHTS[page.dataset])
    return np.array(rows, dtype=np.float64), np.array(labels), np.array(weights)


def _grown(pages: list[LabelledPage], columns: int) -> Any:
    features, labels, weights = table_of(pages, columns)
    return lightgbm.train(PARAMETERS, lightgbm.Dataset(features, labels, weight=weights), TREES)


def _flat(booster: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    """Nodes of all trees in one table; a leaf's children are itself."""
    flat: dict[str, Any] = {
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
        number = len(flat["feature"])
        flat["depth"] = max(flat["depth"], depth)
        for key in ("feature", "threshold", "left", "right", "value"):
            flat[key].append(0)
        if "leaf_value" in node:
            flat["left"][number] = flat["right"][number] = number
            flat["value"][number] = round(node["leaf_value"], 5)
            return number
        name = columns[node["split_feature"]]
        flat["feature"][number] = used.setdefault(name, len(used))
        flat["threshold"][number] = float(f"{node['threshold']:.6g}")
        flat["value"][number] = round(node["internal_value"], 5)
        flat["left"][number] = add(node["left_child"], depth + 1)
        flat["right"][number] = add(node["right_child"], depth + 1)
        return number

    for tree in booster.dump_model()["tree_info"]:
        flat["roots"].append(add(tree["tree_structure"], 0))
    flat["features"] = list(used)
    return flat
