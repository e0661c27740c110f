"""Credits on labelled pages, each read with models that have not seen its site.

    python -m bench.training grow OUT --only credits
    python -m bench.credits.measure OUT [--corpus ../shared/corpus] [--errors FILE]

Precision, recall and F1 of (page, role, name) as the corpus' ``score.py`` counts them (optional credits
count neither way), by set and by role, the share of pages without credits that got one, and how often
credits of a probability are right. ``further`` are our own labels on pages of the corpus' other folders.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.training.credit_labels import CreditPage, credit_pages, one_name
from ingest.extract import Refusal, extract_bytes
from ingest.extract.trees import reading_from

__all__ = ["ScoredPage", "scored_pages"]

#: Lines of the attribution corpus that the first rules were written with.
_FIRST = 249
_BINS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class ScoredPage:
    """What was right and wrong on one page: roles, names, probabilities."""

    id: str
    group: str
    hit: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]
    surplus: tuple[tuple[str, str, float], ...]
    #: (probability, whether it is right) of every credit given that is not optional.
    given: tuple[tuple[float, bool], ...]


def scored_pages(corpus: Path, models: Path, processes: int) -> list[ScoredPage]:
    """The labelled pages of ``corpus``, read with the models in ``models`` that do not know them."""
    pages = credit_pages(corpus)
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        return list(pool.map(partial(_score, models), enumerate(pages), chunksize=8))


def _score(models: Path, numbered: tuple[int, CreditPage]) -> ScoredPage:
    number, labelled = numbered
    page = labelled.page
    with reading_from(models / f"part-{page.part}"):
        article = extract_bytes(page.raw(), url=page.url)
    credits = () if isinstance(article, Refusal) else article.credits
    given: dict[tuple[str, str], tuple[str, float]] = {}
    for credit in credits:
        key = (credit.role, one_name(labelled.aliases, credit.name))
        given.setdefault(key, (credit.name, credit.probability or 0.0))
    hit, missed = [], []
    used: set[tuple[str, str]] = set()
    for wanted in page.credits:
        readings = {(role, one_name(labelled.aliases, name)) for role, name in wanted.readings}
        match = given.keys() & readings
        used |= match
        if not wanted.optional:
            (hit if match else missed).append((wanted.role, wanted.name))
    right = {key for key in used if key in labelled.right}
    surplus = [(key[0], *given[key]) for key in given if key not in used]
    weighed = [
        (p, key in right) for key, (_, p) in given.items() if key in right or key not in used
    ]
    group = "further" if page.dataset != "attribution" else "first" if number < _FIRST else "later"
    return ScoredPage(page.id, group, tuple(hit), tuple(missed), tuple(surplus), tuple(weighed))


def _figures(pages: list[ScoredPage]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {"all": Counter()}
    empty = alarmed = 0
    for page in pages:
        for what, found in (("tp", page.hit), ("fn", page.missed), ("fp", page.surplus)):
            for credit in found:
                counts["all"][what] += 1
                counts.setdefault(credit[0], Counter())[what] += 1
        if not page.hit and not page.missed:
            empty += 1
            alarmed += bool(page.surplus)
    return {
        "pages": len(pages),
        **{role: _ratios(n) for role, n in counts.items()},
        "false_alarms": round(alarmed / empty, 4) if empty else None,
        "pages_without": empty,
    }


def _ratios(n: Counter[str]) -> dict[str, float]:
    precision = n["tp"] / max(n["tp"] + n["fp"], 1)
    recall = n["tp"] / max(n["tp"] + n["fn"], 1)
    both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(both, 4),
        "credits": n["tp"] + n["fn"],
    }


def _reliability(pages: list[ScoredPage]) -> list[dict[str, float]]:
    table = []
    given = [each for page in pages for each in page.given]
    for low, high in zip(_BINS, _BINS[1:], strict=False):
        inside = [(p, right) for p, right in given if low <= p < high]
        if inside:
            table.append(
                {
                    "from": low,
                    "credits": len(inside),
                    "told": round(sum(p for p, _ in inside) / len(inside), 3),
                    "right": round(sum(right for _, right in inside) / len(inside), 3),
                }
            )
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.credits.measure",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("models", type=Path, help="folder that `bench.training grow` filled")
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--processes", type=int, default=2, help="at once [%(default)s]")
    parser.add_argument("--errors", type=Path, help="write what was wrong to this file")
    options = parser.parse_args()
    if not (options.models / "part-0/credits_model.json").is_file():
        parser.error(f"{options.models}: no models; `python -m bench.training grow` makes them")
    pages = scored_pages(options.corpus, options.models, options.processes)
    first, later = ([p for p in pages if p.group == g] for g in ("first", "later"))
    groups = {
        "attribution": first + later,
        "attribution, lines 1 to 249": first,
        "attribution, lines 250 on": later,
        "further": [page for page in pages if page.group == "further"],
        "all": pages,
    }
    figures = {name: _figures(found) for name, found in groups.items() if found}
    for name, found in figures.items():
        alarms = found["false_alarms"]
        print(f"== {name}: {found['pages']} pages, false credits on {alarms:.1%} of those without")
        for role, n in found.items():
            if isinstance(n, dict):
                print(
                    f"{role:>20}  P {n['precision']:.3f}  R {n['recall']:.3f}  F1 {n['f1']:.3f}"
                    f"  of {n['credits']}"
                )
    reliability = _reliability(pages)
    print("== of credits given with a probability, how many are right")
    for row in reliability:
        print(
            f"{row['from']:>20}  told {row['told']:.3f}  right {row['right']:.3f}  of {row['credits']}"
        )
    if options.errors is not None:
        wrong = [page for page in pages if page.missed or page.surplus]
        options.errors.write_text(
            "".join(
                json.dumps(
                    {"id": p.id, "group": p.group, "missed": p.missed, "surplus": p.surplus},
                    ensure_ascii=False,
                )
                + "\n"
                for p in wrong
            ),
            encoding="utf-8",
        )
    print(json.dumps({"credits": figures, "reliability": reliability}))


if __name__ == "__main__":
    main()
