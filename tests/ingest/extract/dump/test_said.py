"""Who wrote the text of a dump and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.extract.dump.kinds import read_lines
from ingest.extract.dump.line import DumpLine
from ingest.extract.dump.said import Place, authors_said, times_said

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SENTENCE = (
    "The ferry at Elmsworth will stop at the mill again, since the harbour office has mended the pier "
    "that the ice broke in February."
)


def dump(*head: str, tail: tuple[str, ...] = ()) -> tuple[list[DumpLine], Place]:
    lines = [DumpLine(text) for text in ("The Ferry Sails Again", *head, *[SENTENCE] * 4, *tail)]
    return lines, Place(0, len(head) + 1, len(head) + 4)


def authors(*head: str, tail: tuple[str, ...] = ()) -> list[str]:
    lines, place = dump(*head, tail=tail)
    return [a.name for a in authors_said(lines, read_lines(lines), place, frozenset())[0]]


def times(*head: str, language: str = "en") -> tuple[str | None, str | None]:
    lines, place = dump(*head)
    return times_said(lines, place, language, NOW)[:2]


@pytest.mark.parametrize(
    "head",
    [
        ("By Odile Marchetti",),
        ("Von Odile Marchetti",),
        ("Par Odile Marchetti",),
        ("Written by", "Odile Marchetti"),
        ("Writer: Odile Marchetti", "Odile Marchetti", "Nov 2, 2026"),
        ("By Odile Marchetti | Nov 2, 2026 | 3 min read",),
        ("Nov 2, 2026 by Odile Marchetti",),
        ("Odile Marchetti", "2 November 2026"),
        ("Odile Marchetti · 2 November 2026",),
        ("Posted on November 2, 2026 by Odile Marchetti",),
        ("News", "2 November 2026", "Odile Marchetti"),
    ],
)
def test_the_author_is_read_however_a_site_writes_it(head: tuple[str, ...]) -> None:
    assert authors(*head) == ["Odile Marchetti"]


def test_several_authors_are_read() -> None:
    assert authors("By Odile Marchetti and Sam Rowe") == ["Odile Marchetti", "Sam Rowe"]


def test_an_author_named_below_the_text_is_read() -> None:
    assert authors("2 November 2026", tail=("Author: Odile Marchetti",)) == ["Odile Marchetti"]


@pytest.mark.parametrize("head", [("News",), ("Elmsworth",), ("Share this",), ()])
def test_a_label_is_no_author(head: tuple[str, ...]) -> None:
    assert authors(*head) == []


@pytest.mark.parametrize(
    ("head", "language", "published", "modified"),
    [
        (("2 November 2026",), "en", "2026-11-02", None),
        (("Published: Nov 2, 2026", "Updated: Nov 3, 2026"), "en", "2026-11-02", "2026-11-03"),
        (("Updated: Nov 3, 2026", "Nov 2, 2026"), "en", "2026-11-02", "2026-11-03"),
        (("Veröffentlicht am 2. November 2026, 10:15 Uhr",), "de", "2026-11-02T10:15:00", None),
        (("Published", "Nov 2, 2026"), "en", "2026-11-02", None),
        (("2026年11月2日",), "ja", "2026-11-02", None),
        (("14 ноября 2026, 10:32",), "ru", "2026-11-14T10:32:00", None),
        (("Last updated on Nov 3, 2026",), "en", "2026-11-03", None),
    ],
)
def test_the_day_is_read_with_what_is_said_of_it(
    head: tuple[str, ...], language: str, published: str, modified: str | None
) -> None:
    assert times(*head, language=language) == (published, modified)


def test_a_day_to_come_is_none() -> None:
    assert times("2 November 2027") == (None, None)


def test_a_day_within_a_paragraph_is_not_the_texts() -> None:
    lines = [
        DumpLine("The Ferry Sails Again"),
        DumpLine(f"{SENTENCE} On 3 May 2025 it sank, and nobody wondered why."),
    ]
    assert times_said(lines, Place(0, 1, 1), "en", NOW)[0] is None
