"""Which lines are the text, by how likely each is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.dump.decisions import text_of_odds


def shown(odds: list[float]) -> str:
    return "".join("x" if kept else "." for kept in text_of_odds(odds))


def test_likely_lines_are_the_text() -> None:
    assert shown([-3, -3, 2, 3, 2, -3, -3]) == "..xxx.."


def test_a_doubtful_line_amid_the_text_stays_and_a_sure_one_goes() -> None:
    assert shown([3, 3, -0.5, 3, 3]) == "xxxxx"
    assert shown([3, 3, -4, 3, 3]) == "xx.xx"


def test_a_doubtful_line_amid_a_footer_goes() -> None:
    assert shown([3, 3, 3, -3, -3, -3, 0.4, -3, -3]) == "xxx......"


def test_a_paragraph_below_an_advertisement_belongs_to_the_text() -> None:
    assert shown([3, 3, -3, -3, -3, 4, 4, -3]) == "xx...xx."


def test_no_line_is_likely_and_none_is_taken() -> None:
    assert shown([-2, -1, -3]) == "..."
    assert shown([]) == ""


@given(st.lists(st.floats(-20, 20, allow_nan=False), max_size=60))
def test_what_is_taken_begins_and_ends_with_lines_that_are_worth_it(odds: list[float]) -> None:
    kept = text_of_odds(odds)
    assert len(kept) == len(odds)
    numbers = [n for n, taken in enumerate(kept) if taken]
    if numbers:
        assert odds[numbers[0]] > -1e-6
        assert odds[numbers[-1]] > -1e-6
    assert bool(numbers) == any(each > 0 for each in odds) or max(odds) < 1e-6
