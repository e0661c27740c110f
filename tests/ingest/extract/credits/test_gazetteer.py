"""The gazetteer: that its tables hold together, and how a house is found by what a page calls it."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import justext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.gazetteer import House, gazetteer, gazetteer_of, house_key
from ingest.extract.credits.houses.keys import house_keys
from ingest.extract.credits.houses.table import HouseRow, read_houses
from ingest.extract.data import load_lines, tables_in
from sources.address import registrable_domain


@cache
def rows() -> tuple[HouseRow, ...]:
    return tuple(row for name in tables_in("gazetteer") for row in read_houses(load_lines(name)))


def called(row: HouseRow) -> set[str]:
    """Everything that a house is called, as it is looked up: marks as written, names by their key."""
    names = {f"key {key}" for key in house_keys((row.house.name, *row.spellings))}
    return names | {f"mark {mark}" for mark in (*row.marks, *row.weak)}


def test_an_id_is_one_houses_and_well_formed() -> None:
    ids = [row.house.id for row in rows()]
    assert sorted(ids) == sorted(set(ids))
    assert [id for id in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)] == []
    assert all(gazetteer().by_id(row.house.id) == row.house for row in rows())
    assert gazetteer().by_id("no-such-house") is None


def test_countries_languages_and_groups_are_codes() -> None:
    houses = [row.house for row in rows()]
    assert [h for h in houses if not re.fullmatch(r"([A-Z]{2})?", h.country)] == []
    assert [h for h in houses if not re.fullmatch(r"([a-z]{2,3})?", h.language)] == []
    assert [h for h in houses if not re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", h.group)] == []


def test_no_name_leads_to_two_houses_of_one_country_unless_flagged() -> None:
    named = defaultdict(list)
    for row in rows():
        for name in called(row):
            named[row.house.country, name].append(row)
    double = {
        name: [row.house.id for row in sharing]
        for name, sharing in named.items()
        if len(sharing) > 1 and not all(row.same for row in sharing)
    }
    assert double == {}


def test_a_host_is_one_houses_and_could_be_registered() -> None:
    hosts = [host for row in rows() for host in row.house.hosts]
    assert sorted(hosts) == sorted(set(hosts))
    platforms = gazetteer().platforms
    for host in hosts:
        assert re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", host), host
        assert host not in platforms, host
        domain = registrable_domain(host)
        # A host below one that it shares is no house's whole domain.
        assert domain == host or host.endswith(f".{domain}"), host
        assert "." in domain, host


def test_every_spelling_finds_its_house_whole() -> None:
    table = gazetteer()
    for row in rows():
        house = row.house
        for mark in (*row.marks, *row.weak):
            assert table.find(mark, weak=True, country=house.country) == house, mark
        for name in (house.name, *row.spellings):
            assert table.find(name, weak=True, country=house.country) == house, name
            # without its country it is a namesake's at worst
            assert table.find(name, weak=True) is not None, name
        for host in house.hosts:
            assert table.find(host) == table.by_host(host) == house, host


@pytest.mark.parametrize(
    ("name", "country", "language", "id"),
    [
        ("APA", "", "", "apa-at"),
        ("APA", "AZ", "", "apa-az"),
        ("APA", "", "az", "apa-az"),
        ("APA", "AT", "az", "apa-at"),
        ("APA", "SE", "sv", "apa-at"),
    ],
)
def test_of_houses_that_share_a_name_the_nearest_is_meant(
    name: str, country: str, language: str, id: str
) -> None:
    house = gazetteer().find(name, weak=True, country=country, language=language)
    assert house is not None
    assert house.id == id


def test_a_cell_holds_nothing_twice_and_no_stray_blank() -> None:
    for row in rows():
        for cell in (row.house.hosts, row.marks, row.weak, row.spellings):
            assert len(cell) == len(set(cell)), row
            assert all(value == value.strip() and value for value in cell), row


@pytest.mark.parametrize(
    ("host", "id"),
    [
        ("www.spiegel.de", "spiegel"),
        ("abcnews.go.com", "abc-news-us"),
        ("edition.cnn.com", "cnn"),
        ("CNN.com", "cnn"),
    ],
)
def test_a_host_leads_to_the_house_of_which_it_is_a_part(host: str, id: str) -> None:
    house = gazetteer().by_host(host)
    assert house is not None
    assert house.id == id


@pytest.mark.parametrize("host", ["go.com", "example.org", "com", "", "notspiegel.de"])
def test_a_host_that_is_no_houses_leads_nowhere(host: str) -> None:
    assert gazetteer().by_host(host) is None


def test_capitals_count_for_marks_and_not_for_names() -> None:
    table = gazetteer()
    assert table.find("AP") == table.find("ASSOCIATED PRESS") == table.by_id("ap")
    assert table.find("ap") is None
    assert table.find("guardian") is None, "a word in small letters is a word"


def test_quotation_marks_are_no_part_of_a_name() -> None:
    table = gazetteer()
    assert table.find("«Trend»", weak=True) == table.by_id("trend-az")
    assert table.find('"AFP"') == table.by_id("afp")
    assert table.find("„“") is None


def test_whoever_asks_is_told_all_houses_of_a_name_and_all_names_of_a_house() -> None:
    table = gazetteer()
    sharing = table.named("APA")
    assert [house.id for house in sharing] == ["apa-at", "apa-az"]
    assert table.named("No Such House") == ()
    assert {"AFP", "法新社", "afp.com"} <= set(table.names_of(House("afp", "", "agency")))
    assert table.names_of(House("no-such-house", "No Such House", "outlet")) == ()


def test_a_weak_mark_counts_only_where_asked_for() -> None:
    table = gazetteer()
    assert table.find("PA") is None
    assert table.find("PA", weak=True) == table.by_id("pa-media")


def test_a_name_that_means_something_else_too_counts_only_where_it_is_announced() -> None:
    table = gazetteer()
    assert table.find("Time") == table.by_id("time")
    assert table.find("Time", bare=False) is None


def test_of_houses_that_share_a_name_the_one_flagged_first_has_it() -> None:
    lines = ["echo-a\toutlet\tEcho\tAA", "echo-b\toutlet\tEcho\tBB\t\t\t\t\t\tfirst"]
    for table in (gazetteer_of(lines), gazetteer_of(reversed(lines))):
        assert table.find("Echo") == House("echo-b", "Echo", "outlet", "BB")
        assert table.find("Echo", country="AA") == House("echo-a", "Echo", "outlet", "AA")


def test_a_row_is_read_cell_by_cell_and_may_end_early() -> None:
    line = "x-wire\tagency\tX Wire\tXX\ten\tx.example\tXW|xw\tX\tX Wires\tfirst|release\tx-group"
    house = House("x-wire", "X Wire", "agency", "XX", ("x.example",), False, "en", "x-group", True)
    assert list(read_houses([line, "y\toutlet\tY"])) == [
        HouseRow(house, ("XW", "xw"), ("X",), ("X Wires",), True),
        HouseRow(House("y", "Y", "outlet")),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x\toutlet", "an id, a kind, a name"),
        ("x\tmagazine\tX", "'magazine'"),
        ("x\toutlet\tX\t\t\t\t\t\t\tbrittle", "'brittle'"),
        ("\t".join("x outlet X".split() + [""] * 9), "11 cells at most"),
    ],
)
def test_a_row_that_names_no_house_says_why(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(read_houses([line]))


@pytest.mark.parametrize("written", ["The Guardian", "guardian.", "GUARDIAN", "Guardian Inc"])
def test_spellings_that_a_reader_takes_for_one_have_one_key(written: str) -> None:
    assert house_key(written) == "guardian"


@given(st.lists(st.text(max_size=40).filter(lambda text: "\n" not in text), max_size=6))
def test_keys_made_at_once_are_those_made_singly(names: list[str]) -> None:
    assert house_keys(names) == [house_key(name) for name in names]


@given(st.text(max_size=80))
def test_a_key_is_its_own_key_and_any_text_can_be_looked_up(text: str) -> None:
    assert house_key(house_key(text)) == house_key(text)
    gazetteer().find(text, weak=True)


def test_no_spelling_that_stands_alone_is_a_common_word_of_its_language() -> None:
    """Such a word is a weak mark, or the name of a house flagged ``bare``: it must be announced."""
    stoplists = {
        language: frozenset(map(house_key, justext.get_stoplist(name)))
        for language, name in _STOPLISTS.items()
    }
    found = set()
    for row in rows():
        house = row.house
        words = stoplists.get(house.language, frozenset()) | stoplists["en"]
        for name in (house.name, *row.spellings):
            stands_alone = not (name == house.name and house.bare) and name not in row.weak
            if stands_alone and house_key(name) in words:
                found.add(name)
    assert found <= _KNOWN_ALL_THE_SAME


#: Common words of their languages that, as names, everybody takes for the house.
_KNOWN_ALL_THE_SAME = {
    "Anadolu",
    "ANTARA",
    "Bernama",
    "L'Équipe",
    "Yle",
    "הארץ",
    "الجزيرة",
    "العربية",
    "المركزية",
}
_STOPLISTS = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ka": "Georgian",
    "kk": "Kazakh",
    "nl": "Dutch",
    "no": "Norwegian_Bokmal",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sr": "Serbian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
}
