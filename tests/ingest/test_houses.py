"""What a person who names a house means, and which house a source is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.gazetteer import gazetteer
from ingest.houses import credited_to, find_house, house_of_address, namesakes, tell_houses
from ingest.pipeline.booking import record_sources
from sources.source import Source
from storage.database import Database
from storage.reading.article_filter import CreditedHouse
from storage.schema import sources

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "house"),
    [
        ("afp", "afp"),
        ("AFP", "afp"),
        ("Afp", "afp"),
        ("agence france presse", "afp"),
        (" Agence France-Presse ", "afp"),
        ("DPA", "dpa"),
        ("reuters", "reuters"),
        ("رويترز", "reuters"),
        ("РЕЙТЕР", "reuters"),
        ("tass.com", "tass"),
        ("https://tass.com/politics/1", "tass"),
        ("the guardian", "guardian"),
        ("guardian", "guardian"),
        ("pa", "pa-media"),
        ("EPDÖ", "epd-at"),
        ("DPA-afx", "dpa-afx"),
    ],
)
def test_a_house_is_found_by_any_of_its_names_whatever_the_capitals(name: str, house: str) -> None:
    found = find_house(name)
    assert found is not None
    assert found.id == house
    assert credited_to(name) == CreditedHouse(house, credited_to(name).names)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["Anna Berg", "Mill Lane Post", "", " ", "100%", ".", "https://", "[::1", "a" * 5000]
)
def test_any_other_name_is_looked_for_as_it_is(name: str) -> None:
    assert find_house(name) is None
    assert credited_to(name) == name


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_house_or_itself(name: str) -> None:
    found = credited_to(name)
    assert found == name or isinstance(found, CreditedHouse)


def test_other_houses_of_a_name_are_told_unless_an_identifier_says_which() -> None:
    for name in ("APA", "apa"):
        meant = find_house(name)
        assert meant is not None
        others = {house.id for house in namesakes(name, meant)}
        assert {meant.id, *others} >= {"apa-at", "apa-az"}
        assert meant.id not in others
    for name in ("apa-az", "apa-at", "Reuters", "tass.com"):
        meant = find_house(name)
        assert meant is not None
        assert namesakes(name, meant) == []


def test_the_names_of_a_house_are_its_own() -> None:
    wanted = credited_to("dpa")
    assert isinstance(wanted, CreditedHouse)
    assert {"Deutsche Presse-Agentur", "dpa"} <= set(wanted.names)
    known = gazetteer()
    others = [known.find(name, weak=True) for name in wanted.names]
    assert {house.id for house in others if house is not None} == {"dpa"}


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("https://www.reuters.com", "reuters"),
        ("http://de.reuters.com/nachrichten", "reuters"),
        ("https://www.notreuters.com", None),
        ("https://reuters.com.example.org", None),
        ("https://www.mill-lane.example", None),
        ("http://127.0.0.1:8000", None),
        ("", None),
        (None, None),
    ],
)
def test_a_source_is_the_house_whose_address_it_has(address: str | None, house: str | None) -> None:
    assert house_of_address(address) == house


def houses(database: Database) -> dict[str, str | None]:
    with database.reading() as connection:
        rows = connection.execute(sa.select(sources.c.name, sources.c.house))
        return {row.name: row.house for row in rows}


def test_sources_are_recorded_with_their_house(tmp_path: Path) -> None:
    wire = Source(name="wire", title="Wire", home="https://www.reuters.com")
    mill = Source(name="mill-lane", title="Mill Lane", home="https://www.mill-lane.example")
    with Database.open(tmp_path / "news.sqlite3") as database:
        database.write(lambda c: record_sources(c, [wire, mill], NOW))
        assert houses(database) == {"wire": "reuters", "mill-lane": None}
        moved = Source(name="wire", title="Wire", home="https://tass.com")
        database.write(lambda c: record_sources(c, [moved], NOW))
        assert houses(database) == {"wire": "tass", "mill-lane": None}


def test_sources_of_an_older_version_are_told_their_house(tmp_path: Path) -> None:
    with Database.open(tmp_path / "news.sqlite3") as database:
        database.write(
            lambda c: c.execute(
                sa.insert(sources),
                [
                    {"name": name, "home": home, "first_seen_at": NOW, "house": house}
                    for name, home, house in (
                        ("wire", "https://www.reuters.com", None),
                        ("mill-lane", "https://www.mill-lane.example", None),
                        ("dump", None, None),
                        ("kept", "https://tass.com", "itar"),
                    )
                ],
            )
        )
        database.write(tell_houses)
        assert houses(database) == {
            "wire": "reuters",
            "mill-lane": None,
            "dump": None,
            "kept": "itar",
        }
