"""Statements at the top of a dump."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.dump.header import read_header


def said(text: str) -> dict[str, tuple[str, ...]]:
    return read_header(text.split("\n"))[0].said


@pytest.mark.parametrize(
    ("header", "title", "author"),
    [
        ("Title: The Ferry\nAuthor: Odile Marchetti", "The Ferry", "Odile Marchetti"),
        ("Titel: Die Fähre\nAutorin: Odile Marchetti", "Die Fähre", "Odile Marchetti"),
        ("Titre : Le bac\nAuteur : Odile Marchetti", "Le bac", "Odile Marchetti"),
        ("Заголовок: Паром\nАвтор: Одиль Маркетти", "Паром", "Одиль Маркетти"),
        ("العنوان: العبارة\nالكاتب: أوديل ماركيتي", "العبارة", "أوديل ماركيتي"),
        ("标题：渡船\n作者：王小明", "渡船", "王小明"),
        ("タイトル：渡し船\n著者：山田花子", "渡し船", "山田花子"),
        ("Վերնագիր՝ Լաստանավը\nՀեղինակ՝ Օդիլ Մարկետի", "Լաստանավը", "Օդիլ Մարկետի"),
        ("**Title:** The Ferry\n**Author:** Odile Marchetti", "The Ferry", "Odile Marchetti"),
    ],
)
def test_a_block_of_statements_is_read_in_any_language(
    header: str, title: str, author: str
) -> None:
    found = said(f"{header}\n\nThe ferry sails again.")
    assert (found["title"], found["author"]) == ((title,), (author,))


def test_what_a_converter_writes_is_read() -> None:
    found, start = read_header(
        "Title: The Ferry: Again\n\nURL Source: https://elmsworth.example/ferry\n\nPublished Time: 2026-03-02T08:00:00Z\n\n"
        "Markdown Content:\n# The Ferry: Again".split("\n")
    )
    assert found.first("title") == "The Ferry: Again"
    assert found.first("url") == "https://elmsworth.example/ferry"
    assert found.first("date") == "2026-03-02T08:00:00Z"
    assert start == 7


def test_front_matter_is_read_and_is_no_text() -> None:
    rows = [
        "---", 'title: "The Ferry"', "author:", "  - Odile Marchetti", "  - Sam Rowe", "date: 2026-03-02", "tags: [river, mill]", "---", "", "The ferry sails again.",
    ]  # fmt: skip
    found, start = read_header(rows)
    assert found.said["author"] == ("Odile Marchetti", "Sam Rowe")
    assert found.said["tags"] == ("river", "mill")
    assert (found.first("title"), found.first("date")) == ("The Ferry", "2026-03-02")
    assert rows[start:] == ["", "The ferry sails again."]


@pytest.mark.parametrize(
    "text",
    [
        "By Odile Marchetti\nThe ferry sails again.",
        "Source: Elmsworth Courier\n\nThe ferry sails again.",
        "Date: 2 March 2026\n\nThe ferry sails again.",
        "The miller: I paid for the rope.\nThe boatman: I carried it.",
        "Text: Odile Marchetti",
        "---\nThe ferry sails again.\n---",
        "",
    ],
)
def test_what_is_no_block_of_statements_is_left_to_the_text(text: str) -> None:
    assert read_header(text.split("\n"))[1] == 0


@given(st.lists(st.text("Title:Aubr -+=[]\"'\n", max_size=30), max_size=12))
def test_any_rows_are_read(rows: list[str]) -> None:
    found, start = read_header(rows)
    assert 0 <= start <= len(rows)
    assert bool(start) == bool(found.rows)
