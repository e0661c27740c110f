"""Grow what is learned, or measure extraction with models that have not seen the site.

    python -m bench.training grow OUT [--only body ...] [--corpus ../shared/corpus]
    python -m bench.training predict OUT [--only aeb ...] [--corpus ../shared/corpus]
    python -m bench.training install OUT

``grow`` divides the sites into six parts by registrable domain and grows each model seven times: without
each part (OUT/part-0 ... OUT/part-5) and of everything (OUT/all). A model that builds on others is
grown from what these make of sites that they have not seen. ``predict`` runs the whole of extraction
over every page with the models that do not know its site, leaves predictions for ``score.py`` in
OUT/predictions and prints the scores: this is what a stranger's site will see. ``install`` copies OUT/all
to ``ingest/extract/data``. A model that OUT lacks is the one that ships; that is said.
Needs ``lightgbm`` (`pip install lightgbm`), which Copydesk itself does not.
"""

from __future__ import annotations

import argparse
import json
import shutil
from importlib import import_module
from pathlib import Path

from bench.training.held_out import predict_folder
from bench.training.sites import PARTS

#: What is learned, in the order in which one builds on the other; each is a module beside this one.
MODELS = ("body", "times", "title", "authors", "verdict", "line", "credits")
CORPORA = (
    "aeb",
    "fundus-eval",
    "fundus-pages",
    "wcxb",
    "wix",
    "evaldata",
    "htmldate",
    "not-articles",
)
DATA = Path(__file__).parents[2] / "ingest/extract/data"


def main() -> None:
    """Grow, predict or install."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.training",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("command", choices=("grow", "predict", "install"))
    parser.add_argument("out", type=Path, help="folder of the models and predictions")
    parser.add_argument("--only", nargs="+", default=[], help="models to grow, folders to predict")
    parser.add_argument(
        "--corpus", type=Path, default=Path("../shared/corpus"), help="[%(default)s]"
    )
    parser.add_argument("--processes", type=int, default=2, help="at once [%(default)s]")
    options = parser.parse_args()
    if options.command == "grow":
        for name in MODELS if not options.only else options.only:
            _grow(name, options.out, options.corpus, options.processes)
    elif options.command == "predict":
        _predict(options)
    else:
        for file in sorted((options.out / "all").glob("*_model.json")):
            shutil.copyfile(file, DATA / file.name)
            print(f"{file.name}: {file.stat().st_size} bytes")


def _grow(name: str, out: Path, corpus: Path, processes: int) -> None:
    module = import_module(f"bench.training.{name}")
    samples = module.samples(corpus, out, processes)
    for part in (*range(PARTS), None):
        folder = out / ("all" if part is None else f"part-{part}")
        folder.mkdir(parents=True, exist_ok=True)
        grown = module.grow([sample for sample in samples if sample.part != part])
        file = folder / f"{name}_model.json"
        file.write_text(json.dumps(grown, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{name}: {len(samples)} samples of {len({s.site for s in samples})} sites")


def _predict(options: argparse.Namespace) -> None:
    lacking = [n for n in MODELS if not (options.out / f"part-0/{n}_model.json").is_file()]
    if lacking:
        print(f"not held out, since not in {options.out}: {', '.join(lacking)}")
    figures = {
        name: predict_folder(options.corpus / name, options.out, options.processes)
        for name in options.only or CORPORA
    }
    print(json.dumps({"training": figures}))


if __name__ == "__main__":
    main()
