"""How a source is, judged from histories that are written: of minutes, of months, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.health.judge import judge_source
from ingest.health.kept import kept_health
from ingest.health.state import HEALTHY
from tests.ingest.health.conftest import History

MINUTES, HOURS, DAYS = timedelta(minutes=5), timedelta(hours=6), timedelta(days=7)


def test_a_source_that_nobody_has_collected_is_healthy_and_was_never_judged(
    history_of_each: History,
) -> None:
    history = history_of_each
    database = history.database
    assert database.write(lambda c: judge_source(c, "nobody", history.now)) == HEALTHY
    with database.reading() as connection:
        assert kept_health(connection, "nobody") is None


@pytest.mark.parametrize("every", [timedelta(seconds=15), MINUTES, HOURS, DAYS])
def test_what_is_well_stays_so_whatever_its_pace(history: History, every: timedelta) -> None:
    for tried in (20, 4, 5, 4, 0, 3, 6, 4, 1, 5, 0, 4) * 3:
        assert history.poll(tried=tried, every=every).state == "healthy"
    assert history.told == []


# Passes that fail


def test_one_time_out_is_no_break_and_three_are(history: History) -> None:
    history.polls(10, tried=4)
    assert history.poll(error="no byte within 20 s", cause="timeout").state == "healthy"
    assert history.poll(tried=4).state == "healthy"
    history.poll(error="no byte within 20 s", cause="timeout")
    first = history.now - timedelta(hours=1)
    assert history.poll(error="no byte within 20 s", cause="timeout").state == "healthy"
    health = history.poll(error="no byte within 20 s", cause="timeout")
    assert (health.state, health.reason, health.since) == ("broken", "timeout", first)
    assert "its last 3 polls failed: no byte within 20 s" in str(health.why)
    assert history.poll(tried=4).state == "healthy"
    assert history.told == [("broken", "timeout"), ("healthy", None)]


@pytest.mark.parametrize(
    "cause", ["dns", "certificate", "http_403", "http_404", "http_410", "robots", "markup"]
)
def test_what_lasts_is_told_at_the_second_failure(history: History, cause: str) -> None:
    history.polls(10, tried=4)
    assert history.poll(error="it says no", cause=cause).state == "healthy"
    health = history.poll(error="it says no", cause=cause)
    assert (health.state, health.reason) == ("broken", cause)
    assert "it worked until 2026-11-20" in str(health.why)
    assert health.advice
    assert history.poll(tried=4).state == "healthy"


def test_a_source_that_never_worked_is_told_at_once(history: History) -> None:
    health = history.poll(error="nothing found", cause="nothing_found")
    assert (health.state, health.reason) == ("broken", "nothing_found")
    assert "it never worked" in str(health.why)


def test_two_kinds_that_take_turns_are_told_once(history: History) -> None:
    history.polls(10, tried=4)
    for _ in range(8):
        history.poll(error="403", cause="http_403")
        history.poll(error="no answer", cause="timeout")
    assert history.told == [("broken", "http_403")]


def test_a_source_that_fails_every_other_time_is_degraded_until_it_does_not(
    history_of_each: History,
) -> None:
    history = history_of_each
    for _ in range(12):
        history.poll(tried=4)
        health = history.poll(error="502", cause="http_5xx")
    assert (health.state, health.reason) == ("degraded", "http_5xx")
    assert history.polls(5, tried=4).state == "healthy"
    assert history.told == [("degraded", "http_5xx"), ("healthy", None)]


def test_a_long_trouble_that_is_over_is_not_told_again_as_one_that_comes_and_goes(
    history: History,
) -> None:
    history.polls(12, tried=4)
    history.polls(15, error="expired", cause="certificate")
    assert history.polls(6, tried=4).state == "healthy"
    assert history.told == [("broken", "certificate"), ("healthy", None)]


def test_the_begin_of_a_long_break_is_remembered(history: History) -> None:
    history.polls(5, tried=4)
    began = history.now
    health = history.polls(60, error="403", cause="http_403")
    assert health.since == began
    assert "its last 60 polls failed" in str(health.why)


# Pages that bring nothing


def test_nothing_comes_through_any_more_and_then_it_does(history_of_each: History) -> None:
    history = history_of_each
    history.polls(3, tried=4)
    since = history.now
    history.poll(tried=4, bad=4)
    history.poll()
    health = history.polls(2, tried=3, bad=3, reason="error_page")
    assert (health.state, health.reason) == ("broken", "error_page")
    assert health.since == since
    assert "none of the last 10 new pages was an article, 6 of them: error_page" in str(health.why)
    assert history.poll(tried=3, bad=2).state != "broken"
    assert history.poll(tried=5).state == "healthy"


def test_few_pages_are_enough_where_it_was_sure_before(history: History) -> None:
    history.polls(25, tried=4)
    assert history.poll(tried=4, bad=4).state == "healthy"
    health = history.poll(tried=4, bad=4)
    assert (health.state, health.reason) == ("broken", "login_wall")


def test_few_pages_are_not_enough_where_it_was_never_sure(history: History) -> None:
    for _ in range(12):
        history.poll(tried=4, bad=2, reason="listing")
    history.polls(2, tried=3, bad=3, reason="listing")
    assert history.told == []


def test_a_weekly_is_told_after_some_issues(history: History) -> None:
    history.polls(20, tried=1, every=DAYS)
    history.polls(3, tried=1, bad=1, every=DAYS)
    assert history.told == []
    assert history.poll(tried=1, bad=1, every=DAYS).state == "broken"


def test_a_source_that_never_gave_an_article_is_not_called_broken_for_that(
    history: History,
) -> None:
    health = history.polls(4, tried=30, bad=30, reason="listing")
    assert health.state == "healthy"
    assert [(each.reason, each.severity) for each in health.findings] == [("listing", "note")]


def test_pages_that_a_backfill_finds_gone_say_nothing_of_what_is_new(history: History) -> None:
    history.polls(10, tried=4)
    history.polls(5, tried=40, bad=40, reason="http_404", started_by="backfill")
    assert history.poll(tried=4).state == "healthy"
    assert history.told == []


def test_many_more_refusals_than_before_are_told_and_fewer_end_it(history: History) -> None:
    history.polls(20, tried=5)
    history.polls(3, tried=5, bad=3, reason="login_wall")
    health = history.poll(tried=5, bad=3, reason="login_wall")
    assert (health.state, health.reason) == ("degraded", "login_wall")
    assert "before it was 0 %" in str(health.why)
    assert history.polls(2, tried=5).state == "healthy"


def test_a_wall_that_stands_for_months_is_still_told(history: History) -> None:
    history.polls(10, tried=4)
    health = history.polls(140, tried=4, bad=4)
    assert (health.state, health.reason) == ("broken", "login_wall")
    assert len(history.told) == 1


def test_the_same_texts_again_and_again_are_told(history: History) -> None:
    history.polls(15, tried=5)
    health = history.polls(3, tried=5, duplicate=4)
    assert (health.state, health.reason) == ("degraded", "duplicates")
    assert history.poll(tried=5).state == "healthy"


# Endpoints


def test_an_endpoint_that_announces_nothing_is_told_at_the_second_poll(
    history_of_each: History,
) -> None:
    history = history_of_each
    history.polls(6, tried=3)
    empty = {"announced": 0, "known": 0, "troubles": {"https://g.example/feed": "empty"}}
    assert history.poll(**empty).state == "healthy"
    health = history.poll(**empty)
    assert (health.state, health.reason) == ("broken", "empty")
    assert "https://g.example/feed announces nothing any more" in str(health.why)
    assert history.poll(tried=1).state == "healthy"


def test_a_time_out_amid_a_trouble_does_not_end_it(history: History) -> None:
    history.polls(6, tried=3)
    empty = {"announced": 0, "known": 0, "troubles": {"https://g.example/feed": "empty"}}
    history.polls(3, **empty)
    assert history.poll(error="it took too long", cause="timeout").state == "broken"
    history.polls(3, **empty)
    assert history.told == [("broken", "empty")]
    assert history.poll(tried=1).state == "healthy"


def test_one_of_several_endpoints_that_fails_is_told(history: History) -> None:
    history.polls(6, tried=3)
    health = history.polls(3, tried=3, troubles={"https://g.example/sport": "http_404"})
    assert (health.state, health.reason) == ("degraded", "http_404")
    assert "its other endpoints are read" in str(health.why)
    assert history.poll(tried=3).state == "healthy"


def test_articles_that_went_by_between_two_polls_are_told_where_that_lasts(
    history: History,
) -> None:
    history.polls(6, tried=3)
    gap = {"announced": 20, "known": 0, "troubles": {"https://g.example/feed": "gap"}}
    once = history.poll(tried=20, **gap)
    assert (once.state, once.findings[0].reason) == ("healthy", "missed")
    again = history.poll(tried=20, **gap)
    assert (again.state, again.reason) == ("degraded", "missed")
    assert "copydesk backfill gazette --since" in str(again.advice)
    assert history.polls(6, tried=3).state == "healthy"


# Silence


@pytest.mark.parametrize("every", [timedelta(seconds=15), MINUTES])
def test_a_stop_after_an_hour_that_was_full_is_told_within_three_polls(
    history: History, every: timedelta
) -> None:
    for tried in (20, 4, 5, 4, 5, 5, 4, 4, 5, 4, 5, 4, 4, 5) * 2:
        history.poll(tried=tried, every=every)
    health = history.polls(3, every=every)
    assert (health.state, health.reason) == ("broken", "frozen")
    assert history.poll(tried=2, every=every).state == "healthy"


def test_what_was_told_lasts_as_long_as_the_trouble_does(history: History) -> None:
    for tried in (20, 4, 5, 4, 5, 5, 4, 4, 5, 4, 5, 4, 4, 5) * 2:
        history.poll(tried=tried, every=MINUTES)
    history.polls(60, every=MINUTES)
    assert history.told == [("broken", "frozen")]
    history.poll(tried=4, every=MINUTES)
    sport = {"https://g.example/sport": "http_404"}
    history.polls(60, tried=4, troubles=sport, every=MINUTES)
    assert history.told[1:] == [("healthy", None), ("degraded", "http_404")]


def test_a_slow_source_that_is_new_here_may_be_silent(history: History) -> None:
    for tried in (20, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0):
        history.poll(tried=tried)
    assert history.polls(20).state == "healthy"
    assert history.told == []


def test_a_daily_that_falls_silent_is_told_by_its_rhythm_and_a_day_off_is_not(
    history: History,
) -> None:
    def day(tried: int) -> str:
        history.poll(tried=tried, every=HOURS)
        return history.polls(3, every=HOURS).state

    for _ in range(40):
        assert day(3) in ("healthy", "quiet")
    assert day(0) != "broken"  # a holiday
    for _ in range(3):
        assert day(3) in ("healthy", "quiet")
    assert "broken" in [day(0) for _ in range(4)]
    assert [told for told in history.told if told[0] == "broken"] == [("broken", "frozen")]
    with history.database.reading() as connection:
        health = kept_health(connection, history.name)
    assert health is not None
    assert "by its rhythm about" in str(health.why)
    history.poll(tried=3, every=HOURS)
    assert history.told[-1] == ("healthy", None)


def test_after_a_long_break_its_silence_begins_with_what_came_at_the_end(
    history: History,
) -> None:
    for _ in range(30):
        history.poll(tried=3, every=HOURS, dated=False)
        history.polls(3, every=HOURS)
    history.polls(100, error="not there", cause="http_404", every=HOURS)
    assert history.told[-1] == ("broken", "http_404")
    assert history.poll(tried=3, every=MINUTES, dated=False).state == "healthy"
    for _ in range(4):
        assert history.poll(every=MINUTES).state == "healthy"


def test_a_weekly_may_be_silent_for_a_week(history: History) -> None:
    for _ in range(12):
        history.poll(tried=5, every=timedelta(days=1))
        history.polls(6, every=timedelta(days=1))
    assert [told for told in history.told if told[0] == "broken"] == []


# What articles are like


@pytest.mark.parametrize(
    ("notes", "reason"),
    [
        ({"words": 4 * 30}, "markup"),
        ({"undated": 4}, "markup"),
        ({"untitled": 4}, "markup"),
        ({"authorless": 4}, "markup"),
        ({"by_template": 0}, "markup"),
        ({"garbled": 3}, "encoding"),
        ({"incomplete": 4}, "paywall"),
    ],
)
def test_articles_that_are_worse_than_before_are_told_within_three_polls(
    history: History, notes: dict[str, int], reason: str
) -> None:
    def poll(**more: int) -> str:
        return history.poll(tried=4, **more).state

    for _ in range(20):
        assert poll() == "healthy"
    assert any(poll(**notes) == "degraded" for _ in range(3))
    assert history.told == [("degraded", reason)]
    assert any(poll() == "healthy" for _ in range(3))


@pytest.mark.parametrize(("before", "since"), [(24, 0), (8, 120)])
def test_lines_that_are_struck_no_more_or_many_more_are_noted_and_alarm_nobody(
    history: History, before: int, since: int
) -> None:
    for _ in range(12):
        history.poll(tried=4, struck=before)
    health = history.polls(3, tried=4, struck=since)
    assert health.state == "healthy"
    assert [each.reason for each in health.findings] == ["chrome"]
    assert history.told == []
    assert history.polls(2, tried=4, struck=before).findings == ()


def test_a_line_more_or_less_is_nothing(history: History) -> None:
    for struck in (1, 0, 2, 1, 0, 1, 2, 1, 1, 0, 1, 2, 3, 0, 0, 0):
        assert history.poll(tried=4, struck=struck).findings == ()


def test_articles_that_come_much_later_than_before_are_told(history_of_each: History) -> None:
    history = history_of_each
    for delay in (300, 420, 600, 240, 360, 500, 380, 410):
        history.poll(tried=3, delays=3, delay=delay)
    health = history.polls(3, tried=3, delays=3, delay=6 * 3600)
    assert (health.state, health.reason) == ("degraded", "delay")
    assert history.poll(tried=3, delays=3, delay=300).state == "healthy"


# Floods


def test_a_flood_is_told_and_what_gathered_meanwhile_is_none(history: History) -> None:
    for tried in (20, 4, 5, 4, 0, 5, 4, 6, 5, 4):
        history.poll(tried=tried)
    history.now += timedelta(days=3)  # nobody asked
    assert history.poll(tried=100).state == "healthy"
    history.polls(4, tried=4)
    assert history.poll(tried=40).state == "healthy"
    history.polls(8, tried=4)
    for _ in range(2):
        health = history.poll(tried=70, appeared=400)
    assert (health.state, health.reason) == ("degraded", "flood")
    assert history.polls(3, tried=4).state == "healthy"


def test_links_of_a_changed_source_file_are_no_flood(history: History) -> None:
    history.polls(10, tried=4)
    assert history.poll(tried=300, appeared=4).state == "healthy"
