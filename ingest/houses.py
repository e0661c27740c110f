"""The houses of the gazetteer, as whoever asks the database names them, and which house a source is.

``storage`` knows identifiers and names, and nothing of the gazetteer: what a name means is told here,
for the command line, for programs, and where sources are recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.publishers import houseless_sources, set_house
from storage.reading.article_filter import CreditedHouse

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.extract.credits.gazetteer import House

__all__ = ["credited_to", "find_house", "house_of_address", "namesakes", "tell_houses"]


def find_house(name: str) -> House | None:
    """The house that a person means by ``name``: an identifier, any spelling, its host or address.

    Capitals do not count here, as they do on a page: nobody types them who looks for something.
    """
    from ingest.extract.credits.gazetteer import gazetteer

    known = gazetteer()
    asked = name.strip()
    found = known.by_id(asked.lower())
    for spelled in _spellings(asked):
        found = found or known.find(spelled, weak=True)
    if found is None:
        # Marks of mixed capitals, such as "epdÖ".
        folded = asked.casefold()
        marks = (mark for mark in (*known.short, *known.weak) if mark.casefold() == folded)
        found = next((known.find(mark, weak=True) for mark in marks), None)
    if found is None and "." in asked and " " not in asked:
        found = house_of_host(asked)
    return found


def namesakes(name: str, house: House) -> list[House]:
    """The other houses that are called ``name``, which was taken for ``house``."""
    from ingest.extract.credits.gazetteer import gazetteer

    known = gazetteer()
    asked = name.strip()
    if asked.lower() == house.id:
        return []
    found = [each for spelled in _spellings(asked) for each in known.named(spelled)]
    return [each for each in dict.fromkeys(found) if each.id != house.id]


def _spellings(asked: str) -> tuple[str, ...]:
    return (asked, asked.upper(), asked.lower(), asked.title())


def credited_to(name: str) -> CreditedHouse | str:
    """What the filter ``credited`` is to look for: a house that is known, or else a part of a name."""
    house = find_house(name)
    if house is None:
        return name
    return CreditedHouse(house.id, tuple(dict.fromkeys((house.name, *_names(house), name.strip()))))


def house_of_address(address: str | None) -> str | None:
    """The identifier of the house whose site an address is on; ``None`` where no list knows it."""
    house = house_of_host(address) if address else None
    return house.id if house is not None else None


def house_of_host(address: str) -> House | None:
    """The house whose site an address, or a host alone, is of."""
    from ingest.extract.credits.gazetteer import gazetteer
    from ingest.extract.credits.names import host_of

    host = host_of(address if "://" in address else f"https://{address}")
    return gazetteer().by_host(host) if host else None


def tell_houses(connection: Connection) -> None:
    """Say of sources that were recorded before there were identifiers which houses they are."""
    for name, home in houseless_sources(connection).items():
        house = house_of_address(home)
        if house is not None:
            set_house(connection, name, house)


def _names(house: House) -> list[str]:
    """Every name by which ``house``, and no other, is meant."""
    from ingest.extract.credits.gazetteer import gazetteer

    known = gazetteer()
    return [n for n in known.names_of(house) if known.find(n, weak=True) in (house, None)]
