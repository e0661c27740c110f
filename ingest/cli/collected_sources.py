"""Whether the sources that a command was given are in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ingest.errors import SettingsError
from ingest.unknown_names import unknown_name
from storage.reading.known_names import known_sources

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sources.catalogue import Catalogue

__all__ = ["check_collected"]


def check_collected(
    connection: Connection, names: Sequence[str], address: str, catalogue: Catalogue
) -> list[str]:
    """The names of all sources in the database; every one of ``names`` is among them.

    Args:
        connection: to the database.
        names: what the operator gave.
        address: of the database, for the message.
        catalogue: tells a source that was not collected yet from a name that is wrong.

    Raises:
        SettingsError: one of ``names`` is not there.
    """
    collected = sorted(known_sources(connection))
    for name in names:
        if name not in collected:
            raise _not_collected(name, collected, address, catalogue)
    return collected


def _not_collected(
    name: str, collected: Iterable[str], address: str, catalogue: Catalogue
) -> SettingsError:
    if name in catalogue.names():
        return SettingsError(
            f"{name}: never collected into {address}; `copydesk run {name}` does it"
        )
    return unknown_name("source", name, {*collected, *catalogue.names()})
