"""Templates: learned from a few pages, honest about what does not fit, bounded."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import extract_page
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.applying import read_by_template
from ingest.templates.element_names import stable_names
from ingest.templates.kept import KeptTemplate
from ingest.templates.learning import NotLearned, learn, signature_of
from ingest.templates.page_reading import learn_packed, learn_template, read_page
from ingest.templates.reading_values import Candidate, Example, Misfit
from ingest.templates.shelf import MOST_GROUPS, Shelf
from ingest.templates.template import Template
from sources.page import Page
from storage.article import Article

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WORDS = "ferry harbour council orchard bridge teacher valley engine lantern quarry market winter".split()


def sentence(number):
    picked = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 5, 7, 2)]
    return f"The {picked[0]} of the {picked[1]} met the {picked[2]} near {picked[3]} {number} times, and the {picked[4]} stayed."


def paragraphs(number):
    return [" ".join(sentence(number * 31 + part * 7 + n) for n in range(4)) for part in range(6)]


def page_of(number, *, design="old", extra="", text=None):
    title = f"Report number {number} about the {WORDS[number % len(WORDS)]}"
    body = "".join(f"<p>{part}</p>" for part in (paragraphs(number) if text is None else text))
    data = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": f"2026-10-{number % 28 + 1:02}T08:00:00+00:00",
            "author": {"@type": "Person", "name": f"Ada {WORDS[number % len(WORDS)].capitalize()}"},
        }
    )
    promo = f'<div class="promo"><p>Read more: story {number * 17} of our archive</p></div>'
    inner = {
        "old": f'<main><article><h1>{title}</h1><div class="story-body css-{number}x1">{body}{promo}{extra}</div></article></main>',
        "new": f'<div id="root"><section class="page"><h1>{title}</h1><section class="prose-text">{promo}{extra}{body}</section></section></div>',
    }[design]
    return (
        f'<html lang="en"><head><title>{title}</title><meta property="og:type" content="article">'
        f'<script type="application/ld+json">{data}</script></head><body><nav><a href="/">Home</a></nav>'
        f"{inner}<footer><p>All rights reserved by the Herald</p></footer></body></html>"
    )


def address(number):
    return f"https://herald.example/{number}"


def generic(html, number):
    found = extract_page(html, PageContext(address(number), now=NOW))
    assert isinstance(found, Article)
    return found


def examples(numbers, **design):
    made = [(number, page_of(number, **design)) for number in numbers]
    return [Example(html, address(number), generic(html, number)) for number, html in made]


def read(template, number, **design):
    html = page_of(number, **design)
    return read_by_template(HtmlPage.parse(html), template, PageContext(address(number), now=NOW))


@pytest.fixture(scope="module")
def template():
    return learn(examples([1, 2, 3]), now=NOW)


@pytest.mark.parametrize("number", [7, 8, 20])
def test_what_three_pages_taught_reads_the_next_as_the_generic_path_does(template, number):
    found = read(template, number)
    wanted = generic(page_of(number), number)
    assert [block.text for block in found.blocks] == paragraphs(number)
    assert (found.title, found.authors, found.published_at) == (
        wanted.title,
        wanted.authors,
        wanted.published_at,
    )


def test_pages_that_teach_again_do_not_make_it_forget_the_ones_before():
    def box(number):
        return f"<div class='ticker'><div class='moment'>{sentence(number)}</div></div>"

    def note(number):
        return (
            f"<div class='facts'><div class='fact'>{' '.join(paragraphs(number)[:2])}</div></div>"
        )

    first = learn(
        [
            Example(html, address(n), generic(html, n))
            for n in (1, 2, 3)
            for html in [page_of(n, extra=box(n + 50))]
        ],
        now=NOW,
    )
    later = [
        Example(html, address(n), generic(html, n))
        for n in (4, 5, 6)
        for html in [page_of(n, extra=note(n + 50))]
    ]
    assert isinstance(read(learn(later, now=NOW), 8, extra=box(58)), Misfit)
    refined = learn(later, now=NOW, known=first)
    assert refined.support == 6
    for extra in (box(58), note(58), box(58) + note(58), ""):
        found = read(refined, 8, extra=extra)
        assert isinstance(found, Article), extra
        assert ("".join(paragraphs(58)[:2])[:80] in found.text) == ("fact" in extra)
        assert [block.text for block in found.blocks][:6] == paragraphs(8)
        assert len(found.blocks) == 6 + ("fact" in extra)


def promo(number):
    return f"<p><strong>Read more: {sentence(number)}</strong></p>"


def test_a_bold_question_is_no_promo_though_all_bold_lines_before_were():
    made = [(n, page_of(n, extra=promo(n + 70))) for n in (1, 2, 3, 4)]
    found = []
    for number, html in made:
        article = generic(html, number)
        blocks = tuple(b for b in article.blocks if not b.text.startswith("Read more"))
        found.append(Example(html, address(number), replace(article, blocks=blocks)))
    template = learn(found, now=NOW)
    question = "<p><strong>And how did the council of the harbour come to vote for it?</strong></p>"
    read_again = read(template, 8, extra=promo(78) + question)
    assert isinstance(read_again, Article)
    assert [b.text for b in read_again.blocks][:6] == paragraphs(8)
    assert any("how did the council" in b.text for b in read_again.blocks)
    assert not any("Read more" in b.text for b in read_again.blocks)


def test_a_rule_that_newer_pages_speak_against_is_not_kept():
    first = learn(examples([1, 2, 3]), now=NOW)
    assert first.fields["title"].origin == "json_ld"
    made = []
    for number in (4, 5, 6):
        html = page_of(number).replace('"headline": "Report', '"headline": "A report')
        made.append(Example(html, address(number), generic(page_of(number), number)))
    assert learn(made, now=NOW, known=first).fields["title"].origin != "json_ld"


def test_two_pages_teach_nothing():
    with pytest.raises(NotLearned, match="takes 3"):
        learn(examples([1, 2]), now=NOW)


def test_another_design_does_not_fit(template):
    found = read(template, 9, design="new")
    assert isinstance(found, Misfit)
    assert found.reason == "no_place"


def test_a_block_at_a_place_never_seen_does_not_fit(template):
    found = read(
        template, 9, extra=f"<section class='strange'><div>{sentence(99) * 3}</div></section>"
    )
    assert isinstance(found, Misfit)
    assert found.reason == "unknown_blocks"


def test_an_empty_body_does_not_fit(template):
    assert isinstance(read(template, 9, text=[]), Misfit)


def test_the_same_text_everywhere_teaches_nothing():
    text = paragraphs(5)
    made = [(n, page_of(n, text=text)) for n in (1, 2, 3)]
    learned = learn_template(
        [Example(html, address(n), generic(html, n)) for n, html in made], now=NOW
    )
    assert learned.template is None
    assert learned.why


def test_a_template_is_the_same_after_being_written_down(template):
    assert Template.of_json(template.as_json()) == template
    with pytest.raises(ValueError, match="another release"):
        Template.of_json(json.dumps({"format": 0}))


@given(st.text(max_size=80))
def test_names_that_last_have_no_digits(names):
    assert not any(char.isdigit() for name in stable_names(names) for char in name)


def run(shelf, number, **design):
    """One page through the shelf, as a run does it; what was filed."""
    html = page_of(number, **design)
    page = Page(
        requested_url=address(number),
        url=address(number),
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=html.encode(),
        fetched_at=NOW,
    )
    reading = read_page(page.body, PageContext.of(page), shelf.candidates(), learns=True)
    signature = shelf.note(reading, page, None, NOW)
    if signature is not None:
        shelf.learned(signature, learn_packed(shelf.examples(signature), now=NOW), NOW)
    return reading.found


def test_a_site_that_changes_its_design_is_filed_right_and_learned_within_twenty_pages():
    shelf = Shelf("herald")
    made_by = []
    for number in range(1, 41):
        found = run(shelf, number, design="old" if number <= 20 else "new")
        assert [block.text for block in found.blocks] == paragraphs(number), number
        made_by.append(found.extractor)
    assert made_by[19] == "template:article@1"
    assert made_by[39] == "template:article-2@1"
    new = next(kept for kept in shelf.kept if kept.label == "article-2@1")
    assert (new.status, new.replaces) == ("active", "article@1")


def test_a_template_that_differs_is_doubted_and_its_article_is_not_filed():
    shelf = Shelf("herald")
    for number in range(1, 10):
        run(shelf, number)
    (kept,) = shelf.kept
    value = json.loads(kept.rules)
    # As if the site had moved its headline: the rule names what is another text now.
    value["fields"]["title"] = {"origin": "select", "key": "footer p", "before": "", "behind": ""}
    kept.rules = json.dumps(value)
    titles = set()
    for number in range(10, 80):
        kept_now = shelf.kept[-1]
        kept_now.tried = -1  # every page is compared
        titles.add(run(shelf, number).title)
        if kept_now.status == "doubted":
            break
    assert shelf.kept[-1].status == "doubted"
    assert "title" in shelf.kept[-1].reason
    assert not any("All rights" in title for title in titles)


def test_a_site_of_ten_thousand_variants_is_bounded():
    shelf = Shelf("hostile")
    html = page_of(1)
    article = generic(html, 1)
    page = Page(address(1), address(1), 200, {"content-type": "text/html"}, html.encode(), NOW)
    from ingest.templates.reading_values import PageReading

    for number in range(10_000):
        shelf.note(
            PageReading(article, signature=f"article div.v{number}", generic=article),
            page,
            None,
            NOW,
        )
    assert shelf.bytes <= MOST_GROUPS * 8 * len(html)
    assert shelf.kept == []


def test_the_signature_is_of_names_that_last():
    one, other = (HtmlPage.parse(page_of(number)) for number in (4, 5))
    assert signature_of(one, generic(page_of(4), 4)) == signature_of(other, generic(page_of(5), 5))
    assert (
        signature_of(one, replace(generic(page_of(4), 4), blocks=generic(page_of(5), 5).blocks))
        is None
    )


def test_rules_of_another_release_are_passed_over():
    kept = KeptTemplate("article", 1, "article div.x", '{"format": 0}', 3, "active", NOW)
    html = page_of(6)
    reading = read_page(
        html.encode(), PageContext(address(6), now=NOW), [Candidate(kept.label, kept.rules)]
    )
    assert reading.template is None
    assert isinstance(reading.found, Article)
