import shutil
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.articles.saving import save_article
from storage.database import Database
from storage.links import NewLink, due_links, mark_fetched_failure, record_links
from storage.reading.queries import link_problems
from storage.schema import links


def link(n, **said):
    return NewLink(key=f"gazette.example/{n}", url=f"https://gazette.example/{n}", **said)


def record(database, now, *announced, source="gazette"):
    return database.write(lambda connection: record_links(connection, source, announced, now))


def due(database, now, limit=100, source="gazette"):
    with database.reading() as connection:
        return due_links(connection, source, now, limit)


def keys(found):
    return [each.key.rpartition("/")[2] for each in found]


def set_state(database, key, state):
    database.write(
        lambda connection: (
            connection.execute(
                sa.update(links).where(links.c.key == f"gazette.example/{key}").values(state=state)
            )
            and None
        )
    )


def fail(database, link_id, now, **changes):
    values = {
        "state": "failed",
        "reason": "timeout",
        "detail": None,
        "retry_at": now + timedelta(minutes=5),
        "status": None,
        **changes,
    }
    database.write(lambda c: mark_fetched_failure(c, link_id, now=now, **values))


def test_how_likely_a_refused_page_was_an_article_is_kept_until_it_is_one(
    database, make_article, now
):
    record(database, now, link("a"))
    (due_link,) = due(database, now)
    refused = {"state": "refused", "reason": "listing", "retry_at": None, "probability": 0.04}
    fail(database, due_link.id, now, **refused)
    with database.reading() as connection:
        (problem,) = link_problems(connection, None)
    assert (problem.reason, problem.probability) == ("listing", 0.04)
    database.write(
        lambda c: save_article(
            c,
            due_link.id,
            make_article("A text."),
            key="gazette.example/a",
            fetched_key=None,
            now=now,
        )
    )
    with database.reading() as connection:
        row = connection.execute(sa.select(links).where(links.c.id == due_link.id)).one()
    assert (row.state, row.probability) == ("done", None)


def test_a_link_is_due_until_something_became_of_it(database, now):
    said = link(
        "a",
        title="A bridge",
        published="2026-11-20",
        modified="2026-11-20T09:00:00Z",
        authors=("Անի",),
        language="hy",
        content="<p>x</p>",
    )
    assert record(database, now, said).new == 1
    (found,) = due(database, now)
    assert (found.title, found.published, found.modified) == (
        said.title,
        said.published,
        said.modified,
    )
    assert (found.authors, found.language, found.content) == (("Անի",), "hy", "<p>x</p>")
    assert (found.source, found.attempts, found.article_id) == ("gazette", 0, None)
    for state in ("done", "duplicate", "refused", "gone", "given_up"):
        set_state(database, "a", state)
        assert due(database, now + timedelta(days=999)) == []


def test_the_newest_announced_come_first_and_the_undated_last(database, now):
    record(
        database,
        now,
        link("undated1"),
        link("old", published="2020-01-01"),
        link("new", published="2026-11-20T09:00:00+04:00"),
        link("newer", published="2026-11-20T06:00:00Z"),
        link("undated2"),
        link("modified", modified="2023-01-01"),
    )
    assert keys(due(database, now)) == ["newer", "new", "modified", "old", "undated1", "undated2"]
    assert keys(due(database, now, limit=5))[-1] == "undated1"
    assert keys(due(database, now, limit=2)) == ["newer", "new"]


def test_a_failed_link_is_due_when_its_time_has_come_after_the_pending_ones(database, now):
    record(database, now, link("a"), link("b"))
    fail(database, due(database, now)[0].id, now, detail="no answer", status=503)
    assert keys(due(database, now)) == ["b"]
    later = due(database, now + timedelta(minutes=5))
    assert keys(later) == ["b", "a"]
    assert later[1].attempts == 1


def test_a_failure_without_a_retry_is_given_up(database, now):
    record(database, now, link("a"))
    fail(database, due(database, now)[0].id, now, retry_at=None)
    with database.reading() as connection:
        assert connection.execute(sa.select(links.c.state)).scalar() == "given_up"


def test_a_refused_link_keeps_its_reason_and_drops_its_body(database, now):
    record(database, now, link("a", content="<p>x</p>"))
    fail(
        database, due(database, now)[0].id, now, state="refused", reason="login_wall", detail="form"
    )
    with database.reading() as connection:
        row = connection.execute(sa.select(links)).one()
    assert (row.state, row.reason, row.detail) == ("refused", "login_wall", "form")
    assert (row.content, row.next_attempt_at, row.fetched_at, row.attempts) == (None, None, now, 1)


def test_a_known_link_is_not_recorded_again_whoever_announces_it(database, now):
    assert record(database, now, link("a", title="First"), link("a", title="Twice")).new == 1
    recorded = record(database, now, link("a", title="Other"), link("b"), source="herald")
    assert (recorded.new, recorded.known, recorded.changed) == (1, 1, 0)
    assert [each.title for each in due(database, now)] == ["First"]
    assert keys(due(database, now, source="herald")) == ["b"]


def test_a_poll_without_news_writes_nothing_to_known_links(sqlite, now):
    announced = [link(n, modified="2026-11-20") for n in range(1200)]
    record(sqlite, now, *announced)

    def poll(connection):
        before = connection.exec_driver_sql("SELECT total_changes()").scalar()
        recorded = record_links(connection, "gazette", announced, now)
        return recorded, connection.exec_driver_sql("SELECT total_changes()").scalar() - before

    recorded, changes = sqlite.write(poll)
    assert (recorded.new, recorded.known, recorded.changed, changes) == (0, 1200, 0, 0)


def test_a_done_link_is_due_again_when_it_is_announced_as_modified_later(database, now):
    record(database, now, link("a", modified="2026-11-20T10:00:00Z"))
    set_state(database, "a", "done")
    for same in (None, "2026-11-20T10:00:00Z", "2026-11-20", "2026-11-19T00:00:00Z", "soon"):
        assert record(database, now, link("a", modified=same)).changed == 0
        assert due(database, now) == []
    recorded = record(database, now, link("a", modified="2026-11-20T10:30:00Z", content="new"))
    assert (recorded.known, recorded.changed) == (1, 1)
    (found,) = due(database, now)
    assert (found.modified, found.content) == ("2026-11-20T10:30:00Z", "new")


def test_two_endpoints_that_disagree_on_a_time_do_not_make_a_link_due_for_ever(database, now):
    feed, sitemap = (
        link("a", modified="2026-11-20T10:00:00Z"),
        link("a", modified="2026-11-20T10:00:09Z"),
    )
    record(database, now, feed)
    changed = 0
    for _ in range(5):
        set_state(database, "a", "done")
        changed += record(database, now, sitemap).changed
        set_state(database, "a", "done")
        changed += record(database, now, feed).changed
    assert changed == 1


def test_a_first_announced_modification_is_kept_to_compare_with(database, now):
    record(database, now, link("a"))
    set_state(database, "a", "done")
    assert record(database, now, link("a", modified="2026-11-20")).changed == 0
    assert record(database, now, link("a", modified="2026-11-21")).changed == 1


def test_only_done_links_become_due_again(database, now):
    record(database, now, link("a", modified="2026-11-20"))
    for day, state in enumerate(("duplicate", "refused", "gone", "given_up", "failed"), 21):
        set_state(database, "a", state)
        assert record(database, now, link("a", modified=f"2026-11-{day}")).changed == 0
        assert due(database, now) == []


def test_twenty_thousand_links_are_one_operation(sqlite, now):
    announced = (link(n) for n in range(20_000))
    recorded = sqlite.write(lambda connection: record_links(connection, "gazette", announced, now))
    assert recorded.new == 20_000
    assert len(due(sqlite, now, limit=10)) == 10


def test_what_is_due_is_found_through_an_index(sqlite, now):
    with sqlite.reading() as connection:
        plans = []
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda conn, cursor, statement, parameters, context, many: plans.append(
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            ),
        )
        due_links(connection, "gazette", now, 10)
    said = [step[3] for plan in plans for step in plan]
    assert len(said) == 4
    assert all("USING INDEX" in step for step in said), said
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in said)


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 8), max_size=12), max_size=5))
def test_new_and_known_add_up_however_links_are_announced(
    tmp_path_factory, filled_sqlite, documents
):
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    path = tmp_path_factory.mktemp("links") / "news.sqlite3"
    shutil.copy(filled_sqlite, path)
    seen = set()
    with Database.open(path) as database:
        for document in documents:
            recorded = record(database, moment, *(link(n) for n in document))
            assert recorded.new == len(set(document) - seen)
            assert recorded.known == len(set(document) & seen)
            seen |= set(document)
        assert {int(key) for key in keys(due(database, moment))} == seen
