"""Quality: what the ``score.py`` beside a corpus says of a file of predictions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.extraction.mistake import Mistake

__all__ = ["FIGURES", "find_score", "score"]

#: Figures that go into tables, and what they are called there, in the order of the columns.
FIGURES = {
    "aeb_f1": "shingle F1",
    "aeb_precision": "precision",
    "aeb_recall": "recall",
    "rouge_lsum_f1": "ROUGE-LSum F1",
    "rouge_lsum_precision": "precision",
    "rouge_lsum_recall": "recall",
    "word_f1": "word F1",
    "word_precision": "precision",
    "word_recall": "recall",
    "with_rate": "with",
    "without_rate": "without",
    "clean_page_rate": "clean",
    "complete_page_rate": "complete",
    "exact_page_rate": "exact",
    "leaked_per_page": "leaked a page",
    "title_exact": "title",
    "authors_f1": "authors F1",
    "same_day": "day",
    "same_instant": "instant",
    "with_role.f1": "credits F1",
    "with_role.precision": "precision",
    "with_role.recall": "recall",
    "pages_right": "pages right",
    "false_alarms_on_empty_pages": "false credits",
}


def find_score(folder: Path) -> Path:
    """The ``score.py`` of a corpus folder: in it, or beside it."""
    for place in (folder, folder.resolve().parent):
        if (place / "score.py").is_file():
            return (place / "score.py").resolve()
    raise Mistake(f"{folder}: no score.py in it or beside it")


def score(folder: Path, predictions: Path) -> dict[str, float]:
    """The figures of ``predictions``; those within others are named ``outer.inner``."""
    script = find_score(folder)
    command = [sys.executable, str(script)]
    if script.parent != folder.resolve():  # one for several folders is told which
        command.append(str(folder))
    done = subprocess.run(
        [*command, str(predictions), "--json"], capture_output=True, text=True, check=False
    )
    try:
        figures = json.loads(done.stdout)
        if done.returncode or not isinstance(figures, dict):
            raise ValueError
    except ValueError:
        told = [line for line in done.stderr.splitlines() if line.strip()]
        why = told[-1].strip() if told else f"ended with code {done.returncode}"
        raise Mistake(f"{script}: no figures for {predictions}: {why}") from None
    return _flat(figures)


def _flat(figures: dict[str, Any], within: str = "") -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{within}{name}.")
        elif isinstance(value, int | float):
            flat[within + name] = value
    return flat
