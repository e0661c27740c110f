"""``python -m bench.dumps``; see the package's docstring."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import bench.dumps
from bench.dumps.by_command import extracted
from bench.dumps.sites import filed_and_cleaned
from bench.extraction.mistake import Mistake
from bench.extraction.scoring import score
from bench.training.held_out import predict_folder
from bench.training.line_labels import dumps_of
from bench.training.sites import CorpusPage, corpus_pages

_FOLDERS = ("aeb", "fundus-pages", "wcxb", "fundus-eval", "evaldata")
#: What is shown of ``score.py``'s figures.
_SHOWN = (
    "aeb_f1", "aeb_precision", "aeb_recall", "rouge_lsum_f1", "word_f1", "word_precision", "word_recall", "with_rate", "without_rate",
    "leaked_per_page", "lost_per_page", "clean_page_rate", "complete_page_rate", "title_exact", "authors_f1", "same_day",
)  # fmt: skip


def main() -> int:
    """Make the dumps, read and score them; 0, or 2 where the operator has something to put right."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.dumps",
        description=bench.dumps.__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "folders", nargs="*", default=list(_FOLDERS), help="folders of the corpus [%(default)s]"
    )
    parser.add_argument(
        "--corpus", type=Path, default=Path("../shared/corpus"), help="[%(default)s]"
    )
    parser.add_argument(
        "--held-out", type=Path, metavar="MODELS", help="models grown without a site"
    )
    parser.add_argument(
        "--sites", type=int, metavar="N", help="sites with N dumps and more, as sources"
    )
    parser.add_argument("--processes", type=int, default=2, help="at once [%(default)s]")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="copydesk-dumps-") as place:
            for name in options.folders:
                if not (options.corpus / name / "truth.jsonl").is_file():
                    raise Mistake(f"{options.corpus / name}: expected truth.jsonl in it")
                made = dumps_of(options.corpus.resolve(), name, Path(place))
                (Path(place) / "score.py").write_bytes((options.corpus / "score.py").read_bytes())
                figures[name] = _figures(made, options)
    except Mistake as mistake:
        print(f"bench.dumps: {mistake}", file=sys.stderr)
        return 2
    print(json.dumps({"dumps": figures}))
    return 0


def _figures(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    pages = list(corpus_pages(folder))
    if options.sites:
        pages = _of_large_sites(pages, options.sites)
        _keep(folder, pages)
        if not pages:
            print(f"== {folder.name}: no site with {options.sites} dumps")
            return {"pages": 0}
    if options.held_out:
        said = predict_folder(folder, options.held_out, options.processes)
        return {"pages": said.pop("pages"), "refused": said.pop("refused"), **_shown(said)}
    predicted = filed_and_cleaned(pages) if options.sites else extracted(pages)
    file = folder / "predictions.jsonl"
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in predicted]
    file.write_text("".join(lines), encoding="utf-8")
    refused = sum("refused" in entry for entry in predicted)
    found = {"pages": len(pages), "refused": refused, **_shown(score(folder, file))}
    print(f"== {len(pages)} dumps of {folder.name}, refused: {refused}")
    for name, value in found.items():
        print(f"{name:>24}  {value}")
    return found


def _of_large_sites(pages: list[CorpusPage], least: int) -> list[CorpusPage]:
    sites = [page.site for page in pages]
    return [page for page in pages if sites.count(page.site) >= least]


def _keep(folder: Path, pages: list[CorpusPage]) -> None:
    """Leave only ``pages`` in the folder's truth."""
    lines = [json.dumps(page.truth, ensure_ascii=False) + "\n" for page in pages]
    (folder / "truth.jsonl").write_text("".join(lines), encoding="utf-8")


def _shown(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(figures[name], 4) for name in _SHOWN if name in figures}


if __name__ == "__main__":
    sys.exit(main())
