"""``copydesk doctor``: what was found, the remedies under it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ingest.cli.invocation import as_called
from ingest.cli.loudness import Loudness, loudness
from ingest.cli.reading.articles import print_json
from ingest.cli.terminal import output_width, wrapped
from ingest.doctor.examination import examination
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK
from sources.secrets import without_secrets

__all__ = ["examine"]

_MARKS = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}


def examine(config: Path | None, database: str | None, *, offline: bool, as_json: bool) -> int:
    """Print each finding as it comes; 1 where something is wrong. ``-q`` leaves out what is well."""
    counted = {"ok": 0, "note": 0, "wrong": 0}
    for each in examination(config, database, offline=offline):
        counted[each.state] += 1
        said = without_secrets(each.said)
        if as_json:
            remedy = as_called(each.remedy) if each.remedy else None
            print_json({**asdict(each), "said": said, "remedy": remedy})
            continue
        if each.state == "ok" and loudness() is Loudness.QUIET:
            continue
        first = f"{_MARKS[each.state]}  {each.about + ':':<14} "
        for line in wrapped(as_called(said), output_width(), indent=first, further=" " * 22):
            print(line)
        if each.remedy:
            remedy = as_called(each.remedy)
            for line in wrapped(remedy, output_width(), indent=" " * 22 + "-> ", further=" " * 25):
                print(line)
    if not as_json:
        print(f"{counted['wrong'] or 'nothing'} wrong, {counted['note']} to know")
    return EXIT_INCOMPLETE if counted["wrong"] else EXIT_OK
