"""The pace of all sources together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.daemon.pace import Known, Pace
from ingest.rhythm.learning import learn
from ingest.rhythm.price import PRICE
from ingest.settings import DaemonSettings
from sources.source import Schedule
from storage.rhythms import PollCost
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW, agency, daily, weekly

BY_ITSELF = Schedule()
SOURCES = {"wire": agency(20), "morning": daily(40), "thursday": weekly(20)}


def pace(
    budget: int = 0, cost: PollCost | None = None, **schedules: Schedule
) -> tuple[Pace, dict[str, Schedule]]:
    bounds = DaemonSettings(5 * MINUTE, 6 * HOUR, timedelta(), requests_a_day=budget)
    wanted = {name: schedules.get(name, BY_ITSELF) for name in SOURCES}
    found = Pace(bounds, wanted)
    for name, instants in SOURCES.items():
        found.take(name, Known(learn(instants, NOW), max(instants), cost))
    return found, wanted


def requests(found: Pace, names: dict[str, Schedule], per_poll: float = 1.0) -> float:
    """A day's requests, mean of a week, of sources that publish nothing further."""
    total = 0
    for name in names:
        at = NOW
        while at < NOW + 7 * DAY:
            at = found.next_time(name, at, failures=0, cause=None, chance=0.5)
            total += 1
    return total * per_poll / 7


def test_without_a_budget_every_source_pays_the_usual_price() -> None:
    found, _ = pace()
    assert not found.has_budget
    assert found.price(NOW) == PRICE


def test_a_budget_is_kept_to_within_the_bounds() -> None:
    cost = PollCost(requests=2.0, pages_a_day=20.0, polls_a_day=10.0)
    found, names = pace(300, cost)
    # Sixty of them go to the pages of articles.
    assert requests(found, names, 2.0) == pytest.approx(240, rel=0.25)


def test_what_is_scheduled_by_hand_is_paid_for_first() -> None:
    cost = PollCost(requests=1.0, pages_a_day=0.0, polls_a_day=48.0)
    alone, _ = pace(200, cost)
    beside, _ = pace(200, cost, wire=Schedule(every=HOUR))
    by_cron, _ = pace(200, cost, wire=Schedule(cron="*/30 * * * *"))
    assert by_cron.price(NOW) > beside.price(NOW)
    assert beside.price(NOW) < alone.price(NOW)


def test_a_budget_too_small_asks_at_the_slowest_pace() -> None:
    found, names = pace(1)
    assert requests(found, names) == pytest.approx(len(names) * 4, rel=0.05)


def test_a_source_of_which_nothing_is_known_is_asked_every_half_hour() -> None:
    found, _ = pace()
    found.change(DaemonSettings(5 * MINUTE, 6 * HOUR, timedelta()), {"new": BY_ITSELF})
    when = found.next_time("new", NOW, failures=0, cause=None, chance=0.0)
    assert when == NOW + 30 * MINUTE
    assert found.first_time("new", None, NOW, chance=0.9) == NOW
