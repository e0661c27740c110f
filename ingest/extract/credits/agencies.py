"""The houses that credits name: wire services and outlets, each with its one spelling.

The tables are data (``data/agencies.toml``, ``data/outlets.toml``); this module looks names up.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal

from ingest.extract.data import load_data

__all__ = ["Directory", "House", "directory", "host_brand", "house_key"]

#: Longer names than this are looked up by nobody.
_LONGEST_NAME = 60
#: ASCII in lower case, blanks for what is no part of a key.
_ASCII_KEY = {
    code: chr(code).lower() if chr(code).isalnum() or chr(code) in "+&" else " "
    for code in range(128)
}
_LEGAL_FORMS = frozenset("inc llc ltd gmbh ag se plc co corp sa srl bv ev".split())


@dataclass(frozen=True, slots=True)
class House:
    """A wire service or an outlet, under its one spelling."""

    name: str
    kind: Literal["agency", "outlet"]
    #: ISO 3166-1 alpha-2 of an agency; empty where it belongs to no country, and for outlets.
    country: str = ""
    hosts: tuple[str, ...] = ()
    #: Whether its name means other things as well and counts only where a name is announced.
    bare: bool = False


@lru_cache(maxsize=8192)
def house_key(name: str) -> str:
    """``name`` without what does not tell houses apart: case, punctuation, "The", legal forms."""
    if name.isascii():
        words = name.translate(_ASCII_KEY).split()
    else:
        text = unicodedata.normalize("NFKC", name).casefold().replace("i̇", "i")
        words = "".join(
            c if c.isalnum() or c in "+&" or unicodedata.combining(c) else " " for c in text
        ).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


@dataclass(frozen=True)
class Directory:
    """The tables, ready for looking up; one ``dict`` access a question."""

    #: Marks as they are written, capitals and all.
    short: dict[str, House] = field(default_factory=dict)
    weak: dict[str, House] = field(default_factory=dict)
    #: By ``house_key``.
    long: dict[str, House] = field(default_factory=dict)
    hosts: dict[str, House] = field(default_factory=dict)
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
            key = house_key(text)
            found = self.long.get(key)
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


@cache
def directory() -> Directory:
    """The tables that ship."""
    short: dict[str, House] = {}
    weak: dict[str, House] = {}
    long: dict[str, House] = {}
    hosts: dict[str, House] = {}

    def enter(house: House, names: list[str]) -> None:
        for name in names:
            long.setdefault(house_key(name), house)
        for host in house.hosts:
            hosts.setdefault(host, house)
            long.setdefault(house_key(host), house)

    agencies: list[dict[str, Any]] = load_data("agencies")["agency"]
    for entry in agencies:
        house = House(entry["name"], "agency", entry["country"], tuple(entry.get("hosts", ())))
        for mark in entry.get("short", ()):
            short.setdefault(mark, house)
        for mark in entry.get("weak", ()):
            weak.setdefault(mark, house)
        names = list(entry.get("long", ()))
        if len(house_key(house.name)) <= 4 and house.name not in weak:
            # A name that is a mark itself ("EFE", "ČTK") follows the rule for marks.
            short.setdefault(house.name, house)
        elif house.name not in weak:
            names.append(house.name)
        enter(house, names)
    outlets: list[dict[str, Any]] = load_data("outlets")["outlet"]
    for entry in outlets:
        outlet = House(
            entry["name"], "outlet", "", tuple(entry.get("hosts", ())), entry.get("bare", False)
        )
        enter(outlet, [outlet.name, *entry.get("aliases", ())])
    return Directory(short, weak, long, hosts, frozenset(load_data("outlets")["platform_hosts"]))
