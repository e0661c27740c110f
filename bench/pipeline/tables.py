"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["goals", "print_goals", "print_hostile", "print_pipeline", "print_redesign"]

_COLUMNS = (
    "articles", "filed", "seconds", "articles_per_s", "cpu_ms_per_article", "cpu_ms_without_start",
    "start_up_cpu_s", "start_up_s", "peak_memory_mb", "busiest_share", "busiest_cpu_ms", "by_template", "word_f1", "leaked_per_article",
    "lost_per_article", "wrong", "spoiled_by_template", "far_off", "title", "authors", "day",
)  # fmt: skip


def print_pipeline(found: Mapping[str, Mapping[str, object]]) -> None:
    """A column for each program, a line for each figure; then CPU by stage and quality by source."""
    _print_rows(found, _COLUMNS, "")
    stages = {name: figures["cpu_ms_by_stage"] for name, figures in found.items()}
    staged = {name: row for name, row in stages.items() if isinstance(row, Mapping) and row}
    if staged:
        print("\nCPU ms an article by stage, start-up included")
        _print_rows(staged, next(iter(staged.values())), "")
    print("\nby source: word F1, lines leaked and lost an article")
    names = [name for figures in found.values() for name in _mapping(figures["by_source"])]
    for name in dict.fromkeys(names):
        cells = []
        for figures in found.values():
            row = _mapping(_mapping(figures["by_source"]).get(name, {}))
            cells.append(
                f"{row.get('word_f1', 0):>8} {row.get('leaked_per_article', 0):>7} {row.get('lost_per_article', 0):>7}"
            )
        print(f"  {name:22}" + "  ".join(f"{cell:>24}" for cell in cells))

    for program, figures in found.items():
        rows = figures.get("templates")
        if isinstance(rows, list) and rows:
            print(f"\ntemplates, {program}")
            _print_templates(rows)
        _print_spoiled(figures)


def goals(found: Mapping[str, Mapping[str, object]]) -> dict[str, float]:
    """What the runs of one number of cores show beside the plain script, as far as they were made.

    Ratios are the plain script's CPU through Copydesk's: first as it is, start-up and all, then without.
    """
    told: dict[str, float] = {}
    plain = found.get("plain")
    for name in ("warm", "cold"):
        figures = found.get(name)
        if figures is None:
            continue
        if plain is not None:
            for said, key in (
                ("", "cpu_ms_per_article"),
                ("_without_start", "cpu_ms_without_start"),
            ):
                told[f"{name}_ratio{said}"] = round(
                    _number(plain, key) / max(0.01, _number(figures, key)), 2
                )
        told[f"{name}_busiest_share"] = _number(figures, "busiest_share")
        told[f"{name}_articles_per_s"] = _number(figures, "articles_per_s")
        told[f"{name}_peak_pss_mb"] = _number(figures, "peak_memory_mb")
    return told


def print_goals(by_cores: Mapping[str, Mapping[str, Mapping[str, object]]]) -> dict[str, object]:
    """Print, and return, ``goals`` of each number of cores, and what the most gained on the fewest."""
    told: dict[str, object] = {}
    columns = {where: goals(found) for where, found in by_cores.items()}
    columns = {where: row for where, row in columns.items() if row}
    if not columns:
        return told
    print("\nbeside the plain script (its CPU through ours), and what the goals ask for")
    _print_rows(columns, next(iter(columns.values())), "")
    told.update(columns)
    first, *_, last = columns.values() if len(columns) > 1 else (None, None)
    for name in ("warm", "cold"):
        key = f"{name}_articles_per_s"
        if first is not None and last is not None and first.get(key) and last.get(key):
            gained = round(last[key] / first[key], 2)
            print(f"  {f'{name}, most cores':22}{gained:>13}x as many articles a second as fewest")
            told[f"{name}_speedup"] = gained
    return told


def _number(figures: Mapping[str, object], key: str) -> float:
    value = figures.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def print_redesign(figures: Mapping[str, object]) -> None:
    """Figures of the site that changed its design."""
    print("\nredesign in the middle of a run")
    _print_one(figures)


def print_hostile(found: Mapping[str, object]) -> None:
    """Figures of each hostile site."""
    for name, figures in found.items():
        print(f"\nhostile: {name}")
        _print_one(_mapping(figures))


def _print_one(figures: Mapping[str, object]) -> None:
    for name, value in figures.items():
        if name not in ("templates", "spoiled_examples"):
            print(f"  {name:24} {value}")
    rows = figures.get("templates")
    if isinstance(rows, list):
        _print_templates(rows)
    _print_spoiled(figures)


def _print_spoiled(figures: Mapping[str, object]) -> None:
    rows = figures.get("spoiled_examples")
    for row in rows if isinstance(rows, list) else []:
        said = ", ".join(f"{key} {value}" for key, value in row.items() if value)
        print(f"  spoiled: {said}")


def _print_templates(rows: list[Mapping[str, object]]) -> None:
    for row in rows:
        said = ", ".join(
            f"{key} {value}"
            for key, value in row.items()
            if value is not None and key not in ("source", "name", "version")
        )
        print(f"  {row['source']:22} {row['name']}@{row['version']}: {said}")


def _print_rows(
    found: Mapping[str, Mapping[str, object]],
    names: tuple[str, ...] | Mapping[str, object],
    gap: str,
) -> None:
    print(f"{gap:24}" + "".join(f"{name:>14}" for name in found))
    for name in names:
        cells = "".join(f"{figures.get(name, ''):>14}" for figures in found.values())
        print(f"  {name:22}{cells}")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
