"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["print_hostile", "print_pipeline", "print_redesign"]

_COLUMNS = (
    "articles", "filed", "seconds", "articles_per_s", "cpu_ms_per_article", "cpu_ms_without_start",
    "start_up_cpu_s", "start_up_s", "peak_memory_mb", "by_template", "word_f1", "leaked_per_article",
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
