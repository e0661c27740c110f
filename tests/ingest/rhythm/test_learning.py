"""What is learned of when a source publishes."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rhythm.learning import learn
from ingest.rhythm.rhythm import Rhythm
from ingest.rhythm.silence import silence_of
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW, agency, daily, every, weekly


def test_the_rate_is_found_at_any_scale() -> None:
    assert learn(every(5, 120), NOW).article_rate == pytest.approx(1 / 5, rel=0.1)
    assert learn(agency(20), NOW).article_rate * 86400 == pytest.approx(138, rel=0.1)
    assert learn(weekly(104), NOW).article_rate * 7 * 86400 == pytest.approx(5, rel=0.1)


def test_the_hours_of_a_daily_are_those_of_its_morning() -> None:
    rhythm = learn(daily(60), NOW)
    midnight = NOW.replace(hour=0) + DAY
    morning = rhythm.expected(midnight + 3 * HOUR, midnight + 6 * HOUR)
    night = rhythm.expected(midnight - 3 * HOUR, midnight)
    assert morning > 14
    assert night < 1
    assert rhythm.expected(midnight, midnight + 7 * DAY) == pytest.approx(7 * 28, rel=0.1)


def test_a_weekly_has_its_day_after_a_few_weeks() -> None:
    rhythm = learn(weekly(6), NOW)
    thursday = NOW.replace(hour=0) + 6 * DAY
    assert rhythm.expected(thursday, thursday + DAY) > 3
    assert rhythm.expected(thursday + 2 * DAY, thursday + 6 * DAY) < 1


def test_where_little_is_known_the_week_is_nearly_flat() -> None:
    """Two mornings are no habit."""
    rhythm = learn([NOW - DAY, NOW - DAY - MINUTE, NOW - 2 * DAY, NOW - 5 * HOUR, NOW], NOW)
    assert max(rhythm.week.shares) < 12


def test_what_has_changed_for_good_is_learned_and_the_old_forgotten() -> None:
    moved = [each - 6 * HOUR for each in daily(200, until=NOW - 60 * DAY)] + daily(60)
    rhythm = learn(moved, NOW)
    midnight = NOW.replace(hour=0) + DAY
    now, before = (
        rhythm.expected(midnight + hour * HOUR, midnight + (hour + 2) * HOUR) for hour in (4, -2)
    )
    assert now > 3 * before


def test_a_source_goes_by_the_clock_of_its_country() -> None:
    """Six in the morning stays six in the morning when Berlin puts its clocks back."""
    summer = [
        datetime(2026, 8, 1, 4, 0, tzinfo=UTC) + day * DAY + n * MINUTE
        for day in range(80)
        for n in range(3)
    ]
    at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    winter = datetime(2026, 10, 28, 4, 30, tzinfo=UTC)
    berlin, utc = (learn(summer, at, country=country) for country in ("DE", None))
    assert berlin.expected(winter, winter + HOUR) > 1
    assert utc.expected(winter, winter + HOUR) < 1


def test_public_holidays_are_as_quiet_as_its_quietest_day_until_more_is_known() -> None:
    unity = date(2026, 10, 3)
    sundays_off = [e for e in daily(120) if e.weekday() != 6 and e.date() != unity]
    rhythm = learn(sundays_off, NOW, country="DE")
    christmas = datetime(2026, 12, 25, tzinfo=UTC)
    week_before = christmas - 7 * DAY
    usual = rhythm.expected(week_before, week_before + DAY)
    assert rhythm.expected(christmas, christmas + DAY) < 0.6 * usual


def test_a_welcome_of_years_ago_at_the_end_of_a_feed_is_no_part_of_the_rhythm() -> None:
    tail = [NOW - n * HOUR for n in range(30)]
    welcome = datetime(2019, 5, 1, tzinfo=UTC)
    assert learn([*tail, welcome], NOW).article_rate * 3600 == pytest.approx(1, rel=0.1)


def test_a_source_that_has_shown_nothing_is_asked_less_and_less() -> None:
    rates = [
        learn([], NOW, since=NOW - age).article_rate
        for age in (MINUTE, HOUR, DAY, 7 * DAY, 90 * DAY)
    ]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] * 3600 < 1
    assert rates[2] * 86400 == pytest.approx(0.5)


def test_what_is_kept_is_what_was_learned() -> None:
    for instants in ([], every(5, 100), weekly(20), agency(10)):
        rhythm = learn(instants, NOW, country="DE")
        again = Rhythm.from_json(json.loads(json.dumps(rhythm.as_json())))
        assert again is not None
        assert (again.articles, again.issues, again.last) == (
            rhythm.articles,
            rhythm.issues,
            rhythm.last,
        )
        for hours in (1, 30, 400):
            end = NOW + hours * HOUR
            assert again.expected(NOW, end) == pytest.approx(rhythm.expected(NOW, end), rel=0.02)
        assert len(json.dumps(rhythm.as_json())) < 8000


@pytest.mark.parametrize("kept", [{}, {"form": 0}, {"form": 2}, {"form": 2, "spread": [1, 2]}])
def test_what_another_version_kept_is_learned_anew(kept: dict) -> None:
    assert Rhythm.from_json(kept) is None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOSTILE = st.lists(
    st.one_of(
        st.just(NOW),
        st.integers(-10, 10).map(lambda n: NOW + timedelta(microseconds=n)),
        st.integers(-3600, 400_000).map(lambda n: NOW - timedelta(minutes=n)),
        st.integers(-62_000_000_000, 250_000_000_000).map(lambda n: EPOCH + timedelta(seconds=n)),
    ),
    max_size=60,
)


@settings(max_examples=30, deadline=None)
@given(
    HOSTILE,
    st.sampled_from([None, "DE", "US", "XX", "?"]),
    st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3),
)
def test_whatever_the_instants_are_nothing_is_negative_or_no_number(
    instants: list[datetime], country: str | None, minutes: list[int]
) -> None:
    rhythm = learn(instants, NOW, country=country)
    a, b, c = sorted(NOW + timedelta(minutes=each) for each in minutes)
    parts = rhythm.expected(a, b), rhythm.expected(b, c)
    whole = rhythm.expected(a, c)
    assert all(math.isfinite(part) and part >= 0 for part in (*parts, whole))
    assert sum(parts) == pytest.approx(whole, rel=1e-6, abs=1e-6 * rhythm.article_rate * 86400)
    assert all(share >= 0 for share in rhythm.week.shares + rhythm.issue_week.shares)
    silence = silence_of(rhythm, a, c)
    assert 0 <= silence.probability <= 1
    assert silence.usual_gap >= 0


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_instants_that_are_all_the_same_are_one_issue(count: int) -> None:
    rhythm = learn([NOW - HOUR] * count, NOW)
    assert (rhythm.articles, rhythm.issues) == (count, 1)
    assert not silence_of(rhythm, NOW - HOUR, NOW + 400 * DAY).is_alarming


def test_a_hundred_thousand_instants_are_no_more_than_the_newest_of_them() -> None:
    many = [NOW - n * timedelta(seconds=30) for n in range(100_000)]
    rhythm = learn(many, NOW)
    assert rhythm.articles <= 3000
    assert rhythm.article_rate == pytest.approx(1 / 30, rel=0.05)


def test_longer_silences_are_never_likelier() -> None:
    rhythm = learn(daily(40), NOW)
    odds = [silence_of(rhythm, NOW, NOW + n * HOUR).probability for n in range(0, 400, 3)]
    assert odds == sorted(odds, reverse=True)
