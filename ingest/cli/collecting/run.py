"""``copydesk run`` and ``copydesk daemon``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue.selection import (
    load_catalogue,
    nothing_selected,
    selected_sources,
)
from ingest.cli.collecting.absence import RUN_WAITS, told_in_the_log, told_on_stderr
from ingest.cli.collecting.progress import observer_for
from ingest.cli.invocation import as_called
from ingest.cli.loudness import loudness, remark
from ingest.errors import (
    EXIT_BUSY,
    EXIT_INCOMPLETE,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_TERMINATED,
)
from ingest.settings import Settings
from ingest.workers.allocator import collect_rarely
from ingest.workers.forking import prepare_forking

if TYPE_CHECKING:
    from sources.source import Source
    from storage.database import Database

__all__ = ["run_daemon", "run_once"]


def run_once(names: Sequence[str], settings: Settings, *, as_json: bool, limit: int | None) -> int:
    """Collect once, with progress, and say what was done; returns the exit code."""
    import signal

    from ingest.run import run_sources
    from storage.database import Database

    if limit is not None:
        settings = replace(settings, collect=replace(settings.collect, max_pages=limit))
    catalogue = load_catalogue(settings)
    sources: Sequence[Source] = (
        [catalogue.get(name) for name in names] if names else selected_sources(settings, catalogue)
    )
    if not sources:
        raise nothing_selected()
    prepare_forking()
    with (
        Database.open(settings.database, patience=told_on_stderr(RUN_WAITS)) as database,
        observer_for(as_json=as_json) as observer,
    ):
        if not names:
            sources = _not_paused(sources, database)
            if not sources:
                return EXIT_OK
        collect_rarely(first=False)
        report = asyncio.run(run_sources(sources, database, settings, observer=observer))
        observer.summary(report)
    for channel, why in report.untold.items():
        print(f"copydesk: alerts not sent on {channel}: {why}", file=sys.stderr)
    if report.stopped_by == signal.SIGINT:
        return EXIT_INTERRUPTED
    if report.stopped_by is not None:
        return EXIT_TERMINATED
    if report.busy:
        print(
            f"copydesk: another process is collecting {', '.join(report.busy)}; run again later",
            file=sys.stderr,
        )
        return EXIT_BUSY if len(report.busy) == len(sources) else EXIT_INCOMPLETE
    return EXIT_INCOMPLETE if report.failed or report.dry else EXIT_OK


def _not_paused(sources: Sequence[Source], database: Database) -> list[Source]:
    """Those that are not paused; the others are said."""
    from storage.wishes import wishes_of

    with database.reading() as connection:
        paused = wishes_of(connection).paused
    left = [source for source in sources if source.name not in paused]
    if out := [source.name for source in sources if source.name in paused]:
        remark(
            as_called(
                f"paused, so left out: {', '.join(out)};"
                f" `copydesk resume {out[0]}`, or `copydesk run {out[0]}` for this once"
            )
        )
    return left


def run_daemon(config: Path | None, database_option: str | None, *, as_json: bool) -> int:
    """Collect on schedule until told to stop; returns the exit code."""
    from ingest.cli.logs import set_up_logs
    from ingest.daemon.daemon import Daemon
    from ingest.daemon.loading import Loading
    from storage.database import Database

    set_up_logs(as_json=as_json, loudness=loudness())

    loading = Loading(config, database_option)
    settings, sources = loading.first()
    if not sources:
        raise nothing_selected()
    prepare_forking()
    with Database.open(settings.database, patience=told_in_the_log()) as database:
        collect_rarely(first=False)
        asyncio.run(Daemon(loading, database, look=loading.look).run())
    return EXIT_OK
