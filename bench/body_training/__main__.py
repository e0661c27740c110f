"""Grow the body model, or measure extraction with models that have not seen the site.

    python -m bench.body_training grow ../shared/corpus/{aeb,fundus-eval,fundus-pages,wcxb}
    python -m bench.body_training crossvalidate --out DIR ../shared/corpus/{aeb,...}

``grow`` writes ``ingest/extract/data/body_model.json``. ``crossvalidate`` divides the sites into six
parts, grows a model from five and runs the whole of extraction on the sixth, so that no page is
extracted by a model that knows its site; it writes predictions for ``score.py`` into DIR and prints
the scores. Needs ``lightgbm`` (`pip install lightgbm`), which Copydesk itself does not.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.body_training.growing import grow
from bench.body_training.labels import LabelledPage, labelled_pages

PARTS = 6
MODEL = Path(__file__).parents[2] / "ingest/extract/data/body_model.json"


def main() -> None:
    """Grow or measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=("grow", "crossvalidate"))
    parser.add_argument("folders", type=Path, nargs="+", help="corpus folders with truth.jsonl")
    parser.add_argument("--out", type=Path, help="where crossvalidate leaves its predictions")
    options = parser.parse_args()
    pages = labelled_pages(options.folders, 2)
    if options.command == "grow":
        MODEL.write_text(json.dumps(grow(pages), separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{MODEL.name}: {MODEL.stat().st_size} bytes from {len(pages)} pages")
        return
    with tempfile.TemporaryDirectory() as scratch:
        out = options.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        _models(pages, out)
        for folder in options.folders:
            predictions = out / f"{folder.name}.jsonl"
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "bench.body_training.held_out",
                    str(folder),
                    str(out),
                    str(predictions),
                ],
                check=True,
            )
            score = folder.resolve().parent / "score.py"
            print(f"== {folder.name}")
            subprocess.run([sys.executable, str(score), str(folder), str(predictions)], check=True)


def _models(pages: list[LabelledPage], out: Path) -> None:
    """One model for each part of the sites, and which page is of which part."""
    sites = sorted({page.site for page in pages})
    random.Random(7).shuffle(sites)
    part_of = {site: number % PARTS for number, site in enumerate(sites)}
    for part in range(PARTS):
        others = [page for page in pages if part_of[page.site] != part]
        (out / f"model-{part}.json").write_text(json.dumps(grow(others)), encoding="utf-8")
    parts = {f"{page.folder.name}/{page.id}": part_of[page.site] for page in pages}
    (out / "parts.json").write_text(json.dumps(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
