"""What the reader makes of made pages: F1 by form and language, false credits on pages without."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.credits.made import FORMS, Expected, MadePage
from bench.extraction.tables import Table
from ingest.extract import Refusal, extract_bytes
from ingest.extract.credits.gazetteer import house_key
from storage.article import Credit

__all__ = ["Cell", "Figures", "Miss", "by_language", "measure", "read_page"]


@dataclass(slots=True)
class Cell:
    """Counts of credits."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; nothing where there was nothing to find or to mistake."""
        every = 2 * self.right + self.missed + self.wrong
        return 2 * self.right / every if every else None

    def add(self, other: Cell) -> None:
        """Count ``other`` as well."""
        self.right += other.right
        self.missed += other.missed
        self.wrong += other.wrong


@dataclass(frozen=True, slots=True)
class Miss:
    """A page that was read otherwise than it says."""

    page: MadePage
    given: tuple[tuple[str, str], ...]
    refused: bool


@dataclass(slots=True)
class Figures:
    """The figures of a run."""

    cells: defaultdict[tuple[str, str], Cell] = field(default_factory=lambda: defaultdict(Cell))
    #: Pages without a credit, and those of them that were given one, by language.
    without: defaultdict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    pages: int = 0
    refused: int = 0
    misses: list[Miss] = field(default_factory=list)

    def language(self, language: str) -> Cell:
        """The counts of all forms of ``language``."""
        return _sum(cell for (_, other), cell in self.cells.items() if other == language)

    def form(self, form: str) -> Cell:
        """The counts of ``form`` in all languages."""
        return _sum(cell for (other, _), cell in self.cells.items() if other == form)


def _sum(cells: Iterable[Cell]) -> Cell:
    total = Cell()
    for cell in cells:
        total.add(cell)
    return total


def read_page(page: MadePage, folder: Path) -> Sequence[Credit] | None:
    """The credits of ``page``, written to ``folder`` and read from there; none where it is refused."""
    path = folder / f"{page.language}-{page.form}.html.gz"
    path.write_bytes(gzip.compress(page.html.encode(), 1))
    result = extract_bytes(gzip.decompress(path.read_bytes()), url=page.url)
    return None if isinstance(result, Refusal) else result.credits


def measure(
    pages: Iterable[MadePage], folder: Path, on_page: Callable[[], None] = lambda: None
) -> Figures:
    """Read ``pages`` and compare what they say with what is given."""
    figures = Figures()
    for page in pages:
        credits = read_page(page, folder)
        figures.pages += 1
        figures.refused += credits is None
        given = tuple((credit.role, credit.name) for credit in credits or ())
        cell = compare(page.expected, given)
        if page.form == "none":
            figures.without[page.language][0] += 1
            figures.without[page.language][1] += bool(given)
        else:
            figures.cells[page.form, page.language].add(cell)
        if cell.missed or cell.wrong:
            figures.misses.append(Miss(page, given, credits is None))
        on_page()
    return figures


def compare(expected: Iterable[Expected], given: Iterable[tuple[str, str]]) -> Cell:
    """How many of ``expected`` were given, how many not, and what was given beside them."""
    cell = Cell()
    left = [(role, _key(name)) for role, name in given]
    for each in expected:
        found = [pair for pair in left if pair[1] == _key(each.name) and pair[0] in each.roles]
        if found:
            cell.right += 1
            # The same name under two roles that are both right is one credit.
            left = [pair for pair in left if pair not in found]
        else:
            cell.missed += 1
    cell.wrong = len(left)
    return cell


def _key(name: str) -> str:
    return house_key(name) or name


def by_language(figures: Figures) -> Table:
    """F1 in per cent, a row a language, a column a form."""
    languages = list(dict.fromkeys(language for _, language in figures.cells))
    rows = [
        (
            language,
            *(_per_cent(figures.cells.get((form, language), Cell()).f1) for form in FORMS),
            _per_cent(figures.language(language).f1),
            f"{figures.without[language][1]}/{figures.without[language][0]}",
        )
        for language in languages
    ]
    all_false, all_none = (sum(counts[n] for counts in figures.without.values()) for n in (1, 0))
    total = _sum(figures.cells.values())
    rows.append(
        (
            "all",
            *(_per_cent(figures.form(form).f1) for form in FORMS),
            _per_cent(total.f1),
            f"{all_false}/{all_none}",
        )
    )
    return Table(
        ("", *FORMS, "all", "false"),
        tuple(rows),
        caption="F1 by form (%) of credits on made pages",
        notes=(
            f"{figures.pages} pages, {figures.refused} of them not taken for articles;"
            " false: pages without a credit that were given one.",
            "Made pages show which forms and languages are covered. They are no measure of quality on"
            " publishers' pages: that is the labelled figure, and nothing here replaces it.",
        ),
    )


def _per_cent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}"
