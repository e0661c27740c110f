"""The houses that credits name: wire services and outlets, each with its one spelling and its id.

The tables are data (``data/gazetteer/``, described by the ``README.md`` there); this module looks
names up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from ingest.extract.credits.house_names import house_key, house_keys
from ingest.extract.credits.house_table import House, HouseRow, read_houses
from ingest.extract.data import load_lines, tables_in

__all__ = ["Gazetteer", "House", "gazetteer", "gazetteer_of", "host_brand", "house_key"]

#: Longer names than this are looked up by nobody.
_LONGEST_NAME = 60
#: A wire service's name of up to so many signs is a mark: its capitals count.
_LONGEST_MARK = 4


@dataclass(frozen=True)
class Gazetteer:
    """The tables, ready for looking up; one ``dict`` access a question."""

    #: Marks as they are written, capitals and all.
    short: dict[str, House] = field(default_factory=dict)
    weak: dict[str, House] = field(default_factory=dict)
    #: By ``house_key``.
    long: dict[str, House] = field(default_factory=dict)
    hosts: dict[str, House] = field(default_factory=dict)
    ids: dict[str, House] = field(default_factory=dict)
    #: Of marks and keys that several houses have: all of these, the one that is meant first.
    sharing_mark: dict[str, tuple[House, ...]] = field(default_factory=dict)
    sharing_name: dict[str, tuple[House, ...]] = field(default_factory=dict)
    #: Registrable domains that serve other people's sites.
    platforms: frozenset[str] = frozenset()

    def find(
        self,
        name: str,
        *,
        weak: bool = False,
        bare: bool = True,
        country: str = "",
        language: str = "",
    ) -> House | None:
        """The house called ``name``, whole.

        Args:
            name: as the page writes it; capitals count for short marks.
            weak: also take marks that mean other things too.
            bare: also take outlets by a name that means other things too.
            country: of the page's site, ISO 3166-1 alpha-2: of houses that share the name ("APA",
                "El Universal") the one there is meant.
            language: of the page, ISO 639-1: decides where the country does not.
        """
        text = name.strip()
        if not text or len(text) > _LONGEST_NAME:
            return None
        found = self.short.get(text) or (self.weak.get(text) if weak else None)
        if found is not None:
            sharing = self.sharing_mark.get(text)
        else:
            key = house_key(text)
            found = self.long.get(key)
            if found is None and "." in text:
                found = self.hosts.get(text.strip(".").lower())
            if found is None:
                return None
            # All in lower case is a word, not a name ("guardian", "agencies" apart from marks).
            if text.islower() and text.isalpha() and text != found.name and found.kind != "agency":
                return None
            sharing = self.sharing_name.get(key)
        if sharing is not None and (country or language):
            found = _nearest(sharing, country, language) or found
        if found.bare and not bare and house_key(text) == house_key(found.name):
            return None
        return found

    def agency(
        self, name: str, *, weak: bool = False, country: str = "", language: str = ""
    ) -> House | None:
        """The wire service called ``name``, whole; as for ``find``."""
        found = self.find(name, weak=weak, country=country, language=language)
        return found if found is not None and found.kind == "agency" else None

    def by_id(self, id: str) -> House | None:
        """The house of that id, which once given is no other's."""
        return self.ids.get(id)

    def by_host(self, host: str) -> House | None:
        """The house whose site ``host`` is, or of which it is a part."""
        labels = host.lower().removeprefix("www.").split(".")
        for start in range(max(len(labels) - 4, 0), len(labels) - 1):
            found = self.hosts.get(".".join(labels[start:]))
            if found is not None:
                return found
        return None


def host_brand(registrable: str) -> str:
    """The label of a registrable domain that carries the name: ``example`` of ``example.co.uk``."""
    return registrable.partition(".")[0]


def gazetteer_of(rows: Iterable[HouseRow], platforms: Iterable[str] = ()) -> Gazetteer:
    """``rows`` ready for looking up; where several share a name, the first of them has it."""
    table = Gazetteer(platforms=frozenset(platforms))
    names: list[str] = []
    named: list[House] = []
    ordered = sorted(rows, key=lambda row: not row.first)
    for row in ordered:
        house = row.house
        table.ids.setdefault(house.id, house)
        for host in house.hosts:
            table.hosts.setdefault(host, house)
        own = house.name
        is_mark = house.kind == "agency" and len(house_key(own)) <= _LONGEST_MARK
        for mark in (own, *row.marks) if is_mark and own not in row.weak else row.marks:
            _enter(table.short, table.sharing_mark, mark, house)
        if not is_mark and own not in row.weak:
            names.append(own)
            named.append(house)
        names += row.spellings
        named += [house] * len(row.spellings)
    for row in ordered:
        for mark in row.weak:
            table.weak.setdefault(mark, row.house)
            if mark in table.short or table.weak[mark] is not row.house:
                first = table.short.get(mark, table.weak[mark])
                table.sharing_mark[mark] = (*table.sharing_mark.get(mark, (first,)), row.house)
    for key, house in zip(house_keys(names), named, strict=True):
        _enter(table.long, table.sharing_name, key, house)
    return table


def _enter(
    table: dict[str, House], sharing: dict[str, tuple[House, ...]], name: str, house: House
) -> None:
    first = table.setdefault(name, house)
    if first is not house:
        sharing[name] = (*sharing.get(name, (first,)), house)


def _nearest(houses: tuple[House, ...], country: str, language: str) -> House | None:
    """Of ``houses`` the one of that country, else of that language; ``None`` where none is."""
    for house in houses:
        if country and house.country == country:
            return house
    for house in houses:
        if language and house.language == language:
            return house
    return None


@cache
def gazetteer() -> Gazetteer:
    """The tables that ship."""
    rows = [row for name in tables_in("gazetteer") for row in read_houses(load_lines(name))]
    return gazetteer_of(rows, load_lines("gazetteer/platforms.txt"))
