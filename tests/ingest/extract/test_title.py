"""The title of a page: the headline that readers see, without what sites put around it."""

from __future__ import annotations

import json
import time

import pytest

from ingest.extract.metadata.title import title_of, titles_of
from ingest.extract.metadata.title_affix import Affixes
from ingest.extract.page.html_page import HtmlPage

NAMES = ("The River Post", "www.riverpost.example", "riverpost")


def title(head: str = "", body: str = "", data: dict[str, object] | None = None) -> str | None:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    text = f"<html><head>{head}{script}</head><body>{body}</body></html>"
    return title_of(HtmlPage.parse(text), (), None, NAMES)


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


@pytest.mark.parametrize(
    "stated",
    [
        "Lock keeper hands over the crank | The River Post",
        "Lock keeper hands over the crank - The River Post",
        "Lock keeper hands over the crank – River Post Online",
        "The River Post: Lock keeper hands over the crank",
        "Lock keeper hands over the crank｜riverpost",
        "Lock keeper hands over the crank | The River Post | 20.11.2026",
    ],
)
def test_the_sites_name_and_the_date_are_no_part_of_it(stated: str) -> None:
    assert title(f"<title>{stated}</title>") == "Lock keeper hands over the crank"


def test_a_section_behind_the_title_is_no_part_of_it() -> None:
    head = (
        "<title>Lock keeper hands over the crank | Region</title>"
        '<meta property="article:section" content="Region">'
    )
    assert title(head) == "Lock keeper hands over the crank"


def test_a_kicker_that_only_begins_like_the_host_stays() -> None:
    head = "<title>River: the lock keeper hands over the crank</title>"
    assert title(head) == "River: the lock keeper hands over the crank"


def test_the_headline_of_the_page_beats_the_title_for_search_engines() -> None:
    head = og("Canal locks 2026: everything on lock keepers")
    body = "<h1>Our lock keepers and what they do all day</h1>"
    found = title(head + "<title>Canal locks 2026: everything on lock keepers</title>", body)
    assert found == "Our lock keepers and what they do all day"


def test_a_heading_that_is_the_site_or_the_section_is_not_the_title() -> None:
    head = og("Lock keeper hands over the crank")
    assert title(head, "<h1>The River Post</h1>") == "Lock keeper hands over the crank"
    assert title(head, "<h1>Region</h1>") == "Lock keeper hands over the crank"


def test_a_kicker_in_the_same_heading_is_left_out_as_elsewhere() -> None:
    head = og("Keeper hands over the crank at last")
    body = "<h1><span>Elsmere Canal</span><span>Keeper hands over the crank at last</span></h1>"
    assert title(head, body) == "Keeper hands over the crank at last"


def test_kicker_and_headline_never_run_together() -> None:
    body = "<h1><span class=k>Elsmere</span><span>: </span><span>Keeper hands over</span></h1>"
    assert title("", body) == "Elsmere: Keeper hands over"
    body = "<h1>Elsmere<span>Keeper hands over the crank</span></h1>"
    assert title("", body) == "Elsmere Keeper hands over the crank"
    assert title("", "<h1>The <b>C</b>anal that nobody dug</h1>") == "The Canal that nobody dug"


def test_newsrooms_word_in_both_places_counts_more_than_the_heading() -> None:
    stated = "Elsmere: Keeper hands over the crank"
    data = {"@type": "NewsArticle", "headline": stated}
    assert title(og(stated), "<h1>Keeper hands over the crank</h1>", data) == stated


def test_a_cut_statement_yields_to_the_whole_one() -> None:
    whole = "The lock keeper of Elsmere hands over the crank that his family has turned for a hundred years"
    data = {"@type": "BlogPosting", "headline": whole[:62]}
    assert title(f"<title>{whole} - The River Post</title>", "", data) == whole
    assert title(og(whole[:57] + "…") + f"<title>{whole}</title>") == whole


def test_capitals_of_a_style_are_undone_where_the_page_says_how() -> None:
    found = title("<title>Keeper of Elsmere | The River Post</title>", "<h1>KEEPER OF ELSMERE</h1>")
    assert found == "Keeper of Elsmere"


def test_entities_that_were_escaped_twice_are_undone() -> None:
    assert title(og("Locks &amp;amp; keepers of Elsmere")) == "Locks & keepers of Elsmere"


def test_every_wording_is_known_for_finding_repetitions() -> None:
    page = HtmlPage.parse(f"{og('One wording of it')}<h1>Another wording of it</h1>")
    assert titles_of(page, "Chosen") == ("Chosen", "One wording of it", "Another wording of it")


def test_a_name_that_is_all_of_the_title_stays() -> None:
    name = "The River Post"
    assert Affixes.of({"the river post"}).strip(name) == name


def test_a_hostile_title_costs_no_time() -> None:
    text = " - a" * 100_000
    start = time.process_time()
    title(f"<title>{text}</title>" + og(text), f"<h1>{text}</h1>")
    assert time.process_time() - start < 2
