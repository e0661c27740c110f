"""Copydesk over a folder of labelled pages: the predictions that its ``score.py`` reads."""

from __future__ import annotations

import gzip
import json
import statistics
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.extraction.copydesk import read_again, read_page, start_site
from bench.extraction.mistake import Mistake
from bench.extraction.pages import LabelledPage, by_site, read_listing
from ingest.extract import warm_up

__all__ = ["predict"]


def predict(folder: Path, predictions: Path, processes: int) -> dict[str, Any]:
    """Extract every page of ``folder`` into ``predictions``; the figures of the run.

    The pages of one site are read one after another in one process, so the figures do not depend
    on the number of processes.
    """
    listing = read_listing(folder)
    if not predictions.parent.is_dir():
        raise Mistake(f"{predictions}: there is no folder {predictions.parent}")
    # Forked from a process without threads, which is what Python 3.14 does by itself.
    context = get_context("forkserver")
    with ProcessPoolExecutor(processes, context, initializer=warm_up) as pool:
        groups = pool.map(_read_site, by_site(listing.pages), chunksize=4)
        found = {entry["id"]: entry for group in groups for entry in group}
    entries = [found[page.id] for page in listing.pages]
    try:
        with predictions.open("w", encoding="utf-8") as stream:
            for entry in entries:
                stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise Mistake(f"{predictions}: {error.strerror}") from error
    times = [entry["cpu_ms"] for entry in entries]
    return {
        "pages": len(entries),
        "refused": sum("refused" in entry for entry in entries),
        "cpu_ms_median": round(statistics.median(times), 1),
        "cpu_ms_max": round(max(times), 1),
        "layers": dict(Counter(entry.get("layer", "refused") for entry in entries)),
    }


def _read_site(pages: tuple[LabelledPage, ...]) -> list[dict[str, Any]]:
    site = start_site(pages[0].site)
    read = [read_page(page.id, _unpacked(page.path), page.url, site) for page in pages]
    return [
        prediction if article is None else read_again(prediction, article, site)
        for prediction, article in read
    ]


def _unpacked(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise Mistake(f"{path}: {error}") from None
