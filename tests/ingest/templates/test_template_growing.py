"""A page that a template fits but for an element of its own teaches it that element, and only that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.templates.learning import learn
from ingest.templates.page_reading import learn_template
from ingest.templates.reading_values import Example, Misfit
from ingest.templates.shelf import Shelf
from ingest.templates.teaching.growing import grown
from ingest.templates.teaching.leaves import leaves_of
from storage.article import Article, Block
from tests.ingest.templates.test_templates import (
    NOW,
    address,
    examples,
    generic,
    page_of,
    paragraphs,
    read,
    run,
    sentence,
)


def note(number):
    """An element that is the text's, at a place of its own."""
    return f"<section class='facts'><div>{' '.join(paragraphs(number)[:2])}</div></section>"


def taught():
    """A shelf whose template is believed."""
    shelf = Shelf("herald")
    for number in range(1, 8):
        run(shelf, number)
    assert shelf.kept[0].status == "active"
    return shelf


def test_a_page_teaches_the_template_that_it_does_not_fit_and_the_next_one_fits():
    shelf = taught()
    first = run(shelf, 9, extra=note(59))
    assert first.extractor == "generic"
    second = run(shelf, 10, extra=note(60))
    assert second.extractor == "template:article@2"
    assert "".join(paragraphs(60)[:1])[:60] in second.text
    # What it knew before it still knows, and it goes on being believed.
    plain = run(shelf, 11)
    assert plain.extractor == "template:article@2"
    assert [block.text for block in plain.blocks] == paragraphs(11)
    assert [(kept.label, kept.status) for kept in shelf.kept] == [("article@2", "active")]
    assert [(kept.label, kept.status) for kept in shelf.left] == [("article@1", "dropped")]


def test_what_it_replaced_and_since_when_is_told_as_before():
    """``copydesk status`` says of a site that its pages changed, and when: they have not changed again."""
    shelf = taught()
    (kept,) = shelf.kept
    kept.replaces, kept.made_at = "article-9@4", NOW - timedelta(days=20)
    assert run(shelf, 9, extra=note(59)).extractor == "generic"
    (new,) = shelf.kept
    assert (new.label, new.replaces, new.made_at) == (
        "article@2",
        "article-9@4",
        NOW - timedelta(days=20),
    )


def test_a_site_that_draws_each_page_anew_makes_few_versions():
    shelf = taught()
    for number in range(9, 129):
        name = "".join("abcdefghij"[int(digit)] for digit in str(number))
        box = f"<section class='{name}box'><div>{' '.join(paragraphs(number)[:2])}</div></section>"
        run(shelf, number, extra=box)
    assert max(kept.version for kept in (*shelf.kept, *shelf.left)) <= 12


def test_what_another_article_would_come_of_teaches_nothing():
    template = learn(examples([1, 2, 3]), now=NOW)
    html = page_of(9, extra=note(59))
    about = PageContext(address(9), now=NOW)
    article = generic(html, 9)
    assert grown(HtmlPage.parse(html), article, template, about) is not None
    other = replace(article, title="Another title of the ferry")
    assert grown(HtmlPage.parse(html), other, template, about) is None
    elsewhere = replace(article, blocks=tuple(Block("paragraph", text) for text in paragraphs(44)))
    assert grown(HtmlPage.parse(html), elsewhere, template, about) is None


def test_what_is_left_out_at_a_plain_place_is_believed_when_it_was_seen_twice():
    template = learn(examples([1, 2, 3]), now=NOW)
    about = PageContext(address(9), now=NOW)

    def extra(number):
        return f"<div><div><p>{sentence(number)}</p></div></div>"

    for step, number in enumerate((9, 10)):
        html = page_of(number, extra=extra(number + 50))
        article = generic(html, number)
        without = tuple(b for b in article.blocks if b.text != sentence(number + 50))
        more = grown(HtmlPage.parse(html), replace(article, blocks=without), template, about)
        template = more or template
        found = read(template, 12, extra=extra(62))
        if step == 0:
            assert isinstance(found, Misfit)
    assert [block.text for block in found.blocks] == paragraphs(12)


def test_a_caption_that_begins_as_a_paragraph_does_not_pass_for_text():
    html = page_of(9).replace(
        "<p>", f"<figure><div class='note'>{paragraphs(9)[1]} (Herald)</div></figure><p>", 1
    )
    page = HtmlPage.parse(html)
    article = replace(
        generic(page_of(9), 9), blocks=tuple(Block("paragraph", text) for text in paragraphs(9))
    )
    leaves, _ = leaves_of([article], [[page.tree.css("div.story-body")]], frozenset())
    kept = {path for path, leaf in leaves.items() if leaf.kept}
    assert kept == {">p#"}
    same = html.replace(" (Herald)", "")
    leaves, _ = leaves_of(
        [article], [[HtmlPage.parse(same).tree.css("div.story-body")]], frozenset()
    )
    assert {path for path, leaf in leaves.items() if leaf.kept} == {">p#"}


def test_a_line_that_the_generic_path_kept_on_one_page_of_three_is_the_sites():
    line = "Ada Lund is the author of three books about ferries, harbours and the people who keep them."
    made = []
    for number in (1, 2, 3):
        html = page_of(number, extra=f"<p><em>{line}</em></p>")
        article = generic(html, number)
        blocks = tuple(block for block in article.blocks if block.text != line)
        if number == 2:
            blocks = (*blocks, Block("paragraph", line))
        made.append(Example(html, address(number), replace(article, blocks=blocks)))
    learned = learn_template(made, now=NOW)
    assert learned.template is not None
    found = read(learned.template, 8, extra=f"<p><em>{line}</em></p>")
    assert [block.text for block in found.blocks] == paragraphs(8)
    assert line in {struck.text for struck in found.struck}


@pytest.mark.parametrize("standfirst", ["How the ferry stayed, {}, and who paid for it all", None])
def test_a_standfirst_is_not_looked_for_where_it_was_in_no_page(standfirst):
    """A box that asks for an address has an element called ``dek``: the generic path takes the box out first."""
    box = (
        '<form class="letters"><h2 class="dek">Get the latest from the harbour every week</h2>'
        '<input type="email"></form>'
    )

    def with_box(number):
        html = page_of(number).replace("<footer>", f"{box}<footer>")
        if standfirst is None:
            return html
        said = standfirst.format(WORDS_OF[number])
        html = html.replace("<head>", f'<head><meta name="description" content="{said}">')
        return html.replace("</h1>", f"</h1><p class='under'>{said}</p>")

    made = [Example(with_box(n), address(n), generic(with_box(n), n)) for n in (1, 2, 3)]
    assert {example.article.standfirst for example in made} == {
        standfirst and standfirst.format(WORDS_OF[n]) for n in (1, 2, 3)
    }
    learned = learn_template(made, now=NOW)
    assert learned.template is not None, learned.why
    found = read_page_by(learned.template, with_box(8), 8)
    assert isinstance(found, Article)
    assert found.standfirst == generic(with_box(8), 8).standfirst


WORDS_OF = dict(enumerate("none one two three four five six seven eight".split()))


def read_page_by(template, html, number):
    from ingest.templates.applying import read_by_template

    return read_by_template(HtmlPage.parse(html), template, PageContext(address(number), now=NOW))
