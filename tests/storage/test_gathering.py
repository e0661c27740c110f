"""What many operations write is written together, and each still stands or falls by itself."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from storage import gathering
from storage.article import Block, Credit, Struck
from storage.articles.saving import save_article
from storage.care.checks import check_database
from storage.database import Database
from storage.errors import StorageError
from storage.links import NewLink, due_links, mark_fetched_failure, record_links
from storage.links.address_shapes import count_shape
from storage.schema import metadata
from storage.search.search import search

LINES = frozenset({"0123", "4567"})


def made(make_article, number, text=None):
    words = text or " ".join(f"word{number}x{n}" for n in range(60))
    return replace(
        make_article(f"{words}\n\nThe end of number {number}."),
        url=f"https://gazette.example/{number}",
        credits=(Credit("agency", f"Agency {number}", "(A)", "dateline"),),
        struck=(Struck("Sign up", "prompt", None), Struck("Share", "share", "share")),
    )


def saving(article, key, now, link=None, fetched=None):
    def op(connection):
        saved = save_article(
            connection, link, article, key=key, fetched_key=fetched, now=now, lines=LINES
        )
        count_shape(connection, "gazette", "/n", article=True)
        return saved

    return op


def together(database, ops):
    """Do operations in one transaction, gathered or not as each says."""
    gate = threading.Event()
    held = database.writer.submit(lambda connection: gate.wait())
    futures = [database.writer.submit(op, gathers=gathers) for op, gathers in ops]
    gate.set()
    held.result()
    return futures


def rows(database, *names):
    with database.reading() as connection:
        return {
            table.name: sorted(
                map(repr, connection.execute(sa.select(*(c for c in table.c if c.name != "at"))))
            )
            for table in metadata.sorted_tables
            if not names or table.name in names
        }


def announce(database, now, *numbers):
    new = [NewLink(key=f"gazette.example/{n}", url=f"https://gazette.example/{n}") for n in numbers]
    database.write(lambda c: record_links(c, "gazette", new, now))
    with database.reading() as connection:
        return {due.key: due.id for due in due_links(connection, "gazette", now, 100)}


@pytest.fixture
def plan(make_article, now):
    """Articles that are new, copies of each other, the same again, and at another address."""
    text = " ".join(f"shared{n}" for n in range(80))

    def of(links):
        one = made(make_article, 1)
        copy = replace(made(make_article, 4, text), source="courier")
        return [
            saving(one, "gazette.example/1", now, links["gazette.example/1"]),
            saving(made(make_article, 2), "gazette.example/two", now, links["gazette.example/2"]),
            saving(made(make_article, 3, text), "gazette.example/3", now),
            saving(copy, "courier.example/4", now),
            saving(one, "gazette.example/1", now, links["gazette.example/1"]),
            saving(one, "gazette.example/elsewhere", now),
            # Its canonical address has changed, the address that was fetched leads to it.
            saving(made(make_article, 5), "gazette.example/new", now, fetched="gazette.example/2"),
        ]

    return of


def test_what_is_gathered_is_what_would_be_written_one_by_one(tmp_path, plan, now):
    stored = []
    for name, gathers in (("one.sqlite3", False), ("other.sqlite3", True)):
        with Database.open(tmp_path / name) as database:
            ops = plan(announce(database, now, 1, 2))
            if gathers:
                outcomes = [f.result() for f in together(database, [(op, True) for op in ops])]
            else:
                outcomes = [database.write(op) for op in ops]
            stored.append((outcomes, rows(database)))
    assert [saved.outcome for saved in stored[0][0]] == [
        *("filed", "filed", "filed", "filed", "unchanged", "duplicate", "revised"),
    ]
    assert stored[0][0] == stored[1][0]
    one, other = stored[0][1], stored[1][1]
    # One transaction says a change once, of the article as it is at its end.
    one.pop("changes"), other.pop("changes"), one.pop("stories"), other.pop("stories")
    assert one == other


def test_gathered_articles_are_whole_on_either_database(database, plan, now):
    links = announce(database, now, 1, 2)
    for future in together(database, [(op, True) for op in plan(links)]):
        future.result()
    with database.reading() as connection:
        assert [found.name for found in check_database(connection) if found.problems] == []
        assert len(search(connection, "word1x7")) == 1
        count = connection.exec_driver_sql("SELECT count(*) FROM story_articles").scalar()
        assert count == 2
        assert connection.exec_driver_sql("SELECT articles FROM address_shapes").scalar() == 7


def test_one_that_fails_takes_nothing_with_it(database, make_article, now):
    def failing(connection):
        saving(made(make_article, 2), "gazette.example/2", now)(connection)
        raise KeyError("too bad")

    one, bad, other = together(
        database,
        [
            (saving(made(make_article, 1), "gazette.example/1", now), True),
            (failing, True),
            (saving(made(make_article, 3), "gazette.example/3", now), True),
        ],
    )
    with pytest.raises(KeyError, match="too bad"):
        bad.result()
    assert one.result().outcome == other.result().outcome == "filed"
    stored = rows(database)
    assert [len(stored[name]) for name in ("articles", "struck", "credits", "links")] == [
        2,
        4,
        2,
        2,
    ]
    assert len(stored["changes"]) == 2
    assert stored["site_lines"] == sorted(map(repr, [("gazette", line, 2) for line in LINES]))


def test_a_row_that_is_refused_at_the_end_is_the_failure_of_who_gathered_it(
    database, make_article, now
):
    def write_twice(connection, found):
        for row in found:
            connection.execute(sa.insert(metadata.tables["sources"]).values(row))

    def wrong(connection):
        row = {"name": "gazette", "first_seen_at": now}
        gathering.gather(connection, write_twice, [row, row])
        return "never"

    one, bad = together(
        database,
        [(saving(made(make_article, 1), "gazette.example/1", now), True), (wrong, True)],
    )
    with pytest.raises(StorageError, match=r"(?i)unique"):
        bad.result()
    assert one.result().outcome == "filed"
    assert len(rows(database, "struck")["struck"]) == 2


def test_an_operation_that_does_not_gather_sees_all_that_was_done_before(
    database, make_article, now
):
    def look(connection):
        return connection.exec_driver_sql("SELECT count(*) FROM struck").scalar()

    article = made(make_article, 1)
    more = replace(article, blocks=(*article.blocks, Block("paragraph", "One thing more.")))
    *saves, seen = together(
        database,
        [
            (saving(article, "gazette.example/1", now), True),
            (saving(more, "gazette.example/1", now), True),
            (saving(made(make_article, 2), "gazette.example/2", now), True),
            (look, False),
        ],
    )
    assert [each.result().outcome for each in saves] == ["filed", "revised", "filed"]
    assert seen.result() == 4


def test_a_failure_after_a_save_is_the_later_one(database, make_article, now):
    links = announce(database, now, 1)
    link = links["gazette.example/1"]

    def fail(connection):
        mark_fetched_failure(
            connection,
            link,
            state="gone",
            reason="gone",
            detail=None,
            retry_at=None,
            status=410,
            now=now,
        )

    article = made(make_article, 1)
    for future in together(
        database, [(saving(article, "gazette.example/1", now, link), True), (fail, True)]
    ):
        future.result()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT state FROM links").scalar() == "gone"
