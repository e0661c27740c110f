"""The trees that decide on blocks: from labelled pages, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bench.training.body_labels import LabelledPage, labelled_pages
from bench.training.trees import boosted, flat
from ingest.extract.body.columns import NAMES
from ingest.extract.body.model import COLUMNS, EXTRA

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
        "page": _grown(pages, len(NAMES), COLUMNS["page"]),
        "witness": _grown(pages, len(NAMES) + len(EXTRA), COLUMNS["witness"]),
    }


def _grown(pages: list[LabelledPage], width: int, columns: tuple[str, ...]) -> dict[str, Any]:
    rows, labels, weights = [], [], []
    for page in pages:
        labelled = page.labels >= 0
        if len(page.rows) and labelled.any():
            rows.append(page.rows[labelled][:, :width])
            labels.append(page.labels[labelled])
            weights.append(np.full(int(labelled.sum()), WEIGHTS[page.dataset]))
    booster = boosted(
        np.concatenate(rows), np.concatenate(labels), np.concatenate(weights), trees=TREES
    )
    return flat(booster, columns)
