"""The trees that weigh what a page says of its authors: from labelled pages, statement by statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.training.author_labels import LabelledAuthors, labelled_authors
from bench.training.trees import grown
from ingest.extract.metadata.bylines.evidence import NAMES

__all__ = ["FOLDERS", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("fundus-pages", "wcxb", "evaldata", "wix")
TREES = 120
#: What a page without a labelled author counts: its label may only have left it out.
UNNAMED = 0.25
#: What a page of each dataset counts: the parsers of Fundus are hand-written, and few.
WEIGHTS = {"fundus-pages": 2.0}
SHAPE: dict[str, Any] = {
    "objective": "cross_entropy",
    "num_leaves": 8,
    "max_depth": 5,
    "min_data_in_leaf": 15,
    "learning_rate": 0.07,
    "feature_fraction": 0.4,
    "lambda_l2": 8,
}


def samples(corpus: Path, models: Path, processes: int) -> list[LabelledAuthors]:
    """The labelled pages of ``corpus``; nothing grown before is asked."""
    return labelled_authors([corpus / name for name in FOLDERS], processes)


def grow(pages: list[LabelledAuthors]) -> dict[str, Any]:
    """The ensemble as ``authors_model.json`` holds it."""
    rows: list[list[float]] = []
    labels: list[float] = []
    weights: list[float] = []
    for page in pages:
        for row, label in zip(page.rows, page.labels, strict=True):
            rows.append(row)
            labels.append(label)
            share = 5.0 / max(len(page.rows), 5)
            weights.append(
                WEIGHTS.get(page.dataset, 1.0) * (share if page.has_truth else UNNAMED * share)
            )
    return {"authors": grown(rows, labels, weights, NAMES, trees=TREES, **SHAPE)}
