"""The body decided block by block: blocks, features, model, what it gives."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.body.choice import body_by_json_ld, body_of
from ingest.extract.body.columns import NAMES
from ingest.extract.body.decisions import decide, facts_of
from ingest.extract.body.features import PageFacts, features_of
from ingest.extract.body.model import COLUMNS, model
from ingest.extract.page.blocks import PageBlocks, page_blocks
from ingest.extract.page.class_words import BITS, bits_of
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page.prose import weighted_size
from ingest.extract.page.sums import sums_of
from ingest.extract.trees import Ensemble

PROSE = (
    "The harbour council decided on Monday to move the fish market to the old rope works, because "
    "the quay under it has to be renewed before the winter storms, the harbour master said."
)


def blocks_in(markup: str) -> PageBlocks:
    return page_blocks(HtmlPage.parse(f"<html><body>{markup}</body></html>").tree)


def told(markup: str) -> list[tuple[str, str]]:
    return [(block.type, block.text) for block in blocks_in(markup).blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One <b>bold</b> word</p>", [("paragraph", "One bold word")]),
        ("<p>One</p><h2>Two</h2>", [("paragraph", "One"), ("heading", "Two")]),
        ("<ul><li><p>One</p></li><li>Two</li></ul>", [("list_item", "One"), ("list_item", "Two")]),
        ("<blockquote><p>Said</p></blockquote>", [("quote", "Said")]),
        ("<p>Line<br>break</p>", [("paragraph", "Line\nbreak")]),
        ("<p>One<br><br>Two</p>", [("paragraph", "One"), ("paragraph", "Two")]),
        ("<table><tr><td>A</td><td>1</td></tr></table>", [("table", "A | 1")]),
        ("<table><tr><td><div>A</div></td><td>1</td></tr></table>", [("table", "A | 1")]),
        ("<figure><figcaption>Boats</figcaption></figure>", [("caption", "Boats")]),
        ("<p>Seen</p><p hidden>Not</p><p style='display: none'>Nor</p>", [("paragraph", "Seen")]),
        ("<p>Link<span class='sr-only'> opens a window</span></p>", [("paragraph", "Link")]),
        (
            "<p><span class='caption'>Boats</span>Text</p>",
            [("paragraph", "Boats"), ("paragraph", "Text")],
        ),
        ("<pre>a\n  b</pre>", [("code", "a\n  b")]),
        (
            "<div>Bare text<p>One</p>after it</div>",
            [("paragraph", t) for t in ("Bare text", "One", "after it")],
        ),
    ],
)
def test_blocks_are_what_a_reader_sees(markup: str, expected: list[tuple[str, str]]) -> None:
    assert told(markup) == expected


def test_a_table_that_lays_out_the_page_is_read_by_its_paragraphs() -> None:
    markup = f"<table><tr><td><h1>Title</h1><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>"
    assert [kind for kind, _ in told(markup)] == ["heading", "paragraph", "paragraph"]


def test_links_are_measured() -> None:
    block = blocks_in("<p>Go <a href='/x'>there</a></p>").blocks[0]
    assert (block.linked, block.links) == (5, 1)


@pytest.mark.parametrize(
    ("names", "meaning"),
    [
        ("article-body", "body"),
        ("articleBody", "body"),
        ("post__related-links", "related"),
        ("ShareBar", "share"),
        ("verwandt", "related"),
        ("newsletter-signup", "newsletter"),
        ("wp-caption-text", "caption"),
    ],
)
def test_names_of_classes_tell_what_an_element_holds(names: str, meaning: str) -> None:
    assert bits_of(names) >> BITS.index(meaning) & 1


def test_words_within_words_say_nothing() -> None:
    assert bits_of("shadow badge gradient") == 0


@given(st.text(max_size=200))
def test_any_names_can_be_read(names: str) -> None:
    assert 0 <= bits_of(names) < 1 << len(BITS)


def test_signs_without_blanks_between_words_weigh_three() -> None:
    assert weighted_size("abc") == 3
    assert weighted_size("港町") == 6


def test_the_main_element_is_the_deepest_with_most_of_the_prose() -> None:
    page = blocks_in(
        f"<div><div id='a'><p>{PROSE}</p><p>{PROSE}</p></div><div><p>Menu</p></div></div>"
    )
    assert page.containers[sums_of(page).main].names == "a"


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class='a'>",
                "</div>",
                "<li>",
                "<b>",
                "x ",
                "<tr><td>",
                "<br>",
                "<h1>",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=60)
def test_every_block_has_a_row_or_stands_in_a_menu(parts: list[str]) -> None:
    page = blocks_in("".join(parts))
    numbers, rows = features_of(page, PageFacts(titles=("x",)))
    assert numbers == sorted(set(numbers))
    assert all(len(row) == len(NAMES) for row in rows)
    assert all(math.isfinite(value) for row in rows for value in row)
    assert all(0.0 <= p <= 1.0 for p in model("page").probabilities(rows))


def walked(ensemble: Ensemble, row: list[float]) -> float:
    odds = 0.0
    for root in ensemble.roots.tolist():
        node = root
        while ensemble.left[node] != node:
            goes_left = row[ensemble.feature[node]] <= ensemble.threshold[node]
            node = int(ensemble.left[node] if goes_left else ensemble.right[node])
        odds += float(ensemble.value[node])
    return 1 / (1 + math.exp(-odds))


@pytest.mark.parametrize("name", list(COLUMNS))
def test_all_trees_at_once_say_what_each_says_alone(name: str) -> None:
    ensemble = model(name)
    page = blocks_in(
        f"<article><h1>Fish market</h1><p>{PROSE}</p><p class='share'>Share</p></article>"
    )
    extra = [0.0] * (len(COLUMNS[name]) - len(NAMES))
    rows = [[*row, *extra] for row in features_of(page, PageFacts())[1]]
    assert ensemble.probabilities(rows) == pytest.approx([walked(ensemble, row) for row in rows])


def test_reasons_add_up_to_the_decision() -> None:
    ensemble = model("page")
    _, rows = features_of(blocks_in(f"<article><p>{PROSE}</p></article>"), PageFacts())
    moved = sum(by for _, by in ensemble.reasons(rows[0], most=len(NAMES)))
    start = sum(float(ensemble.value[root]) for root in ensemble.roots)
    assert 1 / (1 + math.exp(-(start + moved))) == pytest.approx(
        ensemble.probabilities(rows[:1])[0], abs=1e-3
    )


def article(extra: str = "", paragraphs: int = 6) -> str:
    text = "".join(f"<p>{PROSE} It was vote number {n} of the day.</p>" for n in range(paragraphs))
    return (
        "<html lang='en'><head><title>Fish market moves</title><meta property='og:type' content='article'></head>"
        "<body><nav><ul><li><a href='/a'>Home</a></li></ul></nav><main><article><h1>Fish market moves</h1>"
        f"<div class='article-body'>{text}{extra}</div></article></main>"
        "<footer><p>Imprint</p></footer></body></html>"
    )


def kept(markup: str) -> list[str]:
    page = HtmlPage.parse(markup)
    return [
        block.text for block in body_of(decide(page, facts_of(page), lambda _doubt: None)).blocks
    ]


def test_the_text_is_kept_and_the_site_is_not() -> None:
    found = kept(article())
    assert len(found) == 6
    assert all(text.startswith("The harbour council") for text in found)


def test_a_link_of_its_own_between_paragraphs_is_no_text() -> None:
    promotion = "<p><a href='/other'>Rope works to become a museum of knots next spring</a></p>"
    assert not any("knots" in text for text in kept(article(promotion + f"<p>{PROSE}</p>")))


def test_the_next_article_of_an_endless_page_is_not_read() -> None:
    body = "".join(f"<p>{PROSE} Number {n}.</p>" for n in range(6))
    other = "".join(
        f"<p>Ferries stop at noon, the company said, because of the fog over the strait, and will not sail again before Friday morning. Note {n}.</p>"
        for n in range(6)
    )
    page = (
        "<html><body><main>"
        f"<article><header><h1>Fish market moves</h1></header><div class='article-body'>{body}</div></article>"
        f"<article><header><h1>No ferries</h1></header><div class='article-body'>{other}</div></article>"
        "</main></body></html>"
    )
    found = kept(page)
    assert len(found) == 6
    assert not any("Ferries" in text for text in found)


@pytest.mark.parametrize("names", ["comments-enabled", "commentOnSelection", "has-related sidebar"])
def test_a_word_of_furniture_around_all_of_the_text_is_none(names: str) -> None:
    plain = article()
    wrapped = plain.replace(
        "<div class='article-body'>", f"<div class='{names}'><div class='text'>"
    )
    assert kept(wrapped.replace("</div></article>", "</div></div></article>")) == kept(plain)


def test_comments_below_a_text_are_no_text() -> None:
    said = "".join(
        f"<li class='comment'><p>I walked there last year and nobody had told me of number {n}, which I find a pity.</p></li>"
        for n in range(4)
    )
    page = article().replace("</main>", f"<ol class='comment-list'>{said}</ol></main>")
    assert kept(page) == kept(article())


def appended(headline: str, below: str = "<p class='byline'>By Ole Vik</p>") -> str:
    other = "".join(
        f"<p>Ferries stop at noon, the company said, because of the fog over the strait. Note {n}.</p>"
        for n in range(4)
    )
    return f"<div class='more'><div class='one'>{headline}{below}<div>{other}</div></div></div>"


@pytest.mark.parametrize(
    "more",
    [
        appended("<h1>No ferries before Friday</h1>"),
        appended("<h1>No ferries before Friday</h1>", "<time class='date'>3 May 2024</time>"),
        f"</article><article>{appended('<h2>No ferries before Friday</h2>')}",
    ],
    ids=["signed", "dated", "an article of its own"],
)
def test_a_story_that_a_theme_appends_is_not_read(more: str) -> None:
    assert kept(article(more)) == kept(article())


def test_a_subheading_set_as_the_headline_is_belongs_to_the_text() -> None:
    further = (
        f"<h1>What the market paid</h1><p>{PROSE} It was dear.</p><p>{PROSE} It was cheap.</p>"
    )
    assert len(kept(article(further))) == 6 + 3


def test_paragraphs_drawn_alike_are_not_dropped_amid_the_text() -> None:
    odd = [
        "It rained.",
        "Nobody came to the quay, and so it went on.",
        "Why there? Because of the rope.",
    ]
    text = "".join(f"<p>{PROSE} It was vote number {n}.</p><p>{odd[n % 3]}</p>" for n in range(9))
    assert len(kept(article(text))) == 6 + 18


def test_the_second_witness_is_heard_only_in_doubt() -> None:
    asked: list[str] = []

    def second(doubt: str) -> str | None:
        asked.append(doubt)
        return None

    page = HtmlPage.parse(article(paragraphs=10))
    decide(page, facts_of(page), second)
    assert not asked
    short = HtmlPage.parse("<html><body><p>Short.</p></body></html>")
    decide(short, facts_of(short), second)
    assert asked == ["whether"]


def test_where_much_is_kept_the_second_witness_is_asked_which_of_it_belongs() -> None:
    asked: list[str] = []

    def second(doubt: str) -> str | None:
        asked.append(doubt)
        return None

    line = "The harbour council moved the fish market to the old quay, and the traders were asked to follow by spring."
    rows = (f"<tr><td>{line} {n}</td><td><a href='/{n}'>{line}</a></td></tr>" for n in range(40))
    page = HtmlPage.parse(f"<html><body><table>{''.join(rows)}</table></body></html>")
    decide(page, facts_of(page), second)
    assert asked == ["which"]


def test_json_ld_stands_in_where_the_page_shows_much_less() -> None:
    text = "\\n\\n".join(f"{PROSE} Part {n}." for n in range(6))
    page = HtmlPage.parse(
        "<html><head><script type='application/ld+json'>"
        f'{{"@type":"NewsArticle","headline":"x","articleBody":"{text}"}}</script></head>'
        f"<body><article><p>{PROSE}</p></article></body></html>"
    )
    shown = body_of(decide(page, facts_of(page), lambda _doubt: None))
    found = body_by_json_ld(page, shown)
    assert found is not None
    assert [block.text[-7:] for block in found.blocks] == [f"Part {n}." for n in range(6)]
    assert body_by_json_ld(page, found) is None
