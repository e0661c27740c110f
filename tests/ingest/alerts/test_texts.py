"""A message says in plain sentences what happened to which source, since when, why, and what to do."""

from __future__ import annotations

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.alerts.settings import STATES
from ingest.alerts.texts import alert
from tests.ingest.alerts.conftest import NOW, change

HOUR = timedelta(hours=1)


def told(*changes, **options):
    return alert("ops", changes, NOW, zone=UTC, **options)


def test_a_break_says_since_when_why_and_what_to_do() -> None:
    message = told(change(7))
    assert message.id == "ops:7-7"
    assert message.state == "broken"
    assert message.subject == "gazette is broken: login wall"
    assert message.text == (
        "gazette is broken since Fri 27 Nov 2026 05:00 UTC, 3.0 h before it was noticed.\n"
        "Why: none of the last 12 new pages was an article, 12 of them: login_wall\n"
        "What to do: look at one of them with `copydesk extract URL --explain`\n\n"
        "More: `copydesk status gazette`"
    )


def end(number: int, **fields):
    return change(
        number,
        **{
            "before": "broken",
            "state": "healthy",
            "since": None,
            "reason": None,
            "why": None,
            "advice": None,
            "before_since": NOW - 5 * HOUR,
            "before_reason": "dns",
            "before_why": "its name does not resolve",
            **fields,
        },
    )


def test_its_end_says_how_long_it_was_and_why() -> None:
    message = told(end(8))
    assert message.state == "healthy"
    assert message.subject == "gazette works again after 5.0 h"
    assert message.text.startswith(
        "gazette works again. It was broken from Fri 27 Nov 2026 03:00 UTC to"
        " Fri 27 Nov 2026 08:00 UTC (5.0 h).\nWhy it was: its name does not resolve\n"
    )
    assert told(end(8, before="quiet")).subject == "gazette publishes again after 5.0 h"


def test_what_broke_and_recovered_meanwhile_is_one_line() -> None:
    broke = change(1, at=NOW - HOUR, since=NOW - 2 * HOUR)
    message = told(broke, end(2, before_since=NOW - 2 * HOUR))
    assert message.subject == "gazette was broken for 2.0 h, and is healthy again"
    assert message.text.startswith("gazette was broken and is healthy again. It was broken from")
    assert "Why it was: none of the last 12" in message.text
    assert len(message.changes) == 2


def test_what_is_better_and_not_well_says_both() -> None:
    message = told(end(3, state="degraded", why="one in three pages is refused", since=NOW))
    assert message.subject == "gazette is degraded"
    assert "Why: one in three pages is refused" in message.text
    assert "It was broken before, from Fri 27 Nov" in message.text
    deeper = told(change(1, state="degraded"), change(2, before="degraded", why="all refused"))
    assert "gazette is broken since" in deeper.text
    assert "Why: all refused" in deeper.text


def test_what_got_worse_before_it_got_well_was_as_bad_as_it_was() -> None:
    worse = change(1, before="degraded", at=NOW - HOUR, since=NOW - HOUR, why="a wall")
    message = told(worse, end(2))
    assert message.subject == "gazette works again after 60 min"
    assert "Why it was: a wall" in message.text


def test_several_sources_the_worst_first() -> None:
    message = told(
        end(1, source="alpha"),
        change(2, source="beta", state="quiet"),
        change(3, source="gamma"),
        change(4, source="delta"),
        end(5, source="delta"),
    )
    assert message.subject == "4 sources: 1 broken, 1 quiet, 1 well again, 1 fell and rose again"
    places = [message.text.index(name) for name in ("gamma", "beta", "alpha", "delta")]
    assert places == sorted(places)
    assert message.text.endswith("More: `copydesk status`")


def test_a_whole_country_away_is_still_a_message_that_can_be_read() -> None:
    message = told(*(change(n, source=f"paper-{n:03}") for n in range(1, 182)))
    assert message.subject == "181 sources: 181 broken"
    assert "And 131 more: paper-051" in message.text
    assert len(message.text) < 30_000
    assert len(message.changes) == 181


def test_changes_too_old_are_counted() -> None:
    assert "12 changes before that" in told(change(), too_old=12).text


def test_a_text_is_what_a_site_made_of_it_and_never_more_than_a_line() -> None:
    hostile = "x\r\nBcc: all@example.org\x1b[31m\u202e see http://me:secret@h.example/?token=abc"
    message = told(change(why=hostile, source="gazette", reason="a\nb"))
    assert "secret" not in message.text + str(message.as_json())
    assert "abc" not in message.text
    assert "\r" not in message.text
    assert "\x1b" not in message.text + message.subject
    assert "\u202e" not in message.text
    assert "\n" not in message.subject
    assert "Why: x Bcc: all@example.org" in message.text


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(STATES), st.integers(0, 400)),
        min_size=1,
        max_size=12,
    ),
    st.text(max_size=30),
)
def test_whatever_happened_can_be_told(steps, why) -> None:
    """Any walk through the states: the last one is what is said of the source."""
    last = {"a": "healthy", "b": "healthy"}
    changes = []
    for number, (source, state, minutes) in enumerate(steps, 1):
        at = NOW + timedelta(minutes=minutes)
        changes.append(
            change(number, source=source, before=last[source], state=state, at=at, why=why)
        )
        last[source] = state
    message = told(*changes)
    assert message.subject
    for source in {step[0] for step in steps}:
        assert source in message.text
        if last[source] not in ("healthy", "paused"):
            assert last[source] in message.text
