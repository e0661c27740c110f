"""What rhythms are learned from, and the table that keeps them."""

from datetime import datetime, timedelta

from storage.articles.saving import save_article
from storage.publishers import ensure_source
from storage.rhythms import (
    Filed,
    KeptRhythm,
    articles_filed_since,
    keep_rhythm,
    kept_rhythm,
    kept_rhythms,
    newest_filed,
    newest_polls,
    poll_cost,
)
from storage.runs import RunCounts, finish_source, start_run, start_source

HOUR = timedelta(hours=1)


def poll(database, run_id, at, *, error=None, started_by="schedule", counts=None):
    number = database.write(lambda c: start_source(c, run_id, "gazette", at, started_by=started_by))
    counts = counts or RunCounts()
    database.write(lambda c: finish_source(c, run_id, "gazette", counts, error, at, pass_id=number))


def test_the_newest_articles_with_what_they_say_of_their_time(database, make_article, now):
    stated = ("2026-11-19T08:00:00Z", "2026-11-19T08:00:00", "2026-11-19", None)
    for age, published in enumerate(stated):
        article = make_article(f"Text {age}.", published_at=published)
        database.write(
            lambda c, age=age, article=article: save_article(
                c, None, article, key=f"k{age}", fetched_key=None, now=now - age * HOUR
            )
        )
    other = make_article("Elsewhere.", source="herald")
    database.write(lambda c: save_article(c, None, other, key="h", fetched_key=None, now=now))
    eight = datetime(2026, 11, 19, 8, tzinfo=now.tzinfo)
    with database.reading() as connection:
        assert newest_filed(connection, "gazette", 10) == [
            Filed(now, eight, "instant"),
            Filed(now - HOUR, eight, "local"),
            Filed(now - 2 * HOUR, eight.replace(hour=0), "day"),
            Filed(now - 3 * HOUR),
        ]
        assert len(newest_filed(connection, "gazette", 2)) == 2
        assert articles_filed_since(connection, "gazette", now - 2 * HOUR, 100) == 2
        assert articles_filed_since(connection, "gazette", now - 2 * HOUR, 1) == 1
        assert articles_filed_since(connection, "unheard of", now, 100) == 0


def test_polls_are_passes_that_could_read_the_endpoints(database, now):
    run_id = database.write(lambda c: start_run(c, "daemon", now))
    poll(database, run_id, now)
    poll(database, run_id, now + HOUR, error="down")
    poll(database, run_id, now + 2 * HOUR, started_by="backfill")
    poll(database, run_id, now + 3 * HOUR, started_by="command")
    database.write(lambda c: start_source(c, run_id, "gazette", now + 4 * HOUR))
    with database.reading() as connection:
        assert newest_polls(connection, "gazette", 10) == [now, now + 3 * HOUR]
        assert newest_polls(connection, "gazette", 1) == [now + 3 * HOUR]


def test_what_a_poll_costs_leaves_the_pages_of_articles_out(database, now):
    run_id = database.write(lambda c: start_run(c, "daemon", now))
    poll(database, run_id, now, counts=RunCounts(requests=51, filed=50))
    with database.reading() as connection:
        assert poll_cost(connection, "gazette") is None
    for number in range(1, 25):
        brought = number % 4 == 0
        counts = RunCounts(requests=2 + brought, filed=int(brought))
        poll(database, run_id, now + number * HOUR, counts=counts)
    with database.reading() as connection:
        cost = poll_cost(connection, "gazette")
    assert cost is not None
    assert (cost.requests, cost.polls_a_day, cost.pages_a_day) == (2, 24, 6)


def test_what_was_learned_is_kept_and_replaced(database, now):
    database.write(lambda c: ensure_source(c, "herald", now))
    for number, source in enumerate(("gazette", "herald", "gazette")):
        kept = KeptRhythm(source, now + number * HOUR, number, {"form": 1, "rate": 0.5 + number})
        database.write(lambda c, kept=kept: keep_rhythm(c, kept))
    with database.reading() as connection:
        assert kept_rhythm(connection, "gazette") == kept
        assert kept_rhythm(connection, "unheard of") is None
        assert {each.source: each.articles for each in kept_rhythms(connection)} == {
            "gazette": 2,
            "herald": 1,
        }
