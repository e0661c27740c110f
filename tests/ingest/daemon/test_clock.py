"""Clocks that jump, and times that do not drift."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.months.virtual_time import Incident, Machine
from ingest.daemon.clock import Clock, ClockWatch
from ingest.daemon.grid import believable, next_on_grid, next_slot

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("incident", "by", "slept"),
    [
        (Incident(5, sleeps=3600), HOUR, True),
        (Incident(5, set_by=86_400), 24 * HOUR, False),
        (Incident(5, set_by=-86_400), -24 * HOUR, False),
        (Incident(5, sleeps=3600, set_by=-7200), -HOUR, False),
    ],
)
def test_a_jump_is_seen_once_and_sleep_is_told_from_a_clock_that_was_set(
    incident: Incident, by: timedelta, slept: bool
) -> None:
    machine = Machine(NOW, [incident])
    watch = ClockWatch(machine.clock)
    machine.go(10)
    jump = watch.look()
    assert jump is not None
    assert (jump.since, jump.until - jump.since - timedelta(seconds=5), jump.by) == (NOW, by, by)
    assert jump.slept is slept
    machine.go(1000)
    assert watch.look() is None


def test_small_corrections_are_no_jumps() -> None:
    machine = Machine(NOW, [Incident(n * 10.0, set_by=(-1) ** n * 2.0) for n in range(1, 50)])
    watch = ClockWatch(machine.clock)
    for _ in range(50):
        machine.go(10)
        assert watch.look() is None


def test_the_machines_own_clocks_go_alike() -> None:
    watch = ClockWatch(Clock())
    assert watch.look() is None


every = st.timedeltas(MINUTE, timedelta(days=30))
moments = st.timedeltas(timedelta(), timedelta(days=400)).map(lambda age: NOW + age)


@given(st.text(max_size=20), every, moments, st.timedeltas(timedelta(), timedelta(days=60)))
def test_the_next_time_on_a_grid_is_to_come_and_no_sooner_than_half_its_step(
    name: str, step: timedelta, began: datetime, takes: timedelta
) -> None:
    now = began + takes
    when = next_on_grid(name, step, began, now)
    assert when > now
    assert began + step / 2 <= when
    assert when <= max(began + 1.5 * step, now + step) + timedelta(microseconds=2)
    # The grid does not move: from a poll at one of its times the next is a step later.
    after = next_on_grid(name, step, when + step / 10, when + step / 5)
    assert after - when == step


def daily(at: datetime) -> datetime:
    """The next eight o'clock."""
    six = at.replace(hour=8, minute=0, second=0, microsecond=0)
    return six if six > at else six + 24 * HOUR


def test_a_time_of_a_crontab_is_not_repeated_unless_that_would_take_too_long() -> None:
    began = NOW + timedelta(seconds=1)
    assert next_slot(daily, NOW + HOUR, began) == NOW + 24 * HOUR
    assert next_slot(daily, NOW - HOUR, began) == NOW + 24 * HOUR
    assert next_slot(daily, NOW - 20 * HOUR, began) == NOW
    assert next_slot(daily, NOW - HOUR, None) == NOW


def test_a_time_that_is_too_far_off_is_not_believed() -> None:
    assert believable(NOW + HOUR, NOW, HOUR) == NOW + HOUR
    assert believable(NOW + HOUR + MINUTE, NOW, HOUR) is None
    assert believable(NOW - 1000 * HOUR, NOW, HOUR) == NOW - 1000 * HOUR
    assert believable(None, NOW, HOUR) is None
