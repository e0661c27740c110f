"""Whether a silence means something."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from itertools import pairwise

from ingest.rhythm.learning import learn
from ingest.rhythm.silence import silence_of
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW, agency, daily, every, weekly


def alarm_after(instants: list[datetime], country: str | None = None) -> timedelta:
    """How long after the newest of ``instants`` silence is told."""
    rhythm = learn(instants, NOW, country=country)
    last = max(instants)
    hours = next(
        n for n in range(24 * 400) if silence_of(rhythm, last, last + n * HOUR).is_alarming
    )
    return hours * HOUR


def test_a_weekly_may_skip_an_issue_and_not_two() -> None:
    for weeks in (10, 20, 50):
        assert 8 * DAY < alarm_after(weekly(weeks)) <= 14 * DAY + 12 * HOUR


def test_a_weekly_of_a_few_weeks_is_given_time() -> None:
    assert alarm_after(weekly(5)) > 14 * DAY


def test_a_daily_may_have_a_day_off_and_not_three() -> None:
    assert DAY < alarm_after(daily(90)) <= 3 * DAY


def test_a_daily_that_takes_days_off_now_and_then_is_given_one_more() -> None:
    days = [NOW.replace(hour=4) - n * DAY for n in range(300) if n % 20]
    assert alarm_after(days) > 2.5 * DAY


def test_an_agency_is_missed_within_hours() -> None:
    assert alarm_after(agency(25)) <= 14 * HOUR


def test_a_slow_day_of_an_agency_after_a_busy_week_is_no_alarm() -> None:
    """Three hundred a day for eight days, and then more than two hours without one."""
    chance = random.Random(5)
    busy = [NOW - chance.random() * 8 * DAY for _ in range(2400)]
    rhythm, last = learn(busy, NOW), max(busy)
    assert not silence_of(rhythm, last, last + 140 * MINUTE).is_alarming
    assert alarm_after(busy) <= 6 * HOUR


def test_an_agency_known_for_three_days_may_have_a_weekend() -> None:
    chance = random.Random(6)
    seen = [NOW - chance.random() * 3 * DAY for _ in range(900)]
    last = max(seen)
    assert not silence_of(learn(seen, NOW), last, last + 180 * MINUTE).is_alarming


def test_what_comes_by_the_clock_is_missed_by_the_clock() -> None:
    """A fortnightly: its second issue is not two days late before that is told."""
    chance = random.Random(7)
    issues = [NOW - DAY - n * 14 * DAY + chance.uniform(-30, 30) * MINUTE for n in range(14)]
    assert 14 * DAY < alarm_after(issues) <= 30 * DAY


def test_who_writes_when_there_is_something_to_say_is_given_time() -> None:
    """A blog whose pauses last from an hour to three days is not said to be silent for one of four."""
    for seed in range(4):
        chance = random.Random(seed)
        found, at = [], NOW
        while len(found) < 200:
            found.append(at)
            at -= chance.lognormvariate(-0.6, 0.9) * DAY
        longest = max(a - b for a, b in pairwise(found))
        assert alarm_after(found) > longest


def test_minutes_of_history_are_enough_for_a_source_that_publishes_every_few_seconds() -> None:
    """Four or five articles a poll; frozen, it is told at the third poll that brings none."""
    for count in (40, 120):
        instants = every(5, count)
        rhythm, last = learn(instants, NOW), max(instants)
        poll = timedelta(seconds=22)
        assert not silence_of(rhythm, last, last + timedelta(seconds=8)).is_alarming
        assert silence_of(rhythm, last, last + 3 * poll).is_alarming


def test_the_first_night_of_a_source_is_no_alarm() -> None:
    """Known for a morning and an afternoon, it publishes ten times an hour and goes home."""
    instants = every(360, 100, until=NOW)
    silence = silence_of(learn(instants, NOW), NOW, NOW + 14 * HOUR)
    assert silence.expected > 100
    assert not silence_of(learn(instants[::7], NOW), NOW, NOW + 14 * HOUR).is_alarming


def test_polls_alone_tell_the_same_where_articles_bear_no_times() -> None:
    instants = [NOW - n * timedelta(seconds=20) for n in range(30) for _ in range(5)]
    rhythm = learn(instants, NOW)
    silences = [silence_of(rhythm, NOW, NOW + timedelta(seconds=s)) for s in (30, 50, 75)]
    assert [silence.is_alarming for silence in silences] == [False, False, True]


def test_a_public_holiday_of_its_country_is_waited_out() -> None:
    """A paper of six days a week says nothing on the second day of Christmas either."""
    before = datetime(2026, 12, 24, 12, tzinfo=NOW.tzinfo)
    unity = date(2026, 10, 3)
    papers = daily(120, until=before)
    instants = [each for each in papers if each.weekday() != 6 and each.date() != unity]
    last, after = max(instants), datetime(2026, 12, 27, 12, tzinfo=NOW.tzinfo)
    here, anywhere = (
        silence_of(learn(instants, before, country=country), last, after).probability
        for country in ("DE", None)
    )
    assert here > 20 * anywhere


def test_one_long_pause_does_not_teach_a_source_to_be_silent() -> None:
    """A feed that was frozen for three weeks is told as soon when it freezes again."""
    days = [NOW.replace(hour=4) - n * DAY for n in range(120) if not 60 <= n < 81]
    assert alarm_after(days) <= 4 * DAY


def test_a_source_of_which_little_is_known_is_never_said_to_be_silent() -> None:
    for instants in ([], [NOW], [NOW, NOW - DAY], weekly(3)):
        rhythm = learn(instants, NOW)
        silence = silence_of(rhythm, NOW, NOW + 1000 * DAY)
        assert not silence.is_alarming
        assert silence.usual_gap == math.inf


def test_what_a_silence_is_told_with() -> None:
    rhythm = learn(daily(60), NOW)
    last = NOW.replace(hour=20) - DAY
    silence = silence_of(rhythm, last, last + 2 * DAY)
    assert silence.seconds == 2 * 86400
    assert 40 < silence.expected < 70
    # From the evening to the morning's batch.
    assert 6 * 3600 < silence.usual_gap < 14 * 3600


def test_a_clock_that_was_set_back_makes_no_silence() -> None:
    silence = silence_of(learn(agency(5), NOW), NOW, NOW - DAY)
    assert (silence.seconds, silence.expected) == (0, 0)
    assert not silence.is_alarming
