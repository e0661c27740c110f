"""The runs: cold, warm, the plain script; a redesign and the hostile sites."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.pipeline.against_generic import spoiled
from bench.pipeline.filed import filed_rows, kept_templates, link_states
from bench.pipeline.programs import Taken, announce, copydesk_run, plain_run, redesigned, serving
from bench.pipeline.quality import summary
from bench.pipeline.sites import Site, hostile_sites, redesigned_site, sites

__all__ = ["Plan", "run_hostile", "run_pipeline", "run_redesign"]

Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run, and how large."""

    sources: int = 5
    articles: int = 150
    #: Pages of each source in the run that goes before the warm one.
    teach: int = 150
    workers: int | None = None
    cores: int | None = None
    pregenerate: bool = True
    #: Of ``cold``, ``warm``, ``plain``.
    programs: tuple[str, ...] = ("cold", "warm", "plain")


def run_pipeline(plan: Plan) -> dict[str, Figures]:
    """The figures of each program on the same articles."""
    papers = sites(plan.sources)
    size = plan.articles + plan.teach
    arguments = ["--sources", str(plan.sources), "--articles", str(size)]
    if plan.pregenerate:
        arguments.append("--pregenerate")
    found: dict[str, Figures] = {}
    with serving(*arguments, cores=plan.cores) as port:
        if {"cold", "warm"} & set(plan.programs):
            announce(port, 0, 1)
            with _folder() as folder:
                start_up = _copydesk(folder, port, papers[:1], 1, plan)
        if "cold" in plan.programs:
            announce(port, 0, plan.articles)
            with _folder() as folder:
                taken = _copydesk(folder, port, papers, plan.articles, plan)
                found["cold"] = _figures(taken, start_up, papers, plan, folder)
        if "warm" in plan.programs:
            with _folder() as folder:
                announce(port, plan.articles, size)
                _copydesk(folder, port, papers, plan.teach, plan)
                announce(port, 0, plan.articles)
                taken = _copydesk(folder, port, papers, plan.articles, plan)
                found["warm"] = _figures(taken, start_up, papers, plan, folder)
        if "plain" in plan.programs:
            announce(port, 0, 1)
            with _folder() as folder:
                start_up = plain_run(folder, port, papers[:1], cores=plan.cores)
            announce(port, 0, plan.articles)
            with _folder() as folder:
                taken = plain_run(folder, port, papers, cores=plan.cores)
                found["plain"] = _figures(taken, start_up, papers, plan, folder)
    return found


def run_redesign(plan: Plan) -> Figures:
    """One site that has another design after half of its articles were fetched, in one run."""
    middle = plan.articles // 2
    site = redesigned_site()
    arguments = ["--redesign-after", str(middle), "--articles", str(plan.articles)]
    with serving(*arguments, cores=plan.cores) as port, _folder() as folder:
        taken = _copydesk(folder, port, [site], plan.articles, plan)
        new = redesigned(port)
        rows = filed_rows(folder, [site])
        old = {row.template for row in rows if row.number not in new}
        until_old = [n for n, row in enumerate(rows) if row.template]
        until_new = [
            n
            for n, row in enumerate(row for row in rows if row.number in new)
            if row.template and row.template not in old
        ]
        return {
            "articles": plan.articles,
            "filed": len(rows),
            **summary([row.quality for row in rows]),
            "spoiled_by_template": len(worse := spoiled(rows, [site], new)),
            "wrong_old_design": sum(row.quality.wrong for row in rows if row.number not in new),
            "wrong_new_design": sum(row.quality.wrong for row in rows if row.number in new),
            "by_template": sum(row.template is not None for row in rows),
            "pages_until_the_first_is_believed": until_old[0] if until_old else None,
            "pages_until_the_new_is_believed": until_new[0] if until_new else None,
            "peak_memory_mb": round(taken.peak_bytes / 2**20, 1),
            "templates": kept_templates(folder),
            "spoiled_examples": _some(worse),
        }


def run_hostile(plan: Plan) -> Figures:
    """The same text on every page, no text on any, markup of its own on each."""
    found: Figures = {}
    with serving("--hostile", "--articles", str(plan.articles), cores=plan.cores) as port:
        for site in hostile_sites():
            with _folder() as folder:
                taken = _copydesk(folder, port, [site], plan.articles, plan)
                rows = filed_rows(folder, [site])
                found[site.paper.name] = {
                    "articles": plan.articles,
                    "filed": len(rows),
                    "wrong": sum(row.quality.wrong for row in rows),
                    "far_off": sum(row.quality.far_off for row in rows),
                    "by_template": sum(row.template is not None for row in rows),
                    "links": link_states(folder),
                    "templates": kept_templates(folder),
                    "seconds": round(taken.seconds, 2),
                    "cpu_ms_per_article": round(taken.cpu_seconds * 1000 / plan.articles, 2),
                    "peak_memory_mb": round(taken.peak_bytes / 2**20, 1),
                }
    return found


def _copydesk(folder: Path, port: int, papers: Sequence[Site], most: int, plan: Plan) -> Taken:
    return copydesk_run(folder, port, papers, most=most, workers=plan.workers, cores=plan.cores)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        yield Path(folder)


def _figures(
    taken: Taken, start_up: Taken, papers: Sequence[Site], plan: Plan, folder: Path
) -> Figures:
    rows = filed_rows(folder, papers, plan.articles)
    asked = plan.articles * len(papers)
    by_source = {
        site.paper.name: summary([row.quality for row in rows if row.source == site.paper.name])
        for site in papers
    }
    examples = [
        {"source": row.source, "number": row.number, "f1": round(row.quality.f1, 3)}
        | {"leaked": [line[:100] for line in row.quality.leaked]}
        for row in rows
        if row.quality.wrong
    ]
    worse = spoiled(rows, papers)
    templates = Counter(row.template is not None for row in rows)
    return {
        "articles": asked,
        "filed": len(rows),
        "seconds": round(taken.seconds, 2),
        "articles_per_s": round(asked / taken.seconds, 1),
        "cpu_ms_per_article": round(taken.cpu_seconds * 1000 / asked, 2),
        "cpu_ms_without_start": round(
            (taken.cpu_seconds - start_up.cpu_seconds) * 1000 / max(1, asked - 1), 2
        ),
        "start_up_cpu_s": round(start_up.cpu_seconds, 2),
        "start_up_s": round(start_up.seconds, 2),
        "peak_memory_mb": round(taken.peak_bytes / 2**20, 1),
        "busiest_share": round(taken.busiest_seconds / max(0.01, taken.cpu_seconds), 3),
        "busiest_cpu_ms": round(taken.busiest_seconds * 1000 / asked, 2),
        "by_template": round(templates[True] / max(1, len(rows)), 4),
        **summary([row.quality for row in rows]),
        "spoiled_by_template": len(worse),
        "cpu_ms_by_stage": {
            name: round(seconds * 1000 / asked, 3) for name, seconds in taken.stages.items()
        },
        "start_up_cpu_ms_by_stage": {
            name: round(seconds * 1000, 1) for name, seconds in start_up.stages.items()
        },
        "by_source": by_source,
        "templates": kept_templates(folder),
        "spoiled_examples": _some(worse),
        "wrong_examples": _some(examples),
    }


def _some(examples: Sequence[dict[str, object]], most: int = 6) -> list[dict[str, object]]:
    """A few from all over."""
    return list(examples[:: max(1, len(examples) // most)][:most])
