"""The houses that credits name: wire services and outlets, each with its one spelling and its id.

The tables are data (``data/gazetteer/``, described by the ``README.md`` there); this module looks
names up. Of the thousands of houses a page names a few: what is made when the tables are loaded is
only the way from a name to its line, and a house when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from ingest.extract.credits.houses.forms import (
    QUOTES,
    Stems,
    bent,
    may_be_bent,
    may_have_words,
    way_of,
    without_words,
)
from ingest.extract.credits.houses.keys import house_key, house_keys
from ingest.extract.credits.houses.table import House, cells_of, house_of
from ingest.extract.data import load_lines, tables_in

__all__ = ["Gazetteer", "House", "gazetteer", "gazetteer_of", "host_brand", "house_key"]

#: Longer names than this are looked up by nobody.
_LONGEST_NAME = 60
#: A wire service's name of up to so many signs is a mark: its capitals count.
_LONGEST_MARK = 4
_LIST = "|"


@dataclass(frozen=True)
class Gazetteer:
    """The tables, ready for looking up; each of them leads from a name to the line of its house."""

    lines: list[str] = field(default_factory=list)
    #: Marks as they are written, capitals and all, and those that mean other things too.
    short: dict[str, int] = field(default_factory=dict)
    weak: dict[str, int] = field(default_factory=dict)
    #: By ``house_key``.
    long: dict[str, int] = field(default_factory=dict)
    hosts: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    #: The lines of wire services.
    agencies: set[int] = field(default_factory=set)
    #: Those of houses whose name means other things as well.
    bare: set[int] = field(default_factory=set)
    #: The language of each line.
    languages: list[str] = field(default_factory=list)
    #: Of marks and keys that several houses have: all of these, the one that is meant first.
    sharing_mark: dict[str, tuple[int, ...]] = field(default_factory=dict)
    sharing_name: dict[str, tuple[int, ...]] = field(default_factory=dict)
    #: Registrable domains that serve other people's sites.
    platforms: frozenset[str] = frozenset()
    _houses: dict[int, House] = field(default_factory=dict, repr=False, compare=False)

    def find(
        self,
        name: str,
        *,
        weak: bool = False,
        bare: bool = True,
        country: str = "",
        language: str = "",
    ) -> House | None:
        """The house called ``name``, whole, in any case of its name and with words of what it is.

        Args:
            name: as the page writes it; capitals count for short marks.
            weak: also take marks that mean other things too.
            bare: also take outlets by a name that means other things too.
            country: of the page's site, ISO 3166-1 alpha-2: of houses that share the name ("APA",
                "El Universal") the one there is meant.
            language: of the page, ISO 639-1: decides where the country does not.
        """
        text = name.strip().strip(QUOTES)
        if not text or len(text) > _LONGEST_NAME:
            return None
        found = self._called(text, weak, country, language)
        if found is None:
            return self._unbent(text, weak, bare, (country, language))
        return None if not bare and _is_bare(found, text) else found

    def agency(
        self, name: str, *, weak: bool = False, country: str = "", language: str = ""
    ) -> House | None:
        """The wire service called ``name``, whole; as for ``find``."""
        found = self.find(name, weak=weak, country=country, language=language)
        return found if found is not None and found.kind == "agency" else None

    def named(self, name: str) -> tuple[House, ...]:
        """Every house called ``name``, the one that is meant first."""
        text, key = name.strip(), house_key(name)
        found = [self.short.get(text), self.weak.get(text), *self.sharing_mark.get(text, ())]
        found += [self.long.get(key), *self.sharing_name.get(key, ())]
        return tuple(self._house(at) for at in dict.fromkeys(found) if at is not None)

    def names_of(self, house: House) -> tuple[str, ...]:
        """What the tables call a house of theirs beside its own name: marks, spellings, hosts."""
        at = self.ids.get(house.id)
        cells = cells_of(self.lines[at]) if at is not None else []
        return tuple(
            name for cell in (*cells[6:9], *cells[5:6]) if cell for name in cell.split("|")
        )

    @cached_property
    def sharing(self) -> frozenset[str]:
        """The identifiers of houses that share one of their names with others."""
        groups = (*self.sharing_mark.values(), *self.sharing_name.values())
        lines = {at for group in groups for at in group}
        return frozenset(self.lines[at].partition("\t")[0] for at in lines)

    def by_id(self, id: str) -> House | None:
        """The house of that id, which once given is no other's."""
        at = self.ids.get(id)
        return None if at is None else self._house(at)

    def by_host(self, host: str) -> House | None:
        """The house whose site ``host`` is, or of which it is a part."""
        labels = host.lower().removeprefix("www.").split(".")
        for start in range(max(len(labels) - 4, 0), len(labels) - 1):
            at = self.hosts.get(".".join(labels[start:]))
            if at is not None:
                return self._house(at)
        return None

    def _called(self, text: str, weak: bool, country: str, language: str) -> House | None:
        """The house that has exactly this name."""
        at = self.short.get(text)
        if at is None and weak:
            at = self.weak.get(text)
        is_mark = at is not None
        key = ""
        if at is None:
            key = house_key(text)
            # "paper.se" is a host: in a name "se" would be a legal form
            at = self.hosts.get(text.strip(".").lower()) if "." in text else None
            if at is None:
                at = self.long.get(key)
            if at is None:
                return None
        found = self._house(at)
        # All in lower case is a word, not a name ("guardian", "agencies" apart from marks).
        if not is_mark and text.islower() and text.isalpha():
            if text != found.name and found.kind != "agency":
                return None
        if country or language:
            return self._nearest(text, key or house_key(text), found, country, language)
        return found

    def _bent(self, text: str, weak: bool, bare: bool, near: tuple[str, str]) -> House | None:
        """The house of whose name ``text`` is a case, or to which it adds what kind of house it is."""
        if may_be_bent(text):
            for form in bent(text):
                found = self._called(form, weak, *near)
                if found is not None:
                    return None if not bare and _is_bare(found, form) else found
        key = house_key(text)
        for rest, kind in without_words(text, key) if may_have_words(text, key) else ():
            for form in (
                rest,
                *bent(rest),
                *(inner for inner, _ in without_words(rest, house_key(rest))),
            ):
                # Who is said to be a news agency is meant, whatever else its name means.
                found = self._called(form, True, *near)
                if found is not None and kind in ("house", found.kind):
                    return found
        if text[0].islower() and not "ა" <= text[0] <= "ჿ":
            return None
        at = self.stems.find(key)
        return None if at is None else self._house(at)

    @cached_property
    def _unbent(self) -> Callable[[str, bool, bool, tuple[str, str]], House | None]:
        # A page asks for the same names again and again, most of them no house's.
        return lru_cache(maxsize=4096)(self._bent)

    @cached_property
    def stems(self) -> Stems:
        """The names by their words without endings; made when a name is first asked for in vain."""
        stems = Stems()
        for key, at in self.long.items():
            way = way_of(key, self.languages[at])
            # A word that means something else too does so in most of its cases.
            if way and not (at in self.bare and house_key(self._house(at).name) == key):
                stems.enter(key, way, at)
        return stems

    def _house(self, at: int) -> House:
        house = self._houses.get(at)
        if house is None:
            house = self._houses[at] = house_of(cells_of(self.lines[at]))
        return house

    def _nearest(self, text: str, key: str, found: House, country: str, language: str) -> House:
        """Of the houses that have the name of ``found``, the one of that country or language."""
        others = self.sharing_mark.get(text, ()) + self.sharing_name.get(key, ())
        if key in self.long and self.long[key] not in others:
            others += (self.long[key],)
        houses = [found, *(self._house(at) for at in others)]
        there = [house for house in houses if country and house.country == country]
        there += [house for house in houses if language and house.language == language]
        return there[0] if there else found


def _is_bare(house: House, text: str) -> bool:
    """Whether ``text`` is that name of the house which means something else too."""
    return house.bare and house_key(text) == house_key(house.name)


def host_brand(registrable: str) -> str:
    """The label of a registrable domain that carries the name: ``example`` of ``example.co.uk``."""
    return registrable.partition(".")[0]


def gazetteer_of(lines: Iterable[str], platforms: Iterable[str] = ()) -> Gazetteer:
    """The houses of ``lines``, as in a table, ready for looking up.

    Where several share a name, the one flagged ``first`` has it, else the earliest.
    """
    table = Gazetteer(platforms=frozenset(platforms))
    rows = table.lines
    rows += lines
    rows.sort(key=lambda line: "\tfirst" not in line and "|first" not in line)
    names: list[str] = []
    named: list[int] = []
    weakly: list[tuple[str, int]] = []
    for at, line in enumerate(rows):
        # the first cells, as in ``cells_of``, of which most lines leave out the last
        cells = line.split("\t", 9)
        size = len(cells)
        id, kind, name = cells[:3]
        table.languages.append(cells[4] if size > 4 else "")
        if size > 9 and "bare" in cells[9]:
            table.bare.add(at)
        hosts = cells[5] if size > 5 else ""
        marks = cells[6] if size > 6 else ""
        weak = cells[7] if size > 7 else ""
        spellings = cells[8] if size > 8 else ""
        table.ids.setdefault(id, at)
        if kind == "agency":
            table.agencies.add(at)
        if hosts:
            for host in hosts.split(_LIST):
                table.hosts.setdefault(host, at)
        if marks:
            for mark in marks.split(_LIST):
                _enter(table.short, table.sharing_mark, mark, at)
        unsure = weak.split(_LIST) if weak else ()
        weakly += [(mark, at) for mark in unsure]
        if name not in unsure:
            if kind == "agency" and len(name) <= _LONGEST_MARK:
                _enter(table.short, table.sharing_mark, name, at)
            else:
                names.append(name)
                named.append(at)
        if spellings:
            more = spellings.split(_LIST)
            names += more
            named += [at] * len(more)
    for mark, at in weakly:
        first = table.short.get(mark, table.weak.setdefault(mark, at))
        if first != at:
            table.sharing_mark[mark] = (*table.sharing_mark.get(mark, (first,)), at)
    keys = house_keys(names)
    # The first of a name comes last, and so stays.
    table.long.update(zip(reversed(keys), reversed(named), strict=True))
    for key, at in zip(keys, named, strict=True):
        first = table.long[key]
        if first != at:
            table.sharing_name[key] = (*table.sharing_name.get(key, (first,)), at)
    return table


def _enter(table: dict[str, int], sharing: dict[str, tuple[int, ...]], name: str, at: int) -> None:
    first = table.setdefault(name, at)
    if first != at:
        sharing[name] = (*sharing.get(name, (first,)), at)


@cache
def gazetteer() -> Gazetteer:
    """The tables that ship."""
    lines = [line for name in tables_in("gazetteer") for line in load_lines(name)]
    return gazetteer_of(lines, load_lines("gazetteer/platforms.txt"))
