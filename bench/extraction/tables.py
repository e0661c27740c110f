"""Tables as aligned text or as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Table", "as_markdown", "as_text"]


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings; the first column is words, the others are figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()


def as_text(table: Table) -> str:
    """Columns aligned, figures to the right; notes below."""
    widths = [max(map(len, column)) for column in zip(table.headings, *table.rows, strict=True)]
    lines = [table.caption] if table.caption else []
    lines += [_aligned(row, widths) for row in (table.headings, *table.rows)]
    return "\n".join([*lines, *(f"  {note}" for note in table.notes)])


def as_markdown(table: Table) -> str:
    """A Markdown table with its caption above and its notes below."""
    lines = [f"{table.caption}:", ""] if table.caption else []
    lines += [_barred(table.headings), _barred(("---", *["---:"] * (len(table.headings) - 1)))]
    lines += map(_barred, table.rows)
    if table.notes:
        lines += ["", *(f"- {note}" for note in table.notes)]
    return "\n".join(lines)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *figures = row
    cells = [first.ljust(widths[0]), *map(str.rjust, figures, widths[1:])]
    return "  ".join(cells).rstrip()


def _barred(row: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |"
