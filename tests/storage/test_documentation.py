"""``docs/database.md`` is the interface; it must name all of it, and its examples must run."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.migrations import HEAD
from storage.schema import metadata, run_sources

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
EXAMPLES = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
TABLES = sorted(metadata.tables)


def documented_columns(table):
    # The first table of a section lists the columns; links has a second one, of states.
    rows = SECTIONS[table].split("| --- |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| `(\w+)` \|", rows, re.M)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented_in_its_order(table):
    assert documented_columns(table) == [column.name for column in metadata.tables[table].columns]


@pytest.mark.parametrize("table", TABLES)
def test_what_may_be_null_is_said_to_be(table):
    for column in metadata.tables[table].columns:
        (said,) = re.findall(rf"^\| `{column.name}` \| ([^|]*) \|", SECTIONS[table], re.M)
        assert ("null" in said) == column.nullable, column.name


def test_the_view_that_was_a_table_keeps_its_columns_and_says_so(database):
    said = re.findall(r"`(\w+)`", SECTIONS["run_sources"].partition("columns")[2])
    with database.reading() as connection:
        found = [column["name"] for column in sa.inspect(connection).get_columns("run_sources")]
        assert sa.inspect(connection).get_view_names() == ["run_sources"]
    assert said == found == list(run_sources.columns.keys())


def test_every_index_is_documented_with_its_reason():
    named = re.findall(r"^\| `(ix_\w+)` \| \w", SECTIONS["Indices"], re.M)
    indices = [index.name for table in metadata.tables.values() for index in table.indexes]
    assert sorted(named) == sorted(indices)


def test_the_revision_is_the_present_one():
    assert f"now `{HEAD}`" in PAGE


def test_every_example_runs(database):
    other = {"sqlite": "-- PostgreSQL", "postgresql": "-- SQLite"}
    ran = 0
    with database.reading() as connection:
        for example in EXAMPLES:
            if not example.startswith(other[connection.dialect.name]):
                connection.exec_driver_sql(example).all()
                ran += 1
    for_others = sum(each.startswith(other[connection.dialect.name]) for each in EXAMPLES)
    assert ran == len(EXAMPLES) - for_others
    assert ran >= 10
