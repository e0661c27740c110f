"""What is told on a channel, and what waits until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.alerts.gathering import gather
from ingest.alerts.quiet_hours import read_quiet_hours
from ingest.alerts.settings import Channel
from storage.alerts import ChannelPosition
from tests.ingest.alerts.conftest import NOW, change

HERE = ChannelPosition("ops", 0)
OPS = Channel("ops", "command", None, states=frozenset(["broken", "degraded"]))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_break_and_its_end_are_told_and_what_was_not_asked_for_is_passed() -> None:
    changes = [
        change(1),
        change(2, source="herald", state="quiet"),
        change(3, before="broken", state="healthy"),
        change(4, source="herald", before="quiet", state="healthy"),
    ]
    found = gather(OPS, HERE, changes, NOW)
    assert [each.id for each in found.changes] == [1, 3]
    assert (found.up_to, found.told, found.until) == (4, 2, None)
    assert gather(OPS, HERE, changes[1:2], NOW).changes == ()
    assert gather(OPS, HERE, changes[1:2], NOW).up_to == 2


def test_only_the_sources_that_a_channel_is_for() -> None:
    sports = Channel("sports", "command", None, sources=("kicker", "sport-*"))
    changes = [change(n, source=s) for n, s in enumerate(("kicker", "gazette", "sport-uno"), 1)]
    assert [each.source for each in gather(sports, HERE, changes, NOW).changes] == [
        "kicker",
        "sport-uno",
    ]


def test_without_recovery_its_end_is_told_only_beside_the_break() -> None:
    ops = Channel("ops", "command", None, states=frozenset(["broken"]), recovery=False)
    end = change(2, before="broken", state="healthy")
    assert gather(ops, HERE, [end], NOW).changes == ()
    found = gather(ops, HERE, [change(1), end], NOW)
    assert found.told == 1
    assert [each.id for each in found.changes] == [1, 2], "it is not broken any more: that is said"


def test_a_digest_waits_from_its_first_change() -> None:
    digest = Channel("ops", "command", None, digest=30 * MINUTE)
    changes = [change(1, at=NOW - 10 * MINUTE), change(2, source="herald")]
    assert gather(digest, HERE, changes, NOW).until == NOW + 20 * MINUTE
    assert gather(digest, HERE, changes, NOW + 20 * MINUTE).until is None
    ahead = [change(1, at=NOW + 24 * HOUR)]
    assert gather(digest, HERE, ahead, NOW).until == NOW + 30 * MINUTE


def test_no_more_messages_an_hour_than_allowed() -> None:
    few = Channel("ops", "command", None, rate=2)
    sent = ChannelPosition("ops", 0, sent_at=(NOW - 50 * MINUTE, NOW - 5 * MINUTE))
    assert gather(few, sent, [change()], NOW).until == NOW + 10 * MINUTE
    assert gather(few, sent, [change()], NOW + 10 * MINUTE).until is None
    # Messages of a clock that went ahead do not silence a channel.
    ahead = ChannelPosition("ops", 0, sent_at=(NOW + 50 * HOUR, NOW + 51 * HOUR))
    assert gather(few, ahead, [change()], NOW).until is None


def test_quiet_hours_hold_back_all_but_what_one_is_woken_for() -> None:
    hours = read_quiet_hours("22:00-07:00", UTC)
    night = datetime(2026, 11, 27, 23, tzinfo=UTC)
    morning = datetime(2026, 11, 28, 7, tzinfo=UTC)
    asleep = Channel("ops", "command", None, quiet=hours)
    woken = Channel("ops", "command", None, quiet=hours, wake_for=frozenset(["broken"]))
    bad, worse = change(1, state="degraded"), change(2, source="herald")
    assert gather(asleep, HERE, [bad, worse], night).until == morning
    assert gather(woken, HERE, [bad], night).until == morning
    # What waited goes with it.
    found = gather(woken, HERE, [bad, worse], night)
    assert (found.until, len(found.changes)) == (None, 2)


def test_a_channel_that_failed_is_left_alone_for_a_while() -> None:
    failed = ChannelPosition("ops", 0, attempts=2, next_attempt_at=NOW + MINUTE)
    assert gather(OPS, failed, [change()], NOW).until == NOW + MINUTE
    by_a_wrong_clock = ChannelPosition("ops", 0, attempts=2, next_attempt_at=NOW + 300 * HOUR)
    assert gather(OPS, by_a_wrong_clock, [change()], NOW).until is None


def test_what_is_weeks_old_is_counted_and_not_told() -> None:
    old = [change(n, at=NOW - timedelta(days=20)) for n in (1, 2)]
    found = gather(OPS, HERE, [*old, change(3)], NOW)
    assert ([each.id for each in found.changes], found.too_old) == ([3], 2)
    assert gather(OPS, HERE, old, NOW).up_to == 2
