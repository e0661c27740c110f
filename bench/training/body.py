"""The trees that decide on blocks: from labelled pages, block by block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.training.body_labels import LabelledPage, labelled_pages
from bench.training.trees import boosted, flat
from ingest.extract.body.columns import NAMES
from ingest.extract.body.decisions import is_in_doubt
from ingest.extract.body.model import COLUMNS, EXTRA, UNHEARD
from ingest.extract.body.second_look import second_columns

__all__ = ["FOLDERS", "grow", "samples"]

#: Corpus folders that it is grown from.
FOLDERS = ("aeb", "fundus-eval", "fundus-pages", "wcxb", "evaldata")
TREES = 110
#: Share of the text in doubt from which the second look learns from the other extractor's word too:
#: less than it takes to ask for that.
_DOUBT = 0.1
#: What a block of each dataset weighs: labels made by hand, line by line, count most.
WEIGHTS = {"aeb": 2.0, "fundus-eval": 2.0, "fundus-pages": 1.0, "wcxb": 0.5, "evaldata": 1.0}

#: Rows of a page, in its order, for the blocks that were judged.
_Rows = Callable[[LabelledPage], NDArray[Any]]


def samples(corpus: Path, models: Path, processes: int) -> list[LabelledPage]:
    """The labelled pages of ``corpus``; nothing grown before is asked."""
    return labelled_pages([corpus / name for name in FOLDERS], processes)


def grow(pages: list[LabelledPage]) -> dict[str, Any]:
    """The ensembles as ``body_model.json`` holds them.

    The second look is grown from what first ones, each grown from half of the sites, make of the other
    half: from what the first trees make of pages that they have not seen.
    """
    pages = [page for page in pages if page.numbers]
    first = {
        name: flat(_boosted([(page, rows(page)) for page in pages]), COLUMNS[name])
        for name, rows in _FIRST.items()
    }
    known: list[tuple[LabelledPage, NDArray[Any]]] = []
    for half in (0, 1):
        learned = [page for page in pages if page.part % 2 != half]
        asked = [page for page in pages if page.part % 2 == half]
        unseen = {name: _likelihoods(learned, asked, rows) for name, rows in _FIRST.items()}
        for number, page in enumerate(asked):
            alone = unseen["page"][number]
            unheard = np.tile(np.array(UNHEARD, dtype=np.float32), (len(alone), 1))
            known.append((page, _second(page, np.hstack([_of_page(page), unheard]), alone)))
            if is_in_doubt(page.blocks, _spread(page, alone), _DOUBT):
                known.append((page, _second(page, page.rows, unseen["witness"][number])))
    second = flat(_boosted(known), COLUMNS["second"])
    return {**first, "second": second}


def _of_page(page: LabelledPage) -> NDArray[Any]:
    return page.rows[:, : len(NAMES)]


def _of_witness(page: LabelledPage) -> NDArray[Any]:
    return page.rows[:, : len(NAMES) + len(EXTRA)]


_FIRST: dict[str, _Rows] = {"page": _of_page, "witness": _of_witness}


def _likelihoods(
    learned: Sequence[LabelledPage], asked: Sequence[LabelledPage], rows: _Rows
) -> list[list[float]]:
    """For each page that is ``asked`` about what trees grown from the ``learned`` ones make of its blocks."""
    booster = _boosted([(page, rows(page)) for page in learned])
    found = booster.predict(np.concatenate([rows(page) for page in asked]))
    ends = np.cumsum([len(page.numbers) for page in asked])[:-1]
    return [part.tolist() for part in np.split(found, ends)]


def _spread(page: LabelledPage, likely: Sequence[float]) -> list[float]:
    spread = [0.0] * len(page.blocks.blocks)
    for number, likelihood in zip(page.numbers, likely, strict=True):
        spread[number] = likelihood
    return spread


def _second(page: LabelledPage, rows: NDArray[Any], likely: Sequence[float]) -> NDArray[Any]:
    more = second_columns(page.blocks, page.numbers, _spread(page, likely))
    return np.hstack([rows, np.array(more, dtype=np.float32)])


def _boosted(known: Sequence[tuple[LabelledPage, NDArray[Any]]]) -> Any:
    rows, labels, weights = [], [], []
    for page, table in known:
        labelled = page.labels >= 0
        rows.append(table[labelled])
        labels.append(page.labels[labelled])
        weights.append(np.full(int(labelled.sum()), WEIGHTS[page.dataset]))
    return boosted(
        np.concatenate(rows), np.concatenate(labels), np.concatenate(weights), trees=TREES
    )
