"""SIGKILL at any moment loses nothing that was acknowledged."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.schema import articles, links

ROOT = Path(__file__).resolve().parents[2]

# Prints a line for each article after its future resolved.
WORKER = """
import sys
from datetime import UTC, datetime
from storage import Database, NewLink, due_links, record_document, save_article
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
            c, link.id, article, key=link.key, fetched_key=link.key, now=now))
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
