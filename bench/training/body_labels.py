"""Which blocks of a labelled page are the article's, and their features."""

from __future__ import annotations

import importlib.util
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from bench.training.line_truth import labels_of, paragraphs_of_truth
from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract.body.columns import NAMES
from ingest.extract.body.decisions import facts_of, found_by, neighbours
from ingest.extract.body.features import features_of
from ingest.extract.body.model import EXTRA, UNHEARD
from ingest.extract.body.selected import body_by_generic, without_sign_up_boxes
from ingest.extract.page.blocks import page_blocks
from ingest.extract.page.copies import without_copies
from ingest.extract.page.html_page import HtmlPage

__all__ = ["LabelledPage", "labelled_pages", "score_of"]

_CONVENTIONS = {"aeb": 0.0, "fundus-eval": 0.0, "fundus-pages": 1.0, "wcxb": 2.0}


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page's blocks as rows."""

    dataset: str
    id: str
    site: str
    part: int
    #: One a block that is judged; columns of ``NAMES`` and then of ``EXTRA``.
    rows: NDArray[np.float32]
    #: One a row: 1 the article's, 0 not, -1 either would do.
    labels: NDArray[np.int8]


@cache
def score_of(folder: Path) -> ModuleType:
    """The ``score.py`` beside a corpus folder."""
    path = folder.resolve().parent / "score.py"
    spec = importlib.util.spec_from_file_location("corpus_score", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"{path}: expected the corpus' score.py beside its folders")
    module = importlib.util.module_from_spec(spec)
    sys.modules["corpus_score"] = module
    spec.loader.exec_module(module)
    return module


def labelled_pages(folders: list[Path], processes: int) -> list[LabelledPage]:
    """All pages of ``folders``, in the order of their ``truth.jsonl``."""
    pages = [page for folder in folders for page in corpus_pages(folder)]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        return list(pool.map(_one, pages, chunksize=8))


def _one(labelled: CorpusPage) -> LabelledPage:
    folder, entry = labelled.folder, labelled.truth
    score = score_of(folder)
    dataset = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["dataset"]
    raw = labelled.raw()
    text = raw.decode("utf-8", "replace")
    page = HtmlPage.parse(text)
    without_sign_up_boxes(page.tree)
    blocks = without_copies(page_blocks(page.tree)).page
    numbers, seen = features_of(blocks, facts_of(page))
    generic = body_by_generic(text, page.shape, precise=True)
    if generic is not None and generic.blocks:
        said = found_by(blocks, "\n".join(block.text for block in generic.blocks))
        extra = neighbours(said)
        seen = [[*row, *extra[number]] for number, row in zip(numbers, seen, strict=True)]
    else:
        seen = [[*row, *UNHEARD] for row in seen]
    rows = np.array(seen, dtype=np.float32).reshape(len(numbers), len(NAMES) + len(EXTRA))
    rows[:, NAMES.index("convention")] = _CONVENTIONS[dataset]
    texts = [block.text for block in blocks.blocks]
    labels = labels_of(score, texts, *paragraphs_of_truth(score, entry, dataset))
    return LabelledPage(
        dataset=labelled.dataset,
        id=labelled.id,
        site=labelled.site,
        part=labelled.part,
        rows=rows,
        labels=np.array([labels[number] for number in numbers], dtype=np.int8),
    )
