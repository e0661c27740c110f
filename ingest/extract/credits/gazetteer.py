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
    #: Registrable domains that serve other people's sites.
    platforms: frozenset[str] = frozenset()

    def find(self, name: str, *, weak: bool = False, bare: bool = True) -> House | None:
        """The house called ``name``, whole.

        Args:
            name: as the page writes it; capitals count for short marks.
            weak: also take marks that mean other things too.
            bare: also take outlets whose names mean other things too.
        """
        text = name.strip()
        if not text or len(text) > _LONGEST_NAME:
            return None
        found = self.short.get(text) or (self.weak.get(text) if weak else None)
        if found is None:
            found = self.long.get(house_key(text))
            if found is None and "." in text:
                found = self.hosts.get(text.strip(".").lower())
            # All in lower case is a word, not a name ("guardian", "agencies" apart from marks).
            if found is not None and text.islower() and text.isalpha() and text != found.name:
                found = found if found.kind == "agency" else None
        if found is not None and found.bare and not bare:
            return None
        return found

    def agency(self, name: str, *, weak: bool = False) -> House | None:
        """The wire service called ``name``, whole."""
        found = self.find(name, weak=weak)
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
    """``rows`` ready for looking up; where two share a name, the earlier one has it."""
    short: dict[str, House] = {}
    weak: dict[str, House] = {}
    hosts: dict[str, House] = {}
    ids: dict[str, House] = {}
    names: list[str] = []
    named: list[House] = []
    for row in sorted(rows, key=lambda row: not row.first):
        house = row.house
        ids.setdefault(house.id, house)
        for mark in row.marks:
            short.setdefault(mark, house)
        for mark in row.weak:
            weak.setdefault(mark, house)
        for host in house.hosts:
            hosts.setdefault(host, house)
        own = house.name
        if own not in row.weak:
            if house.kind == "agency" and len(house_key(own)) <= _LONGEST_MARK:
                short.setdefault(own, house)
            else:
                names.append(own)
                named.append(house)
        names += row.spellings
        named += [house] * len(row.spellings)
    long: dict[str, House] = {}
    for key, house in zip(house_keys(names), named, strict=True):
        long.setdefault(key, house)
    return Gazetteer(short, weak, long, hosts, ids, frozenset(platforms))


@cache
def gazetteer() -> Gazetteer:
    """The tables that ship."""
    rows = [row for name in tables_in("gazetteer") for row in read_houses(load_lines(name))]
    return gazetteer_of(rows, load_lines("gazetteer/platforms.txt"))
