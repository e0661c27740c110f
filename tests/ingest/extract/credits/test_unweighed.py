"""What is settled without being weighed is settled as it would be with its weight."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.metadata_candidates import Stated
from ingest.extract.credits.page_credits import CreditInput, candidates_on, read_credits
from ingest.extract.credits.settling import settle
from ingest.extract.credits.weighing import credits_model, key_of
from ingest.extract.page.lines import Line
from storage.article import Block

#: Lines of which each names nobody, the page's own house, or another.
LINES = (
    "The Harbour Post",
    "Source: Reuters",
    "Quelle: The Harbour Post",
    "(dpa)",
    "Additional reporting by Ada Lund",
    "© 2026 The Associated Press. All rights reserved.",
    "BERLIN (AFP) - The ferry did not sail.",
    "Read more",
    "The harbour was closed for two days, and nobody knew why. AFP",
    "By Ada Lund, The Harbour Post",
    "Translated by Jan Roe",
)


@st.composite
def pages(draw: st.DrawFn) -> CreditInput:
    """Pages of ``LINES`` above, in and below a text, by one house."""
    some = st.lists(st.sampled_from(LINES), max_size=3)
    types = st.sampled_from(["paragraph", "caption", "heading", "list_item"])
    blocks = [
        Block(draw(types), text) for text in draw(st.lists(st.sampled_from(LINES), max_size=5))
    ]
    return CreditInput(
        head=tuple(Line(text, False, "", "p") for text in draw(some)),
        blocks=(Block("paragraph", "The ferry lay in the harbour all night."), *blocks),
        tail=tuple(Line(text, False, "", "p") for text in draw(some)),
        byline=tuple(draw(st.lists(st.sampled_from(["Ada Lund", "Reuters"]), max_size=2))),
        site_name="The Harbour Post",
        page_url="https://www.harbourpost.example/ferry",
        stated=(
            Stated("json_ld.publisher", "The Harbour Post"),
            Stated("meta.author", draw(st.sampled_from(["dpa", "The Harbour Post", "Ada Lund"]))),
        ),
    )


@given(pages())
def test_credits_are_those_of_all_candidates_weighed(page: CreditInput) -> None:
    found = candidates_on(page)
    likely = credits_model().probabilities(found.rows)
    sure: dict[tuple[str, str], float] = {}
    for each in settle(found.placed, likely, found.own):
        if each.credited:
            key = (each.candidate.role, key_of(each.candidate.name, each.candidate.house))
            sure[key] = max(sure.get(key, 0.0), each.probability)
    read = read_credits(page)
    assert [each.probability for each in read.credits] == [round(p, 3) for p in sure.values()]
    assert [each.role for each in read.credits] == [role for role, _ in sure]


@given(pages())
def test_a_page_read_again_gives_the_same(page: CreditInput) -> None:
    assert read_credits(page) == read_credits(page)
    assert candidates_on(page) == candidates_on(page)


@pytest.mark.parametrize("place", ["above", "below"])
def test_one_line_is_read_by_its_place(place: str) -> None:
    """Lines are remembered; what they say above a text is not what they say below it."""
    block = Block("paragraph", "The ferry lay in the harbour all night, and the crew slept.")
    line = (Line("examplesite.org", False, "", "p"),)
    page = CreditInput(
        head=line if place == "above" else (),
        blocks=(block,) * 3,
        tail=line if place == "below" else (),
        page_url="https://www.harbourpost.example/ferry",
    )
    roles = [each.candidate.role for each in candidates_on(page).placed]
    assert roles == (["original_publisher"] if place == "above" else ["source"])
