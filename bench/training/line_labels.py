"""Which lines of the dump of a labelled page are the article's, and which is its headline."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from bench.training.body_labels import score_of
from bench.training.held_out import unseen_models
from bench.training.line_truth import labels_of, paragraphs_of_truth
from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract import Refusal, extract_bytes
from ingest.extract.chrome.site_lines import SiteLines, line_key
from ingest.extract.dump.kinds import Lines, read_lines
from ingest.extract.dump.line import DumpLine
from ingest.extract.dump.lines import lines_of, rows_of
from ingest.extract.dump.model import rows_of as model_rows

__all__ = ["LabelledDump", "cut_out", "dumps_of", "labelled_dumps"]

#: Datasets that have the text of each page whole; of others some lines are known by its strings.
_WHOLE = ("aeb", "fundus-eval", "fundus-pages", "wcxb", "wix")
_NOTHING = Lines([], [], [], [], [], [], 0, 0)


@dataclass(frozen=True, slots=True)
class LabelledDump:
    """The lines of one dump as rows."""

    dataset: str
    id: str
    site: str
    part: int
    lines: list[DumpLine]
    read: Lines
    #: Columns of ``columns.NAMES``; where the source's other dumps are known, as they are with and
    #: without them.
    versions: list[NDArray[np.float64]]
    #: 1 the article's, 0 not, -1 unknown or either would do.
    labels: list[int]
    #: Whether each line is the headline; empty where it is not known.
    titles: list[int]


def dumps_of(corpus: Path, name: str, out: Path) -> Path:
    """The dumps of corpus folder ``name``, made by the corpus' own program in a folder of ``out``."""
    program = corpus / "make_dumps.py"
    if not program.is_file():
        raise SystemExit(f"{program}: expected the corpus' program for dumps there")
    made = out / name
    subprocess.run([sys.executable, str(program), str(corpus / name), str(made)], check=True)
    return made


def labelled_dumps(
    corpus: Path, names: tuple[str, ...], models: Path, processes: int
) -> list[LabelledDump]:
    """The dumps of all pages of the folders ``names`` of ``corpus``, in the order of ``truth.jsonl``."""
    with (
        tempfile.TemporaryDirectory(prefix="dumps-") as folder,
        ProcessPoolExecutor(processes, get_context("forkserver")) as pool,
    ):
        tasks = []
        for name in names:
            dumps = list(corpus_pages(dumps_of(corpus, name, Path(folder))))
            pages = {page.id: page for page in corpus_pages(corpus / name)}
            sites = Counter(dump.site for dump in dumps)
            by_site = {site: [d for d in dumps if d.site == site] for site in sites}
            tasks += [(pages[d.id], d, by_site[d.site], models) for d in dumps]
        whole = [dump for dump in pool.map(_one, tasks, chunksize=8) if dump.lines]
        cut = pool.map(cut_out, whole, chunksize=8)
        return [*whole, *(dump for dump in cut if dump is not None)]


_Task = tuple[CorpusPage, CorpusPage, list[CorpusPage], Path]


def _one(task: _Task) -> LabelledDump:
    page, dump, siblings, models = task
    score = score_of(page.folder)
    dataset = json.loads((page.folder / "dataset.json").read_text(encoding="utf-8"))["dataset"]
    dataset = page.dataset if dataset == "strings" else dataset
    lines = lines_of(rows_of(dump.raw().decode("utf-8", "replace")))
    if not lines:  # a page that scripts draw
        return LabelledDump(dataset, page.id, page.site, page.part, [], _NOTHING, [], [], [])
    read = read_lines(lines)
    versions = [model_rows(lines, read)]
    if len(siblings) >= 2:
        versions.append(model_rows(lines, read, _site_of(siblings)))
    texts = [line.text for line in lines]
    if dataset in _WHOLE:
        labels = _by_truth(score, texts, page, dataset)
    else:
        labels = _by_page(score, texts, page, models)
    title = page.truth.get("title")
    titles = [int(score.key(text) == score.key(title)) for text in texts] if title else []
    return LabelledDump(
        dataset, page.id, page.site, page.part, lines, read, versions, labels, titles
    )


def cut_out(dump: LabelledDump) -> LabelledDump | None:
    """The dump as one has it who copied only the article: from near its headline to near its end.

    Of every second page whose text is known line by line; how much stands around it goes by the id.
    """
    chance = int(hashlib.sha256(dump.id.encode()).hexdigest(), 16) // 64
    kept = [number for number, label in enumerate(dump.labels) if label == 1]
    if chance % 2 or len(kept) < 2 or dump.dataset not in _WHOLE:
        return None
    headline = [n for n, title in enumerate(dump.titles) if title and n <= kept[0]]
    start = max((headline[-1] if headline else kept[0]) - chance // 2 % 3, 0)
    end = min(kept[-1] + 1 + chance // 6 % 4, len(dump.lines))
    lines = dump.lines[start:end]
    read = read_lines(lines)
    return replace(
        dump,
        id=f"{dump.id}-cut",
        lines=lines,
        read=read,
        versions=[model_rows(lines, read)],
        labels=dump.labels[start:end],
        titles=dump.titles[start:end],
    )


def _site_of(dumps: list[CorpusPage]) -> SiteLines:
    """The lines of a site's dumps, counted as the pipeline counts them."""
    counts: Counter[str] = Counter()
    for dump in dumps:
        texts = (line.text for line in lines_of(rows_of(dump.raw().decode("utf-8", "replace"))))
        counts.update({key for text in texts if (key := line_key(text)) is not None})
    return SiteLines(len(dumps), counts, includes_this=True)


def _by_truth(score: ModuleType, texts: list[str], page: CorpusPage, dataset: str) -> list[int]:
    return labels_of(score, texts, *paragraphs_of_truth(score, page.truth, dataset))


def _by_page(score: ModuleType, texts: list[str], page: CorpusPage, models: Path) -> list[int]:
    """As the page's own markup has it, read by models that do not know its site; strings have their say."""
    with unseen_models(models, page):
        article = extract_bytes(page.raw(), url=page.url)
    if isinstance(article, Refusal):
        labels = [-1] * len(texts)
    else:
        body = [block.text for block in article.blocks if block.type != "caption"]
        labels = labels_of(score, texts, body, [])
    wanted = [score.key(text) for text in page.truth.get("with") or ()]
    unwanted = [score.key(text) for text in page.truth.get("without") or ()]
    for number, text in enumerate(texts):
        key = score.key(text)
        if any(len(part) >= 8 and part in key for part in wanted):
            labels[number] = 1
        elif any(len(part) >= 4 and part in key for part in unwanted):
            labels[number] = 0
    return labels
