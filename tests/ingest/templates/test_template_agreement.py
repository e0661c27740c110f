"""In what two readings of one page are compared: a template is doubted by this."""

from dataclasses import fields, replace

import pytest

from ingest.extract import Refusal
from ingest.templates.agreement import FIELDS, agreement, differences
from storage.article import Article, Block, Credit, Struck

ARTICLE = Article(
    url="https://herald.example/1",
    title="The ferry stays",
    blocks=(Block("paragraph", "The harbour council met and agreed on the new ferry."),),
    standfirst="A council decides",
    authors=("Ada Lund",),
    published_at="2026-11-20",
    modified_at="2026-11-21",
    language="en",
    section="Harbour",
    tags=("ferry",),
    image="https://herald.example/1.jpg",
    credits=(Credit("agency", "dpa", "(dpa)", "tail"),),
)
CHANGED = {
    "text": {"blocks": (Block("paragraph", "Subscribe to our letter about the harbour."),)},
    "title": {"title": "The ferry goes"},
    "standfirst": {"standfirst": "Nobody decides"},
    "authors": {"authors": ("Tom Reed",)},
    "published": {"published_at": None},
    "modified": {"modified_at": "2026-11-22"},
    "language": {"language": "de"},
    "section": {"section": None},
    "tags": {"tags": ()},
    "image": {"image": None},
    "credits": {"credits": ()},
    "kind": {"kind": "opinion"},
}


def test_every_field_that_is_compared_is_tried_here():
    assert set(CHANGED) == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_differs_is_named_and_no_other(name):
    other = replace(ARTICLE, **CHANGED[name])
    assert [each for each, same in agreement(other, ARTICLE).items() if not same] == [name]
    assert differences(other, ARTICLE) == (name,)


@pytest.mark.parametrize(
    "alike",
    [
        {"title": "The Ferry Stays!"},
        {"standfirst": "A council decides."},
        {"credits": (Credit("agency", "dpa", "Quelle: dpa", "head"),)},
        {"struck": (Struck("top of page", "page_anchor"),)},
        {"extractor": "template:article@1"},
        {"url": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_says_the_same_agrees(alike):
    assert differences(replace(ARTICLE, **alike), ARTICLE) == ()


def test_a_standfirst_that_the_generic_path_does_not_see_is_no_fault_of_the_template():
    assert differences(ARTICLE, replace(ARTICLE, standfirst=None)) == ()
    assert differences(replace(ARTICLE, standfirst=None), ARTICLE) == ("standfirst",)


LOST = (
    "The harbour council met again in the evening, and nobody spoke of the price of the old ferry."
)


def test_a_paragraph_that_the_page_states_and_the_generic_path_lost_is_no_fault_of_the_template():
    whole = replace(ARTICLE, blocks=(*ARTICLE.blocks, Block("paragraph", LOST)))
    assert differences(whole, ARTICLE) == ("text",)
    stated = f"{ARTICLE.text}\n\n{LOST}"
    assert differences(whole, ARTICLE, stated=stated) == ()
    # Not the other way round, and not for a line that the page does not state.
    assert differences(ARTICLE, whole, stated=stated) == ("text",)
    chrome = replace(ARTICLE, blocks=(*ARTICLE.blocks, Block("paragraph", LOST[::-1])))
    assert differences(chrome, ARTICLE, stated=stated) == ("text",)


def test_captions_and_lines_of_the_site_count_for_neither():
    caption = replace(ARTICLE, blocks=(*ARTICLE.blocks, Block("caption", LOST)))
    assert differences(caption, ARTICLE) == ()
    line = LOST * 4
    kept = replace(ARTICLE, blocks=(*ARTICLE.blocks, Block("paragraph", line)))
    # What was struck is told shortened.
    struck = replace(ARTICLE, struck=(Struck(line[:200], "site_line"),))
    assert differences(struck, kept) == ()


def test_entries_of_a_live_blog_that_the_template_left_out_are_no_fault_of_it():
    """The generic path keeps some of them on some pages."""
    entries = tuple(Block("paragraph", f"{LOST} It was {hour} o'clock.") for hour in range(9))
    live = replace(
        ARTICLE, kind="live_blog", struck=tuple(Struck(b.text, "template") for b in entries)
    )
    assert differences(live, replace(live, blocks=(*ARTICLE.blocks, *entries[:3]))) == ()
    # What the template has not seen, and what it lacks of the text itself, is.
    unseen = Block("paragraph", LOST[::-1])
    assert differences(live, replace(live, blocks=(*ARTICLE.blocks, unseen))) == ("text",)
    assert differences(live, replace(live, blocks=entries)) == ("text",)
    news = replace(live, kind="article")
    assert differences(news, replace(news, blocks=(*ARTICLE.blocks, *entries[:3]))) == ("text",)


def test_a_page_that_the_generic_path_refuses_is_told_as_that():
    assert differences(ARTICLE, Refusal(ARTICLE.url, "listing", "")) == ("refused",)


def test_a_field_of_an_article_is_compared_unless_it_is_said_not_to_be():
    """Whoever adds a field decides it: what is not named here is compared."""
    compared = {"blocks", "published_at", "modified_at", *FIELDS} - {
        "text",
        "published",
        "modified",
    }
    assert {each.name for each in fields(Article)} - compared == {
        "url",
        "struck",
        "complete",
        "source",
        "extractor",
        "organisations",
        "image_caption",
        "image_credit",
        "publisher",
        "paid",
        "reuse",
        "declared_language",
        "probability",
    }
