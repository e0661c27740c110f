"""The trees that decide on blocks: from labelled pages, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.training.body_labels import LabelledPage, labelled_pages
from bench.training.trees import grown
from ingest.extract.body.columns import NAMES
from ingest.extract.body.model import EXTRA

__all__ = ["FOLDERS", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("aeb", "fundus-eval", "fundus-pages", "wcxb")
TREES = 110
#: What a block of each dataset weighs: labels made by hand, line by line, count most.
WEIGHTS = {"aeb": 2.0, "fundus-eval": 2.0, "fundus-pages": 1.0, "wcxb": 0.5}


def samples(corpus: Path, models: Path, processes: int) -> list[LabelledPage]:
    """The labelled pages of ``corpus``; nothing grown before is asked."""
    return labelled_pages([corpus / name for name in FOLDERS], processes)


def grow(pages: list[LabelledPage]) -> dict[str, Any]:
    """Both ensembles as ``body_model.json`` holds them."""
    return {
        name: _grown(pages, columns)
        for name, columns in (("page", NAMES), ("witness", (*NAMES, *EXTRA)))
    }


def _grown(pages: list[LabelledPage], columns: tuple[str, ...]) -> dict[str, Any]:
    rows: list[list[float]] = []
    labels: list[int] = []
    weights: list[float] = []
    for page in pages:
        for row, label in zip(page.rows, page.labels, strict=True):
            if label >= 0:
                rows.append(row[: len(columns)])
                labels.append(label)
                weights.append(WEIGHTS[page.dataset])
    return grown(rows, labels, weights, columns, trees=TREES)
