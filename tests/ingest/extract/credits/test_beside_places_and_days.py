"""Names beside a place, a day or an abbreviation: outlets in datelines, weak marks in a row, lines of a page's head."""

from __future__ import annotations

import pytest

from ingest.extract.credits.bylines import byline
from ingest.extract.credits.datelines import dateline
from ingest.extract.credits.line_sentences import sentences_of
from ingest.extract.credits.sentences import phrases
from ingest.extract.credits.sign_offs import line_mark


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("YEREVAN (Azatutyun.am)—", "Azatutyun"),
        ("ISTANBUL (Agos) – ", "Agos"),
        ("TBILISI (Civil.ge) -- ", "Civil.ge"),
    ],
)
def test_a_dateline_may_name_an_outlet_in_brackets(opening: str, name: str) -> None:
    [found] = dateline(f"{opening}The council voted on Monday for a new bridge across the river.")
    assert (found.role, found.name, found.form) == ("original_publisher", name, "dateline")


@pytest.mark.parametrize(
    "opening",
    [
        "YEREVAN (Agos) is read in many houses of the city, and not only by",
        "Its editor (Agos) – who had written about the bridge for years –",
        "BRIDGES (Part Two) – ",
    ],
)
def test_a_name_in_brackets_is_a_dateline_only_between_a_place_and_a_dash(opening: str) -> None:
    assert dateline(f"{opening} the council voted on Monday.") == []


@pytest.mark.parametrize(
    ("opening", "name"),
    [("Bakı. 14 noyabr. TURAN:", "Turan"), ("Bakı. Trend:", "Trend")],
)
def test_a_mark_that_is_a_word_elsewhere_counts_behind_a_day_or_before_a_colon(
    opening: str, name: str
) -> None:
    [found] = dateline(f"{opening} Bələdiyyə yeni körpünün tikilməsinə səs verib.")
    assert found.name == name


@pytest.mark.parametrize(
    "line",
    [
        "2026-05-03 | Reuters",
        "2026-05-03 08:30 | Reuters",
        "3 May 2026, 10:15 • Reuters",
        "Reuters | 2026-05-03",
    ],
)
def test_a_name_stands_before_the_day_or_behind_it(line: str) -> None:
    assert [found.name for found in byline(line, sure=False)] == ["Reuters"]


def test_words_behind_a_day_without_a_sign_are_no_name() -> None:
    assert byline("3 May 2026 Reuters", sure=False) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Tłum. Maria Nowicka", "Maria Nowicka"),
        ("Пер. Анна Иванова", "Анна Иванова"),
        ("oprac. na podst. PAP", "Polska Agencja Prasowa"),
    ],
)
def test_a_word_cut_short_ends_no_sentence(line: str, name: str) -> None:
    [(sentence, own_line)] = sentences_of(line)
    assert [found.name for found in phrases(sentence, own_line=own_line)] == [name]


@pytest.mark.parametrize("line", ["Fot. Reuters", "사진=연합뉴스", "Photo Reuters"])
def test_a_mark_beside_a_word_for_pictures_is_theirs(line: str) -> None:
    assert line_mark(line, frozenset()) == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            "An diesem Artikel haben Max Steinfeld und Erika Lohmann mitgearbeitet.",
            ["Max Steinfeld", "Erika Lohmann"],
        ),
        ("Aan dit artikel werkte Jan Kuipers mee.", ["Jan Kuipers"]),
        ("Bu habere Ayşe Yılmaz katkıda bulundu.", ["Ayşe Yılmaz"]),
    ],
)
def test_who_helped_may_stand_before_the_verb_that_ends_the_sentence(
    line: str, names: list[str]
) -> None:
    found = phrases(line, own_line=True)
    assert [(each.role, each.name) for each in found] == [("contributor", name) for name in names]
