"""The trees that decide on lines of text dumps: which is the headline, which are the article's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.training.line_labels import LabelledDump, labelled_dumps
from bench.training.trees import grown
from ingest.extract.dump.columns import NAMES
from ingest.extract.dump.model import TEXT_NAMES, with_title
from ingest.extract.trees import ensemble_of

__all__ = ["FOLDERS", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("aeb", "fundus-eval", "fundus-pages", "wcxb", "evaldata", "htmldate")
#: What a line of each dataset weighs: labels made by hand, line by line, count most.
WEIGHTS = {
    "aeb": 2.0,
    "fundus-eval": 2.0,
    "fundus-pages": 1.0,
    "wcxb": 1.0,
    "evaldata": 0.7,
    "htmldate": 0.5,
}
_GROWING: dict[str, Any] = {"max_bin": 63, "learning_rate": 0.1, "num_threads": 1}
_TITLE: dict[str, Any] = {
    **_GROWING, "trees": 60, "num_leaves": 10, "max_depth": 5, "min_data_in_leaf": 12,
}  # fmt: skip
_TEXT: dict[str, Any] = {
    **_GROWING, "trees": 105, "num_leaves": 22, "max_depth": 8, "min_data_in_leaf": 25,
}  # fmt: skip
#: Lines of menus and footers, far from the text, are alike: of so many one is learned from.
_OF_FAR, _FOR_OTHERS = 5, 3.0
_FAR = 15
#: Groups of sites that one ensemble is grown without where the next one builds on it.
_GROUPS = 3


def samples(corpus: Path, models: Path, processes: int) -> list[LabelledDump]:
    """The dumps of labelled pages of ``corpus``; the text of some is what the models make of unseen pages."""
    return labelled_dumps(corpus, FOLDERS, models, processes)


def grow(dumps: list[LabelledDump]) -> dict[str, Any]:
    """Both ensembles as ``line_model.json`` holds them.

    The second is grown from what the first sees in dumps of sites that it has not seen.
    """
    parts = sorted({dump.part for dump in dumps})
    rows: list[list[NDArray[np.float64]]] = [[] for _ in dumps]
    for group in range(_GROUPS):
        unseen = set(parts[group::_GROUPS])
        titles = ensemble_of(_title([dump for dump in dumps if dump.part not in unseen]), NAMES)
        for number, dump in enumerate(dumps):
            if dump.part in unseen:
                rows[number] = [
                    with_title(version, dump.lines, dump.read, titles.odds(version))  # type: ignore[arg-type]
                    for version in dump.versions
                ]
    return {"title": _title(dumps), "text": _text(dumps, rows)}


def _text(dumps: list[LabelledDump], rows: list[list[NDArray[np.float64]]]) -> dict[str, Any]:
    tables, labels, weights = [], [], []
    for dump, versions in zip(dumps, rows, strict=True):
        known = np.array(dump.labels)
        near = _is_near(dump)
        taken = (known == 1) | ((known == 0) & (near | _is_one_of_many(dump)))
        # What counts is words, not lines; and those far away stand for others.
        weight = 0.3 + np.minimum(np.array(dump.read.sizes), 400) / 150
        weight *= WEIGHTS[dump.dataset] / len(versions)
        weight[~near & (known == 0)] *= _FOR_OTHERS
        for version in versions:
            tables.append(version[taken])
            labels.append(known[taken])
            weights.append(weight[taken])
    return grown(
        np.concatenate(tables),
        np.concatenate(labels),
        np.concatenate(weights),
        TEXT_NAMES,
        **_TEXT,
    )


def _title(dumps: list[LabelledDump]) -> dict[str, Any]:
    tables, labels = [], []
    for dump in dumps:
        # Where the headline stands nowhere, there is nothing to learn from.
        if any(dump.titles):
            known = np.array(dump.titles)
            taken = (known == 1) | _is_near(dump) | _is_one_of_many(dump)
            tables.append(dump.versions[0][taken])
            labels.append(known[taken])
    return grown(np.concatenate(tables), np.concatenate(labels), None, NAMES, **_TITLE)


def _is_near(dump: LabelledDump) -> NDArray[np.bool_]:
    """Of each line, whether it is near the main run of prose, or prose itself."""
    numbers = np.arange(len(dump.lines))
    near = (numbers >= dump.read.first - _FAR) & (numbers <= dump.read.last + _FAR)
    return near | (np.array(dump.read.prose) > 0)


def _is_one_of_many(dump: LabelledDump) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.arange(len(dump.lines)) % _OF_FAR == 0
    return found
