"""Predictions for a folder, each page with the model that has not seen its site."""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

from bench.extraction import copydesk
from bench.extraction.predict import predict
from ingest.extract.body import decisions as body_blocks
from ingest.extract.body.model import Ensemble, ensemble_of

__all__: list[str] = []


def main(folder: Path, models: Path, predictions: Path) -> None:
    """Predict ``folder`` with the models that ``crossvalidate`` left in ``models``."""
    parts = json.loads((models / "parts.json").read_text(encoding="utf-8"))
    grown: dict[tuple[int, str], Ensemble] = {}
    current = 0

    def model(name: str) -> Ensemble:
        if (current, name) not in grown:
            stored = json.loads((models / f"model-{current}.json").read_text(encoding="utf-8"))
            for kind in stored:
                grown[current, kind] = ensemble_of(stored[kind], kind)
        return grown[current, name]

    read_page = copydesk.read_page

    def read(name: str, *rest: Any) -> Any:
        nonlocal current
        current = parts[f"{folder.name}/{name}"]
        return read_page(name, *rest)

    # The workers must inherit what is put in place here.
    multiprocessing.set_start_method("fork")
    body_blocks.model = model
    sys.modules["bench.extraction.predict"].read_page = read  # type: ignore[attr-defined]
    print(predict(folder, predictions, 2))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
