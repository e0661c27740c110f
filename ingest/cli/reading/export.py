"""``copydesk export``: articles as files that other programs read, written as they are read."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ingest.cli.reading.filters import FilterOptions, make_filter
from ingest.errors import EXIT_OK, InputError
from ingest.views.export_formats import FORMATS, write_articles
from storage.changes import last_change
from storage.database import Database
from storage.reading.queries import read_articles

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["export_articles"]

_BY_ENDING = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".atom": "atom",
    ".xml": "atom",
}
#: Entries of an Atom feed where no limit is given.
_ENTRIES = 50


def export_articles(
    settings: Settings,
    file: str,
    form: str | None,
    options: FilterOptions,
    *,
    cursor: int | None,
    limit: int | None,
    raw: bool = False,
) -> int:
    """Write the articles of a filter to ``file``; says on stderr how many, and the next cursor.

    Raises:
        InputError: the format cannot be told, a time cannot be read, or the file cannot be written.
        SettingsError: a filter names what there is not.
    """
    packed = file.endswith(".gz")
    if form is None:
        form = _BY_ENDING.get(Path(file.removesuffix(".gz")).suffix)
    if form not in FORMATS:
        raise InputError(f"{file}: give --format, one of {', '.join(FORMATS)}")
    if raw and form != "csv":
        raise InputError(f"{file}: --raw is for CSV; {form} holds every text as it is")
    with Database.open(settings.database, read_only=True) as database, database.snapshot() as c:
        chosen = replace(make_filter(c, settings, options), changed_after=cursor)
        place = last_change(c)
        newest_first = form == "atom"
        most = limit if limit is not None else _ENTRIES if newest_first else None
        found = read_articles(c, chosen, newest_first=newest_first, limit=most)
        try:
            with _opened(file, packed=packed) as stream:
                count = write_articles(form, found, stream, raw=raw)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise InputError(f"{file}: cannot be written: {error.strerror or error}") from None
    print(f"{count} articles; --cursor {place} gives what changes from here on", file=sys.stderr)
    return EXIT_OK


@contextlib.contextmanager
def _opened(file: str, *, packed: bool) -> Iterator[IO[bytes]]:
    """A stream to ``file``, which takes its name only when it is whole."""
    if file == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as plain:
            if packed:
                with gzip.GzipFile(fileobj=plain, mode="wb", filename="", mtime=0) as stream:
                    yield stream  # type: ignore[misc]
            else:
                yield plain
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
