"""A source that breaks is one warning, with its cause, and one when it works again."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from ingest.alerts.ways.log import log_change
from tests.ingest.alerts.conftest import NOW, change


def events(*changes) -> list[str]:
    with capture_logs() as logged:
        for each in changes:
            log_change(each)
    return [line["event"] for line in logged]


def test_a_break_is_one_warning_and_so_is_its_end() -> None:
    since = NOW - timedelta(hours=3)
    broke = change(1, since=since, why="connection refused")
    end = change(
        2,
        before="broken",
        state="healthy",
        since=None,
        why=None,
        before_since=since,
        before_why="connection refused",
    )
    with capture_logs() as logged:
        log_change(broke)
        log_change(end)
    assert logged == [
        {
            "event": "source broken",
            "log_level": "warning",
            "source": "gazette",
            "since": "2026-11-27T05:00+00:00",
            "cause": "connection refused",
        },
        {
            "event": "source works again",
            "log_level": "warning",
            "source": "gazette",
            "since": "2026-11-27T05:00+00:00",
            "after": "3.0 h",
            "cause": "connection refused",
        },
    ]


def test_each_state_has_a_line_for_its_beginning_and_its_end() -> None:
    assert events(
        change(state="degraded"),
        change(before="degraded", state="broken"),
        change(before="broken", state="broken"),
        change(before="broken", state="degraded"),
        change(before="degraded", state="healthy"),
        change(state="quiet"),
        change(before="quiet", state="healthy"),
        change(state="paused"),
        change(before="paused", state="broken"),
    ) == [
        "source degraded",
        "source broken",
        "source still broken",
        "source works again",
        "source degraded",
        "source well again",
        "source quiet",
        "source publishes again",
        "source paused",
        "source resumed",
        "source broken",
    ]
