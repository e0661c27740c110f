"""``copydesk sources import FILE.opml`` and ``copydesk sources export FILE.opml``."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue.selection import change_selection, load_catalogue, selected_sources
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK, InputError
from ingest.opml.document import LARGEST_OPML, read_opml, write_opml
from ingest.opml.sources import feeds_of, sort_feeds
from ingest.settings import CONFIG_NAME, settings_path
from ingest.views.article_text import plain
from sources.secrets import without_secrets
from sources.source_file_text import source_file_text, write_source_file

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["export_opml", "import_opml"]


def import_opml(
    settings: Settings, config: Path | None, file: str, *, dry_run: bool, enable: bool
) -> int:
    """Write a source file for each site of the list and switch it on; 1 where an outline was no use.

    A feed that a known source has is skipped; with ``enable``, that source is switched on.

    Raises:
        InputError: the file cannot be read or holds no list of feeds.
        SourceFileError, SettingsError: a file cannot be written.
    """
    catalogue = load_catalogue(settings)
    found = sort_feeds(read_opml(_read(file), file), catalogue)
    today = datetime.now(UTC).date().isoformat()
    comment = f"Imported from {Path(file).name if file != '-' else 'OPML'}, {today}."
    for known in found.known:
        source = known.source
        verb = "ships" if source.shipped else "is there already"
        _tell(f"skipped: {known.feed.url}: {verb} as {source.name}")
    on = list(dict.fromkeys(known.source.name for known in found.known))
    # All or nothing is no aim here: what was written before a full disk stays, and is skipped then.
    for source in found.new:
        count = len(source.endpoints)
        feeds = "1 feed" if count == 1 else f"{count} feeds"
        if dry_run:
            _tell(f"would write {source.name}: {source.title} <{source.home}>, {feeds}")
            print(source_file_text(source, comment=comment))
            continue
        path = settings.sources_folder / f"{source.name}.toml"
        write_source_file(source, path, comment=comment)
        on.append(source.name)
        _tell(f"{path}: {source.title} <{source.home}>, {feeds}")
    for problem in found.problems:
        print(f"copydesk: {plain(problem)}", file=sys.stderr)
    if enable and on and not dry_run:
        path = settings_path(config) or Path(CONFIG_NAME)
        change_selection(settings, path, names=on, countries=[], languages=[], enable=True)
        _tell(f"{path}: {len(on)} sources of the list are on")
    return EXIT_INCOMPLETE if found.problems else EXIT_OK


def export_opml(settings: Settings, file: str, *, all_sources: bool) -> int:
    """Write the feeds of the selected sources (or of all); sources without one are told on stderr.

    Raises:
        InputError: the file cannot be written.
    """
    catalogue = load_catalogue(settings)
    chosen = catalogue.all() if all_sources else selected_sources(settings, catalogue)
    found, without = feeds_of(chosen)
    feeds = [feed for feed in found if without_secrets(feed.url) == feed.url]
    for feed in found:
        if feed not in feeds:
            said = (
                f"{feed.title}: left out, since the address of its feed holds a log-in or a token"
            )
            print(f"copydesk: {plain(said)}", file=sys.stderr)
    body = write_opml(feeds, "Copydesk", datetime.now(UTC))
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        _write(Path(file), body)
        _tell(f"{file}: {len(feeds)} feeds of {len(chosen) - len(without)} sources")
    if without:
        names = ", ".join(source.name for source in without)
        print(f"copydesk: without a feed, and left out: {names}", file=sys.stderr)
    return EXIT_OK


def _tell(line: str) -> None:
    print(plain(line), flush=True)


def _read(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST_OPML + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST_OPML + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise InputError(f"{file}: cannot be read: {reason or error}") from None


def _write(path: Path, body: bytes) -> None:
    beside = path.with_name(f".{path.name}-{os.getpid()}.new")
    try:
        beside.write_bytes(body)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
