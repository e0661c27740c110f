"""Whether an article is opinion, or paid for, by what the page says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.extract.metadata.labels import is_opinion, is_paid
from ingest.extract.page.html_page import HtmlPage

TITLE = "Leave the lock as it is"


def page(
    head: str = "", above: str = "", classes: str = "", title: str = TITLE, **data: Any
) -> HtmlPage:
    script = json.dumps({"@type": "NewsArticle", "headline": title, **data})
    return HtmlPage.parse(
        f'<html><head><script type="application/ld+json">{script}</script>{head}</head><body class="{classes}">'
        f"<nav><a href=/o>Opinion</a><a href=/s>Sponsored</a></nav><main>{above}<h1>{title}</h1>"
        "<p>The lock is closed on Sundays.</p></main></body></html>"
    )


def test_a_plain_article_is_neither() -> None:
    assert not is_opinion(page())
    assert not is_paid(page())


@pytest.mark.parametrize(
    "section",
    ["Opinion", "Meinung", "Kommentar", "Opinión", "Opinião", "Tribunes", "Editoriali", "Opinie", "Debatt", "Ledare",
     "Pääkirjoitus", "Felieton", "Názory", "Komentari / Kolumne", "Vélemény", "Opinii", "Мнения", "Колонки", "Коментари",
     "Απόψεις", "Köşe Yazıları", "رأي", "דעות", "संपादकीय", "社説", "评论", "사설", "Opini"],
)  # fmt: skip
def test_sections_of_opinion_in_many_languages(section: str) -> None:
    assert is_opinion(page(articleSection=section))


def test_types_labels_addresses_and_prefixes_say_opinion() -> None:
    assert is_opinion(page(**{"@type": "OpinionNewsArticle"}))
    assert is_opinion(page(**{"@type": "AnalysisNewsArticle"}))
    assert is_opinion(page('<meta property="article:opinion" content="true">'))
    assert is_opinion(page(above="<span>Kommentar</span>"))
    assert is_opinion(page(title="Opinion | Leave the lock as it is"))
    assert is_opinion(page(), "https://riverpost.example/opinion/lock")
    assert is_opinion(page(), "https://riverpost.example/nuomones/7/lock")
    assert not is_opinion(page(), "https://riverpost.example/news/opinion")


@pytest.mark.parametrize(
    "label",
    ["Sponsored", "Sponsored content", "Advertorial", "Publireportage", "Publirreportaje", "Contenu sponsorisé",
     "Artykuł sponsorowany", "На правах рекламы", "広告記事", "محتوى مدفوع"],
)  # fmt: skip
def test_labels_over_the_headline_say_paid(label: str) -> None:
    assert is_paid(page(above=f"<div>{label}</div>"))


def test_types_sections_and_classes_say_paid() -> None:
    assert is_paid(page(**{"@type": "AdvertiserContentArticle"}))
    assert is_paid(page(sponsor={"@type": "Organization", "name": "Gates Ltd"}))
    assert is_paid(page(articleSection="Anzeige"))
    assert is_paid(page(classes="single category-sponsored-content"))
    assert is_paid(page(), "https://riverpost.example/advertorial/lock")


def test_marks_of_display_ads_and_of_paywalls_do_not_say_paid() -> None:
    assert not is_paid(page(above="<div>Anzeige</div>"))
    assert not is_paid(page('<meta property="article:content_tier" content="locked">'))
    assert not is_paid(page(isAccessibleForFree=False))
    assert not is_paid(page('<meta name="sponsored" content="false">'))
