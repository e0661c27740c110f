"""``copydesk demo``: the real pipeline over loopback HTTP against the bundled fixture sites."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ingest.cli.collecting.demo_display import print_next_steps, print_passes, print_tour
from ingest.cli.loudness import detail, remark
from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.sources import demo_sources
from ingest.demo.tour import Tour, open_tour
from ingest.errors import (
    EXIT_INCOMPLETE,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_TERMINATED,
    InputError,
)
from ingest.events import Event, PageDone
from ingest.run import RunReport, run_sources, total
from ingest.settings import load_settings
from ingest.views.json_values import json_line
from storage.database import Database
from storage.schema import articles, credits, struck

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["run_demo"]


@dataclass
class _Record:
    """What the first pass did: pages refused, as they were told; what was struck and credited."""

    struck: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    credited: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refused: list[PageDone] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        if isinstance(event, PageDone) and event.reason is not None:
            self.refused.append(event)

    def read(self, connection: sa.Connection) -> None:
        """Count what is stored."""
        lines = sa.select(articles.c.source, struck.c.reason).join_from(articles, struck)
        for source, reason in connection.execute(lines):
            self.struck[source][reason] += 1
        said = sa.select(articles.c.source, credits.c.role, credits.c.name)
        for source, role, name in connection.execute(said.join_from(articles, credits)):
            self.credited[source][f"{role} {name}"] += 1


@dataclass(frozen=True, slots=True)
class _Passes:
    """Both passes, and what the sites answered in the second."""

    first: RunReport
    second: RunReport
    record: _Record
    statuses: Counter[int]


def run_demo(keep: Path, tour_folder: Path | None, *, as_json: bool) -> int:
    """Collect the fixture sites twice into ``keep`` and print what was filed; returns the exit code.

    With ``tour_folder`` the sites stay up afterwards until SIGINT or SIGTERM, which is no failure
    then; the folder is given the settings that reach them.

    Raises:
        InputError: ``keep`` exists and is no SQLite file, or its folder does not exist; or the
            folder of the tour is used for something else.
    """
    tour = open_tour(tour_folder) if tour_folder is not None else None
    _make_room(keep)
    with _serve(tour) as server:
        if tour is not None:
            path = tour.write(server.connect_to)
            detail(f"{path}: written; the sites are on port {server.port}")
        passes = _collect_twice(keep, server)
        if isinstance(passes, int):
            return EXIT_INTERRUPTED if passes == signal.SIGINT else EXIT_TERMINATED
        if tour is None:
            return _show(passes, keep, tour, server, as_json=as_json)

        def show() -> int:
            code = _show(passes, keep, tour, server, as_json=as_json)
            if not as_json:
                print_tour(tour.folder, sorted(server.connect_to))
            return code

        code = _then_wait_for_signal(show)
        remark(f"the sites are down; {tour.folder} stays as it is")
        return code


@contextmanager
def _serve(tour: Tour | None) -> Iterator[SiteServer]:
    """The sites, where they were the last time if that port is free."""
    server = SiteServer(load_sites(), tour.last_port if tour is not None else 0)
    try:
        server.start()
    except OSError:
        server = SiteServer(load_sites())
        server.start()
    try:
        yield server
    finally:
        server.stop()


def _collect_twice(keep: Path, server: SiteServer) -> _Passes | int:
    """What both passes did; the signal that came, where one did."""
    settings = _demo_settings(keep, server.connect_to)
    sources = demo_sources()
    record = _Record()
    with Database.open(settings.database) as database:
        first = asyncio.run(run_sources(sources, database, settings, observer=record))
        if first.stopped_by is not None:
            return first.stopped_by
        with database.reading() as connection:
            record.read(connection)
        asked = len(server.log)
        second = asyncio.run(run_sources(sources, database, settings))
        if second.stopped_by is not None:
            return second.stopped_by
        again = server.log[asked:]
    statuses = Counter(entry.status for entry in again if not entry.path.endswith("/robots.txt"))
    return _Passes(first, second, record, statuses)


def _then_wait_for_signal(show: Callable[[], int]) -> int:
    """Call ``show``, then wait for SIGINT or SIGTERM, which end nothing but the waiting.

    One that comes while ``show`` runs counts: what it prints may tell somebody to stop us.
    """
    came = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: came.set()) for number in numbers]
    try:
        code = show()
        came.wait()
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
    return code


def _make_room(keep: Path) -> None:
    if not keep.parent.is_dir():
        raise InputError(f"{keep}: the folder {keep.parent} does not exist")
    if keep.exists():
        with keep.open("rb") as stream:
            if stream.read(15) not in (b"SQLite format 3", b""):
                raise InputError(
                    f"{keep}: exists and is no SQLite file; choose another with --keep"
                )
    for suffix in ("", "-wal", "-shm"):
        keep.with_name(keep.name + suffix).unlink(missing_ok=True)


def _demo_settings(keep: Path, connect_to: dict[str, str]) -> Settings:
    settings = load_settings(None, database=str(keep))
    return replace(settings, client=replace(settings.client, connect_to=connect_to, retries=1))


def _show(
    passes: _Passes, keep: Path, tour: Tour | None, server: SiteServer, *, as_json: bool
) -> int:
    first, second, record = passes.first, passes.second, passes.record
    if as_json:
        value = _summary(passes)
        if tour is not None:
            value["serving"] = {"folder": str(tour.folder), "port": server.port}
        print(json_line(value), flush=True)
    else:
        print_passes(
            demo_sources(),
            first,
            second,
            struck=record.struck,
            credited=record.credited,
            refused=record.refused,
            statuses=passes.statuses,
        )
        print_next_steps(keep, serving=tour is not None)
    nothing_new = total([finished.counts for finished in second.sources]).filed == 0
    return EXIT_OK if nothing_new and not first.failed else EXIT_INCOMPLETE


def _summary(passes: _Passes) -> dict[str, Any]:
    return {
        "first": asdict(total([finished.counts for finished in passes.first.sources])),
        "second": asdict(total([finished.counts for finished in passes.second.sources])),
        "second_statuses": dict(passes.statuses),
        "refused": [
            {"url": page.url, "state": page.outcome, "reason": page.reason}
            for page in passes.record.refused
        ],
    }
