"""Who wrote an article: separate clean names, houses marked, nobody where nobody is named."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ingest.extract.metadata.author_names import Author, names_in
from ingest.extract.metadata.authors import credited_authors, raw_bylines
from ingest.extract.metadata.field_source import FieldSource
from ingest.extract.metadata.whence import whence_of
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from sources.source import ExtractRules

OWN = ("The River Post", "riverpost.example")


def page(head: str = "", body: str = "", author: Any = None, **more: Any) -> HtmlPage:
    data = {"@type": "NewsArticle", "headline": "The lock keeper of Elsmere", "author": author}
    script = json.dumps({**data, **more}) if author is not None or more else "{}"
    return HtmlPage.parse(
        f'<html><head><script type="application/ld+json">{script}</script>{head}</head><body>'
        f"<main><h1>The lock keeper of Elsmere</h1>{body}</main></body></html>"
    )


def found(*parts: str, author: Any = None, announced: tuple[str, ...] = ()) -> tuple[str, ...]:
    return names_on(page(*parts, author=author), announced=announced)


def names_on(
    parsed: HtmlPage, selectors: tuple[str, ...] = (), announced: tuple[str, ...] = ()
) -> tuple[str, ...]:
    return tuple(each.name for each in credited_authors(parsed, selectors, announced, OWN))


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Anna Berg", ("Anna Berg",)),
        ("Von Anna Berg und Tom Reed", ("Anna Berg", "Tom Reed")),
        ("Par Anna Berg et Tom Reed", ("Anna Berg", "Tom Reed")),
        ("di Anna Berg", ("Anna Berg",)),
        ("di Anna Berg e Tom Reed", ("Anna Berg", "Tom Reed")),
        ("Автор: Анна Берг", ("Анна Берг",)),
        ("文：王小明", ("王小明",)),
        ("홍길동 기자", ("홍길동",)),
        ("Anna Berg, Tom Reed and Ida Holm", ("Anna Berg", "Tom Reed", "Ida Holm")),
        ("Anna Berg; Tom Reed | Ida Holm", ("Anna Berg", "Tom Reed", "Ida Holm")),
        ("Anna Berg/Tom Reed", ("Anna Berg", "Tom Reed")),
        ("Anna Berg, Senior Political Editor", ("Anna Berg",)),
        ("Anna Berg Lifestyle Writer", ("Anna Berg",)),
        ("Reporter Anna Berg", ("Anna Berg",)),
        ("Anna Berg, Berlin", ("Anna Berg",)),
        ("Anna Berg (abe)", ("Anna Berg",)),
        ("Anna Berg, MD, PhD", ("Anna Berg, MD, PhD",)),
        ("Anna Berg anna@riverpost.example", ("Anna Berg",)),
        ("Ursula von der Aa", ("Ursula von der Aa",)),
        ("De Vries", ("De Vries",)),
        ("abe, tre", ("abe", "tre")),
        ("Institute for Locks and Canals", ("Institute for Locks and Canals",)),
        ("Anna Berg (@annab)", ("Anna Berg",)),
        ("Anna Berg @annab", ("Anna Berg",)),
        ("By Anna Berg and staff", ("Anna Berg",)),
        ("Anna Berg, Reuters", ("Anna Berg", "Reuters")),
        ("記者 山田太郎", ("山田太郎",)),
        ("文/李明", ("李明",)),
        ("本报记者 李明", ("李明",)),
        ("Հեղինակ՝ Աննա Բերգ", ("Աննա Բերգ",)),
        ("ავტორი: ანა ბერგი", ("ანა ბერგი",)),
        ("Συντάκτης: Άννα Μπεργκ", ("Άννα Μπεργκ",)),
        ("بقلم أحمد علي", ("أحمد علي",)),
        ("Text von Anna Berg Illustration von Tom Reed", ("Anna Berg",)),
        ("Anna Berg, Projektleiterin am Kanal", ("Anna Berg",)),
        ("Anna Berg/RP-X", ("Anna Berg",)),
        ("Flinker Reporter", ("Flinker Reporter",)),
        ("Contributors to the Canal Wiki", ("Contributors to the Canal Wiki",)),
        ("Redaktion Schleuse Online", ("Redaktion Schleuse Online",)),
        ("No Author", ()),
        ("Senior Politics Editor", ()),
        ("Rezept von", ()),
        ("Weiterlesen »", ()),
        ("© Anna Berg", ()),
        ("lock_keeper84", ("lock_keeper84",)),
        ("Staff", ()),
        ("Editorial Team", ()),
        ("Staff Writer", ()),
        ("Redaktion", ()),
        ("https://riverpost.example/people/anna", ()),
        ("Image: Getty Images", ()),
        ("", ()),
    ],
)
def test_bylines_become_names(byline: str, names: tuple[str, ...]) -> None:
    assert tuple(author.name for author in names_in([byline])) == names


def test_each_name_is_given_once() -> None:
    (once,) = names_in(["Anna Berg", "anna berg", "By ANNA BERG"])
    assert once.name == "Anna Berg"


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("Anna Berg", False),
        ("dpa", True),
        ("AFP", True),
        ("Associated Press", True),
        ("The River Post", True),
        ("River Post Staff", True),
        ("Redaktion riverpost.example", True),
        ("Ministry of Canals", True),
        ("abe", False),
    ],
)
def test_houses_are_told_from_persons(name: str, organisation: bool) -> None:
    own = frozenset({"the river post"})
    assert names_in([name], own=own) == (Author(name, organisation),)


def test_what_json_ld_calls_an_organisation_is_one() -> None:
    parsed = page(
        author=[{"@type": "Person", "name": "Anna Berg"}, {"@type": "NGO", "name": "Ada"}]
    )
    assert not any(a.organisation for a in credited_authors(parsed, (), (), OWN))
    parsed = page(author={"@type": "NewsMediaOrganization", "name": "Lockwatch"})
    assert credited_authors(parsed, (), (), OWN) == (Author("Lockwatch", organisation=True),)


def test_a_house_is_the_author_only_where_no_person_is_named() -> None:
    own = {"@type": "Organization", "name": "The River Post"}
    assert found(author=own) == ("The River Post",)
    assert found('<meta name="author" content="Anna Berg">', author=own) == ("Anna Berg",)
    assert found("", "<p>By Anna Berg</p>", author=own) == ("Anna Berg",)
    assert found(author=[own, {"@type": "Person", "name": "Anna Berg"}]) == ("Anna Berg",)
    assert found(author=[{"name": "Anna Berg"}, {"name": "dpa"}]) == ("Anna Berg", "dpa")


def test_another_house_comes_before_the_site_itself() -> None:
    head = '<meta name="articleauthor" content="Anadolu Ajansı">'
    own = {"@type": "Organization", "name": "The River Post"}
    assert found(head, author=own) == ("Anadolu Ajansı",)


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="author" content="Anna Berg">',
        '<meta name="parsely-author" content="Anna Berg">',
        '<meta name="dc.creator" content="Anna Berg">',
        '<meta name="citation_author" content="Berg, Anna">',
        '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Anna Berg">',
    ],
)
def test_meta_elements_name_authors(head: str) -> None:
    assert found(head) == ("Anna Berg",)


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="author" href="/a">Anna Berg</a>',
        '<span itemprop="author"><b itemprop="name">Anna Berg</b></span>',
        '<div class="article-byline">By <a href="/a">Anna Berg</a> <span>Chief Reporter</span> <span>12 March 2026</span></div>',
        '<p class="autor">Von Anna Berg</p>',
        '<a href="/authors/anna-berg">Anna Berg</a>',
        "<p>By Anna Berg | 12 March 2026</p>",
        "<p>12 March 2026 · 3 min read · By Anna Berg</p>",
        "<p>Written by</p><p>Anna Berg</p>",
        "<p>Anna Berg</p><p>12 March 2026</p>",
        "<p>The lock is closed on Sundays, as it ever was.</p><p>Text: Anna Berg</p>",
    ],
)
def test_bylines_that_readers_see_are_read(body: str) -> None:
    assert found("", body) == ("Anna Berg",)


@pytest.mark.parametrize(
    "body",
    [
        '<div class="comments"><span class="comment-author">Tom Reed</span></div>',
        '<aside class="related"><a rel="author">Tom Reed</a></aside>',
        '<figure><img src="a.jpg"><figcaption class="author">Photo: Tom Reed</figcaption></figure>',
        "<p>We all stood by the lock and waited for its keeper.</p>",
        '<div class="author-box"><p>5 min read</p></div>',
    ],
)
def test_other_peoples_names_are_not_taken(body: str) -> None:
    assert found("", body) == ()


@pytest.mark.parametrize(
    "body",
    [
        '<div class="post"><p>{}</p><div class="post-footer">Posted by <span itemprop="author"><span itemprop="name">Anna Berg</span></span></div></div>',
        '<article><p>{}</p><footer class="entry-footer">By <a rel="author" href="/a">Anna Berg</a></footer></article>',
        '<article><p>{}</p><div class="footer"><span itemprop="author">Anna Berg</span></div></article>',
    ],
    ids=["Blogspot", "WordPress", "TYPO3"],
)
def test_the_footer_of_a_post_signs_it(body: str) -> None:
    text = "The keeper of the lock has turned the crank for forty years, in every weather. " * 4
    assert found("", body.format(text)) == ("Anna Berg",)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Posted by oz on December 4, 2006", "oz"),
        ("Geschrieben von Cooper am 25.08.2015 22:30", "Cooper"),
        ("Erstellt von Fabian am Dienstag 6. Mai 2014", "Fabian"),
        ("von Redaktion, 24. Januar 2022", "Redaktion"),
    ],
)
def test_a_line_that_says_by_whom_and_when_needs_no_surname(line: str, name: str) -> None:
    text = "The keeper of the lock has turned the crank for forty years, in every weather. " * 4
    assert found("", f"<p>{line}</p><p>{text}</p>") == (name,)


def test_a_newsroom_that_is_named_instead_of_a_person_is_an_organisation() -> None:
    parsed = page("", "", author={"@type": "Person", "name": "Redaktion"})
    assert credited_authors(parsed, (), (), OWN) == (Author("Redaktion", organisation=True),)


def test_nobody_is_made_of_no_author() -> None:
    assert found(author={"@type": "Person", "name": "No Author"}) == ()


def test_a_shorter_list_is_completed_by_what_json_ld_says() -> None:
    head = '<meta name="author" content="Anna Berg">'
    both = [{"@type": "Person", "name": name} for name in ("Anna Berg", "Tom Reed")]
    assert found(head, "<p>By Anna Berg</p>", author=both) == ("Anna Berg", "Tom Reed")


def test_a_mailbox_or_an_address_confirms_a_name_beside_the_headline() -> None:
    body = "<p>Anna Berg</p><p>Sluice Lane</p>"
    assert found('<meta name="author" content="a.berg@riverpost.example">', body) == ("Anna Berg",)
    assert found("", body) == ()


def test_a_longer_list_that_the_page_shows_completes_the_short_one() -> None:
    body = '<div class="bylines"><a rel="author">Tom Reed</a><a rel="author">Anna Berg</a></div>'
    assert found("", body, author={"@type": "Person", "name": "Anna Berg"}) == (
        "Tom Reed",
        "Anna Berg",
    )


def test_ids_of_the_graph_are_looked_up() -> None:
    graph = {
        "@graph": [
            {"@type": "Article", "headline": "The lock keeper", "author": {"@id": "#anna"}},
            {"@type": "Person", "@id": "#anna", "name": "Anna Berg"},
        ]
    }
    text = (
        f'<script type="application/ld+json">{json.dumps(graph)}</script><h1>The lock keeper</h1>'
    )
    assert names_on(HtmlPage.parse(text)) == ("Anna Berg",)


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="field__label">By</div><div class="field__item"><a href="/u/1">Anna Berg</a></div>',
        '<div class="field__label">Author</div><div class="field__items"><div class="field__item">Anna Berg</div></div>',
        '<div class="field__item">By <a href="/u/1">Anna Berg</a></div>',
    ],
    ids=["label By", "label Author", "By in the item"],
)
def test_drupals_footer_above_the_text_holds_the_byline(byline: str) -> None:
    field = f'<div class="field field--name-field-author">{byline}</div>'
    above = f'<h1>The lock keeper</h1><article><footer class="node__meta">{field}</footer><p>Text.</p></article>'
    assert found("", above) == ("Anna Berg",)


def test_the_endpoints_names_stand_in_where_the_page_has_none() -> None:
    assert found(announced=("Anna Berg",)) == ("Anna Berg",)


def test_a_platforms_selector_does_not_bring_in_other_articles_authors() -> None:
    card = '<div class="entry"><div class="meta"><span class="by"><a class="who">{}</a></span></div></div>'
    body = "".join(f"<section>{card.format(name)}</section>" for name in ("Tom Reed", "Ida Holm"))
    parsed = page("", body, author={"@type": "Person", "name": "Anna Berg"})
    assert names_on(parsed, (".by .who",)) == ("Anna Berg",)


def test_uncleaned_bylines_keep_their_agencies() -> None:
    parsed = page('<meta name="author" content="abe/dpa">', author={"name": "Anna Berg mit AFP"})
    assert raw_bylines(parsed)[:2] == ("Anna Berg mit AFP", "abe/dpa")


def test_hostile_bylines_cost_no_time() -> None:
    start = time.process_time()
    for text in ("a@" * 200_000, "A, " * 200_000, "By " * 200_000, "(" * 200_000, "x" * 500_000):
        names_in([text])
        found(f'<meta name="author" content="{text}">', f'<p class="byline">{text}</p>')
    assert time.process_time() - start < 5


def test_where_title_and_authors_stand_is_told() -> None:
    head = '<meta property="og:title" content="The lock keeper of Elsmere">'
    parsed = page(head, "<p>By Anna Berg | 12 March 2026</p>", author={"name": "Anna Berg"})
    fields = FieldSource(parsed, ExtractRules(), PageContext("https://riverpost.example/lock"))
    title, authors = whence_of(fields, fields.title(), ("Anna Berg",))
    assert title.field == "title"
    assert {"h1", "og", "headline"} <= set(title.places)
    assert {"json_ld", "byline"} <= set(authors.places)
    assert str(authors).startswith("authors: Anna Berg (from json_ld, ")
    assert whence_of(fields, "Announced elsewhere", ()) == ()
