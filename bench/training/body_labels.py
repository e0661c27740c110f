"""Which blocks of a labelled page are the article's, and their features."""

from __future__ import annotations

import importlib.util
import json
import re
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract.body.columns import NAMES
from ingest.extract.body.decisions import facts_of, found_by, neighbours
from ingest.extract.body.features import features_of
from ingest.extract.body.model import EXTRA, UNHEARD
from ingest.extract.body.selected import body_by_generic, without_sign_up_boxes
from ingest.extract.page.blocks import PageBlock, PageBlocks, page_blocks
from ingest.extract.page.copies import without_copies
from ingest.extract.page.html_page import HtmlPage

__all__ = ["LabelledPage", "labelled_pages", "score_of"]

_CONVENTIONS = {"aeb": 0.0, "fundus-eval": 0.0, "fundus-pages": 1.0, "wcxb": 2.0}
#: Share of a block's 4-word runs that the truth has to hold where the block is not in it as it stands.
_MOSTLY = 0.6


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page's blocks as rows."""

    dataset: str
    id: str
    site: str
    part: int
    blocks: PageBlocks
    #: Of the blocks that are judged.
    numbers: list[int]
    #: One a number; columns of ``NAMES`` and then of ``EXTRA``.
    rows: NDArray[np.float32]
    #: One a number: 1 the article's, 0 not, -1 either would do or nobody has said.
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
    paragraphs = [p for p in re.split(r"\n\s*\n", entry.get("body") or "") if p.strip()]
    optional: list[str] = []
    if dataset == "fundus-eval":
        parts = [score.split_optional(p) for p in paragraphs]
        paragraphs = [p for p, is_optional in parts if not is_optional]
        optional = [p for p, is_optional in parts if is_optional]
    labels = _labels(score, blocks.blocks, paragraphs, optional)
    return LabelledPage(
        dataset=labelled.dataset,
        id=labelled.id,
        site=labelled.site,
        part=labelled.part,
        blocks=blocks,
        numbers=numbers,
        rows=rows,
        labels=np.array([labels[number] for number in numbers], dtype=np.int8),
    )


def _labels(
    score: ModuleType, blocks: list[PageBlock], paragraphs: list[str], optional: list[str]
) -> list[int]:
    """As ``score.py`` judges lines; of a text that stands twice, the one amid the article counts."""
    lines = [line for text in paragraphs for line in score.lines_of(text)]
    truth = score._Text(lines)
    spare = score._Text([line for text in optional for line in score.lines_of(text)])
    keys = [score.key(block.text) for block in blocks]
    once = [n for n, key in enumerate(keys) if len(key) >= 60 and key in truth.stream]
    middle = statistics.median(once) if once else 0
    labels = [0] * len(blocks)
    for number in sorted(range(len(blocks)), key=lambda n: (-len(keys[n]), abs(n - middle))):
        key = keys[number]
        if not key:
            labels[number] = -1
        elif truth.take(key):
            labels[number] = 1
        elif spare.take(key):
            labels[number] = -1
    return _with_nearly(score, blocks, keys, labels, lines, truth.stream)


def _with_nearly(
    score: ModuleType,
    blocks: list[PageBlock],
    keys: list[str],
    labels: list[int],
    lines: list[str],
    stream: str,
) -> list[int]:
    words = score._WORD_CJK.findall(" ".join(lines).lower())
    runs = {tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))}
    for number, block in enumerate(blocks):
        key = keys[number]
        if labels[number] or len(key) < 40 or key in stream or keys.index(key) != number:
            continue
        own_words = score._WORD_CJK.findall(block.text.lower())
        own = [tuple(own_words[n : n + 4]) for n in range(max(1, len(own_words) - 3))]
        if sum(run in runs for run in own) >= _MOSTLY * len(own):
            labels[number] = 1
    return labels
