"""A table of houses, one a line: what stands in each of its cells, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["House", "HouseCells", "HouseRow", "cells_of", "house_of", "read_houses"]

_CELLS = 11
_LIST = "|"
_FLAGS = frozenset({"bare", "first", "release", "same"})

#: The cells of a line: id, kind, name, country, language, hosts, marks, weak marks, spellings,
#: flags, group.
HouseCells = list[str]


@dataclass(frozen=True, slots=True)
class House:
    """A wire service or an outlet, under its one spelling."""

    #: Ours, short and stable for ever: what is stored beside a credit stays true when a house takes
    #: another name (``afp``, ``ria-novosti``, ``jornal-de-noticias``).
    id: str
    name: str
    kind: Literal["agency", "outlet"]
    #: ISO 3166-1 alpha-2; empty where it belongs to no country, or none is on file.
    country: str = ""
    #: Registrable domains of its own site, or hosts below one that it shares.
    hosts: tuple[str, ...] = ()
    #: Whether its name means other things as well and counts only where a name is announced.
    bare: bool = False
    #: ISO 639-1 of its main language; empty where none is on file.
    language: str = ""
    #: The publisher group that it shares with its sister outlets; empty where none is on file.
    group: str = ""
    #: Whether it distributes what others pay it for: press releases, not news of its own.
    release: bool = False


@dataclass(frozen=True, slots=True)
class HouseRow:
    """A line of a table: a house, and what it is called."""

    house: House
    #: Marks as they are written, capitals and all.
    marks: tuple[str, ...] = ()
    #: Marks that mean other things too.
    weak: tuple[str, ...] = ()
    #: Further names and spellings; capitals do not count.
    spellings: tuple[str, ...] = ()
    #: Whether it is the one that is meant where several houses share a name.
    first: bool = False
    #: Whether another house of its country may share a name with it.
    same: bool = False


def cells_of(line: str) -> HouseCells:
    """The cells of a line of a table, those that it leaves out at its end empty."""
    cells = line.split("\t")
    if len(cells) < _CELLS:
        cells += [""] * (_CELLS - len(cells))
    return cells


def house_of(cells: HouseCells) -> House:
    """The house of a line; its flags and kind are taken as they stand."""
    id, kind, name, country, language, hosts, _, _, _, flags, group = cells
    return House(
        id,
        name,
        "agency" if kind == "agency" else "outlet",
        country,
        _listed(hosts),
        "bare" in flags,
        language,
        group,
        "release" in flags,
    )


def read_houses(lines: Iterable[str]) -> Iterator[HouseRow]:
    """The houses of a table, in its order; its format is in ``data/gazetteer/README.md``.

    Args:
        lines: those of a table that are neither empty nor comments, without line breaks.

    Raises:
        ValueError: a line that names no house; the message has the line and what is wrong with it.
    """
    for line in lines:
        cells = cells_of(line)
        if len(cells) > _CELLS or not (cells[0] and cells[2]):
            raise ValueError(
                f"{line!r}: a house has an id, a kind, a name, and {_CELLS} cells at most"
            )
        kind, marks, weak, spellings, flags = cells[1], *cells[6:10]
        if kind not in ("agency", "outlet"):
            raise ValueError(f"{line!r}: a house is an agency or an outlet, not {kind!r}")
        if not _FLAGS.issuperset(_listed(flags)):
            raise ValueError(f"{line!r}: {flags!r} is not of the flags {', '.join(sorted(_FLAGS))}")
        yield HouseRow(
            house_of(cells),
            _listed(marks),
            _listed(weak),
            _listed(spellings),
            "first" in flags,
            "same" in flags,
        )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(_LIST)) if cell else ()
