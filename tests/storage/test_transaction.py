"""What many operations write is written together, and each still stands or falls by itself."""

import threading
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from storage.article import Block, Credit, Struck
from storage.articles.saving import save_article
from storage.care.checks import check_database
from storage.database import Database
from storage.errors import StorageError
from storage.links import NewLink, due_links, mark_fetched_failure, record_links
from storage.links.address_shapes import count_shape
from storage.schema import metadata, sources
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
    """Do operations in one transaction."""
    gate = threading.Event()
    held = database.writer.submit(lambda connection: gate.wait())
    futures = [database.writer.submit(op) for op in ops]
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
        grown = made(make_article, 2, " ".join(f"word2x{n}" for n in range(75)))
        return [
            saving(one, "gazette.example/1", now, links["gazette.example/1"]),
            saving(made(make_article, 2), "gazette.example/two", now, links["gazette.example/2"]),
            saving(made(make_article, 3, text), "gazette.example/3", now),
            saving(copy, "courier.example/4", now),
            saving(one, "gazette.example/1", now, links["gazette.example/1"]),
            saving(one, "gazette.example/elsewhere", now),
            # Its canonical address has changed, the address that was fetched leads to it.
            saving(grown, "gazette.example/new", now, fetched="gazette.example/2"),
        ]

    return of


def test_what_is_gathered_is_what_would_be_written_one_by_one(tmp_path, plan, now):
    stored = []
    for name, at_once in (("one.sqlite3", False), ("other.sqlite3", True)):
        with Database.open(tmp_path / name) as database:
            ops = plan(announce(database, now, 1, 2))
            if at_once:
                outcomes = [future.result() for future in together(database, ops)]
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
    for future in together(database, plan(links)):
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
            saving(made(make_article, 1), "gazette.example/1", now),
            failing,
            saving(made(make_article, 3), "gazette.example/3", now),
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
    assert stored["site_lines"] == sorted(map(repr, [("gazette", line, 2, 0) for line in LINES]))


def test_a_row_that_is_refused_at_the_end_is_the_failure_of_who_gathered_it(
    database, make_article, now
):
    def write_twice(connection, found):
        for row in found:
            connection.execute(sa.insert(metadata.tables["sources"]).values(row))

    def wrong(connection):
        row = {"name": "gazette", "first_seen_at": now}
        connection.gather(write_twice, [row, row])
        return "never"

    one, bad = together(
        database,
        [saving(made(make_article, 1), "gazette.example/1", now), wrong],
    )
    with pytest.raises(StorageError, match=r"(?i)unique"):
        bad.result()
    assert one.result().outcome == "filed"
    assert len(rows(database, "struck")["struck"]) == 2


def test_an_operation_sees_all_that_was_done_before(database, make_article, now):
    def look(connection):
        return connection.exec_driver_sql("SELECT count(*) FROM struck").scalar()

    article = made(make_article, 1)
    more = replace(article, blocks=(*article.blocks, Block("paragraph", "One thing more.")))
    *saves, seen = together(
        database,
        [
            saving(article, "gazette.example/1", now),
            saving(more, "gazette.example/1", now),
            saving(made(make_article, 2), "gazette.example/2", now),
            look,
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
    for future in together(database, [saving(article, "gazette.example/1", now, link), fail]):
        future.result()
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT state FROM links").scalar() == "gone"


def write_source(connection, found):
    for name, now in found:
        connection.execute(sa.insert(sources).values(name=name, first_seen_at=now))


@pytest.mark.parametrize("ask", ["execute", "scalar", "scalars", "exec_driver_sql"])
def test_whoever_asks_in_the_plain_way_sees_what_was_put_off(database, now, ask):
    def op(transaction):
        transaction.gather(write_source, [("gazette", now)])
        statement = "SELECT name FROM sources"
        found = getattr(transaction, ask)(
            statement if ask == "exec_driver_sql" else sa.text(statement)
        )
        return found if ask == "scalar" else list(found)

    assert database.write(op) in ("gazette", ["gazette"], [("gazette",)])


def test_what_a_part_put_off_is_undone_with_it(database, make_article, now):
    def op(transaction):
        saving(made(make_article, 1), "gazette.example/1", now)(transaction)
        with suppress(KeyError), transaction.savepoint():
            saving(made(make_article, 2), "gazette.example/2", now)(transaction)
            raise KeyError("too bad")
        saving(made(make_article, 3), "gazette.example/3", now)(transaction)

    database.write(op)
    with database.reading() as connection:
        assert [found.name for found in check_database(connection) if found.problems] == []
    stored = rows(database)
    assert [len(stored[name]) for name in ("articles", "credits", "changes")] == [2, 2, 2]
    assert stored["address_shapes"] == [repr(("gazette", "/n", 2, 0))]


def test_a_part_whose_own_row_is_refused_is_undone_alone(database, now):
    def op(transaction):
        transaction.gather(write_source, [("gazette", now)])
        with suppress(sa.exc.IntegrityError), transaction.savepoint():
            transaction.gather(write_source, [("courier", now), ("courier", now)])
        transaction.gather(write_source, [("herald", now)])

    database.write(op)
    assert [row.split("'")[1] for row in rows(database, "sources")["sources"]] == [
        "gazette",
        "herald",
    ]


def test_an_operation_that_goes_back_takes_nothing_of_another_with_it(database, make_article, now):
    def goes_back(transaction):
        with suppress(KeyError), transaction.begin_nested():
            transaction.execute(sa.insert(sources).values(name="courier", first_seen_at=now))
            raise KeyError("never mind")

    one, other = together(
        database, [saving(made(make_article, 1), "gazette.example/1", now), goes_back]
    )
    assert (one.result().outcome, other.result()) == ("filed", None)
    stored = rows(database)
    assert [len(stored[name]) for name in ("sources", "struck", "credits")] == [1, 2, 1]


def test_who_meets_the_refused_row_of_another_cannot_hush_it_up(database, now):
    def wrong(transaction):
        transaction.gather(write_source, [("gazette", now), ("gazette", now)])

    def careless(transaction):
        with suppress(sa.exc.IntegrityError):
            transaction.execute(sa.insert(sources).values(name="courier", first_seen_at=now))
        return "done"

    bad, good = together(database, [wrong, careless])
    with pytest.raises(StorageError, match=r"(?i)unique"):
        bad.result()
    assert good.result() == "done"
    assert [row.split("'")[1] for row in rows(database, "sources")["sources"]] == ["courier"]


def test_a_row_waits_while_another_thing_is_asked(database, now):
    seen = []

    def write(connection, found):
        seen.append("written")

    def op(transaction):
        transaction.gather(write, ["row"], about=["one"])
        assert transaction.waits("other", "one")
        with transaction.seeing("other"):
            transaction.execute(sa.text("SELECT 1"))
        seen.append("asked for another")
        with transaction.seeing("one"):
            assert not transaction.waits("one")
        seen.append("asked for it")

    database.write(op)
    assert seen == ["asked for another", "written", "asked for it"]


def test_the_end_comes_once_after_the_rows_and_before_the_last(database):
    seen = []

    def note(name):
        def write(transaction, found):
            transaction.execute(sa.text("SELECT 1"))  # writes nothing before its turn
            seen.append((name, list(found)))

        return write

    rows_, last, end = note("rows"), note("last"), note("end")

    def op(transaction, number):
        transaction.gather(last, [number], last=True)
        transaction.at_end(end, [number])
        transaction.gather(rows_, [number])

    futures = together(database, [partial(op, number=1), partial(op, number=2)])
    for future in futures:
        future.result()
    order = ["rows", "end", "last"] if "sqlite" in database.address else ["rows", "last", "end"]
    assert seen == [(name, [1, 2]) for name in order]


def test_what_is_made_once_is_there_for_the_next_transaction(database):
    class Memory:
        pass

    first = database.write(lambda transaction: transaction.once(Memory))
    assert isinstance(first, Memory)
    assert database.write(lambda transaction: transaction.once(Memory)) is first
    with Database.open(database._location.url.render_as_string(hide_password=False)) as other:
        assert other.write(lambda transaction: transaction.once(Memory)) is not first
