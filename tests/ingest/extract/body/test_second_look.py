"""The second look at a block: what became of those around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.body.second_look import SECOND, second_columns
from ingest.extract.page.blocks import PageBlocks, page_blocks
from ingest.extract.page.html_page import HtmlPage

LINE = "The bell of the harbour church was taken down on Thursday because its yoke has rotted."


def page_of(markup: str) -> PageBlocks:
    return page_blocks(HtmlPage.parse(f"<html><body>{markup}</body></html>").tree)


def columns(page: PageBlocks, likely: list[float]) -> list[dict[str, float]]:
    rows = second_columns(page, range(len(page.blocks)), likely)
    return [dict(zip(SECOND, row, strict=True)) for row in rows]


def test_a_block_is_told_what_became_of_its_siblings_and_not_of_itself() -> None:
    page = page_of(f"<div>{f'<p>{LINE}</p>' * 3}</div><div><p class='x'>{LINE}</p></div>")
    found = columns(page, [0.9, 0.1, 0.9, 0.2])
    assert found[1]["likely"] == 0.1
    assert found[1]["likely_siblings"] == pytest.approx(0.9)
    assert found[0]["likely_siblings"] == pytest.approx(0.5)
    assert found[3]["likely_siblings"] == found[3]["likely_path"] == -1.0


def test_a_block_is_told_how_far_the_text_is() -> None:
    page = page_of(f"<p>{LINE}</p>" * 5)
    found = columns(page, [0.1, 0.9, 0.1, 0.1, 0.9])
    assert [row["from_likely"] for row in found[2:]] == [1, 2, 3]
    assert [row["to_likely"] for row in found[:4]] == [1, 3, 2, 1]
    assert found[0]["from_likely"] == 99.0
    assert found[0]["likely+1"] == 0.9
    assert found[0]["likely-1"] == -1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_shares_add_up_whatever_the_likelihoods(likely: list[float]) -> None:
    page = page_of("".join(f"<p>{LINE} Number {n}.</p>" for n in range(len(likely))))
    found = columns(page, likely)
    assert len(found) == len(likely)
    for row in found:
        assert 0 <= row["likely_before"] <= 1
        assert -1e-9 <= row["likely_behind"] <= 1
        assert row["likely_before"] + row["likely_behind"] <= 1 + 1e-9
        assert row["likely_of_best"] <= 1
