"""A backup put back: into an empty database, or in the place of what stands there, which is kept.

Of a SQLite file the change is one renaming, so that a kill leaves the old one or the new one. Into a server
the tables are copied, and compared by their checksums.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from storage.care.backup import Observe, check_sqlite, scratch_beside
from storage.care.packing import flush_to_disk, unpack
from storage.database import Database
from storage.engine.location import locate
from storage.errors import AlreadyRunning, DatabaseUnavailable, StorageError
from storage.leases import DAEMON, lease_of
from storage.locks import FileLocks
from storage.schema import leases, metadata

__all__ = ["Restored", "restore"]

#: What SQLite keeps beside a file, and would take for the new one's.
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    database: str
    articles: int
    #: Where what stood there before is kept, of a file.
    kept: Path | None


def restore(
    file: Path, url: str, *, replace: bool = False, observe: Observe = lambda *_: None
) -> Restored:
    """Put the backup ``file`` back as the database at ``url``, with its schema brought up to date.

    ``replace``: also where that holds something. A file is kept beside it then; the tables of a
    server are emptied.

    Raises:
        AlreadyRunning: a daemon is at work there, or another program has the file open.
        StorageError: the backup is broken, or the database holds something.
    """
    if not file.is_file():
        raise DatabaseUnavailable(f"{file}: no such file; name one that `copydesk db backup` wrote")
    location = locate(url)
    _check_nobody_at_work(url)
    try:
        if location.path is not None:
            return _restore_file(file, location.path, replace=replace, observe=observe)
        return _restore_server(file, url, replace=replace, observe=observe)
    except OSError as error:
        where = error.filename or location.shown
        raise DatabaseUnavailable(f"{where}: {error.strerror or error}") from None


def _check_nobody_at_work(url: str) -> None:
    """A lease holds where a lock does not reach: a daemon in a container, on another machine."""
    now = datetime.now(UTC)
    lease = None
    with (
        contextlib.suppress(
            StorageError
        ),  # missing, broken, of another schema: nobody works with it
        Database.open(url, read_only=True, lock_timeout=5.0) as database,
        database.reading() as connection,
    ):
        lease = lease_of(connection, DAEMON, now)
    if lease is not None and lease.is_live(now):
        raise AlreadyRunning(
            f"a daemon on {lease.host} (process {lease.pid}) works with the database; stop it first"
        )


def _restore_file(file: Path, target: Path, *, replace: bool, observe: Observe) -> Restored:
    if not target.parent.is_dir():
        raise DatabaseUnavailable(f"{target}: the folder {target.parent} does not exist; create it")
    with FileLocks(target).hold(DAEMON), scratch_beside(target) as folder:
        if not replace:
            _check_empty(target)
        copy, articles = _prepared(file, folder, observe)
        kept = None
        with _alone(target) as is_whole:
            if target.exists() and (replace or not is_whole):
                kept = _keep(target, is_whole=is_whole)
            _take_owner(target, copy)
            os.replace(copy, target)
            with contextlib.suppress(OSError):
                flush_to_disk(target.parent)
    return Restored(str(target), articles, kept)


def _prepared(file: Path, folder: Path, observe: Observe) -> tuple[Path, int]:
    """The backup as a file that can take the database's place, and its number of articles."""
    copy = folder / "copy.sqlite3"
    size = file.stat().st_size
    unpack(file, copy, lambda done: observe("unpacking", done, max(done, size)))
    observe("checking", 0, 0)
    check_sqlite(copy, file)
    # Of an older release: its schema is brought up to date where nobody sees it yet.
    with Database.open(copy) as database:
        database.write(lambda c: c.execute(sa.delete(leases)))
    articles = check_sqlite(copy, file)
    flush_to_disk(copy)
    return copy, articles


def _check_empty(target: Path) -> None:
    if not target.exists() or target.stat().st_size == 0:
        return
    try:
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro", uri=True)) as connection:
            filled = any(
                connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608
                for table in ("sources", "articles", "links")
            )
    except sqlite3.DatabaseError:
        filled = True
    if filled:
        raise StorageError(
            f"{target}: holds something; with --replace the backup takes its place,"
            " and it is kept beside it"
        )


@contextmanager
def _alone(target: Path) -> Iterator[bool]:
    """While nobody else has the file open, and nothing of it stands in a log; whether it is whole.

    Leaving WAL mode needs the file for oneself, and writes what stands in the log into it.
    """
    if not target.exists() or target.stat().st_size == 0:
        yield True
        return
    connection = sqlite3.connect(target, timeout=2, isolation_level=None)
    try:
        try:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            connection.execute("BEGIN EXCLUSIVE")
            is_whole = mode == "delete"
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise AlreadyRunning(
                    f"{target}: another program has it open; stop it, and try again"
                ) from None
            is_whole = False
        except sqlite3.DatabaseError:
            is_whole = False  # broken: why it is to be replaced
        yield is_whole
    finally:
        connection.close()


def _keep(target: Path, *, is_whole: bool) -> Path:
    """Give what stands there a second name, with what belongs to it where it could not be joined."""
    kept = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    if kept.exists():
        raise DatabaseUnavailable(f"{kept}: is there already; try again in a second")
    try:
        os.link(target, kept)
    except OSError:  # a file system without second names
        os.replace(target, kept)
    for suffix in _BESIDE:
        beside = target.with_name(target.name + suffix)
        if beside.exists() and not is_whole:
            os.replace(beside, kept.with_name(kept.name + suffix))
    return kept


def _take_owner(target: Path, copy: Path) -> None:
    """The rights of the file that was there; its owner, where we may give that."""
    if target.exists():
        there = target.stat()
        os.chmod(copy, there.st_mode & 0o7777)
        with contextlib.suppress(OSError):
            os.chown(copy, there.st_uid, there.st_gid)
    else:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(copy, 0o666 & ~mask)


def _restore_server(file: Path, url: str, *, replace: bool, observe: Observe) -> Restored:
    from storage.care.database_copy import copy_database

    with tempfile.TemporaryDirectory(prefix="copydesk-") as name:
        copy, articles = _prepared(file, Path(name), observe)
        with (
            Database.open(url) as target,
            target.lock(DAEMON),
            Database.open(copy, read_only=True) as origin,
        ):
            if not _is_empty(target):
                if not replace:
                    raise StorageError(
                        f"{target.address}: holds something; with --replace its tables are emptied"
                        " and the backup takes their place"
                    )
                target.write(_empty)
            for _ in copy_database(origin, target, lambda table, rows: observe(table, rows, 0)):
                pass
            return Restored(target.address, articles, None)


def _is_empty(database: Database) -> bool:
    with database.reading() as connection:
        return not any(
            connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            for table in metadata.sorted_tables
            if table is not leases
        )


def _empty(connection: sa.Connection) -> None:
    names = ", ".join([*metadata.tables, "article_search"])
    connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
