"""Copydesk and its peers over the same pages: quality and speed, as tables."""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.extraction.mistake import Mistake
from bench.extraction.pages import Listing, read_listing
from bench.extraction.peers import COPYDESK, Extractor, interpreter_of
from bench.extraction.running import Runner, run_pages, warm_up_pages
from bench.extraction.scoring import FIGURES, find_score, score
from bench.extraction.tables import Table

__all__ = ["Result", "Speed", "compare", "quality_table", "speed_of", "speed_table"]

_ABSENT = "–"


@dataclass(frozen=True)
class Speed:
    """Process CPU time of extraction alone, in milliseconds a page."""

    median_ms: float
    p95_ms: float
    max_ms: float
    #: Pages a second of one core: pages over the sum of their times.
    pages_per_s: float


@dataclass(frozen=True)
class Result:
    """One extractor on one folder."""

    folder: str
    extractor: str
    pages: int
    #: Pages from which no text came, whatever the cause.
    empty: int
    #: What ``score.py`` says, without figures of what this extractor does not give.
    figures: dict[str, float]
    #: None where every page was cut off.
    speed: Speed | None
    #: Page and cause, for each page that crashed the extractor or was cut off.
    failed: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def compare(folders: list[Path], peers: tuple[Extractor, ...], workdir: Path) -> list[list[Result]]:
    """Run Copydesk and ``peers`` over each folder, one at a time; the results of each folder.

    Environments, predictions and what runners said stay in ``workdir``.
    """
    listings = [read_listing(folder) for folder in folders]
    for listing in listings:
        find_score(listing.folder)
    try:
        workdir = workdir.resolve()
        warm_up = warm_up_pages(workdir)
        pythons = {peer: interpreter_of(peer, workdir) for peer in (COPYDESK, *peers)}
        return [
            [
                _measure(
                    listing, Runner(extractor, python, warm_up, workdir / "runner.log"), workdir
                )
                for extractor, python in pythons.items()
            ]
            for listing in listings
        ]
    except OSError as error:
        raise Mistake(f"{error.filename or workdir}: {error.strerror or error}") from error


def _measure(listing: Listing, runner: Runner, workdir: Path) -> Result:
    started = time.perf_counter()
    found = run_pages(runner, listing.pages)
    seconds = time.perf_counter() - started
    name = runner.extractor.name
    print(f"{listing.name}: {name}: {len(found)} pages in {seconds:.0f} s", file=sys.stderr)
    folder = listing.folder.resolve()
    predictions = workdir / "predictions" / folder.parent.name / folder.name / f"{name}.jsonl"
    predictions.parent.mkdir(parents=True, exist_ok=True)
    predictions.write_text("".join(json.dumps(entry) + "\n" for entry in found), encoding="utf-8")
    # Labels of credits say nothing of an extractor that does not read credits.
    asked = listing.file.name == "truth.jsonl" or any("credits" in entry for entry in found)
    figures = score(listing.folder, predictions) if asked else {}
    for figure in runner.extractor.not_asked:
        figures.pop(figure, None)
    return Result(
        folder=listing.name,
        extractor=runner.extractor.label,
        pages=len(found),
        empty=sum(not entry["body"].strip() for entry in found),
        figures=figures,
        speed=speed_of([entry["cpu_ms"] for entry in found if "cpu_ms" in entry]),
        failed=tuple((entry["id"], entry["error"]) for entry in found if "error" in entry),
    )


def speed_of(times: list[float]) -> Speed | None:
    """What the pages' times come to; a 95th percentile is a time that a page took."""
    if not times:
        return None
    ordered = sorted(times)
    return Speed(
        median_ms=statistics.median(ordered),
        p95_ms=ordered[-(-95 * len(ordered) // 100) - 1],
        max_ms=ordered[-1],
        pages_per_s=1000 * len(ordered) / (sum(ordered) or 0.01),
    )


def quality_table(results: list[Result]) -> Table:
    """Figures of one folder, an extractor a row."""
    names = [name for name in FIGURES if any(name in result.figures for result in results)]
    return Table(
        ("extractor", *(FIGURES[name] for name in names), "no text", "failed"),
        tuple(
            (
                result.extractor,
                *(_figure(result.figures.get(name)) for name in names),
                str(result.empty),
                str(len(result.failed)),
            )
            for result in results
        ),
        f"Quality on {results[0].folder}, {results[0].pages} pages",
        tuple(
            f"{result.extractor}: {page}: {cause}"
            for result in results
            for page, cause in result.failed
        ),
    )


def speed_table(results: list[Result]) -> Table:
    """Speed on one folder, an extractor a row."""
    return Table(
        ("extractor", "CPU ms a page, median", "95 %", "max", "pages/s of one core"),
        tuple((result.extractor, *_speeds(result.speed)) for result in results),
        f"Speed on {results[0].folder}, {results[0].pages} pages",
    )


def _figure(value: float | None) -> str:
    return _ABSENT if value is None else f"{value:.3f}"


def _speeds(speed: Speed | None) -> tuple[str, ...]:
    if speed is None:
        return (_ABSENT,) * 4
    return (
        f"{speed.median_ms:.1f}",
        f"{speed.p95_ms:.1f}",
        f"{speed.max_ms:.1f}",
        f"{speed.pages_per_s:.1f}",
    )
