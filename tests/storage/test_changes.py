"""The change feed: each thing once, in the order of commits, none skipped."""

import threading

from storage.articles.cleaning import save_cleaned
from storage.articles.saving import save_article, save_reextracted
from storage.care.checks import check_database
from storage.changes import last_change, read_changes
from storage.database import Database
from storage.links import NewLink, due_links, mark_looked, record_links
from storage.publishers import ensure_source


def feed(database, since=0):
    with database.reading() as connection:
        return [(change.kind, change.article_id) for change in read_changes(connection, since)]


def save(database, article, now, key="gazette.example/a", link=None):
    return database.write(
        lambda c: save_article(c, link, article, key=key, fetched_key=None, now=now)
    )


def test_what_happens_to_an_article_is_said_once_each(database, make_article, now):
    save(database, make_article("One text."), now)
    save(database, make_article("One text."), now)  # nothing has happened
    save(database, make_article("Another text."), now)
    save(database, make_article("Another text.", section="City"), now)
    database.write(lambda c: save_reextracted(c, 1, make_article("A text read anew."), now))
    old = make_article("A text read anew.")
    new = make_article("A text read")
    assert database.write(lambda c: save_cleaned(c, 1, old, new, now))
    kinds = [kind for kind, _ in feed(database)]
    assert kinds == ["filed", "revised", "updated", "reextracted", "cleaned"]


def test_a_withdrawn_article_and_its_return(database, make_article, now):
    link = [NewLink(key="gazette.example/a", url="https://gazette.example/a")]
    database.write(lambda c: ensure_source(c, "gazette", now))
    database.write(lambda c: record_links(c, "gazette", link, now))
    with database.reading() as connection:
        (due,) = due_links(connection, "gazette", now, 10)
    save(database, make_article(), now, link=due.id)
    database.write(
        lambda c: mark_looked(c, due.id, status=404, look_again_at=None, now=now, withdrawn=True)
    )
    save(database, make_article(), now, link=due.id)
    assert [kind for kind, _ in feed(database)] == ["filed", "withdrawn", "returned"]


def test_what_failed_is_not_said(database, make_article, now):
    def fails(connection):
        save_article(connection, None, make_article(), key="k", fetched_key=None, now=now)
        raise ValueError("no")

    future = database.writer.submit(fails)
    save(database, make_article("Another text."), now)
    assert isinstance(future.exception(), ValueError)
    assert len(feed(database)) == 1


def test_a_reader_goes_on_from_its_cursor(database, make_article, now):
    for number in range(5):
        save(database, make_article(f"Text number {number}."), now, key=f"gazette.example/{number}")
    with database.reading() as connection:
        first = read_changes(connection, 0, 3)
        rest = read_changes(connection, first[-1].id)
        assert last_change(connection) == rest[-1].id
        assert read_changes(connection, 0, kinds=["revised"]) == []
        assert len(read_changes(connection, 0, source="gazette")) == 5
    assert [change.article_id for change in first + rest] == [1, 2, 3, 4, 5]


def test_a_reader_beside_several_writers_misses_nothing(ready_address, make_article, now):
    writers, each = 4, 40
    done = threading.Event()
    seen = []

    def read():
        with Database.open(ready_address) as database:
            cursor = 0
            while True:
                last_round = done.is_set()
                with database.reading() as connection:
                    found = read_changes(connection, cursor, 7)
                if found:
                    cursor = found[-1].id
                    seen.extend(change.id for change in found)
                elif last_round:
                    return

    def write(number):
        with Database.open(ready_address) as database:
            for count in range(each):
                key = f"paper-{number}.example/{count}"
                article = make_article(f"Text {count} of paper {number}.", source=f"paper-{number}")
                save(database, article, now, key=key)

    reader = threading.Thread(target=read)
    reader.start()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    with Database.open(ready_address) as database:
        with database.reading() as connection:
            table = [change.id for change in read_changes(connection, 0, 10_000)]
        with database.snapshot() as connection:
            assert [found.name for found in check_database(connection) if found.problems] == []
    assert seen == table
    assert len(table) == writers * each
