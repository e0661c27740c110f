"""What becomes of a link that brought no article, and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import ExtractionCrashed, TooCostly
from ingest.pipeline.verdict import Verdict, judge_crash, judge_error, judge_status
from sources.errors import RobotsDisallowed, TimedOut
from sources.page import Page

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def page(status: int, retry_after: float | None = None) -> Page:
    return Page(
        requested_url="https://a.example/1",
        url="https://a.example/1",
        status=status,
        headers={},
        body=b"",
        fetched_at=NOW,
        retry_after=retry_after,
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, None),
        (203, None),
        (204, "refused"),
        (400, "refused"),
        (401, "failed"),
        (403, "failed"),
        (404, "gone"),
        (410, "gone"),
        (429, "failed"),
        (500, "failed"),
        (503, "failed"),
        (304, "refused"),
    ],
)
def test_a_status_is_judged_by_whether_it_may_pass(status: int, state: str | None) -> None:
    verdict = judge_status(page(status))
    assert (verdict.state if verdict else None) == state


def test_what_may_pass_is_tried_at_growing_distances_then_given_up() -> None:
    verdict = judge_error(TimedOut("https://a.example/1", "no answer"))
    after = [verdict.next_state(attempt, 6, NOW, None) for attempt in range(1, 7)]
    assert [state for state, _ in after] == ["failed"] * 5 + ["given_up"]
    times = [when for _, when in after if when is not None]
    assert times == sorted(times)
    assert times[0] == NOW + timedelta(minutes=10)


def test_the_server_may_ask_for_more_time_but_not_for_ever() -> None:
    verdict = judge_status(page(503))
    assert verdict is not None
    assert verdict.next_state(1, 6, NOW, 7200) == ("failed", NOW + timedelta(hours=2))
    assert verdict.next_state(1, 6, NOW, 1e9) == ("failed", NOW + timedelta(days=7))
    assert verdict.next_state(1, 6, NOW, 1) == ("failed", NOW + timedelta(minutes=10))


def test_the_pages_own_no_is_final() -> None:
    robots = judge_error(RobotsDisallowed("https://a.example/1", "robots.txt says no"))
    assert robots.next_state(1, 6, NOW, None) == ("refused", None)
    assert Verdict("refused", "front_page", "").next_state(1, 6, NOW, None) == ("refused", None)
    assert Verdict("gone", "http_410", "").next_state(1, 6, NOW, None) == ("gone", None)


def test_a_refusal_that_a_bad_hour_explains_is_looked_at_twice_more() -> None:
    verdict = Verdict("refused", "error_page", "")
    after = [verdict.next_state(attempt, 6, NOW, None) for attempt in (1, 2, 3)]
    assert after == [
        ("failed", NOW + timedelta(hours=6)),
        ("failed", NOW + timedelta(days=1)),
        ("refused", None),
    ]


def test_a_page_that_takes_more_than_it_may_is_refused_for_good_at_once() -> None:
    verdict = judge_crash(TooCostly("https://a.example/1: took more than 5 s of CPU to read"))
    assert verdict.next_state(1, 6, NOW) == ("refused", None)
    assert verdict.reason == "too_costly"


def test_a_page_whose_worker_died_is_tried_again() -> None:
    verdict = judge_crash(ExtractionCrashed("https://a.example/1: the worker died on this page"))
    assert verdict.next_state(1, 6, NOW)[0] == "failed"
