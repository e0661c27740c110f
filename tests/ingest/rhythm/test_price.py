"""When it pays to ask again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.rhythm.learning import learn
from ingest.rhythm.price import PRICE, Demand, price_within, wait
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW, agency, daily, every, weekly

BOUNDS = {"fastest": 60.0, "slowest": 6 * 3600.0}


def polls(instants: list, days: float, price: float = PRICE, last: bool = True) -> list:
    """Times of polls of a source that publishes nothing further."""
    rhythm, at, found = learn(instants, NOW), NOW, []
    newest = max(instants) if last and instants else None
    while at < NOW + days * DAY:
        at += timedelta(seconds=wait(rhythm, at, price=price, last=newest, **BOUNDS))
        found.append(at)
    return found


def test_one_article_an_hour_is_worth_a_poll_every_quarter_of_an_hour() -> None:
    rhythm = learn(every(3600, 24 * 21), NOW)
    assert wait(rhythm, NOW, price=PRICE, **BOUNDS) == pytest.approx(900, rel=0.15)


def test_four_times_the_articles_are_worth_twice_the_polls() -> None:
    waits = [wait(learn(every(gap, 2000), NOW), NOW, price=PRICE, **BOUNDS) for gap in (3600, 900)]
    assert waits[0] / waits[1] == pytest.approx(2, rel=0.15)


def test_more_is_asked_when_more_comes() -> None:
    found = polls(agency(25), 7, last=False)
    day = sum(1 for at in found if 8 <= at.hour < 18)
    night = sum(1 for at in found if at.hour < 4)
    # Eight an hour to two: the root of four, in ten hours to four.
    assert day / 10 == pytest.approx(2 * night / 4, rel=0.25)


def test_a_weekly_is_asked_when_its_issue_is_due_and_hardly_otherwise() -> None:
    found = polls(weekly(40), 7)
    due = [at for at in found if at.weekday() == 3 and 5 <= at.hour < 8]
    assert len(due) >= 8
    assert len(found) - len(due) <= 50


def test_a_daily_is_left_alone_at_night_when_the_day_is_done() -> None:
    found = polls(daily(60), 3, last=False)
    assert sum(1 for at in found if at.hour in (3, 4)) > 4 * sum(
        1 for at in found if at.hour in (0, 1, 21, 22)
    )


def test_bounds_hold_whatever_the_price() -> None:
    for instants in ([], every(5, 100), weekly(30)):
        rhythm = learn(instants, NOW)
        for price in (1e-9, 1.0, 1e12):
            for hours in range(0, 170, 13):
                at = NOW + hours * HOUR
                assert 60 <= wait(rhythm, at, price=price, last=NOW, **BOUNDS) <= 6 * 3600


def test_a_budget_sets_the_price_at_which_it_is_met() -> None:
    rhythms = [learn(agency(20), NOW), learn(daily(40), NOW), learn(weekly(20), NOW), None]
    demands = [Demand.of(rhythm, 2.0) for rhythm in rhythms]
    for budget in (100, 300, 1000):
        price = price_within(budget, demands, **BOUNDS)
        asked = sum(each.requests * each.polls_a_day(price, **BOUNDS) for each in demands)
        assert asked == pytest.approx(budget, rel=0.01)


def test_a_budget_beyond_the_bounds_asks_as_often_as_they_let() -> None:
    demands = [Demand.of(learn(agency(20), NOW), 1.0)]
    generous = price_within(1e9, demands, **BOUNDS)
    assert demands[0].polls_a_day(generous, **BOUNDS) == pytest.approx(1440, rel=0.01)
    for budget in (0, -5):
        mean = price_within(budget, demands, **BOUNDS)
        assert demands[0].polls_a_day(mean, **BOUNDS) == pytest.approx(4, rel=0.01)


def test_what_a_budget_expects_of_polls_is_what_comes() -> None:
    for instants in (agency(30), daily(60)):
        demand = Demand.of(learn(instants, NOW), 1.0)
        expected = demand.polls_a_day(PRICE, **BOUNDS) * 7
        assert len(polls(instants, 7, last=False)) == pytest.approx(expected, rel=0.15)


def test_a_source_of_which_nothing_is_known_is_asked_every_half_hour_or_so() -> None:
    rhythm = learn([], NOW, since=NOW - MINUTE)
    assert 20 * 60 <= wait(rhythm, NOW, price=PRICE, **BOUNDS) <= 40 * 60
