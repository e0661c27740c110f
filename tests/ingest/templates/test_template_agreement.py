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
