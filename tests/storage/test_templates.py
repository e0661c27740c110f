"""The table of templates: written by several processes, never one name for two templates."""

from dataclasses import replace
from datetime import UTC, datetime

from storage.publishers import ensure_source
from storage.templates import (
    TemplateRow,
    forget_templates,
    save_templates,
    templates_of,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 10, tzinfo=UTC)


def row(version=1, **changes):
    made = TemplateRow(
        source="herald",
        name="article",
        version=version,
        signature="article div.story",
        status="active",
        rules=f'{{"of": {version}}}',
        support=3,
        confidence=0.9,
        checked=4,
        agreed=4,
        applied=10,
        misfits=1,
        made_at=NOW,
    )
    return replace(made, **changes)


def write(database, *news):
    def save(connection):
        ensure_source(connection, "herald", NOW)
        return save_templates(connection, news)

    return database.write(save)


def stored(database):
    with database.reading() as connection:
        return {each.label: each for each in templates_of(connection, "herald")}


def test_what_two_processes_count_is_added_up(database):
    write(database, (row(), None))
    # A daemon and a backfill began with the same row; neither knows what the other counts.
    for applied, misfits in ((100, 2), (30, 0)):
        mine = row(applied=10 + applied, misfits=1 + misfits, last_applied_at=LATER)
        write(database, (mine, row().counts))
    found = stored(database)["article@1"]
    assert (found.applied, found.misfits, found.checked) == (140, 3, 4)
    assert found.last_applied_at == LATER


def test_confidence_is_of_the_process_that_compared(database):
    write(database, (row(), None))
    write(database, (row(confidence=0.5, checked=6, agreed=5, applied=12), row().counts))
    write(database, (row(confidence=0.9, applied=19), row().counts))
    assert stored(database)["article@1"].confidence == 0.5


def test_a_template_that_one_process_doubts_is_not_believed_again_by_another(database):
    write(database, (row(), None))
    doubted = row(status="doubted", reason="differs from the generic path in title")
    write(database, (doubted, doubted.counts))
    write(database, (row(checked=5, agreed=5, applied=11), row().counts))
    found = stored(database)["article@1"]
    assert (found.status, found.reason) == ("doubted", doubted.reason)


def test_a_version_that_another_process_took_is_not_written_over(database):
    assert write(database, (row(2), None)) == [2]
    assert write(database, (row(2, rules='{"of": "another"}'), None)) == [3]
    found = stored(database)
    assert found["article@2"].rules == '{"of": 2}'
    assert found["article@3"].rules == '{"of": "another"}'


def test_what_is_forgotten_keeps_its_name_and_nothing_else(database):
    write(database, (row(1), None), (row(2), None))
    assert database.write(lambda c: forget_templates(c, "herald", "article@1")) == ["article@1"]
    assert database.write(lambda c: forget_templates(c, "herald", "article@x")) == []
    assert database.write(lambda c: forget_templates(c, "herald")) == ["article@2"]
    assert database.write(lambda c: forget_templates(c, "herald")) == []
    assert {(each.status, each.rules) for each in stored(database).values()} == {("forgotten", "")}
    # A daemon that had it on its shelf does not bring it back.
    write(database, (row(2, checked=5, agreed=5, applied=11), row().counts))
    assert stored(database)["article@2"].status == "forgotten"
