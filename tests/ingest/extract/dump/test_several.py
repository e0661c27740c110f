"""Two articles in one file."""

from __future__ import annotations

import pytest

from ingest.extract.dump.line import DumpLine
from ingest.extract.dump.lines import lines_of, rows_of
from ingest.extract.dump.several import end_of_first

FERRY = (
    "The ferry at Elmsworth will stop at the mill again, since the harbour office has mended the pier "
    "that the ice broke in February."
)
MARKET = "The market moves to the square behind the church, where there is more room for carts than on the quay."


def lines(*texts: str) -> list[DumpLine]:
    return [DumpLine(text) for text in texts]


@pytest.mark.parametrize("rule", ["----------", "* * *", "=====", "—————", "###"])
@pytest.mark.parametrize("whose", ["By Sam Rowe", "3 November 2026", "Von Sam Rowe"])
def test_a_headline_with_its_own_byline_or_day_below_a_rule_begins_another_article(
    rule: str, whose: str
) -> None:
    dump = lines("The Ferry Sails Again", *[FERRY] * 3, rule, "Market Moves", whose, *[MARKET] * 3)
    assert end_of_first(dump) == 4


def test_a_second_heading_of_the_first_rank_begins_another_article() -> None:
    text = "\n\n".join(
        ["# The Ferry Sails Again", *[FERRY] * 3, "# Market Moves", "*By Sam Rowe*", *[MARKET] * 3]
    )
    dump = lines_of(rows_of(text))
    assert dump[end_of_first(dump)].text == "Market Moves"


@pytest.mark.parametrize(
    "dump",
    [
        lines("The Ferry Sails Again", *[FERRY] * 3, "* * *", *[MARKET] * 3),
        lines("The Ferry Sails Again", *[FERRY] * 3, "-----", "What it costs", *[MARKET] * 3),
        lines("-----", "The Ferry Sails Again", "By Sam Rowe", *[FERRY] * 3),
        lines("The Ferry Sails Again", *[FERRY] * 3, "-----", "Market Moves", "By Sam Rowe"),
    ],
    ids=["break", "heading", "rule above", "teaser below"],
)
def test_what_only_divides_one_text_leaves_it_whole(dump: list[DumpLine]) -> None:
    assert end_of_first(dump) == len(dump)
