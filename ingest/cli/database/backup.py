"""What ``copydesk db backup | restore`` do."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.cli.loudness import shows_progress
from ingest.cli.reading.articles import print_json
from ingest.errors import EXIT_OK
from storage.care.backup import back_up
from storage.care.restore import restore
from storage.engine.location import locate

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["back_up_database", "restore_database"]

#: Seconds between two looks at the progress.
_PAUSE = 0.2


def back_up_database(settings: Settings, file: Path, *, as_json: bool) -> int:
    """Write the database into one file, and say what it holds."""
    began = time.monotonic()
    written = back_up(settings.database, file, _Progress())
    took = time.monotonic() - began
    address = locate(settings.database).shown
    if as_json:
        print_json(
            {
                "database": address,
                "file": str(written.file),
                "bytes": written.bytes,
                "stored_bytes": written.stored_bytes,
                "articles": written.articles,
                "seconds": round(took, 3),
            }
        )
        return EXIT_OK
    stored = f", {written.stored_bytes / 1e6:,.1f} MB compressed" * (
        written.stored_bytes != written.bytes
    )
    print(
        f"{written.file}: {address} with {written.articles:,} articles,"
        f" {written.bytes / 1e6:,.1f} MB{stored}, checked, in {took:.1f} s"
    )
    return EXIT_OK


def restore_database(settings: Settings, file: Path, *, replace: bool, as_json: bool) -> int:
    """Put a backup back, and say where what stood there is."""
    restored = restore(file, settings.database, replace=replace, observe=_Progress())
    if as_json:
        kept = str(restored.kept) if restored.kept is not None else None
        print_json({"database": restored.database, "articles": restored.articles, "kept": kept})
        return EXIT_OK
    print(f"{restored.database}: {restored.articles:,} articles of {file}, checked")
    if restored.kept is not None:
        print(f"what stood there is {restored.kept}; delete it when you need it no more")
    return EXIT_OK


class _Progress:
    """A line that is written over, on a terminal only."""

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def __call__(self, what: str, done: int, whole: int) -> None:
        if not shows_progress():
            return
        name, at = self._last
        now = time.monotonic()
        if what == name and now - at < _PAUSE:
            return
        self._last = (what, now)
        far = f" {done / whole:.0%}" if whole else f" {done:,}" if done else ""
        print(f"\r\x1b[K{what}{far}", end="", file=sys.stderr, flush=True)
        if what == "checking":
            print("\r\x1b[K", end="", file=sys.stderr)
