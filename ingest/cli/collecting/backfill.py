"""``copydesk backfill``: the archive of some sources, planned, shown, resumable."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.backfill.backfiller import BackfillRequest
from ingest.backfill.endpoints import KINDS, PAGE_KINDS
from ingest.backfill.turns import backfill_lock
from ingest.catalogue.selection import load_catalogue
from ingest.cli.collecting.absence import told_on_stderr
from ingest.cli.collecting.progress import Work, observer_for
from ingest.errors import (
    EXIT_BUSY,
    EXIT_INCOMPLETE,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_TERMINATED,
    InputError,
)
from ingest.periods import read_span
from ingest.unknown_names import unknown_name
from ingest.workers.allocator import collect_rarely
from ingest.workers.forking import prepare_forking

if TYPE_CHECKING:
    from ingest.settings import Settings
    from sources.source import EndpointKind

__all__ = ["backfill_sources", "forget_backfills", "make_request"]


def backfill_sources(
    names: Sequence[str],
    settings: Settings,
    request: BackfillRequest,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Backfill sources, or say what that would fetch; returns the exit code.

    Raises:
        InputError, SettingsError, UnknownSource, StorageError: nothing could be begun.
    """
    from ingest.run import run_backfills
    from storage.database import Database

    catalogue = load_catalogue(settings)
    sources = [catalogue.get(name) for name in dict.fromkeys(names)]
    if dry_run:
        # A plan looks at what is stored, and stores nothing.
        settings = replace(settings, collect=replace(settings.collect, workers=0))
    prepare_forking()
    with (
        Database.open(settings.database, patience=told_on_stderr(inf)) as database,
        observer_for(as_json=as_json, work=Work.PLAN if dry_run else Work.BACKFILL) as observer,
    ):
        collect_rarely(first=False)
        report = asyncio.run(
            run_backfills(sources, database, settings, request, observer=observer, dry_run=dry_run)
        )
        observer.summary(report)
    if report.stopped_by is not None:
        print("copydesk: stopped; the same command goes on from here", file=sys.stderr)
        return EXIT_INTERRUPTED if report.stopped_by == signal.SIGINT else EXIT_TERMINATED
    if report.busy:
        print(
            f"copydesk: another process is backfilling {', '.join(report.busy)}; run again later",
            file=sys.stderr,
        )
        return EXIT_BUSY if len(report.busy) == len(sources) else EXIT_INCOMPLETE
    return EXIT_INCOMPLETE if report.failed else EXIT_OK


def forget_backfills(names: Sequence[str], settings: Settings) -> int:
    """Drop what backfills of some sources have planned and not fetched; returns the exit code."""
    from storage.database import Database
    from storage.links.backfills import drop_plan

    catalogue = load_catalogue(settings)
    sources = [catalogue.get(name) for name in dict.fromkeys(names)]
    with Database.open(settings.database, create=False) as database:
        for source in sources:
            with database.lock(backfill_lock(source.name)):
                dropped = database.write(partial(drop_plan, source=source.name))
            print(f"{source.name}: {dropped} planned links dropped; what was filed stays")
    return EXIT_OK


def make_request(
    *,
    since: str | None,
    until: str | None,
    via: str | None,
    address: str | None,
    limit: int | None,
    oldest_first: bool,
    now: datetime | None = None,
) -> BackfillRequest:
    """The request that options of the command line mean.

    Raises:
        InputError: one of them is wrong; one line that names it.
        SettingsError: ``via`` is no kind of endpoint.
    """
    kind: EndpointKind | None = None
    if via is not None:
        kind = next((known for known in KINDS if known == via), None)
        if kind is None:
            raise unknown_name("kind of endpoint", via, KINDS)
    if address is not None:
        if kind is None:
            raise InputError("--from needs --via KIND, which says what is at that address")
        if kind in PAGE_KINDS and "://" not in address:
            path = Path(address).resolve()
            if not path.exists():
                raise InputError(f"--from {address}: no such file or folder")
            address = str(path)
        elif "://" not in address:
            raise InputError(f"--from {address}: expected an address that starts with https://")
    elif kind in PAGE_KINDS:
        raise InputError(f"--via {kind} needs --from, a file, folder or address of {kind} pages")
    begin, end = read_span(since, until, now, by_day=True)
    return BackfillRequest(begin, end, kind, address, limit, oldest_first)
