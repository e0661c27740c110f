"""Articles are looked at again while they are young, and what their publisher took away is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ingest.pipeline.second_look import next_look, next_look_at_gone
from storage.schema import articles, links, revisions
from tests.ingest.conftest import HOST, article_page, feed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "hours"),
    [
        ("2026-11-20T12:00:00Z", 1),
        ("2026-11-20T11:30:00Z", 0.5),
        ("2026-11-20T10:50:00Z", 4 + 50 / 60),
        ("2026-11-20T08:00:00+02:00", 18),  # six hours old to the minute: that look is now
        ("2026-11-19T08:00:00Z", 6 * 24 - 4),
        ("2026-11-13T12:00:00Z", None),
        ("2020-01-01", None),
        ("2026-11-20", 1),  # today, at no stated hour
        ("2027-01-01T00:00:00Z", 1),  # a wrong clock
        (None, None),
    ],
)
def test_looks_come_at_one_hour_six_hours_a_day_and_a_week(published, hours):
    expected = None if hours is None else NOW + timedelta(hours=hours)
    assert next_look(published, None, NOW) == expected


def test_an_article_without_a_date_is_as_old_as_its_announcement():
    assert next_look(None, NOW - timedelta(hours=2), NOW) == NOW + timedelta(hours=4)


def test_no_second_look_where_the_operator_wants_none():
    assert next_look("2026-11-20T12:00:00Z", None, NOW, ()) is None


def test_what_is_gone_is_looked_for_three_times_more():
    assert [next_look_at_gone(n, NOW) is not None for n in range(5)] == [True] * 3 + [False] * 2


def row(database):
    with database.reading() as connection:
        return connection.execute(
            sa.select(links, articles.c.withdrawn_at, articles.c.revision, articles.c.text)
            .join(articles, links.c.article_id == articles.c.id)
            .where(links.c.url == f"{HOST}/a")
        ).one()


def make_due(database, **values):
    database.write(
        lambda c: c.execute(sa.update(links).values(look_again_at=NOW, **values)) and None
    )


@pytest.fixture
def filed(site, source, collect, database):
    site.put(f"{HOST}/feed", feed("/a"))
    site.put(f"{HOST}/a", article_page("A bridge is mended", 1))
    collect(source)
    make_due(database)
    return site


def test_a_look_is_conditional_and_an_unchanged_page_costs_no_extraction(
    filed, source, collect, database
):
    [finished] = collect(source).sources
    asked = filed.asked("/a")
    assert [request.status for request in asked] == [200, 304]
    assert finished.counts.unchanged == 1
    assert row(database).looks_in_vain == 1


def test_a_corrected_text_is_a_revision(filed, source, collect, database):
    filed.put(
        f"{HOST}/a",
        article_page(
            "A bridge is mended",
            1,
            text="<p>Correction: the bridge stands in Mill Lane, not in Hill Lane, as we wrote.</p>",
        ),
    )
    [finished] = collect(source).sources
    assert finished.counts.revised == 1
    assert row(database).revision == 2
    assert row(database).looks_in_vain == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_withdraws_its_article_and_keeps_it(
    filed, source, collect, database, status
):
    before = row(database).text
    filed.put(f"{HOST}/a", "gone", status=status)
    [finished] = collect(source).sources
    assert finished.counts.withdrawn == 1
    found = row(database)
    assert (found.state, found.reason, found.text) == ("gone", f"http_{status}", before)
    assert found.withdrawn_at is not None
    assert found.look_again_at is not None
    filed.put(f"{HOST}/a", article_page("A bridge is mended", 1))
    make_due(database, etag=None)
    collect(source)
    assert (row(database).state, row(database).withdrawn_at) == ("done", None)


@pytest.mark.parametrize(
    ("body", "status"),
    [("busy", 503), ("<title>Please log in</title><form><input type=password></form>", 200)],
)
def test_a_look_that_shows_no_article_leaves_the_one_that_is_filed(
    filed, source, collect, database, body, status
):
    before = row(database)
    filed.put(f"{HOST}/a", body, status=status)
    collect(source)
    after = row(database)
    assert (after.state, after.text, after.withdrawn_at) == ("done", before.text, None)
    assert after.reason is not None
    with database.reading() as connection:
        assert connection.execute(sa.select(revisions)).all() == []


#: What each of the notices says in the end, so that there is text enough to be read.
EACH = (
    "We are sorry for the trouble, and thank everybody who has written to us for their patience.",
    "Whoever looks for something else may begin at the front page, where the newest things stand.",
)
NOTICES = {
    "maintenance": (
        "Scheduled maintenance",
        "We are moving to new machines tonight and everything will be back before breakfast.",
        "If you need the editors urgently, their telephone is answered as it always is, day and night.",
    ),
    "removed": (
        "A bridge is mended",
        "This article was removed from our site at the request of somebody who was named in it.",
        "Questions may be sent to the editor for readers, who answers on every working day of the week.",
    ),
    "for sale": (
        "www.mill-lane.example is for sale",
        "Buy this name at once or pay for it by the month, and take control of it on the same day.",
        "Our specialists take you through each step of the transfer and hold your payment until then.",
    ),
}


def notice(kind):
    title, *parts = NOTICES[kind]
    paragraphs = "".join(f"<p>{part}</p>" for part in (*parts, *EACH))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body>"
        f"<nav><a href=/>Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


@pytest.mark.parametrize("kind", NOTICES)
def test_a_text_that_is_not_the_article_leaves_it_and_the_look_says_why(
    filed, source, collect, database, kind
):
    before = row(database)
    filed.put(f"{HOST}/a", notice(kind))
    [finished] = collect(source).sources
    after = row(database)
    assert (after.state, after.text, after.revision) == ("done", before.text, 1)
    assert (after.reason, after.looks_in_vain) == ("other_text", 1)
    assert "of the article's" in after.detail
    assert (finished.counts.revised, finished.counts.failed, finished.error) == (0, 1, None)
    # What is back is looked at as ever, with the validators of the article.
    filed.put(f"{HOST}/a", article_page("A bridge is mended", 1))
    make_due(database)
    [again] = collect(source).sources
    assert again.counts.unchanged == 1
    assert (row(database).reason, row(database).text) == (None, before.text)


def test_a_withdrawn_article_does_not_return_as_a_notice(filed, source, collect, database):
    filed.put(f"{HOST}/a", "gone", status=404)
    collect(source)
    filed.put(f"{HOST}/a", notice("removed"))
    make_due(database)
    collect(source)
    assert row(database).withdrawn_at is not None
