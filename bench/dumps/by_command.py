"""Dumps read by ``copydesk extract --json``, many files at once, as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.extraction.mistake import Mistake
from bench.training.sites import CorpusPage

__all__ = ["COMMAND", "extracted", "prediction_of"]

#: The command line of this very installation.
COMMAND = (sys.executable, "-c", "from ingest.cli import main; main()")


def extracted(pages: Sequence[CorpusPage]) -> list[dict[str, Any]]:
    """A prediction a dump, in their order."""
    with tempfile.TemporaryDirectory(prefix="copydesk-texts-") as place:
        files = []
        for number, page in enumerate(pages):
            file = Path(place) / f"{number:05}.txt"
            file.write_bytes(page.raw())
            files.append(file)
        done = subprocess.run(
            [*COMMAND, "extract", "--json", *map(str, files)],
            capture_output=True,
            text=True,
            check=False,
        )
    lines = done.stdout.splitlines()
    if len(lines) != len(pages):
        raise Mistake(
            f"copydesk extract: {len(lines)} answers for {len(pages)} files: {done.stderr}"
        )
    return [
        prediction_of(page.id, json.loads(line)) for page, line in zip(pages, lines, strict=True)
    ]


def prediction_of(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """The line of ``score.py`` for an article, or a refusal, as JSON."""
    if "refused" in said:
        return {"id": name, "body": "", "refused": said["refused"]}
    return {
        "id": name,
        "title": said["title"],
        "authors": said["authors"],
        "date": said["published_at"],
        "body": said["text"],
    }
