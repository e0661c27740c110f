"""``copydesk demo``: the real pipeline over loopback HTTP against the bundled fixture sites."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.sources import demo_sources
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.events import Event, PageDone
from ingest.run import RunReport, run_sources, total
from ingest.settings import load_settings
from ingest.views.article_text import cell, console, plain
from storage.database import Database

if TYPE_CHECKING:
    from rich.table import Table

    from ingest.settings import Settings
    from sources.source import Source

__all__ = ["run_demo"]


@dataclass
class _Record:
    """What the first pass did, collected from its events."""

    struck: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    credited: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refused: list[PageDone] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        if not isinstance(event, PageDone):
            return
        if event.reason is not None:
            self.refused.append(event)
        if event.article is not None:
            self.struck[event.source].update(line.reason for line in event.article.struck)
            self.credited[event.source].update(
                f"{credit.role} {credit.name}" for credit in event.article.credits
            )


def run_demo(keep: Path, *, as_json: bool) -> int:
    """Collect the fixture sites twice into ``keep`` and print what was filed; returns the exit code.

    Raises:
        InputError: ``keep`` exists and is no SQLite file, or its folder does not exist.
    """
    _make_room(keep)
    with SiteServer(load_sites()) as server:
        settings = _demo_settings(keep, server.connect_to)
        sources = demo_sources()
        record = _Record()
        with Database.open(settings.database) as database:
            first = asyncio.run(run_sources(sources, database, settings, observer=record))
            asked = len(server.log)
            second = asyncio.run(run_sources(sources, database, settings))
            again = server.log[asked:]
    statuses = Counter(entry.status for entry in again if not entry.path.endswith("/robots.txt"))
    if as_json:
        print(json.dumps(_summary(first, second, record, statuses), ensure_ascii=False))
    else:
        _print(sources, first, second, record, statuses, keep)
    nothing_new = total([s.counts for s in second.sources]).filed == 0
    return EXIT_OK if nothing_new and not first.failed else EXIT_INCOMPLETE


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


def _summary(
    first: RunReport, second: RunReport, record: _Record, statuses: Counter[int]
) -> dict[str, object]:
    return {
        "first": asdict(total([s.counts for s in first.sources])),
        "second": asdict(total([s.counts for s in second.sources])),
        "second_statuses": dict(statuses),
        "refused": [
            {"url": page.url, "state": page.outcome, "reason": page.reason}
            for page in record.refused
        ],
    }


def _print(
    sources: list[Source],
    first: RunReport,
    second: RunReport,
    record: _Record,
    statuses: Counter[int],
    keep: Path,
) -> None:
    out = console()
    counts = {finished.source: finished.counts for finished in first.sources}
    table = _table("source", ">filed", ">duplicate", ">refused", ">failed", "struck", "credited to")
    for source in sources:
        done = counts[source.name]
        table.add_row(
            source.name,
            *map(str, (done.filed, done.duplicate, done.refused, done.failed)),
            cell(_tops(record.struck[source.name])),
            cell(_tops(record.credited[source.name])),
        )
    out.print("First pass: what was filed, struck and credited", style="bold")
    out.print(table)
    out.print("\nRefused, and why", style="bold")
    table = _table("address", "state", "reason", "detail")
    for page in sorted(record.refused, key=lambda page: page.url):
        table.add_row(cell(page.url), page.outcome, page.reason, cell(page.text))
    out.print(table)
    for finished in (*first.failed, *second.failed):
        out.print(f"{finished.source}: failed: {plain(finished.error or '')}", markup=False)
    filed = total([s.counts for s in second.sources])
    answers = ", ".join(
        f"{number} x {status}" for status, number in sorted(statuses.items(), reverse=True)
    )
    out.print("\nSecond pass", style="bold")
    out.print(f"{filed.filed} filed, {filed.links_new} new links; the sites answered {answers}")
    out.print(
        f"\nLook around: copydesk --database {keep} articles"
        f"\n             copydesk --database {keep} show 1 --struck",
        markup=False,
    )


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        name = column.lstrip(">")
        table.add_column(
            name,
            justify="right" if column.startswith(">") else "left",
            overflow="fold",
            no_wrap=name in ("source", "state", "reason"),
        )
    return table


def _tops(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common())
