"""Which pages a template fits: what an author does between paragraphs, and no more."""

import json

import pytest

from ingest.extract import extract_page
from ingest.extract.page.beside_headline import labels_of
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.applying import read_by_template
from ingest.templates.kept import KeptTemplate
from ingest.templates.learning import learn
from ingest.templates.page_reading import read_page
from ingest.templates.reading_values import Example, Misfit
from ingest.templates.shelf import Shelf
from sources.page import Page
from tests.ingest.templates.test_templates import (
    NOW,
    address,
    examples,
    generic,
    page_of,
    paragraphs,
    read,
    sentence,
)


@pytest.fixture(scope="module")
def template():
    return learn(examples([1, 2, 3]), now=NOW)


def read_html(template, html, number):
    return read_by_template(HtmlPage.parse(html), template, PageContext(address(number), now=NOW))


def with_between(number, markup):
    """A page with ``markup`` between its second and its third paragraph."""
    first = f"<p>{paragraphs(number)[2]}</p>"
    html = page_of(number)
    assert first in html
    return html.replace(first, markup + first)


def test_subheadings_and_lists_between_paragraphs_fit_though_no_page_learned_from_has_any(template):
    html = with_between(
        9,
        "<h3>What the council of the harbour decided on Monday</h3>"
        f"<ul><li>{sentence(71)}</li><li>{sentence(72)}</li></ul>",
    )
    found = read_html(template, html, 9)
    assert [b.text for b in found.blocks] == [b.text for b in generic(html, 9).blocks]
    assert len(found.blocks) == len(paragraphs(9)) + 3


def test_a_list_of_other_stories_below_the_text_does_not_fit(template):
    stories = "".join(f"<h3>Story {n} of the harbour and its ferry engines</h3>" for n in range(6))
    found = read(template, 9, extra=stories)
    assert isinstance(found, Misfit)
    assert found.reason == "unknown_blocks"


def test_what_names_itself_a_caption_or_a_newsletter_box_is_left_out_and_fits(template):
    html = with_between(
        9,
        f'<div class="photo-caption"><p>{sentence(81)}</p></div>'
        f"<aside><p>{sentence(82)}</p></aside>"
        f'<div class="newsletter-box"><div><p>{sentence(83)}</p></div></div>',
    )
    found = read_html(template, html, 9)
    assert [block.text for block in found.blocks] == paragraphs(9)
    assert sentence(82) in {struck.text for struck in found.struck}


def test_an_opinion_is_read_by_the_template_of_news_and_stays_an_opinion(template):
    html = page_of(9).replace(
        '"@type": "NewsArticle"', '"@type": ["NewsArticle", "OpinionNewsArticle"]'
    )
    wanted = extract_page(html, PageContext(address(9), now=NOW))
    found = read_html(template, html, 9)
    assert found.kind == wanted.kind == "opinion"
    assert [block.text for block in found.blocks] == paragraphs(9)


def test_a_live_blog_is_not_of_the_template_of_news(template):
    html = page_of(9).replace('"@type": "NewsArticle"', '"@type": "LiveBlogPosting"')
    assert read_html(template, html, 9) == Misfit("kind", "live_blog")


def test_a_headline_that_says_another_title_is_decided_as_the_generic_path_does(template):
    title = "Report number 9 about the"
    shown = "What the ferry did in winter, and why nobody at the harbour saw it"
    html = page_of(9)
    start = html.index("<h1>")
    html = html[:start] + f"<h1>{shown}" + html[html.index("</h1>", start) :]
    assert title in html
    found = read_html(template, html, 9)
    assert found.title == generic(html, 9).title


def test_a_misfit_leaves_nothing_behind_for_the_generic_path(template):
    html = page_of(9).replace('"@type": "NewsArticle"', '"@type": "LiveBlogPosting"')
    html = html.replace(
        "<nav>", "<nav><p>Opinion</p>" + "<a href='/x'>Another long headline</a>" * 9
    )
    page = HtmlPage.parse(html)
    read_by_template(page, template, PageContext(address(9), now=NOW))
    fresh = HtmlPage.parse(html)
    assert (page.visible_text, page.headline_links, labels_of(page)) == (
        fresh.visible_text,
        fresh.headline_links,
        labels_of(fresh),
    )


@pytest.mark.parametrize(("number", "stays"), [(0, False), (99, True)])
def test_a_stored_template_of_an_older_release_leaves_the_shelf_one_of_a_newer_stays(number, stays):
    kept = KeptTemplate(
        "article", 1, "article div.x", json.dumps({"format": number}), 3, "active", NOW
    )
    shelf = Shelf("herald", [kept])
    html = page_of(6)
    page = Page(address(6), address(6), 200, {"content-type": "text/html"}, html.encode(), NOW)
    reading = read_page(page.body, PageContext.of(page), shelf.candidates())
    shelf.note(reading, page, None, NOW)
    assert (kept in shelf.kept) is stays
    assert (kept.status == "dropped") is not stays
    assert (kept in shelf.left) is not stays


@pytest.mark.parametrize(
    "markup",
    [
        "<p><span class=dropcap>T</span>\n  he harbour was quiet on the day of the vote, they say.</p>",
        "<p>The <ruby>harbour<rp>(</rp><rt>haven</rt><rp>)</rp></ruby> was quiet on the day of the vote.</p>",
        "<p>The har&shy;bour was quiet<sup><a href='#fn1'>1</a></sup> on the day of the vote.<sup>[2]</sup></p>",
        "<p>R&amp;amp;D in the harbour was quiet on the day of the vote&#8203; that they had.</p>",
    ],
)
def test_markup_is_read_by_a_template_as_by_the_generic_path(template, markup):
    html = with_between(9, markup)
    wanted = [block.text for block in generic(html, 9).blocks]
    assert len(wanted) > len(paragraphs(9))
    assert not any(sign in " ".join(wanted) for sign in ("\u00ad", "haven", "[2]", "T he", "&amp;"))
    found = read_html(template, html, 9)
    assert [block.text for block in found.blocks] == wanted


def test_an_answer_that_a_click_opens_is_text_to_a_template_too(template):
    answer = "The harbour pays for all of it, and the sellers for the clock."
    html = with_between(
        9,
        f"<p><button aria-controls=q1>Who pays?</button></p><div id=q1 hidden><p>{answer}</p></div>",
    )
    assert answer in {block.text for block in read_html(template, html, 9).blocks}


def test_a_closing_note_in_italics_does_not_fit_until_two_pages_had_one(template):
    """Who wrote it, what else to read: the generic path decides, until the template knows."""
    note = f"<p><em>{sentence(91)}</em></p>"
    found = read(template, 9, extra=note)
    assert isinstance(found, Misfit)
    assert found.reason == "unknown_blocks"
    # Within the text the same is the author's.
    between = read_html(template, with_between(9, note), 9)
    assert [block.text for block in between.blocks] == [
        *paragraphs(9)[:2],
        sentence(91),
        *paragraphs(9)[2:],
    ]
    taught = learn(
        [
            Example(html, address(n), generic(html, n))
            for n in (1, 2, 3)
            for html in [page_of(n, extra=f"<p><em>{sentence(n + 80)}</em></p>" if n < 3 else "")]
        ],
        now=NOW,
    )
    assert not isinstance(read(taught, 9, extra=note), Misfit)
