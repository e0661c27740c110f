"""Changes with what they ended, and the places of the channels, on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.alerts import (
    ChannelPosition,
    begin_channels,
    changes_after,
    keep_position,
    last_change,
    positions,
)
from storage.publishers import ensure_source
from storage.schema import health_changes


@pytest.fixture
def noted(database, now):
    def note(source, before, state, hours, **fields):
        def insert(connection):
            ensure_source(connection, source, now)
            at = now + timedelta(hours=hours)
            row = {"source": source, "before": before, "state": state, "at": at, **fields}
            return connection.execute(sa.insert(health_changes).values(row)).inserted_primary_key[0]

        return database.write(insert)

    return note


def read(database, query):
    with database.reading() as connection:
        return query(connection)


def test_a_change_knows_the_whole_of_the_state_that_it_ended(database, noted, now):
    noted("gazette", "healthy", "broken", 0, since=now - timedelta(hours=2), why="dns", reason="d")
    noted("herald", "healthy", "broken", 1)
    # Another reason, the same trouble.
    noted("gazette", "broken", "broken", 2, since=now + timedelta(hours=1), why="wall", reason="w")
    noted("gazette", "broken", "healthy", 3)
    first, _, _, last = read(database, lambda c: changes_after(c, 0, 10))
    assert (first.before_since, first.before_why) == (None, None)
    assert last.before_since == now - timedelta(hours=2)
    assert (last.before_why, last.before_reason) == ("wall", "w")
    assert last.at == now + timedelta(hours=3)


def test_changes_come_in_order_and_some_at_a_time(database, noted):
    numbers = [noted(f"paper-{n}", "healthy", "broken", -n) for n in range(5)]
    assert read(database, last_change) == numbers[-1]
    found = read(database, lambda c: changes_after(c, numbers[1], 2))
    assert [each.id for each in found] == numbers[2:4]


def test_a_channel_begins_once_and_its_place_is_kept(database, noted, now):
    assert read(database, last_change) == 0
    first = noted("gazette", "healthy", "broken", 0)
    database.write(lambda c: begin_channels(c, ["ops"]))
    noted("gazette", "broken", "healthy", 1)
    database.write(lambda c: begin_channels(c, ["ops", "mail"]))
    assert {n: p.told_id for n, p in read(database, positions).items()} == {
        "ops": first,
        "mail": first + 1,
    }
    kept = ChannelPosition("ops", 7, (now, now), 2, now + timedelta(minutes=1), "no route")
    database.write(lambda c: keep_position(c, kept))
    assert read(database, positions)["ops"] == kept
