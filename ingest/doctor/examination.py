"""All that is looked at, in the order in which it is told: what others need comes first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue.selection import sources_that_can_be_read
from ingest.doctor.database import check_database_file, check_held, check_opening
from ingest.doctor.disk import check_folder, check_growth
from ingest.doctor.finding import Finding, wrong
from ingest.doctor.machine import check_machine
from ingest.doctor.network import check_network
from ingest.doctor.settings import check_channels, check_contradictions, check_sources
from ingest.errors import SettingsError
from ingest.settings import load_settings, settings_faults
from sources.catalogue import Catalogue
from storage.database import Database
from storage.engine.location import Location, locate
from storage.errors import StorageError

if TYPE_CHECKING:
    import ssl

    from ingest.settings import Settings

__all__ = ["examination"]


def examination(
    config: Path | None,
    database: str | None,
    *,
    offline: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    tls: ssl.SSLContext | None = None,
) -> Iterator[Finding]:
    """Look at one thing after another; what cannot be looked at says so, and the rest goes on.

    Args:
        config: the settings file, where one was named.
        database: the address that an option named.
        offline: leave out what touches the network, but for the database's own server.
        now: the time of day.
        tls: how certificates are checked; by the usual authorities where left out.
    """
    yield from check_machine(None)
    try:
        settings = load_settings(config, database=database)
    except SettingsError as error:
        for fault in settings_faults(config) or [str(error)]:
            yield wrong("settings", fault, "mend the file; nothing runs with it")
        return
    catalogue = Catalogue.load(settings.sources_folder)
    # What is wrong with it is told below.
    sources = sources_that_can_be_read(settings, catalogue, {}, lambda problem: None)
    yield from check_sources(settings, catalogue, sources)
    yield from check_contradictions(settings, sources)
    yield from check_channels(settings, sources)
    yield from _of_database(settings, now)
    if not offline:
        yield from asyncio.run(check_network(sources, settings.client, now, tls=tls))


def _of_database(settings: Settings, now: Callable[[], datetime]) -> Iterator[Finding]:
    location: Location | None = None
    with contextlib.suppress(StorageError):
        location = locate(settings.database)
    if location is not None and location.path is not None:
        yield from check_folder(location.path)
    found = list(check_opening(settings))
    yield from found
    if location is None:
        return
    if location.path is not None:
        yield from check_database_file(location)
    if any(each.state != "ok" and each.about == "database" for each in found):
        return
    try:
        with Database.open(settings.database, read_only=True, lock_timeout=5.0) as opened:
            yield from check_held(opened, settings, now())
            yield from check_growth(opened, settings, location.path, now())
    except StorageError as error:
        yield wrong("database", str(error), "see `copydesk db check`")
