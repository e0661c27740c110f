"""The database: does it answer, does it hold together, what time is it there, who is at work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlalchemy as sa

from ingest.alerts.overview import standings
from ingest.deployment.healthcheck import look_alive
from ingest.doctor.finding import Finding, note, ok, wrong
from ingest.doctor.settings import check_private
from storage.database import Database
from storage.engine.location import Location, locate
from storage.errors import SchemaError, StorageError
from storage.schema import articles, health_changes, passes

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["check_database_file", "check_held", "check_opening"]

_ABOUT = "database"
#: Kinds of file systems that reach over a network, where SQLite's log cannot be shared.
_REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs")
#: The oldest server that is still looked after by PostgreSQL.
_OLDEST_SERVER = 14
#: Seconds that a quick look at a file may take.
_QUICK = 15.0
#: A log larger than this is held open by somebody who reads.
_LARGE_LOG = 256 * 1024 * 1024
#: Clocks that differ by less are the same.
_SAME_TIME = timedelta(seconds=10)


def check_opening(settings: Settings) -> Iterator[Finding]:
    """Whether it can be opened as it is; what is missing is made by the next command that writes."""
    try:
        location = locate(settings.database)
    except StorageError as error:
        yield wrong(_ABOUT, str(error), "mend database in the settings")
        return
    path = location.path
    if path is None and location.url.password and settings.path is not None:
        yield from check_private(settings.path, "the password of the database")
    if path is not None and not path.exists() and path.parent.is_dir():
        yield note(_ABOUT, f"{path} is not there yet", "`copydesk run` makes it")
        return
    try:
        Database.open(settings.database, read_only=True, lock_timeout=5.0).close()
    except SchemaError as error:
        yield wrong(_ABOUT, str(error), "`copydesk db upgrade`, after a backup")
    except StorageError as error:
        yield wrong(_ABOUT, str(error), "see `copydesk db check` once it can be opened")
    else:
        yield ok(_ABOUT, f"{location.shown} answers, its schema is this release's")


def check_database_file(location: Location) -> Iterator[Finding]:
    """What is to be said of a SQLite file as a file: where it stands, its log, its pages."""
    path = location.path
    if path is None or not path.exists():
        return
    kind = _file_system(str(path.parent))
    if kind in _REMOTE:
        yield wrong(
            _ABOUT,
            f"{path} is on a share ({kind}), where SQLite's locks and log do not hold",
            "put it on a disk of this machine, or use PostgreSQL",
        )
    log = path.with_name(path.name + "-wal")
    with suppress(OSError):
        if log.stat().st_size > _LARGE_LOG:
            yield note(
                _ABOUT,
                f"{log} has {log.stat().st_size / 1e6:,.0f} MB: somebody reads in one transaction"
                " for very long",
                "end that program; the log is written back then",
            )
    yield _quick_look(str(path))


def _quick_look(path: str) -> Finding:
    import sqlite3

    deadline = time.monotonic() + _QUICK
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=5)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
        try:
            wrongs = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                return ok(
                    "integrity",
                    f"nothing wrong in the {_QUICK:g} s looked at; `copydesk db check` looks at all",
                )
            wrongs = [str(error)]
        except sqlite3.DatabaseError as error:
            wrongs = [str(error)]
    if wrongs == ["ok"]:
        return ok("integrity", "the file holds together")
    said = "; ".join(wrongs)[:300]
    return wrong(
        "integrity", f"{path} is damaged: {said}", "`copydesk db restore` a backup, with --replace"
    )


def _file_system(folder: str) -> str | None:
    """The kind of file system that ``folder`` is on, where the system says (Linux, proc(5))."""
    best, kind = "", None
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                _, where, this, *_ = line.split(" ")
                where = where.replace("\\040", " ")
                inside = folder == where or folder.startswith(where.rstrip("/") + "/")
                if inside and len(where) >= len(best):
                    best, kind = where, this
    except (OSError, ValueError):
        return None
    return kind


def check_held(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What an open database says of time, of its server, of who is at work and who was told."""
    with database.reading() as connection:
        if connection.dialect.name == "postgresql":
            yield from _of_server(connection)
        else:
            version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
            yield ok(_ABOUT, f"SQLite {version}")
        yield from _of_time(connection, now)
        yield from _of_channels(connection, settings, now)
    found = look_alive(settings.database, now)
    if found.alive:
        yield ok("daemon", found.said)
    else:
        yield note("daemon", found.said, "`copydesk daemon`, or start its unit or container")


def _of_server(connection: sa.Connection) -> Iterator[Finding]:
    number = int(connection.execute(sa.text("SHOW server_version_num")).scalar_one())
    shown = connection.execute(sa.text("SHOW server_version")).scalar_one()
    if number // 10_000 < _OLDEST_SERVER:
        yield note(
            _ABOUT,
            f"PostgreSQL {shown} is looked after by nobody any more",
            f"upgrade the server to {_OLDEST_SERVER} or newer",
        )
    else:
        yield ok(_ABOUT, f"PostgreSQL {shown}")
    # The machine's time now, not the one at which the question was formed.
    there = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(there.astimezone(UTC) - datetime.now(UTC))
    if apart > _SAME_TIME:
        yield wrong(
            "clock",
            f"the clock here and that of the database's server are {apart.total_seconds():,.0f} s"
            " apart",
            "switch on time synchronisation (NTP) on both",
        )


def _of_time(connection: sa.Connection, now: datetime) -> Iterator[Finding]:
    """Nothing that we wrote ourselves can be from the future."""
    newest = [
        connection.execute(sa.select(column).order_by(order.desc()).limit(1)).scalar()
        for column, order in (
            (passes.c.started_at, passes.c.id),
            (articles.c.filed_at, articles.c.id),
            (health_changes.c.at, health_changes.c.id),
        )
    ]
    latest = max((at for at in newest if at is not None), default=None)
    if latest is not None and latest - now > _SAME_TIME:
        yield wrong(
            "clock",
            f"the database has rows of {latest:%Y-%m-%d %H:%M} UTC, and the clock here says"
            f" {now:%Y-%m-%d %H:%M}: one of the two was or is wrong",
            "set the clock by NTP; where the rows are wrong they right themselves as time passes",
        )


def _of_channels(connection: sa.Connection, settings: Settings, now: datetime) -> Iterator[Finding]:
    found = standings(connection, settings.alerts, now)
    for each in found:
        if each.error is not None:
            yield wrong(
                "alerts",
                f"{each.name}: {each.waiting} changes wait, the last attempt failed: {each.error}",
                f"mend it, and try it with `copydesk alerts test {each.name}`",
            )
    declared = [each for each in found if each.name != "log"]
    if declared and all(each.error is None for each in declared):
        yield ok("alerts", f"{len(declared)} channels, none of which failed last")
