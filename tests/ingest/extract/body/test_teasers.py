"""Announcements of other articles, repeated sentences and boxes around a text are not the text."""

from __future__ import annotations

import pytest

from ingest.extract import Refusal, extract_page
from ingest.extract.body.teasers import teaser_blocks
from ingest.extract.page.blocks import page_blocks
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from storage.article import Article

PLACES = ("harbour", "weir", "ropewalk", "tannery", "lighthouse", "granary", "smithy", "mill")
SENTENCES = tuple(
    f"The {place} of the old town has been empty since the spring flood, and nobody in the council knew what to do with it."
    for place in PLACES
)
PARAGRAPHS = tuple(
    f"{SENTENCES[n]} A buyer from the next valley came on foot to see it, measured the roof and left without a word about the {PLACES[n - 1]}."
    for n in range(6)
)
HEAD = (
    "<head><title>A roof is measured</title><meta property='og:type' content='article'>"
    "<meta property='article:published_time' content='2026-03-01T10:00:00+00:00'></head>"
)


def teasers(cell: str = "article", count: int = 9) -> str:
    return "".join(
        f"<{cell} class='card'><img src='{n}.jpg' alt=''><h3><a href='/news/{n}'>Village {n} buys a bridge from its neighbour</a></h3>"
        f"<p>The bridge of village {n} will be carried over the hill by hand, as its mayor told the council on Monday evening.</p><span>By Anna Berg</span></{cell}>"
        for n in range(count)
    )


def page(text: str, around: str = "") -> str:
    return f"<html>{HEAD}<body><main><h1>A roof is measured</h1><div class='article-body'>{text}</div>{around}</main></body></html>"


def body() -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def lines(markup: str) -> tuple[str, ...]:
    article = extract_page(markup, PageContext("https://river-post.example/news/roof"))
    assert isinstance(article, Article), article
    return tuple(block.text for block in article.blocks)


def test_teasers_below_a_text_are_not_part_of_it() -> None:
    assert lines(page(body(), f"<section>{teasers()}</section>")) == PARAGRAPHS


@pytest.mark.parametrize(
    "around",
    [
        teasers(),
        teasers()
        + "<section class='comments'><h2>Join in</h2><p>Readers with an account of their own can leave a comment below every article that we print.</p></section>",
        teasers()
        + "<div class='site-footer'><p>The River Post is printed by the River Post Society, seven Mill Lane, and brought to every house of the valley on weekdays before eight.</p></div>",
    ],
    ids=["teasers", "and comments", "and a footer"],
)
def test_a_page_whose_text_is_missing_is_no_article(around: str) -> None:
    found = extract_page(page("", around), PageContext("https://river-post.example/news/roof"))
    assert isinstance(found, Refusal)
    assert found.reason in ("listing", "no_text")


def test_a_page_whose_text_is_missing_is_no_wall_for_its_cookie_bar() -> None:
    bar = "<div class='bar'><p>We use cookies. We value your privacy.</p><button>Accept all cookies</button><a>Cookie settings</a></div>"
    found = extract_page(
        page("", teasers() + bar), PageContext("https://river-post.example/news/roof")
    )
    assert isinstance(found, Refusal)
    assert found.reason in ("listing", "no_text")


def test_linked_headings_of_a_text_are_no_teasers() -> None:
    flat = "".join(
        f"<h3><a href='https://shop.example/{n}'>The lamp with {n} shades of green</a></h3><p>{PARAGRAPHS[n]}</p>"
        for n in range(5)
    )
    parsed = page_blocks(HtmlPage.parse(page(f"<article>{flat}</article>")).tree)
    assert teaser_blocks(parsed) == frozenset()
    assert set(PARAGRAPHS[:5]) <= set(lines(page(f"<article>{flat}</article>")))


@pytest.mark.parametrize(
    "quote",
    [
        "<aside class='pullquote alignright'>{}</aside>",
        "<div class='pq'>{}</div>",
        "<aside class='PullQuote_root__x7'><p>{}</p></aside>",
        "<div class='highlight'><span class='highlight-text'>“{}”</span></div>",
        "<figure class='wp-block-pullquote'><div><p>{}</p></div></figure>",
    ],
)
def test_a_pull_quote_is_told_by_repeating_sentences_whatever_it_is_set_in(quote: str) -> None:
    parts = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    parts.insert(4, quote.format(SENTENCES[2]))
    article = extract_page(page("".join(parts)))
    assert isinstance(article, Article)
    assert tuple(block.text for block in article.blocks) == PARAGRAPHS
    assert "pull_quote" in {struck.reason for struck in article.struck}


def test_a_few_words_return_by_chance() -> None:
    short = "Nobody slept that night."
    text = [*PARAGRAPHS[:3], f"{short} {PARAGRAPHS[3]}", *PARAGRAPHS[4:]]
    parts = [f"<p>{paragraph}</p>" for paragraph in text]
    parts.insert(5, f"<div class='big'>{short}</div>")
    assert short in lines(page("".join(parts)))


def test_a_paragraph_that_repeats_another_stays() -> None:
    parts = [f"<p>{paragraph}</p>" for paragraph in (*PARAGRAPHS[:3], SENTENCES[1], PARAGRAPHS[3])]
    assert SENTENCES[1] in lines(page("".join(parts)))


def test_a_summary_above_the_text_stays() -> None:
    summary = f"<div class='summary-line'>{SENTENCES[2]}</div>"
    assert SENTENCES[2] in lines(page(summary + body()))


def test_a_labelled_link_to_another_story_is_not_glued_to_its_label_and_not_text() -> None:
    row = "<div class='Link_root__x'><span>Read more</span><a href='/news/4'>Village 4 buys a bridge from its neighbour</a></div>"
    blocks = page_blocks(HtmlPage.parse(f"<html><body>{row}</body></html>").tree).blocks
    assert [block.text for block in blocks] == [
        "Read more Village 4 buys a bridge from its neighbour"
    ]
    parts = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    parts.insert(3, row)
    assert lines(page("".join(parts))) == PARAGRAPHS


def test_a_link_behind_an_arrow_is_no_text() -> None:
    parts = [f"<div>{paragraph}</div>" for paragraph in PARAGRAPHS]
    parts.insert(3, "<div>&raquo; <a href='/news/4'>Village 4 buys a bridge</a></div>")
    assert lines(page("".join(parts))) == PARAGRAPHS


def test_the_words_of_a_link_stay_in_their_sentence_whatever_their_span_is_called() -> None:
    linked = PARAGRAPHS[1].replace(
        "the next valley",
        "<a class='article__link' href='/valley'><span class='article__link-text'>the next valley</span></a>",
    )
    parts = [f"<p>{paragraph}</p>" for paragraph in (PARAGRAPHS[0], linked, *PARAGRAPHS[2:])]
    assert lines(page("".join(parts))) == PARAGRAPHS


def test_a_box_for_a_newsletter_is_taken_out_whatever_its_field_is_called() -> None:
    box = "<div class='nlbox'><b>Free newsletter</b><br>All the news of the week, every Friday.<br><input name='m' size='20'><input type='button' value='OK'></div>"
    parts = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    parts.insert(3, box)
    article = extract_page(page("".join(parts)))
    assert isinstance(article, Article)
    assert tuple(block.text for block in article.blocks) == PARAGRAPHS
    assert "sign_up_box" in {struck.reason for struck in article.struck}


def test_a_box_within_a_box_is_taken_out_once() -> None:
    inner = "<div><p>Newsletter</p><input type='email'><input type='text' name='name'><input type='email' name='again'></div>"
    assert lines(page(body() + f"<div><p>Stay in touch</p>{inner * 3}</div>")) == PARAGRAPHS


def test_a_link_that_begins_a_sentence_is_part_of_it_whatever_its_span_is_called():
    html = (
        "<div><p>Die Straße ist gesperrt.</p>"
        '<p><a class="article__link" href="/t/4"><span class="article__link-text">In Tannberg</span>'
        "</a> Feuer und Rauch, sagte die Wehr.</p></div>"
    )
    blocks = page_blocks(HtmlPage.parse(html).tree).blocks
    assert [block.text for block in blocks] == [
        "Die Straße ist gesperrt.",
        "In Tannberg Feuer und Rauch, sagte die Wehr.",
    ]
