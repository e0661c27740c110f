"""The simulated year: publishers that are the same for a seed, and polls that know only what they found."""

from __future__ import annotations

import numpy as np

from bench.months.polling import usual_gap, watch
from bench.months.publishers import DAY, KINDS, make_publishers
from bench.months.schedule import compare
from bench.months.year import BEGIN
from ingest.rhythm.price import PRICE

DAYS = 25


def test_of_each_kind_there_are_some_and_a_seed_makes_the_same_ones() -> None:
    once, again = (make_publishers(36, DAYS, BEGIN, 5) for _ in range(2))
    assert {each.kind for each in once} == set(KINDS)
    for one, other in zip(once, again, strict=True):
        assert np.array_equal(one.appears, other.appears)
        assert np.all(np.diff(one.appears) > 0)
        assert usual_gap(one) >= DAY
    assert not np.array_equal(once[0].appears, make_publishers(36, DAYS, BEGIN, 6)[0].appears)


def test_every_article_is_found_once_or_lost_from_a_short_feed() -> None:
    number = next(
        n for n, each in enumerate(make_publishers(36, DAYS, BEGIN, 5)) if each.kind == "daily"
    )
    publisher = make_publishers(36, DAYS, BEGIN, 5, only=number)[0]
    watched = watch(publisher, BEGIN, DAYS, PRICE, alarms=True, seed=1)
    begin = BEGIN.timestamp()
    there = int(((publisher.appears > begin) & (publisher.appears <= begin + DAYS * DAY)).sum())
    # What came after the last poll is still to be found.
    assert 0 <= there - len(watched.delays) - watched.lost < 60
    assert min(watched.delays) >= 0
    assert sorted(watched.when) == watched.when
    figures = compare([watched])
    assert figures["polls_a_day"] * DAYS >= watched.polls - 1
    assert 0 < figures["median_delay_min"] < figures["fixed_median_min"] * 3
