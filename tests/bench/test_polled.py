"""The reckoning of what should have been polled finds what is missing, too much, and off its grid."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.months.polled import Crontab, judge_crontab, judge_interval, stretches_of
from bench.months.virtual_time import Incident

HOUR, DAY = 3600.0, 86_400.0
#: A day before the clocks of Berlin go forward.
BEGAN = datetime(2027, 3, 27, tzinfo=UTC)
DAILY = Crontab("30 6 * * *", "Europe/Berlin", frozenset({30}), frozenset({6}), frozenset(range(7)))
#: By UTC: half past five, and from the second day on an hour sooner.
POLLS = [5.5 * HOUR, DAY + 4.5 * HOUR, 2 * DAY + 4.5 * HOUR]


def test_a_crontab_is_polled_by_the_clock_of_its_zone() -> None:
    verdict = judge_crontab("daily", DAILY, POLLS, stretches_of(BEGAN, 3, []))
    assert (verdict.expected, verdict.lost, verdict.double) == (3, [], [])


def test_what_is_missing_too_much_or_an_hour_late_is_found() -> None:
    stretches = stretches_of(BEGAN, 3, [])
    missing = judge_crontab("daily", DAILY, POLLS[:2], stretches)
    assert [len(missing.lost), len(missing.double)] == [1, 0]
    twice = judge_crontab("daily", DAILY, [*POLLS, POLLS[1] + 20], stretches)
    assert [len(twice.lost), len(twice.double)] == [0, 1]
    late = judge_crontab("daily", DAILY, [POLLS[0], POLLS[1] + HOUR, POLLS[2]], stretches)
    assert [len(late.lost), len(late.double)] == [1, 1]


def test_what_a_sleep_missed_is_expected_at_its_end_once() -> None:
    stretches = stretches_of(BEGAN, 3, [Incident(4 * HOUR, sleeps=DAY + 12 * HOUR)])
    woke = DAY + 16 * HOUR
    right = judge_crontab("daily", DAILY, [woke + 30, POLLS[2]], stretches)
    assert (right.lost, right.double) == ([], [])
    none = judge_crontab("daily", DAILY, [POLLS[2]], stretches)
    assert len(none.lost) == 1


def test_an_interval_that_is_cut_short_left_out_or_drifts_is_found() -> None:
    stretches = stretches_of(BEGAN, 1, [])
    hourly = [n * HOUR for n in range(24)]

    def judged(polls: list[float]) -> tuple[int, int, float]:
        verdict = judge_interval("h", HOUR, 1.5 * HOUR, polls, stretches, grid=HOUR)
        return len(verdict.lost), len(verdict.double), verdict.off_grid

    assert judged(hourly) == (0, 0, 0.0)
    assert judged([at for at in hourly if at != 5 * HOUR])[0] == 1
    assert judged(sorted([*hourly, 5.2 * HOUR]))[1] == 2
    assert judged([at * 1.01 for at in hourly])[2] > 600
