"""What a backfill keeps so that the same command goes on where it stood."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.links import (
    NewLink,
    due_links,
    links_of_time,
    mark_fetched_failure,
    mark_looked,
    record_links,
)
from storage.links.address_shapes import count_shape, shapes_of
from storage.links.backfills import (
    drop_plan,
    finish_backfill,
    finish_plan,
    note_document,
    open_backfill,
    read_documents,
    waiting_by_month,
)
from storage.robots_files import RobotsFile, keep_robots_file, robots_file
from storage.schema import articles, links

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def link(name, **given):
    return NewLink(key=name, url=f"https://gazette.example/{name}", **given)


def record(database, now, *new, planned=True):
    return database.write(lambda c: record_links(c, "gazette", new, now, planned=planned))


def opened(database, now, asked="2026", since=SINCE, until=UNTIL):
    return database.write(
        lambda c: open_backfill(c, "gazette", asked, since=since, until=until, now=now)
    )


def names(found):
    return [due.key for due in found]


def of_time(database, now, **given):
    window = {"since": SINCE, "until": UNTIL, **given}
    with database.reading() as connection:
        return names(links_of_time(connection, "gazette", now, 100, **window))


def test_the_same_command_goes_on_with_the_times_of_the_first(database, now):
    first = opened(database, now)
    again = opened(database, now + timedelta(days=1), until=UNTIL + timedelta(days=1))
    assert (again.id, again.until, again.resumed) == (first.id, UNTIL, True)
    assert not first.resumed
    assert opened(database, now, asked="2025").id != first.id
    database.write(lambda c: finish_plan(c, first.id, now))
    assert opened(database, now).planned_at == now
    database.write(lambda c: finish_backfill(c, first.id, now))
    assert opened(database, now).id != first.id


def test_what_was_read_is_known_with_what_it_named_and_how_far(database, now):
    backfill = opened(database, now)
    database.write(
        lambda c: note_document(
            c, backfill.id, "index", now, following=[("a", "2026"), ("b", None)]
        )
    )
    database.write(
        lambda c: note_document(c, backfill.id, "news.warc", now, position="17", whole=False)
    )
    database.write(
        lambda c: note_document(c, backfill.id, "news.warc", now, position="18", whole=False)
    )
    with database.reading() as connection:
        found = read_documents(connection, backfill.id)
    assert found["index"].following == (("a", "2026"), ("b", None))
    assert (found["index"].whole, found["news.warc"].whole) == (True, False)
    assert found["news.warc"].position == "18"


def test_planned_links_are_the_backfills_and_a_poll_leaves_them_alone(database, now):
    record(database, now, link("a", published="2026-03-01"), link("b"))
    with database.reading() as connection:
        assert due_links(connection, "gazette", now, 10) == []
    assert of_time(database, now) == ["a", "b"]


def test_a_planned_link_that_a_poll_announces_is_pending(database, now):
    record(database, now, link("a"), link("b"))
    record(database, now, link("a"), planned=False)
    with database.reading() as connection:
        assert names(due_links(connection, "gazette", now, 10)) == ["a"]
    assert set(of_time(database, now)) == {"a", "b"}


def test_links_come_by_their_time_and_only_those_of_the_window(database, now):
    record(
        database,
        now,
        link("before", published="2025-12-31"),
        link("january", published="2026-01-01"),
        link("unknown"),
        link("june", dated="2026-06-05", modified="2026-10-30"),
        link("october", modified="2026-10-30T10:00:00Z"),
        link("after", published="2026-11-01"),
    )
    assert of_time(database, now) == ["october", "june", "january", "unknown"]
    assert of_time(database, now, oldest_first=True) == ["january", "june", "october", "unknown"]
    with database.reading() as connection:
        assert waiting_by_month(connection, "gazette", SINCE, UNTIL) == {
            None: 1,
            "2026-01": 1,
            "2026-06": 1,
            "2026-10": 1,
        }


def test_failures_come_again_when_they_are_due(database, now):
    record(database, now, link("a"))
    (due,) = _all(database, now)
    database.write(
        lambda c: mark_fetched_failure(
            c, due.id, state="failed", reason="timeout", detail=None,
            retry_at=now + timedelta(minutes=10), status=None, now=now,
        )
    )  # fmt: skip
    assert of_time(database, now) == []
    assert of_time(database, now + timedelta(minutes=11)) == ["a"]


def _all(database, now):
    with database.reading() as connection:
        return links_of_time(connection, "gazette", now, 100, since=None, until=None)


def test_a_plan_can_be_dropped_and_what_was_fetched_stays(database, now):
    opened(database, now)
    record(database, now, link("a"), link("b"))
    record(database, now, link("b"), planned=False)
    assert database.write(lambda c: drop_plan(c, "gazette")) == 1
    assert of_time(database, now) == ["b"]
    assert not opened(database, now).resumed


def test_an_address_that_is_no_article_is_recorded_and_never_due(database, now):
    record(database, now, link("tag", refused="address"), planned=False)
    with database.reading() as connection:
        assert due_links(connection, "gazette", now, 10) == []
        row = connection.execute(sa.select(links.c.state, links.c.reason, links.c.attempts)).one()
    assert tuple(row) == ("refused", "address", 0)


def _filed(database, now, name="a"):
    record(database, now, link(name, modified="2026-11-01T10:00:00Z"), planned=False)

    def file(connection):
        article = connection.execute(
            sa.insert(articles)
            .values(
                source="gazette", key=name, text=name, words=1, blocks=[], authors=[], tags=[],
                kind="article", complete=True, extractor="test", fingerprint=name,
                filed_at=now, updated_at=now, revision=1,
            )
            .returning(articles.c.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            sa.update(links)
            .where(links.c.key == name)
            .values(state="done", article_id=article, fetched_at=now, look_again_at=now)
        )
        return connection.execute(sa.select(links.c.id).where(links.c.key == name)).scalar_one()

    return database.write(file)


def looked(database, link_id, now, **given):
    given = {"status": 304, "look_again_at": None, **given}
    database.write(lambda c: mark_looked(c, link_id, now=now, **given))


def row_of(database, name="a"):
    with database.reading() as connection:
        return connection.execute(
            sa.select(links, articles.c.withdrawn_at, articles.c.updated_at)
            .join(articles, links.c.article_id == articles.c.id)
            .where(links.c.key == name)
        ).one()


def test_a_page_that_is_gone_withdraws_its_article_and_one_that_is_back_restores_it(database, now):
    link_id = _filed(database, now)
    with database.reading() as connection:
        (due,) = due_links(connection, "gazette", now, 10)
    assert due.article_id is not None
    later = now + timedelta(hours=1)
    looked(
        database, link_id, later, status=410, withdrawn=True, look_again_at=later, reason="http_410"
    )
    row = row_of(database)
    assert (row.state, row.withdrawn_at, row.updated_at) == ("gone", later, later)
    looked(database, link_id, later + timedelta(hours=1))
    row = row_of(database)
    assert (row.state, row.withdrawn_at, row.reason) == ("done", None, None)


def test_a_look_that_fails_changes_nothing_of_the_article(database, now):
    link_id = _filed(database, now)
    looked(database, link_id, now + timedelta(hours=1), status=503, reason="http_503")
    row = row_of(database)
    assert (row.state, row.withdrawn_at, row.updated_at) == ("done", None, now)


@pytest.mark.parametrize(("looks", "wait"), [(1, 1), (2, 4), (3, 16), (20, 30 * 24)])
def test_a_modification_announced_in_vain_is_believed_later_and_later(database, now, looks, wait):
    link_id = _filed(database, now)
    for _ in range(looks):
        looked(database, link_id, now)
    recorded = record(database, now, link("a", modified="2026-11-02T10:00:00Z"), planned=False)
    assert recorded.changed == 1
    row = row_of(database)
    assert (row.state, row.look_again_at) == ("done", now + timedelta(hours=wait))


def test_pages_of_a_shape_are_counted_by_what_they_were(database, now):
    record(database, now, link("a"))
    for article in (True, True, False):
        database.write(
            lambda c, article=article: count_shape(c, "gazette", "/w/slug", article=article)
        )
    database.write(lambda c: count_shape(c, "gazette", "/tag/w", article=False))
    with database.reading() as connection:
        assert shapes_of(connection, "gazette") == {"/w/slug": (2, 1), "/tag/w": (0, 1)}
        assert shapes_of(connection, "herald") == {}


def test_a_robots_txt_is_kept_for_other_processes_byte_for_byte(database, now):
    answer = RobotsFile("https://gazette.example/robots.txt", 200, b"User-agent: *\n\x00\xff", now)
    database.write(lambda c: keep_robots_file(c, "https://gazette.example", answer))
    with database.reading() as connection:
        assert robots_file(connection, "https://gazette.example") == answer
        assert robots_file(connection, "https://other.example") is None
    newer = RobotsFile(answer.url, 404, b"", now + timedelta(days=1))
    database.write(lambda c: keep_robots_file(c, "https://gazette.example", newer))
    with database.reading() as connection:
        assert robots_file(connection, "https://gazette.example") == newer
