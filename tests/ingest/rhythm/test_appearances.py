"""When articles appeared, by what they say and by what polls saw."""

from __future__ import annotations

from datetime import timedelta

from ingest.rhythm.appearances import appeared
from storage.rhythms import Filed
from tests.ingest.rhythm.publishers import DAY, HOUR, MINUTE, NOW

#: A poll an hour, each files what it brought within the minute.
POLLS = [NOW - n * HOUR for n in range(48)][::-1]
FILED = NOW + MINUTE
MIDDLE = NOW - 30 * MINUTE


def one(article: Filed, zone: str | None = None) -> object:
    return next(iter(appeared([article], POLLS, zone=zone)), None)


def test_a_publication_time_between_two_polls_is_believed() -> None:
    stated = NOW - 12 * MINUTE
    assert one(Filed(FILED, stated, "instant")) == stated
    # Also of an article that a pass files late, because there were many.
    assert one(Filed(NOW + 50 * MINUTE, stated, "instant")) == stated


def test_a_time_that_the_poll_before_disproves_is_not() -> None:
    assert one(Filed(FILED, NOW - 5 * HOUR, "instant")) == MIDDLE
    assert one(Filed(FILED, NOW + 5 * HOUR, "instant")) == MIDDLE


def test_an_article_without_a_time_appeared_between_the_polls() -> None:
    assert one(Filed(FILED)) == MIDDLE
    assert one(Filed(FILED, NOW.replace(hour=0), "day")) == MIDDLE


def test_old_texts_of_an_import_or_a_backfill_say_nothing() -> None:
    assert one(Filed(FILED, NOW - 30 * DAY, "instant")) is None
    assert one(Filed(FILED, NOW - 30 * DAY, "day")) is None
    # Yesterday's date is no old text.
    assert one(Filed(FILED, NOW.replace(hour=0) - DAY, "day")) == MIDDLE


def test_of_the_first_poll_only_stated_times_count() -> None:
    first = POLLS[0] + MINUTE
    stated = POLLS[0] - 3 * DAY
    assert one(Filed(first, stated, "instant")) == stated
    assert one(Filed(first)) is None
    assert one(Filed(first, stated, "day")) is None
    # What was filed before there were polls that are known is treated alike.
    assert one(Filed(POLLS[0] - DAY, stated, "instant")) == stated


def test_a_time_without_a_zone_is_of_the_sources_clock() -> None:
    """In November Tokyo is nine hours before UTC."""
    said = NOW - 20 * MINUTE + 9 * HOUR
    assert one(Filed(FILED, said, "local"), "Asia/Tokyo") == NOW - 20 * MINUTE
    assert one(Filed(FILED, said, "local")) == MIDDLE


def test_what_came_after_days_without_a_poll_has_no_hour() -> None:
    polls = [NOW - 6 * DAY, NOW - 5 * DAY, NOW]
    stated = NOW - 2 * DAY
    assert appeared([Filed(FILED), Filed(FILED, stated, "instant")], polls) == [stated]


def test_without_polls_stated_times_are_all_there_is() -> None:
    assert appeared([Filed(NOW, NOW - HOUR, "instant"), Filed(NOW)], []) == [NOW - HOUR]
    assert appeared([Filed(NOW, NOW + timedelta(days=400), "instant")], []) == []
