"""``copydesk pause | resume | poll``: what is asked of the daemon, through the database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
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
    changed, runs = _change(settings, names, pause, "paused", "was paused already")
    if changed and not runs:
        remark("no daemon runs now; the next one leaves them alone")
    return EXIT_OK


def resume_sources(settings: Settings, names: Sequence[str]) -> int:
    """Have the daemon poll these sources again, and soon; 0.

    Raises:
        SettingsError: a name that no source has.
    """
    changed, runs = _change(settings, names, resume, "resumed", "was not paused")
    if changed and not runs:
        remark("no daemon runs now; the next one polls them soon after its start")
    return EXIT_OK


def _change(
    settings: Settings,
    names: Sequence[str],
    wish: Callable[[Transaction, Sequence[str], datetime], list[str]],
    done: str,
    was_so: str,
) -> tuple[list[str], bool]:
    """Make ``wish`` of each source and say what came of it; which it changed, and whether a daemon runs.

    The states of those are told anew: paused, or what they were judged from before.
    """
    names, now = list(dict.fromkeys(names)), utc_now()
    catalogue = load_catalogue(settings)

    def write(transaction: Transaction) -> list[str]:
        found = wish(transaction, names, now)
        for name in found:
            judge_source(transaction, name, now)
        return found

    with Database.open(settings.database) as database:
        _check(names, catalogue, database)
        changed = database.write(write)
        for name in names:
            print(f"{name}: {done if name in changed else was_so}")
        return changed, _daemon_runs(database)


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
