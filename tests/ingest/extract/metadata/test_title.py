"""The title of a page: the headline that readers see, without what sites put around it."""

from __future__ import annotations

import json
import time

import pytest

from ingest.extract.metadata.fields import site_names_of
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


def test_a_site_that_is_called_as_the_page_is_does_not_take_its_title_away() -> None:
    text = (
        "<html><head><title>Keeper hands over the crank</title>"
        '<meta name="application-name" content="Keeper hands over the crank"></head>'
        "<body><h1>Keeper hands over the crank</h1></body></html>"
    )
    page = HtmlPage.parse(text)
    names = site_names_of(page, None, "https://www.riverpost.example/news/keeper")
    assert "Keeper hands over the crank" not in names
    assert title_of(page, (), None, names) == "Keeper hands over the crank"


def test_a_site_name_that_is_its_hosts_stays_one_on_its_own_front_page() -> None:
    page = HtmlPage.parse(
        '<title>Riverpost</title><meta property="og:site_name" content="Riverpost"><h1>Riverpost</h1>'
    )
    assert site_names_of(page, None, "https://riverpost.example/")[0] == "Riverpost"


def test_a_copy_in_a_web_archive_is_of_the_site_it_was_copied_from() -> None:
    address = "https://web.archive.org/web/20150101000000/http://www.riverpost.example/keeper"
    assert "riverpost" in site_names_of(HtmlPage.parse("<p>x"), None, address)


def test_the_blogs_name_in_h1_yields_to_the_posts_title() -> None:
    head = "<title>Canal Notes » Blog Archive » Keeper hands over the crank</title>"
    body = (
        '<div id="header"><h1><a href="/">Canal Notes</a></h1></div>'
        '<div class="post"><h2 class="posttitle"><a href="/2026/keeper/" rel="bookmark">Keeper hands over the crank</a></h2>'
        f"<p>{'The keeper of the lock has turned the crank for forty years. ' * 4}</p></div>"
    )
    assert title(head, body) == "Keeper hands over the crank"


def test_markup_in_a_stated_title_is_no_part_of_it() -> None:
    stated = "&lt;b&gt;Keeper&lt;/b&gt; hands over the crank"
    assert title(og(stated)) == "Keeper hands over the crank"


def test_an_announced_title_stands_in_where_the_page_has_none() -> None:
    page = HtmlPage.parse("<p>Only a text.</p>")
    assert title_of(page, (), "Keeper hands over", NAMES) == "Keeper hands over"


def test_of_several_articles_in_json_ld_the_pages_own_is_read() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Baker wins prize",
        "author": {"name": "Tom Reed"},
        "datePublished": "2026-11-01",
        "image": "a.jpg",
        "url": "https://riverpost.example/baker",
    }
    own = {"@type": "NewsArticle", "headline": "Keeper hands over", "author": {"name": "Anna Berg"}}
    for mine, head in (
        (own, ""),
        (
            {**own, "headline": "Elsmere's keeper", "url": "https://riverpost.example/keeper?a=1"},
            '<link rel="canonical" href="https://www.riverpost.example/keeper?a=1">',
        ),
    ):
        script = f'<script type="application/ld+json">{json.dumps([other, mine])}</script>'
        page = HtmlPage.parse(f"<head>{head}{script}</head><h1>Keeper hands over</h1>")
        assert (page.article_node or {})["author"] == {"name": "Anna Berg"}
