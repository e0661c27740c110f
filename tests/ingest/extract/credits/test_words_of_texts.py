"""The words of a text are the same whether they are found byte by byte or sign by sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.dates import date_in
from ingest.extract.credits.grammar.words import words_in, words_of_any_script
from ingest.extract.credits.line_sentences import sentences_of

#: Texts of the signs that one byte each stands for, and of those among which some have none.
ONE_BYTE = st.text(st.characters(codec="cp1252"), max_size=80)
ANY = st.text(
    st.one_of(
        st.characters(codec="cp1252"),
        st.sampled_from("  \n\t.,;:'’“”„«»–—…·|/-_`´ıİſßµª²™Ａж新한ก\u0301\u200b\u2011\u2028"),
        st.characters(),
    ),
    max_size=40,
)


@given(st.one_of(ONE_BYTE, ANY))
def test_the_short_way_finds_the_same_words(text: str) -> None:
    short, long = words_in(text), words_of_any_script(text)
    assert set(short.every) == set(long.every)
    assert short.opening() == long.opening()
    assert (short.signs, short.turns) == (long.signs, long.turns)


@pytest.mark.parametrize(
    ("text", "every", "opening"),
    [
        ("The gates opened. By Ada Lund", ["the", "gates", "opened", "by", "ada", "lund"], 2),
        ("“Quoted” — it’s late…", ["quoted", "it", "s", "late"], 2),
        ("Crédits : l’Écho | Source", ["crédits", "l", "écho", "source"], 3),
        ("Über Fluß – ÄGYPTEN", ["über", "fluß", "ägypten"], 1),
        ("Источник: ТАСС", ["источник", "тасс"], 2),
    ],
)
def test_words_are_small_and_those_behind_a_sign_may_open_a_sentence(
    text: str, every: list[str], opening: int
) -> None:
    words = words_in(text)
    assert words.every == every
    assert len(words.opening()) == opening


def test_only_texts_in_latin_letters_are_said_to_have_no_others() -> None:
    assert words_in("Crédits : l’Écho").latin
    assert words_in("Plain words only").latin
    assert not words_in("Źródło и source").latin


def test_a_capital_behind_a_small_letter_is_noticed() -> None:
    assert words_in("vonJane Doe").turns
    assert words_in("parÉlise Roe").turns
    assert not words_in("von Jane DOE").turns


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on MonDay and later", "MonDay"),
        ("today and always", None),
        ("PUBLISHED here", "PUBLISHED"),
        ("zuletzt Veröffentlicht", "Veröffentlicht"),
        ("ſtand der Dinge", "ſtand"),
        ("Understanding nothing", None),
        ("Stand: heute", "Stand"),
        ("no word of it", None),
        ("May 3 it was", "May 3"),
    ],
)
def test_what_announces_a_day_is_found_however_it_is_written(text: str, date: str | None) -> None:
    found = date_in(text)
    assert (found.group() if found is not None else None) == date


def test_sentences_end_behind_a_stop_but_not_behind_an_abbreviation() -> None:
    line = "The bridge was closed. St. Anna Street is open! “Why?” she asked。また明日。End"
    assert [sentence for sentence, _ in sentences_of(line)] == [
        "The bridge was closed.",
        "St. Anna Street is open!",
        "“Why?”",
        "she asked。",
        "また明日。",
        "End",
    ]
