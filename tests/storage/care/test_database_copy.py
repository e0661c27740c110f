"""A copy holds the same as its origin, whichever databases the two are."""

import pytest
import sqlalchemy as sa

from storage.articles.saving import save_article
from storage.care.checks import check_database
from storage.care.database_copy import copy_database
from storage.changes import read_changes
from storage.database import Database
from storage.errors import StorageError
from storage.schema import metadata
from storage.search.search import search

TEXT = " ".join(f"word{number}" for number in range(120))


@pytest.fixture
def filled(sqlite_path, filled_sqlite, make_article, now):
    import shutil

    shutil.copy(filled_sqlite, sqlite_path)
    with Database.open(sqlite_path) as database:
        for number in range(30):
            text = TEXT if number < 3 else f"Text number {number} of the ferry."
            article = make_article(
                text, source=f"paper-{number}", tags=("Üe", "b"), paid=number % 2 == 0
            )
            database.write(
                lambda c, n=number, a=article: save_article(
                    c,
                    None,
                    a,
                    key=f"paper-{n}.example/a",
                    fetched_key=f"paper-{n}.example/b",
                    now=now,
                )
            )
        yield database


def assert_same(origin, copy):
    with origin.reading() as one, copy.reading() as other:
        for table in metadata.sorted_tables:
            if table.name != "index_backlogs":
                query = sa.select(table).order_by(*table.primary_key)
                found = sorted(map(repr, other.execute(query)))
                assert found == sorted(map(repr, one.execute(query))), table.name
        for query in ("ferry", '"word5 word6"'):
            assert {a.id for a in search(one, query)} == {a.id for a in search(other, query)}
    with copy.snapshot() as connection:
        assert [each.name for each in check_database(connection) if each.problems] == []


def test_to_postgresql_and_back(filled, postgres_address, tmp_path, make_article, now):
    with Database.open(postgres_address) as server:
        tables = {each.name: each for each in copy_database(filled, server)}
        assert tables["articles"].rows == tables["articles"].written == 30
        assert_same(filled, server)
        with Database.open(tmp_path / "back.sqlite3") as back:
            list(copy_database(server, back))
            assert_same(filled, back)
        # Numbers go on where the origin stood.
        saved = server.write(
            lambda c: save_article(
                c, None, make_article("New."), key="new.example/a", fetched_key=None, now=now
            )
        )
        assert saved.article_id == 31
        with server.reading() as connection:
            assert read_changes(connection, 0, 1000)[-1].article_id == 31


def test_an_interrupted_copy_goes_on(filled, ready_address, tmp_path):
    class Stop(Exception):
        pass

    def stop_at_links(name, _):
        if name == "links":
            raise Stop

    with Database.open(ready_address if "postgres" in ready_address else tmp_path / "c.db") as copy:
        with pytest.raises(Stop):
            list(copy_database(filled, copy, stop_at_links))
        tables = {each.name: each for each in copy_database(filled, copy)}
        assert tables["articles"].written == 0
        assert tables["story_articles"].written > 0
        assert_same(filled, copy)
        assert all(each.written == 0 for each in copy_database(filled, copy))


def test_what_changed_since_an_earlier_copy_is_brought_up_to_date(
    filled, tmp_path, make_article, now
):
    with Database.open(tmp_path / "copy.sqlite3") as copy:
        list(copy_database(filled, copy))
        filled.write(
            lambda c: save_article(
                c,
                None,
                make_article("A revised text of the tunnel.", source="paper-9"),
                key="paper-9.example/a",
                fetched_key=None,
                now=now,
            )
        )
        list(copy_database(filled, copy))
        assert_same(filled, copy)
        with copy.reading() as connection:
            assert len(search(connection, "tunnel")) == 1


def test_a_database_with_other_articles_is_refused(filled, tmp_path, make_article, now):
    with Database.open(tmp_path / "other.sqlite3") as other:
        other.write(
            lambda c: save_article(
                c, None, make_article("Mine."), key="mine.example/a", fetched_key=None, now=now
            )
        )
        with pytest.raises(StorageError, match="holds other articles already"):
            list(copy_database(filled, other))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE articles SET text = 'another' WHERE id = 2", "are what was filed"),
        ("DELETE FROM changes WHERE article_id = 2", "stands in the change feed"),
        ("UPDATE stories SET articles = 9", "how many articles it has"),
        ("DELETE FROM links WHERE false OR key = 'none'", None),
        ("UPDATE articles SET revision = 5 WHERE id = 3", "earlier text of an article is kept"),
    ],
)
def test_check_says_what_is_wrong(filled, damage, said):
    filled.write(lambda c: c.exec_driver_sql(damage))
    with filled.snapshot() as connection:
        wrong = [each.name for each in check_database(connection) if each.problems]
    assert len(wrong) == (said is not None)
    assert all(said in name for name in wrong)
