"""Run Copydesk over a folder of labelled pages and write what its ``score.py`` reads.

    python -m bench.extraction predict ../shared/corpus/aeb predictions.jsonl
    python ../shared/corpus/score.py ../shared/corpus/aeb predictions.jsonl

A folder holds ``truth.jsonl`` or ``labels.jsonl`` (one object a line, of which only ``id``, ``url``
and ``page`` are read) and gzipped pages. Each line written has ``id``, ``title``, ``authors``,
``date``, ``body`` (one paragraph a line), ``credits``, ``cpu_ms``, and ``refused`` where the page was
taken for no article.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from ingest.extract import Refusal, extract_bytes, warm_up


def main() -> None:
    """Predict, and say how long it took; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    predict_parser = commands.add_parser("predict", help="extract every page of a folder")
    predict_parser.add_argument("folder", type=Path, help="folder with truth.jsonl or labels.jsonl")
    predict_parser.add_argument("predictions", type=Path, help="file to write")
    predict_parser.add_argument("--processes", type=int, default=2, help="how many at once [2]")
    options = parser.parse_args()
    figures = predict(options.folder, options.predictions, options.processes)
    for name, value in figures.items():
        print(f"{name:>16}  {value}")
    print(json.dumps({"extraction": figures}))


def predict(folder: Path, predictions: Path, processes: int) -> dict[str, Any]:
    """Extract every page of ``folder`` into ``predictions``; the figures of the run."""
    listed = next((p for n in ("truth.jsonl", "labels.jsonl") if (p := folder / n).is_file()), None)
    if listed is None:
        raise SystemExit(f"{folder}: expected truth.jsonl or labels.jsonl in it")
    entries = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines()]
    tasks = [
        (str(folder / (e.get("page") or f"pages/{e['id']}.html.gz")), e["id"], e.get("url"))
        for e in entries
    ]
    with ProcessPoolExecutor(processes, initializer=warm_up) as pool:
        found = list(pool.map(_one, tasks, chunksize=4))
    with predictions.open("w", encoding="utf-8") as stream:
        for entry in found:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
    times = [entry["cpu_ms"] for entry in found]
    return {
        "pages": len(found),
        "refused": sum("refused" in entry for entry in found),
        "cpu_ms_median": round(statistics.median(times), 1),
        "cpu_ms_max": round(max(times), 1),
        "layers": dict(Counter(entry.get("layer", "refused") for entry in found)),
    }


def _one(task: tuple[str, str, str | None]) -> dict[str, Any]:
    path, name, url = task
    raw = gzip.decompress(Path(path).read_bytes())
    started = time.process_time()
    article = extract_bytes(raw, url=url)
    cpu_ms = round((time.process_time() - started) * 1000, 2)
    if isinstance(article, Refusal):
        return {"id": name, "body": "", "credits": [], "cpu_ms": cpu_ms, "refused": article.reason}
    return {
        "id": name,
        "title": article.title,
        "authors": list(article.authors),
        "date": article.published_at,
        "body": "\n".join(block.text for block in article.blocks if block.type != "caption"),
        "credits": article.as_json()["credits"],
        "cpu_ms": cpu_ms,
        "layer": article.extractor,
    }


if __name__ == "__main__":
    main()
