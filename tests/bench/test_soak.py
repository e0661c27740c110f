"""The soak's own judgement: what its papers do, and what counts as told."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest

from bench.soak.observed import slope_by_hour, told_of
from bench.soak.papers import BREAKS, FEED_LENGTH, FLOOD, papers_of

BEGIN = 1_800_000_000.0


def paper(breaks):
    """One that publishes every two seconds and breaks after a hundred, for a hundred."""
    found = papers_of(len(BREAKS), BEGIN, 300, 2, (1, 2), 1)[list(BREAKS).index(breaks)]
    found.begins, found.ends = BEGIN + 100, BEGIN + 200
    return found


def body(answer):
    return answer.body.decode()


def entries(found, now):
    return body(found.answer("/feed.xml", now)).count("<item>")


@pytest.mark.parametrize("breaks", BREAKS)
def test_a_paper_is_as_it_was_before_and_after_its_break(breaks):
    found = paper(breaks)
    for now in (BEGIN + 50, BEGIN + 250):
        assert found.answer("/feed.xml", now).status == 200
        assert entries(found, now) == FEED_LENGTH
        assert "Disallow: \n" in body(found.answer("/robots.txt", now))
        page = body(found.answer("/artikel/5", now))
        assert "<article>" in page
        assert "\ufffd" not in page
        assert "password" not in page


def test_each_break_does_what_it_is_called():
    now = BEGIN + 150
    assert paper("403").answer("/feed.xml", now).status == 403
    frozen = paper("feed frozen")
    assert frozen.answer("/feed.xml", BEGIN + 100).body == frozen.answer("/feed.xml", now).body
    assert entries(paper("feed empty"), now) == 0
    assert "Disallow: /\n" in body(paper("robots closed").answer("/robots.txt", now))
    assert "password" in body(paper("login wall").answer("/artikel/5", now))
    assert "\ufffd" in body(paper("encoding changed").answer("/artikel/5", now))
    assert "<article>" not in body(paper("markup changed").answer("/artikel/5", now))
    assert entries(paper("flooding"), now) > FEED_LENGTH + 10 * FLOOD


def changes(*rows):
    """A database with polls every ten seconds and these changes of the paper's health."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE TABLE health_changes (id INTEGER PRIMARY KEY, source, at, state, reason, why)"
    )
    database.execute("CREATE TABLE passes (source, started_at, finished_at, links_new)")
    name = paper("403").name
    for after, state, reason in rows:
        database.execute(
            "INSERT INTO health_changes (source, at, state, reason, why) VALUES (?, ?, ?, ?, '')",
            (name, moment(after), state, reason),
        )
    for after in range(5, 300, 10):
        database.execute(
            "INSERT INTO passes VALUES (?, ?, ?, 0)", (name, moment(after), moment(after + 1))
        )
    return database


def moment(after):
    return datetime.fromtimestamp(BEGIN + after, UTC).isoformat()


def test_a_break_that_is_told_in_time_and_its_end_are_right():
    told = told_of(changes((116, "broken", "http_403"), (206, "healthy", None)), paper("403"))
    assert (told.problems, told.polls, told.recovered) == ([], 2, 1)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([(206, "healthy", None)], "not told"),
        ([(156, "broken", "http_403"), (206, "healthy", None)], "told after 6 polls"),
        ([(106, "broken", "dns"), (116, "broken", "http_403"), (206, "healthy", None)], "wrongly"),
        ([(50, "degraded", "fields"), (106, "broken", "http_403"), (206, "healthy", None)], "without"),
        ([(106, "broken", "http_403")], "works again was not told"),
        (
            [(106, "broken", "http_403"), (206, "healthy", None), (250, "broken", "dns")],
            "after it was whole again",
        ),
    ],
)  # fmt: skip
def test_what_is_told_late_wrongly_or_not_at_all_is_a_problem(rows, problem):
    told = told_of(changes(*rows), paper("403"))
    assert any(problem in each for each in told.problems)


def test_growth_is_that_of_the_line_through_the_measurements():
    flat = [(at, 100) for at in range(0, 3600, 60)]
    assert slope_by_hour(flat) == 0
    growing = [(at, 1000 + at / 3600 * 20) for at in range(0, 3600, 60)]
    assert slope_by_hour(growing) == pytest.approx(0.02, rel=0.02)
