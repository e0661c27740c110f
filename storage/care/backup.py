"""A copy of the whole database in one file, while others write to it; always a SQLite file.

A SQLite file is copied page by page (https://www.sqlite.org/backup.html) within one transaction that only
reads, so that no writer makes it begin anew, and none waits. Of a server all tables are copied under one
snapshot and compared by their checksums (``database_copy``). Either way it is looked at whole, and has
its name only when it is on the disk.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from storage.care.packing import flush_to_disk, pack
from storage.engine.engines import check_file
from storage.engine.location import Location, locate
from storage.errors import DatabaseUnavailable, StorageError

__all__ = ["PACKED", "Backup", "Observe", "back_up", "check_sqlite", "scratch_beside"]

#: Suffixes of compressed backups.
PACKED = (".gz", ".zst")
#: Pages copied between two looks at the progress: 16 MB.
_STEP = 4096
_BEGINS = (b"SQLite format 3\0", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written."""

    file: Path
    #: Bytes of the database in it, and of the file, which may be compressed.
    bytes: int
    stored_bytes: int
    articles: int


#: Told what is being done, how far, and of how much (0 where nobody knows).
Observe = Callable[[str, int, int], None]


def back_up(url: str, file: Path, observe: Observe = lambda *_: None) -> Backup:
    """Write the database at ``url`` into ``file``, compressed where its name ends so.

    An earlier backup of that name is replaced in one step, at the end.

    Raises:
        StorageError: the database cannot be read, the copy does not hold together, or ``file`` is
            something else than a backup.
    """
    location = locate(url)
    check_file(location, create=False)
    _check_target(location, file)
    try:
        with scratch_beside(file) as folder:
            copy = folder / "copy.sqlite3"
            if location.path is not None:
                _check_room(location.path, folder)
                _copy_file(location.path, copy, observe)
            else:
                _copy_server(url, copy, observe)
            observe("checking", 0, 0)
            articles = check_sqlite(copy, file)
            size = copy.stat().st_size
            whole = copy
            if file.suffix in PACKED:
                whole = folder / "packed"
                pack(copy, whole, file.suffix, lambda done: observe("compressing", done, size))
            else:
                flush_to_disk(copy)
            stored = whole.stat().st_size
            whole.replace(file)
            with contextlib.suppress(OSError):  # a share that knows no such thing
                flush_to_disk(file.parent)
    except OSError as error:
        raise DatabaseUnavailable(f"{file}: cannot be written: {error.strerror or error}") from None
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"{location.shown}: {error}") from None
    return Backup(file, size, stored, articles)


def check_sqlite(path: Path, shown: Path) -> int:
    """Look at a whole SQLite file, and leave it without files beside it; its number of articles.

    Raises:
        StorageError: it does not hold together, or is no database of Copydesk's.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            wrong = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if wrong != ["ok"]:
                raise StorageError(f"{shown}: does not hold together: {'; '.join(wrong)}"[:500])
            known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if not {"alembic_version", "articles"} <= known:
                raise StorageError(f"{shown}: is no database of Copydesk's")
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{shown}: is no SQLite database that can be read ({error})") from None


@contextmanager
def scratch_beside(file: Path) -> Iterator[Path]:
    """A folder for the time of the block, on the disk where ``file`` is to be; for us alone.

    Raises:
        DatabaseUnavailable: there can be none.
    """
    try:
        name = tempfile.mkdtemp(prefix=f".{file.name}-", dir=file.parent)
    except OSError as error:
        raise DatabaseUnavailable(
            f"{file.parent}: no file can be made there: {error.strerror}"
        ) from None
    try:
        yield Path(name)
    finally:
        shutil.rmtree(name, ignore_errors=True)


def _check_target(location: Location, file: Path) -> None:
    if not file.parent.is_dir():
        raise DatabaseUnavailable(f"{file}: the folder {file.parent} does not exist")
    if not file.exists():
        return
    if file.is_dir():
        raise DatabaseUnavailable(f"{file}: is a folder; name a file in it")
    if location.path is not None and file.samefile(location.path):
        raise DatabaseUnavailable(f"{file}: is the database itself; name another file")
    with file.open("rb") as there:
        begin = there.read(16)
    if begin and not begin.startswith(_BEGINS):
        raise DatabaseUnavailable(f"{file}: is there and is no backup; name another file")


def _check_room(database: Path, folder: Path) -> None:
    needed = database.stat().st_size
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DatabaseUnavailable(
            f"{folder.parent}: has {free / 1e9:.1f} GB free, and the copy takes {needed / 1e9:.1f};"
            " make room, or name a file on another disk"
        )


def _copy_file(origin: Path, copy: Path, observe: Observe) -> None:
    address = f"file:{quote(str(origin))}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        size = source.execute("PRAGMA page_size").fetchone()[0]
        # What is held here is what is copied: others write on, into the log.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target,
            pages=_STEP,
            progress=lambda _, left, all_: observe("copying", (all_ - left) * size, all_ * size),
            sleep=0.0,
        )
        source.execute("ROLLBACK")


def _copy_server(url: str, copy: Path, observe: Observe) -> None:
    from storage.care.database_copy import copy_database
    from storage.database import Database

    with Database.open(url, read_only=True) as origin, Database.open(copy) as target:
        for _ in copy_database(origin, target, lambda name, rows: observe(name, rows, 0)):
            pass
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.rmtree(copy.with_name(copy.name + "-locks"), ignore_errors=True)
