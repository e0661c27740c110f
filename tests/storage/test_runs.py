from datetime import timedelta

import sqlalchemy as sa

from storage import runs as runs_module
from storage.publishers import last_failures, record_source, set_next_due
from storage.reading.queries import source_status
from storage.runs import (
    MAX_ERRORS,
    RunCounts,
    close_interrupted,
    finish_run,
    finish_source,
    start_run,
    start_source,
)
from storage.schema import passes, run_sources, runs


def begin(database, now, *sources):
    run_id = database.write(lambda c: start_run(c, "poll", now))
    for source in sources:
        database.write(lambda c, source=source: start_source(c, run_id, source, now))
    return run_id


def status(database):
    with database.reading() as connection:
        return source_status(connection)


def states(database):
    with database.reading() as connection:
        return connection.execute(sa.select(runs.c.state).order_by(runs.c.id)).scalars().all()


def close(database, now, **options):
    return database.write(lambda c: close_interrupted(c, now, **options))


def test_a_run_keeps_what_came_of_each_source(database, now):
    later = now + timedelta(minutes=1)
    run_id = begin(database, now, "gazette", "herald")
    counts = RunCounts(documents=2, links_new=5, fetched=4, filed=3, refused=1)
    errors = [f"https://gazette.example/{n}: no answer" for n in range(MAX_ERRORS + 5)]
    database.write(
        lambda c: finish_source(c, run_id, "gazette", counts, None, later, errors=errors)
    )
    database.write(lambda c: finish_source(c, run_id, "herald", RunCounts(), "feed is gone", later))
    database.write(lambda c: finish_run(c, run_id, later))
    with database.reading() as connection:
        gazette, herald = connection.execute(
            sa.select(run_sources).order_by(run_sources.c.source)
        ).all()
    assert (gazette.outcome, gazette.documents, gazette.filed, gazette.failed) == ("ok", 2, 3, 0)
    assert gazette.errors == errors[:MAX_ERRORS]
    assert (herald.outcome, herald.error, herald.finished_at) == ("failed", "feed is gone", later)
    assert states(database) == ["ok"]


def history(database, *columns):
    with database.reading() as connection:
        query = sa.select(*(passes.c[name] for name in columns)).order_by(passes.c.id)
        return [tuple(row) for row in connection.execute(query)]


def test_every_pass_of_a_daemons_one_run_keeps_its_row(database, now):
    run_id = database.write(lambda c: start_run(c, "daemon", now))
    for hours, filed, error in ((0, 3, None), (6, 0, None), (12, 0, "down"), (18, 1, None)):
        at = now + timedelta(hours=hours)
        counts = RunCounts(filed=filed, requests=2, bytes=3_000_000_000)
        number = database.write(lambda c, at=at: start_source(c, run_id, "gazette", at))
        database.write(
            lambda c, at=at, counts=counts, error=error, number=number: finish_source(
                c, run_id, "gazette", counts, error, at, pass_id=number
            )
        )
    assert history(database, "filed", "outcome", "error", "started_by", "requests", "bytes") == [
        (3, "ok", None, "schedule", 2, 3_000_000_000),
        (0, "ok", None, "schedule", 2, 3_000_000_000),
        (0, "failed", "down", "schedule", 2, 3_000_000_000),
        (1, "ok", None, "schedule", 2, 3_000_000_000),
    ]
    with database.reading() as connection:
        rows = connection.execute(sa.text("SELECT started_at, filed FROM run_sources")).all()
    assert sum(row.filed for row in rows) == 4


def test_a_pass_says_what_began_it(database, now):
    for kind in ("daemon", "run", "backfill", "plan"):
        run_id = database.write(lambda c, kind=kind: start_run(c, kind, now))
        database.write(lambda c, run_id=run_id: start_source(c, run_id, "gazette", now))
    database.write(lambda c: start_source(c, run_id, "gazette", now, started_by="schedule"))
    began = [by for (by,) in history(database, "started_by")]
    assert began == ["schedule", "command", "backfill", "command", "schedule"]


def test_without_a_number_the_last_pass_of_the_source_is_meant(database, now):
    run_id = begin(database, now, "gazette", "gazette", "herald")
    counts = RunCounts(filed=2)
    database.write(lambda c: finish_source(c, run_id, "gazette", counts, None, now))
    assert history(database, "source", "outcome", "filed") == [
        ("gazette", "running", 0),
        ("gazette", "ok", 2),
        ("herald", "running", 0),
    ]


def test_what_was_under_way_when_its_process_died_is_interrupted_and_the_rest_stays(
    database, now, monkeypatch
):
    run_id = begin(database, now, "gazette", "gazette")
    done = begin(database, now, "gazette")
    database.write(lambda c: finish_source(c, done, "gazette", RunCounts(), None, now))
    number = history(database, "id")[0][0]
    database.write(
        lambda c: finish_source(c, run_id, "gazette", RunCounts(), None, now, pass_id=number)
    )
    monkeypatch.setattr(runs_module, "_PROCESS", "another")
    assert close(database, now + timedelta(hours=1)) == 2
    later = now + timedelta(hours=1)
    assert history(database, "outcome", "finished_at", "requests") == [
        ("ok", now, 0),
        ("interrupted", later, None),
        ("ok", now, 0),
    ]


def test_failures_in_a_row_are_counted_until_a_success(database, now):
    for error, failures in (("down", 1), ("still down", 2), (None, 0)):
        run_id = begin(database, now, "gazette")
        database.write(
            lambda c, run_id=run_id, error=error: finish_source(
                c, run_id, "gazette", RunCounts(), error, now
            )
        )
        (gazette,) = status(database)
        assert (gazette.failures, gazette.last_error) == (failures, error)
    assert (gazette.last_run_at, gazette.last_success_at) == (now, now)


def test_a_source_is_described_by_its_file(database, now):
    said = {"home": "https://gazette.example", "language": "en", "country": "AM", "platform": None}
    for title in ("Gazette", "The Gazette"):
        database.write(
            lambda c, title=title: record_source(c, "gazette", title=title, now=now, **said)
        )
    database.write(lambda c: set_next_due(c, "gazette", now + timedelta(hours=1)))
    (gazette,) = status(database)
    assert (gazette.title, gazette.next_due_at) == ("The Gazette", now + timedelta(hours=1))


def test_a_run_of_a_dead_process_is_closed_at_the_next_start(database, now, monkeypatch):
    run_id = begin(database, now, "gazette")
    assert close(database, now) == 0  # it is ours, and we live
    # As if this process were a new one that was given the number of the dead one.
    monkeypatch.setattr(runs_module, "_PROCESS", "another")
    assert close(database, now) == 1
    assert close(database, now) == 0
    assert states(database) == ["interrupted"]
    with database.reading() as connection:
        part = connection.execute(sa.select(run_sources)).one()
    assert (part.run_id, part.outcome, part.finished_at) == (run_id, "interrupted", now)


def test_a_run_of_another_process_is_closed_only_when_that_is_dead(database, now):
    begin(database, now)
    database.write(lambda c: c.execute(sa.update(runs).values(pid=4_000_000)) and None)
    assert close(database, now, is_alive=lambda pid: pid == 4_000_000) == 0
    assert close(database, now, is_alive=lambda pid: False) == 1


def test_a_run_of_another_machine_is_given_a_day(database, now):
    begin(database, now)
    database.write(lambda c: c.execute(sa.update(runs).values(host="elsewhere")) and None)
    assert close(database, now + timedelta(hours=23), is_alive=lambda pid: False) == 0
    assert close(database, now + timedelta(hours=25)) == 1


def test_what_failed_last_and_how_often_is_known(database, now):
    run_id = begin(database, now, "gazette")
    database.write(lambda c: finish_source(c, run_id, "gazette", RunCounts(), "down", now))
    with database.reading() as connection:
        assert last_failures(connection, "gazette") == (1, None)
        assert last_failures(connection, "unheard of") == (0, None)
