"""A CSV file is opened in spreadsheets, which run what looks like a formula."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.views.export_formats import write_articles
from storage.article import Article, Block
from storage.reading.queries import StoredArticle

AT = datetime(2026, 11, 20, tzinfo=UTC)


def rows(title: str, text: str, *, raw: bool = False) -> dict[str, str]:
    article = Article(
        url="https://paper.example/1",
        title=title,
        blocks=(Block("paragraph", text),),
        source="paper",
    )
    values = dict.fromkeys(StoredArticle.__dataclass_fields__)
    values |= {"id": 1, "article": article, "filed_at": AT, "updated_at": AT, "revision": 1}
    values |= {"addresses": (), "revisions": (), "words": 1}
    stream = io.BytesIO()
    write_articles("csv", [StoredArticle(**values)], stream, raw=raw)  # type: ignore[arg-type]
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode(), newline=""))
    return row


def test_what_a_spreadsheet_would_run_has_an_apostrophe_before_it() -> None:
    for hostile in (
        '=HYPERLINK("http://evil.example","x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "  =1",
        "\t=1",
        "\uff1d1",
    ):
        assert rows(hostile, hostile)["title"] == f"'{hostile}"
        assert rows(hostile, hostile, raw=True)["title"] == hostile


def test_other_texts_are_as_they_are() -> None:
    for text in ("A bridge = a road over water", "'Tis the season", "3 - 2", "Ä"):
        assert rows(text, text)["title"] == text
    assert rows("x", "y")["url"] == "https://paper.example/1"
    assert rows("x", "y")["filed_at"] == "2026-11-20T00:00:00.000000Z"


@given(st.text("'=+-@ \t\nab", min_size=1, max_size=8))
def test_the_apostrophe_can_be_taken_off_again(text: str) -> None:
    cell = rows(text, "y")["title"]
    assert re.sub(r"^'(?='*(?:[\t\r\n]|\s*[=+\-@]))", "", cell) == text
    assert not re.match(r"\s*[=+\-@]", cell)
