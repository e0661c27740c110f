"""``copydesk pause | resume | poll``: what is asked of the daemon, through the database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.catalogue.selection import load_catalogue, selected_sources
from ingest.cli.invocation import as_called
from ingest.cli.loudness import remark
from ingest.desk import utc_now
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK
from ingest.health.judge import judge_source
from ingest.unknown_names import unknown_name
from storage.database import Database
from storage.leases import DAEMON, lease_of
from storage.reading.known_names import known_sources
from storage.wishes import ask_for_polls, pause, resume

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.settings import Settings
    from sources.catalogue import Catalogue
    from storage.transaction import Transaction

__all__ = ["pause_sources", "poll_sources", "resume_sources"]


def pause_sources(settings: Settings, names: Sequence[str]) -> int:
    """Have no daemon poll these sources until they are resumed; 0.

    Raises:
        SettingsError: a name that no source has.
    """
    names, now = list(dict.fromkeys(names)), utc_now()
    catalogue = load_catalogue(settings)
    with Database.open(settings.database) as database:
        _check(names, catalogue, database)
        changed = database.write(lambda c: _judged(c, pause(c, names, now), now))
        for name in names:
            print(f"{name}: {'paused' if name in changed else 'was paused already'}")
        if not _daemon_runs(database):
            remark("no daemon runs now; the next one leaves them alone")
    return EXIT_OK


def resume_sources(settings: Settings, names: Sequence[str]) -> int:
    """Have the daemon poll these sources again, and soon; 0.

    Raises:
        SettingsError: a name that no source has.
    """
    names, now = list(dict.fromkeys(names)), utc_now()
    catalogue = load_catalogue(settings)
    with Database.open(settings.database) as database:
        _check(names, catalogue, database)
        changed = database.write(lambda c: _judged(c, resume(c, names, now), now))
        for name in names:
            print(f"{name}: {'resumed' if name in changed else 'was not paused'}")
        if changed and not _daemon_runs(database):
            remark("no daemon runs now; the next one polls them soon after its start")
    return EXIT_OK


def _judged(connection: Transaction, names: list[str], now: datetime) -> list[str]:
    """``names``, whose state is told anew: paused, or what it was judged from before."""
    for name in names:
        judge_source(connection, name, now)
    return names


def poll_sources(settings: Settings, names: Sequence[str]) -> int:
    """Have the running daemon poll these sources at once; 1 where it does not have one, or none runs.

    Raises:
        SettingsError: a name that no source has.
    """
    names, now = list(dict.fromkeys(names)), utc_now()
    catalogue = load_catalogue(settings)
    on = {source.name for source in selected_sources(settings, catalogue)}
    with Database.open(settings.database, create=False) as database:
        _check(names, catalogue, database)
        asked = [name for name in names if name in on]
        if not _daemon_runs(database):
            _say(
                f"no daemon runs on {database.address};"
                f" `copydesk run {' '.join(names)}` collects at once, without one"
            )
            return EXIT_INCOMPLETE
        database.write(lambda c: ask_for_polls(c, asked, now))
    for name in names:
        if name in on:
            print(f"{name}: asked for; the daemon begins within two seconds, or after its pass")
        else:
            _say(
                f"{name}: is not switched on, so the daemon does not have it;"
                f" `copydesk run {name}` collects it at once"
            )
    return EXIT_OK if len(asked) == len(names) else EXIT_INCOMPLETE


def _check(names: Sequence[str], catalogue: Catalogue, database: Database) -> None:
    there = set(catalogue.names())
    for name in names:
        if name not in there:
            with database.reading() as connection:
                there |= known_sources(connection)
            if name not in there:
                raise unknown_name("source", name, there)


def _daemon_runs(database: Database) -> bool:
    now = utc_now()
    with database.reading() as connection:
        lease = lease_of(connection, DAEMON, now)
    return lease is not None and lease.is_live(now)


def _say(text: str) -> None:
    print(f"copydesk: {as_called(text)}", file=sys.stderr)
