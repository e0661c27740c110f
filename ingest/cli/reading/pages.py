"""``copydesk reextract`` and ``copydesk pages``: what raw pages are kept for."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue.selection import load_catalogue
from ingest.cli.collected_sources import check_collected
from ingest.cli.loudness import remark, shows_progress
from ingest.cli.reading.articles import print_json
from ingest.errors import EXIT_INCOMPLETE, EXIT_INTERRUPTED, EXIT_OK, EXIT_TERMINATED, InputError
from ingest.periods import read_begin
from storage.database import Database
from storage.pages.raw_pages import PageArchive, get_page, page_ids, page_of_article

if TYPE_CHECKING:
    from ingest.rereading.reextract import Progress, Reextracted
    from ingest.settings import Settings

__all__ = ["export_warc", "read_again", "show_page"]


def read_again(
    settings: Settings, names: Sequence[str], since: str | None, *, as_json: bool
) -> int:
    """Read kept pages again and save what has come out better; 1 where a page could not be read.

    Raises:
        InputError, SettingsError: the time cannot be read, or a source is unknown.
    """
    from ingest.catalogue.selection import load_catalogue
    from ingest.rereading.reextract import reextract
    from ingest.signals import stop_on_signals

    begin = read_begin("--since", since, by_day=True)
    catalogue = load_catalogue(settings)
    came: list[int] = []

    async def work(database: Database) -> Reextracted:
        stopped = asyncio.Event()
        with stop_on_signals(stopped.set) as signals:
            result = await reextract(
                database,
                catalogue,
                settings.collect.workers,
                names=names,
                since=begin,
                observe=_show_progress,
                stopping=stopped.is_set,
            )
        came.extend(signals)
        return result

    with Database.open(settings.database, create=False) as database:
        with database.reading() as connection:
            check_collected(connection, names, database.address, load_catalogue(settings))
        result = asyncio.run(work(database))
    if shows_progress():
        print(file=sys.stderr)
    if as_json:
        print_json(asdict(result))
    else:
        print(
            f"{result.pages} pages, {result.read} read again: {result.revised} articles revised,"
            f" {result.unchanged} unchanged, {result.filed} filed from pages refused before,"
            f" {result.refused} refused, {result.duplicate} duplicates, {result.crashed} unreadable"
        )
    if came:
        import signal

        print("copydesk: stopped; the same command goes on from here", file=sys.stderr)
        return EXIT_INTERRUPTED if came[0] == signal.SIGINT else EXIT_TERMINATED
    return EXIT_INCOMPLETE if result.crashed else EXIT_OK


def export_warc(settings: Settings, file: Path, names: Sequence[str], since: str | None) -> int:
    """Write kept pages as WARC ``response`` records (ISO 28500), the oldest first.

    Raises:
        InputError, SettingsError: the time cannot be read, or a source is unknown.
    """
    from ingest.views.warc_export import WarcFile

    begin = read_begin("--since", since)
    archive = PageArchive()
    count = last = 0
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with (
            Database.open(settings.database, read_only=True) as database,
            database.snapshot() as connection,
        ):
            check_collected(connection, names, database.address, load_catalogue(settings))
            try:
                with WarcFile(unfinished, packed=file.name.endswith(".gz")) as warc:
                    while numbers := page_ids(
                        connection, names, begin, after=last, last=2**62, limit=100
                    ):
                        for number in numbers:
                            page = get_page(connection, archive, number)
                            assert page is not None
                            warc.write(page)
                            count += 1
                        last = numbers[-1]
                unfinished.replace(file)
            except OSError as error:
                raise InputError(f"{file}: cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{file}: {count} pages")
    return EXIT_OK


def show_page(settings: Settings, article_id: int) -> int:
    """Write the newest kept page of an article to standard output.

    Raises:
        InputError: no page of it is kept.
    """
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        number = page_of_article(c, article_id)
        page = get_page(c, PageArchive(), number) if number is not None else None
    if page is None:
        raise InputError(f"no page of article {article_id} is kept")
    sys.stdout.buffer.write(page.body)
    sys.stdout.buffer.flush()
    return EXIT_OK


def _show_progress(progress: Progress) -> None:
    if progress.resumed:
        remark(f"goes on after page {progress.position} of {progress.end}, where it ended before")
    if shows_progress():
        done = progress.done
        print(
            f"\r\x1b[Kpage {progress.position} of {progress.end}: {done.read} read,"
            f" {done.revised} revised, {done.filed} filed",
            end="",
            file=sys.stderr,
            flush=True,
        )
