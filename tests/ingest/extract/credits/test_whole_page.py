"""Credits from all parts of a page: the feed, metadata, places, and houses that share a name."""

from __future__ import annotations

import pytest

from ingest.extract import Refusal, extract_bytes
from ingest.extract.credits.page_credits import candidates_on
from ingest.extract.extraction import credits_input
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from sources.link import Link
from storage.article import Credit

URL = "https://www.harbourgazette.example/news/a-bridge-12345"
TEXT = """<p>The council of the small town voted on Monday for a new bridge across the river, after years of
debate about its cost and its place on the bank.</p>
<p>Residents had asked for it since the flood of 2011, when the old one was swept away within hours.</p>
<p>Work is to begin next spring and will take two years, the mayor told the meeting in the town hall.</p>"""


def page(
    *, lang: str = "en", above: str = "", below: str = "", head: str = "", text: str = TEXT
) -> bytes:
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'><title>A bridge for the river</title>"
        f"{head}</head><body><article><h1>A bridge for the river</h1>{above}{text}{below}</article></body></html>"
    ).encode()


def credits_of(body: bytes, url: str = URL) -> tuple[Credit, ...]:
    article = extract_bytes(body, url=url)
    assert not isinstance(article, Refusal)
    return article.credits


def test_a_credit_has_house_spelling_cue_and_probability() -> None:
    [credit] = credits_of(page(text=TEXT.replace("The council", "BERLIN (dpa) - The council", 1)))
    assert (credit.role, credit.name, credit.house) == ("agency", "Deutsche Presse-Agentur", "dpa")
    assert (credit.stated, credit.cue, credit.where) == ("dpa", "dateline", "dateline")
    assert credit.probability is not None
    assert 0.5 < credit.probability <= 1


@pytest.mark.parametrize(
    ("url", "house"),
    [
        ("https://www.hafenblatt.at/news/bruecke-fuer-den-fluss-12345", "apa-at"),
        ("https://www.hafenblatt.az/news/bruecke-fuer-den-fluss-12345", "apa-az"),
    ],
)
def test_of_houses_with_one_name_the_country_of_the_site_tells_which(url: str, house: str) -> None:
    [credit] = credits_of(
        page(text=TEXT.replace("The council", "VIENNA (APA) - The council", 1)), url
    )
    assert credit.house == house


def test_what_the_feed_says_of_authors_and_origin_proposes_credits() -> None:
    link = Link(url=URL, key="k", authors=("OC Media",), origin="Reuters")
    reading = credits_input(HtmlPage.parse(page().decode()), PageContext(url=URL, link=link))
    assert reading is not None
    proposed = {
        (each.candidate.cue, each.candidate.role, each.candidate.name)
        for each in candidates_on(reading).placed
    }
    assert ("feed.source", "agency", "Reuters") in proposed
    assert ("feed.author", "original_publisher", "OC Media") in proposed


def test_a_label_and_the_name_on_the_line_below_it_are_one_credit() -> None:
    below = "<div><p>Source</p><p>Ministry of Transport</p></div>"
    found = credits_of(page(below=f"</article>{below}<article>"))
    assert [(each.role, each.name) for each in found] == [("source", "Ministry of Transport")]
    # The page has no colon, so the evidence has none.
    assert [each.evidence for each in found] == ["Source Ministry of Transport"]


def test_rights_of_the_sites_own_house_credit_nobody() -> None:
    head = "<meta property='og:site_name' content='Harbour Gazette'>"
    below = "</article><footer><p>© 2026 Harbour Gazette Ltd. All rights reserved.</p></footer><article>"
    assert credits_of(page(head=head, below=below)) == ()


def test_a_list_of_works_is_no_credit() -> None:
    below = (
        "<p>Sources: Handbook of Bridges, River Press, 2019; Floods of the North, Hill Books, 2021; "
        "A Century of Ferries, 2003</p>"
    )
    assert credits_of(page(below=below)) == ()


@pytest.mark.parametrize("country", ["at", "az"])
def test_a_mark_is_struck_whichever_of_the_houses_of_its_name_is_meant(country: str) -> None:
    url = f"https://www.hafenblatt.{country}/news/bruecke-fuer-den-fluss-12345"
    article = extract_bytes(page(below="<p>(APA)</p>"), url=url)
    assert not isinstance(article, Refusal)
    assert [credit.house for credit in article.credits] == [f"apa-{country}"]
    assert "(APA)" not in article.text
