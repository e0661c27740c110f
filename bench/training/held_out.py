"""Predictions for a folder, each page with the models that have not seen its site."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.extraction.copydesk import read_again, read_page, start_site
from bench.extraction.scoring import score
from bench.training.sites import CorpusPage, corpus_pages
from ingest.extract.trees import reading_from

__all__ = ["predict_folder", "unseen_models"]


@contextmanager
def unseen_models(models: Path, page: CorpusPage) -> Iterator[None]:
    """Within it extraction reads with the models in ``models`` that do not know the page's site."""
    with reading_from(models / f"part-{page.part}"):
        yield


def predict_folder(folder: Path, models: Path, processes: int) -> dict[str, Any]:
    """Predict ``folder`` with the models in ``models``, print and give its figures."""
    pages = list(corpus_pages(folder))
    groups: dict[str, list[CorpusPage]] = {}
    for page in pages:
        groups.setdefault(page.site, []).append(page)
    tasks = [(group, models) for group in groups.values()]
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        found = {
            entry["id"]: entry
            for group in pool.map(_read_site, tasks, chunksize=4)
            for entry in group
        }
    out = models / "predictions"
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{folder.resolve().name}.jsonl"
    lines = (json.dumps(found[page.id], ensure_ascii=False) + "\n" for page in pages)
    file.write_text("".join(lines), encoding="utf-8")
    refused = Counter(found[page.id].get("refused", "") for page in pages)
    figures: dict[str, Any] = {"pages": len(pages), "refused": len(pages) - refused.pop("", 0)}
    if (folder / "truth.jsonl").is_file():
        figures.update({k: round(v, 4) for k, v in score(folder, file).items()})
    else:
        kinds = Counter(page.truth.get("type", "") for page in pages)
        filed = Counter(p.truth.get("type", "") for p in pages if "refused" not in found[p.id])
        figures["filed"] = {kind: round(filed[kind] / most, 4) for kind, most in kinds.items()}
    print(f"== {figures['pages']} pages of {folder.name}, refused: {dict(refused)}")
    for name, value in figures.items():
        print(f"{name:>28}  {value}")
    return figures


def _read_site(task: tuple[list[CorpusPage], Path]) -> list[dict[str, Any]]:
    pages, models = task
    site = start_site(pages[0].site)
    with unseen_models(models, pages[0]):
        read = [read_page(page.id, page.raw(), page.url, site) for page in pages]
        return [
            prediction if article is None else read_again(prediction, article, site)
            for prediction, article in read
        ]
