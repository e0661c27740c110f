"""What ``copydesk db upgrade | check | stats | vacuum | copy`` do."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from ingest.cli.loudness import shows_progress
from ingest.cli.reading.articles import print_json
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK
from ingest.views.article_text import plain
from storage.database import Database

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["check_whole", "copy_whole", "show_statistics", "upgrade_database", "vacuum_database"]


def upgrade_database(settings: Settings) -> int:
    """Create the database or upgrade its schema; put articles of before into the newer indices."""
    from storage.articles.backlog import backlog, work_off

    with Database.open(settings.database) as database:
        with database.reading() as connection:
            waiting = sum(each.last - each.done for each in backlog(connection))
        done = 0
        while found := database.write(work_off):
            done += found
            _progress(f"{min(done, waiting)} of {waiting} articles indexed")
        if waiting:
            _progress("", end=True)
            print(f"{database.address}: {waiting} articles taken into search and stories")
        print(f"{database.address}: the schema is up to date")
    return EXIT_OK


def check_whole(settings: Settings, *, as_json: bool) -> int:
    """Say what was looked at and what is wrong; 1 where something is."""
    from storage.care.checks import check_database

    wrong = 0
    with Database.open(settings.database, read_only=True) as database, database.snapshot() as c:
        for finding in check_database(c):
            wrong += finding.problems
            if as_json:
                print_json(asdict(finding))
            elif finding.problems:
                print(f"WRONG  {finding.name}: {finding.problems} times")
                for example in finding.examples:
                    print(f"         {plain(example)}")
            else:
                print(f"ok     {finding.name}")
        if not as_json:
            print(f"{database.address}: {wrong or 'nothing'} wrong")
    return EXIT_INCOMPLETE if wrong else EXIT_OK


def show_statistics(settings: Settings, *, as_json: bool) -> int:
    """Show how large the database is."""
    from storage.care.maintenance import read_statistics

    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        found = read_statistics(c)
    if as_json:
        print_json(asdict(found))
        return EXIT_OK
    for table in found.tables:
        size = _size(table.bytes) if table.bytes is not None else ""
        print(f"{table.name:<20} {table.rows:>12,} rows {size:>10}")
    print(f"{'in all':<20} {'':>17} {_size(found.bytes):>10}, {_size(found.free_bytes)} free")
    if found.page_bytes:
        share = found.stored_page_bytes / found.page_bytes
        print(
            f"raw pages: {_size(found.page_bytes)} stored in {_size(found.stored_page_bytes)},"
            f" {share:.1%}"
        )
    return EXIT_OK


def vacuum_database(settings: Settings) -> int:
    """Give free space back."""
    from storage.care.maintenance import vacuum

    with Database.open(settings.database, create=False) as database:
        before, after = vacuum(database)
        print(f"{database.address}: {_size(before)} before, {_size(after)} now")
    return EXIT_OK


def copy_whole(origin: str, target: str) -> int:
    """Copy one database into another and prove that they hold the same."""
    from storage.care.database_copy import copy_database

    with (
        Database.open(origin, read_only=True) as source,
        Database.open(target) as copy,
    ):
        rows = 0
        for table in copy_database(
            source, copy, lambda name, done: _progress(f"{name}: {done:,} rows")
        ):
            _progress("", end=True)
            print(
                f"{table.name:<20} {table.rows:>12,} rows, {table.written:,} written,"
                f" sha256 {table.checksum[:12]}"
            )
            rows += table.rows
        print(f"{rows:,} rows are the same in {source.address} and {copy.address}")
    return EXIT_OK


def _size(number: int) -> str:
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= step:
            return f"{number / step:.1f} {unit}"
    return f"{number} B"


def _progress(text: str, *, end: bool = False) -> None:
    """A line that is written over, on a terminal only."""
    if shows_progress():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=not end)
