"""The trees that weigh the wordings of a title: from labelled pages, wording by wording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.training.title_labels import LabelledTitle, labelled_titles
from bench.training.trees import grown
from ingest.extract.metadata.titles.evidence import NAMES

__all__ = ["FOLDERS", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("fundus-pages", "wcxb", "evaldata", "wix")
TREES = 160
SHAPE: dict[str, Any] = {
    "num_leaves": 8,
    "max_depth": 5,
    "min_data_in_leaf": 12,
    "learning_rate": 0.07,
    "feature_fraction": 0.5,
    "lambda_l2": 8,
}


def samples(corpus: Path, models: Path, processes: int) -> list[LabelledTitle]:
    """The labelled pages of ``corpus``; nothing grown before is asked."""
    return labelled_titles([corpus / name for name in FOLDERS], processes)


def grow(pages: list[LabelledTitle]) -> dict[str, Any]:
    """The ensemble as ``title_model.json`` holds it."""
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for page in pages:
        if not any(page.labels):
            continue
        right = sum(page.labels)
        for row, label in zip(page.rows, page.labels, strict=True):
            rows.append(row)
            labels.append(label)
            # Each page counts once, however many wordings it has.
            weights.append(3.0 / right if label else 3.0 / max(len(page.rows) - right, 3))
    return {"title": grown(rows, labels, weights, NAMES, trees=TREES, **SHAPE)}
