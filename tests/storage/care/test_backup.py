"""A backup is one moment of the database, whole, while others write; put back it is the same again."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.articles.saving import save_article
from storage.care import backup as backup_module
from storage.care.backup import back_up
from storage.care.checks import check_database
from storage.care.restore import restore
from storage.changes import read_changes
from storage.database import Database
from storage.errors import AlreadyRunning, DatabaseUnavailable, StorageError
from storage.schema import articles, changes, leases, metadata
from storage.search.search import search

TEXT = "The ferry goes again, says the harbour master of part NUMBER. " * 5


@pytest.fixture
def filed(make_article, now):
    """File an article of its own number into a database."""

    def file(database, number):
        article = make_article(
            TEXT.replace("NUMBER", f"{number} of {number * number}"), source=f"paper-{number % 7}"
        )
        database.write(
            lambda c: save_article(
                c, None, article, key=f"p.example/{number}", fetched_key=None, now=now
            )
        )

    return file


def rows(database):
    found = {}
    with database.snapshot() as connection:
        for table in metadata.sorted_tables:
            if table.name not in {"index_backlogs", "leases"}:
                query = sa.select(table).order_by(*table.primary_key)
                found[table.name] = list(map(repr, connection.execute(query)))
    return found


def url_of(database):
    return database.reopening.url


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_put_back_it_is_the_same(database, filed, tmp_path, suffix):
    for number in range(12):
        filed(database, number)
    file = tmp_path / f"backup.sqlite3{suffix}"
    seen = []
    written = back_up(url_of(database), file, lambda what, *_: seen.append(what))
    assert (written.articles, written.file) == (12, file)
    assert written.stored_bytes == file.stat().st_size
    assert (written.stored_bytes < written.bytes / 3) == bool(suffix)
    assert "checking" in seen
    restored = restore(file, str(tmp_path / "again.sqlite3"))
    assert (restored.articles, restored.kept) == (12, None)
    with Database.open(tmp_path / "again.sqlite3") as again:
        assert rows(again) == rows(database)
        with again.snapshot() as connection:
            assert [each for each in check_database(connection) if each.problems] == []
            assert len(search(connection, "ferry")) == 12
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_while_another_writes_it_is_one_moment(database, filed, tmp_path):
    """What a writer commits together is in it together, and it goes on writing."""
    filed(database, 0)
    stop = threading.Event()
    written = []

    def write():
        with Database.open(url_of(database)) as other:
            number = 0
            while not stop.is_set():
                number += 1
                filed(other, number)
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 20:
            assert writer.is_alive()
            stop.wait(0.01)
        for turn in range(3):
            before = len(written)
            file = tmp_path / f"{turn}.sqlite3"
            assert back_up(url_of(database), file).articles > before - 2
            with sqlite3.connect(file) as copy:
                ((n, newest),) = copy.execute("SELECT count(*), max(id) FROM articles")
                ((fed,),) = copy.execute("SELECT max(article_id) FROM changes")
                assert (newest, fed) == (n, n), "an article without its change, or one left out"
            copy.close()
    finally:
        stop.set()
        writer.join()
    assert len(written) > 20


def test_writers_do_not_make_a_copy_begin_anew(sqlite, sqlite_path, filed, tmp_path, monkeypatch):
    """SQLite begins a copy anew at each write of another, where nobody holds the moment for it."""
    for number in range(30):
        filed(sqlite, number)
    monkeypatch.setattr(backup_module, "_STEP", 10)
    left = []

    def observe(what, done, whole):
        if what == "copying":
            left.append(whole - done)
            filed(sqlite, 1000 + len(left))

    assert back_up(str(sqlite_path), tmp_path / "x.sqlite3", observe).articles == 30
    assert len(left) > 5
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


def test_it_leaves_one_file_that_can_be_read_where_nothing_can_be_written(
    database, filed, tmp_path
):
    filed(database, 1)
    file = tmp_path / "kept" / "backup.sqlite3"
    file.parent.mkdir()
    back_up(url_of(database), file)
    back_up(url_of(database), file)
    assert [path.name for path in file.parent.iterdir()] == ["backup.sqlite3"]
    with sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    copy.close()


def test_nothing_else_is_overwritten(sqlite, sqlite_path, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam,")
    link = tmp_path / "link.sqlite3"
    link.symlink_to(sqlite_path)
    for file, said in [
        (letter, "is no backup"),
        (sqlite_path, "is the database itself"),
        (link, "is the database itself"),
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "x", "does not exist"),
    ]:
        with pytest.raises(DatabaseUnavailable, match=said):
            back_up(str(sqlite_path), file)
    assert letter.read_text() == "Dear Sir or Madam,"
    with pytest.raises(DatabaseUnavailable, match="no database at"):
        back_up(str(tmp_path / "missing.sqlite3"), tmp_path / "x")


def test_a_database_that_is_broken_is_said_to_be(sqlite, sqlite_path, filed, tmp_path):
    for number in range(60):
        filed(sqlite, number)
    sqlite.close()
    with sqlite_path.open("r+b") as file:
        file.seek(sqlite_path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\x55" * 4096 * 8)
    with pytest.raises(StorageError):
        back_up(str(sqlite_path), tmp_path / "x.sqlite3")
    assert not (tmp_path / "x.sqlite3").exists()


def test_what_is_there_is_replaced_only_on_request_and_kept(database, filed, tmp_path):
    filed(database, 1)
    file = tmp_path / "backup.sqlite3.zst"
    back_up(url_of(database), file)
    filed(database, 2)
    url = url_of(database)
    with pytest.raises(StorageError, match="--replace"):
        restore(file, url)
    database.close()
    restored = restore(file, url, replace=True)
    with Database.open(url) as again:
        with again.reading() as connection:
            assert connection.execute(sa.select(articles.c.id)).scalars().all() == [1]
        filed(again, 3)
        with again.reading() as connection:
            assert read_changes(connection, 0, 10)[-1].article_id == 2, "numbers go on"
    if "://" not in url or url.startswith("sqlite"):
        with Database.open(restored.kept, read_only=True) as kept, kept.reading() as connection:
            assert len(connection.execute(sa.select(changes.c.id)).all()) == 2
    else:
        assert restored.kept is None


def test_not_while_a_daemon_runs(database, filed, tmp_path):
    filed(database, 1)
    file = tmp_path / "backup.sqlite3"
    back_up(url_of(database), file)
    with database.lock("daemon"), Database.open(url_of(database)) as other:
        url = url_of(other)
        with pytest.raises(AlreadyRunning, match="daemon"):
            restore(file, url, replace=True)


def test_not_while_a_daemon_elsewhere_holds_the_lease(database, filed, tmp_path):
    filed(database, 1)
    file = tmp_path / "backup.sqlite3"
    moment = datetime.now(UTC)
    elsewhere = {
        "name": "daemon",
        "holder": "x",
        "host": "another.example",
        "pid": 1,
        "since": moment,
        "beats": 3,
        "beat_at": moment,
        "expires_at": moment + timedelta(minutes=1),
    }
    database.write(lambda c: c.execute(sa.insert(leases).values(elsewhere)))
    back_up(url_of(database), file)
    with pytest.raises(AlreadyRunning, match=r"another\.example"):
        restore(file, url_of(database), replace=True)
    # In the backup it says nothing: nobody works with that.
    restore(file, str(tmp_path / "again.sqlite3"))
    with Database.open(tmp_path / "again.sqlite3") as again, again.reading() as connection:
        assert connection.execute(sa.select(leases.c.name)).first() is None


def test_not_while_another_program_has_the_file_open(sqlite, sqlite_path, filed, tmp_path):
    filed(sqlite, 1)
    file = tmp_path / "backup.sqlite3"
    back_up(str(sqlite_path), file)
    code = (
        "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('BEGIN')\n"
        "c.execute('SELECT count(*) FROM articles').fetchone()\nprint('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    sqlite.close()
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(sqlite_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert reader.stdout.readline() == b"open\n"
        with pytest.raises(AlreadyRunning, match="has it open"):
            restore(file, str(sqlite_path), replace=True)
    finally:
        reader.communicate()
    restore(file, str(sqlite_path), replace=True)


def test_a_file_that_was_killed_with_its_log_is_replaced_whole(
    sqlite_path, filled_sqlite, filed, tmp_path
):
    """What stands in the log of the old file is never taken for the new one's, and is kept."""
    shutil.copy(filled_sqlite, sqlite_path)
    code = (
        "import os, sys\nsys.path.insert(0, os.getcwd())\nimport sqlite3\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode = WAL')\nc.execute('PRAGMA wal_autocheckpoint = 0')\n"
        "c.execute(\"INSERT INTO sources (name, first_seen_at) VALUES ('late', '2026-01-01')\")\n"
        "os.kill(os.getpid(), 9)\n"
    )
    backup = tmp_path / "backup.sqlite3"
    with Database.open(sqlite_path) as database:
        filed(database, 1)
        back_up(str(sqlite_path), backup)
    subprocess.run([sys.executable, "-c", code, str(sqlite_path)], check=False)
    assert sqlite_path.with_name(sqlite_path.name + "-wal").stat().st_size > 0
    restored = restore(backup, str(sqlite_path), replace=True)
    with sqlite3.connect(sqlite_path) as now, sqlite3.connect(restored.kept) as kept:
        late = "SELECT count(*) FROM sources WHERE name = 'late'"
        assert now.execute(late).fetchone() == (0,)
        assert kept.execute(late).fetchone() == (1,)
        assert now.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    now.close()
    kept.close()


def test_a_broken_database_gives_way_to_its_backup(sqlite_path, filled_sqlite, filed, tmp_path):
    shutil.copy(filled_sqlite, sqlite_path)
    backup = tmp_path / "backup.sqlite3.gz"
    with Database.open(sqlite_path) as database:
        filed(database, 1)
        back_up(str(sqlite_path), backup)
    sqlite_path.write_bytes(b"no database at all" * 4000)
    with pytest.raises(StorageError, match="--replace"):
        restore(backup, str(sqlite_path))
    restored = restore(backup, str(sqlite_path), replace=True)
    assert restored.kept.read_bytes().startswith(b"no database at all")
    with Database.open(sqlite_path) as database, database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar() == 1


@pytest.mark.parametrize("spoil", ["cut", "other", "text", "bits"])
def test_a_backup_that_is_broken_changes_nothing(sqlite, sqlite_path, filed, tmp_path, spoil):
    filed(sqlite, 1)
    file = tmp_path / "backup.gz"
    back_up(str(sqlite_path), file)
    data = file.read_bytes()
    sqlite.close()
    before = sqlite_path.read_bytes()
    if spoil == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif spoil == "bits":
        file.write_bytes(data[:5000] + bytes([data[5000] ^ 255]) + data[5001:])
    elif spoil == "text":
        file.write_text("Dear Sir or Madam,")
    else:
        other = tmp_path / "other.sqlite3"
        with sqlite3.connect(other) as connection:
            connection.execute("CREATE TABLE notes (id)")
        connection.close()
        file.write_bytes(gzip.compress(other.read_bytes()))
    with pytest.raises(StorageError):
        restore(file, str(sqlite_path), replace=True)
    assert sqlite_path.read_bytes() == before
    with pytest.raises(DatabaseUnavailable, match="no such file"):
        restore(tmp_path / "none", str(sqlite_path))


def test_the_rights_of_the_file_stay(sqlite, sqlite_path, filed, tmp_path):
    filed(sqlite, 1)
    backup = tmp_path / "b.sqlite3"
    back_up(str(sqlite_path), backup)
    sqlite.close()
    os.chmod(sqlite_path, 0o640)
    restore(backup, str(sqlite_path), replace=True)
    assert sqlite_path.stat().st_mode & 0o777 == 0o640


def test_from_a_server_into_a_file_and_from_a_file_into_a_server(
    sqlite, sqlite_path, filed, postgres_address, tmp_path
):
    for number in range(5):
        filed(sqlite, number)
    back_up(str(sqlite_path), tmp_path / "of-file.zst")
    restore(tmp_path / "of-file.zst", postgres_address)
    back_up(postgres_address, tmp_path / "of-server.zst")
    restore(tmp_path / "of-server.zst", str(tmp_path / "back.sqlite3"))
    with Database.open(tmp_path / "back.sqlite3") as back:
        assert rows(back) == rows(sqlite)
