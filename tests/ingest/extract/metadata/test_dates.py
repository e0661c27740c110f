"""When an article was published: as exactly as stated, in any language, never a guess."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.extract import extract_bytes
from ingest.extract.explained_fields import explain_fields, explain_time
from ingest.extract.metadata.times.address import date_of_address
from ingest.extract.metadata.times.choice import choose, modified_time, published_time
from ingest.extract.metadata.times.days import COLUMNS
from ingest.extract.metadata.times.visible_dates import dates_in, visible_time
from ingest.extract.page.html_page import HtmlPage
from storage.article import Article

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TITLE = "The lock keeper of Elsmere"


def published(
    body: str, head: str = "", lang: str = "en", address: str | None = None
) -> str | None:
    page = HtmlPage.parse(
        f'<html lang="{lang}"><head>{head}</head><body><main><h1>{TITLE}</h1>{body}</main></body></html>'
    )
    return published_time(page, None, (), NOW, page.language, address)


@pytest.mark.parametrize(
    ("text", "language", "stated"),
    [
        ("12. März 2024, 10:15 Uhr", "de", "2024-03-12T10:15:00"),
        ("12.03.2024", "de", "2024-03-12"),
        ("12.03.24", "de", "2024-03-12"),
        ("March 12th, 2024 2:05 p.m. EST", "en", "2024-03-12T14:05:00-05:00"),
        ("10:15, 12 March 2024", "en", "2024-03-12T10:15:00"),
        ("le 12 mars 2024 à 10h15", "fr", "2024-03-12T10:15:00"),
        ("12 de março de 2024 às 10:15", "pt", "2024-03-12T10:15:00"),
        ("12 de marzo de 2024", "es", "2024-03-12"),
        ("12 marzo 2024", "it", "2024-03-12"),
        ("12 maart 2024", "nl", "2024-03-12"),
        ("12. mars 2024 kl. 10.15", "no", "2024-03-12T10:15:00"),
        ("12. maaliskuuta 2024", "fi", "2024-03-12"),
        ("12 marca 2024", "pl", "2024-03-12"),
        ("12. listopadu 2024", "cs", "2024-11-12"),
        ("12. listopada 2024", "hr", "2024-10-12"),
        ("2024. március 12. 10:15", "hu", "2024-03-12T10:15:00"),
        ("12 марта 2024, 10:15", "ru", "2024-03-12T10:15:00"),
        ("12 березня 2024", "uk", "2024-03-12"),
        ("12 Μαρτίου 2024", "el", "2024-03-12"),
        ("12 Mart 2024 - 10:15", "tr", "2024-03-12T10:15:00"),
        ("١٢ مارس ٢٠٢٤", "ar", "2024-03-12"),
        ("12 במרץ 2024", "he", "2024-03-12"),
        ("12 मार्च 2024", "hi", "2024-03-12"),
        ("12 มีนาคม 2567", "th", "2024-03-12"),
        ("12/03/2024, 10:15 (GMT+7)", "vi", "2024-03-12T10:15:00+07:00"),
        ("12 Maret 2024", "id", "2024-03-12"),
        ("2024年3月12日 10時15分", "ja", "2024-03-12T10:15:00"),
        ("2024年3月12日", "zh", "2024-03-12"),
        ("2024.03.12 10:15", "ko", "2024-03-12T10:15:00"),
        ("2 days ago", "en", None),
        ("12 March", "en", None),
        ("31.02.2024", "de", None),
        ("call 020 7946 0123", "en", None),
        ("version 1.2.2024.3", "en", None),
    ],
)
def test_visible_dates_in_many_languages(text: str, language: str, stated: str | None) -> None:
    assert visible_time(text, language) == stated


def test_an_unknown_language_takes_only_names_that_mean_one_month() -> None:
    assert visible_time("12 März 2024", None) == "2024-03-12"
    assert visible_time("12 listopad 2024", None) is None


def test_a_line_may_hold_several_dates() -> None:
    found = dates_in("Published on 21 Oct 2025 Updated on 9 Mar 2026", "en")
    assert [date.stated for date in found] == ["2025-10-21", "2026-03-09"]


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("<p>12 November 2026</p>", "2026-11-12"),
        ("<p>By Anna Berg · Nov 12, 2026 at 3:00 am · One comment</p>", "2026-11-12T03:00:00"),
        ("<p>Published 12 November 2026 Updated 15 November 2026</p>", "2026-11-12"),
        ("<p>Updated 15 November 2026</p><p>12 November 2026</p>", "2026-11-12"),
        ("<p>7 min readNov 12, 2026</p>", "2026-11-12"),
        ("<p>Elsmere.</p>" * 30 + "<p>Posted on 12 November 2026</p>", "2026-11-12"),
        ("<p>Updated 15 November 2026</p>", "2026-11-15"),
        ('<time datetime="2026-11-12T08:00:00Z">Thursday</time>', "2026-11-12T08:00:00+00:00"),
        ("<p>12 November 2036</p>", None),
        ("<p>Elsmere.</p>" * 30 + "<p>It was dug before 12 November 1826 by hand.</p>", None),
    ],
)
def test_dates_that_readers_see_stand_in_for_missing_statements(body: str, day: str | None) -> None:
    assert published(body) == day


def test_the_pages_own_statement_comes_before_anything_visible() -> None:
    head = '<meta property="article:published_time" content="2026-11-10T08:00:00+01:00">'
    assert published("<p>12 November 2026</p>", head) == "2026-11-10T08:00:00+01:00"


def test_the_times_of_teasers_are_not_the_articles_own() -> None:
    teasers = "".join(
        f"<div class='cell'><h3><a href='/news/{n}'>Village {n} buys a bridge</a></h3><div><time datetime='2024-03-1{n}'>{n} hours ago</time></div></div>"
        for n in range(3)
    )
    assert published(f"<div>By Ada Lund, March 2, 2024</div>{teasers}") == "2024-03-02"
    own = "<h2><a href='/news/9'>The lock keeper</a></h2><time datetime='2024-03-09'>9 March</time>"
    assert published(f"<div>{own}</div>") == "2024-03-09"


def test_statements_in_words_are_read_too() -> None:
    assert published("", '<meta name="date" content="November 12, 2026">') == "2026-11-12"


def test_a_change_is_not_the_publication_where_the_page_shows_another_day() -> None:
    head = '<meta property="article:modified_time" content="2026-11-15T08:00:00Z">'
    assert published("<p>12 November 2026</p>", head) == "2026-11-12"
    page = HtmlPage.parse(head)
    assert modified_time(page, NOW) == "2026-11-15T08:00:00+00:00"


@pytest.mark.parametrize(
    ("lang", "address", "day"),
    [
        ("en", "https://riverpost.example/lock", "2026-03-04"),
        ("en-GB", "https://riverpost.example/lock", "2026-04-03"),
        ("en", "https://riverpost.co.uk/lock", "2026-04-03"),
        ("fr", "https://riverpost.example/lock", "2026-04-03"),
        ("en", "https://riverpost.example/2026/04/03/lock", "2026-04-03"),
    ],
)
def test_numbers_are_read_as_the_country_writes_them(lang: str, address: str, day: str) -> None:
    assert published("<p>03/04/2026</p>", lang=lang, address=address) == day


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("https://riverpost.example/2026/11/12/lock", "2026-11-12"),
        ("https://riverpost.example/2026/nov/12/lock", "2026-11-12"),
        ("https://riverpost.example/news/2026-11-12-lock.html", "2026-11-12"),
        ("https://riverpost.example/20261112/lock", "2026-11-12"),
        ("https://riverpost.example/2026/11/lock", None),
        ("https://riverpost.example/lock-1826354", None),
        ("https://riverpost.example/99991399/", None),
        ("http://[bad", None),
        (None, None),
    ],
)
def test_an_address_may_carry_the_day(address: str | None, day: str | None) -> None:
    assert date_of_address(address) == day


def test_the_address_is_the_last_resort() -> None:
    address = "https://riverpost.example/2026/11/12/lock"
    assert published("<p>No date here.</p>", address=address) == "2026-11-12"
    assert published("<p>11 November 2026</p>", address=address) == "2026-11-11"


def test_hostile_lines_cost_no_time() -> None:
    start = time.process_time()
    for text in (
        "1" * 300_000,
        "1 " * 100_000,
        "12 März " * 50_000,
        "a1" * 100_000,
        "12/" * 100_000,
    ):
        visible_time(text, "de")
        published(f"<p>{text}</p>" * 3, address="https://riverpost.example/" + text)
    assert time.process_time() - start < 5


PROSE = "<p>The lock keeper of Elsmere opened the upper gates by hand on Monday, as he has done for forty years, while a coal barge waited below in the rain.</p>"
COMMENTS = "<section id='comments' class='comments-area'><ol class='comment-list'>" + "".join(
    f"<li class='comment'><b>Reader {n}</b> <time datetime='2026-11-2{n}T08:00:00+00:00'>2{n} November 2026 at 8:00</time><p>I rowed there as a child, with my aunt, and we turned the crank ourselves.</p></li>"
    for n in range(3)
) + "</ol></section>"  # fmt: skip


def test_a_comments_time_is_nobodys_publication_date() -> None:
    assert published(PROSE * 6 + COMMENTS) is None
    own = "<p class='entry-meta'><span class='posted-on'>14 November 2026</span></p>"
    assert published(own + PROSE * 6 + COMMENTS) == "2026-11-14"


def test_a_link_to_the_comments_beside_the_date_does_not_make_it_theirs() -> None:
    own = "<div id='comments-date'><span>14 November 2026</span> <a href='#c'>3 comments</a></div>"
    assert published(own + PROSE * 6 + COMMENTS) == "2026-11-14"


def test_what_a_text_tells_of_is_not_its_date() -> None:
    told = "<p>On 3 May 1826 the canal company of Elsmere bought the upper meadow from two brothers, who had not spoken to each other for nine years and never did again.</p>"
    assert published(told + PROSE * 6) is None


def test_a_time_of_day_may_stand_on_the_next_line() -> None:
    assert (
        published("<div>28.09.19</div><div>12:44</div>" + PROSE * 4, lang="de")
        == "2019-09-28T12:44:00"
    )


def test_the_articles_own_object_speaks_for_it() -> None:
    def node(title: str, day: str) -> str:
        return f'{{"@type": "NewsArticle", "headline": "{title}", "datePublished": "{day}"}}'

    nodes = [
        node("Village buys a bridge", "2026-11-01T10:00:00+01:00"),
        node(TITLE, "2026-11-12T08:00:00+01:00"),
    ]
    head = "".join(f'<script type="application/ld+json">{each}</script>' for each in nodes)
    shown = "<p>By Ada Lund, 12 November 2026</p>" + PROSE * 4
    assert published(shown, head) == "2026-11-12T08:00:00+01:00"


def test_a_late_evening_is_of_the_day_that_the_page_shows() -> None:
    head = '<meta property="article:published_time" content="2026-11-13T03:28:35+00:00">'
    clock = "<p>Published Nov. 12, 2026, 10:28 p.m. ET</p>" + PROSE * 4
    assert published(clock, head) == "2026-11-12T22:28:35-05:00"
    address = "https://riverpost.example/2026/11/12/lock"
    day = published(PROSE * 4, head, address=address)
    assert day is not None
    assert day.startswith("2026-11-12")
    assert datetime.fromisoformat(day) == datetime(2026, 11, 13, 3, 28, 35, tzinfo=UTC)
    assert published(PROSE * 4, head) == "2026-11-13T03:28:35+00:00"


@pytest.mark.parametrize("zero", ["1970-01-01T00:00:00Z", "0001-01-01", "1900-01-01", "0000-00-00"])
def test_the_zero_of_a_clock_says_nothing(zero: str) -> None:
    head = f'<meta property="article:published_time" content="{zero}">'
    assert published("<p>12 November 2026</p>" + PROSE * 4, head) == "2026-11-12"
    assert published(PROSE * 4, head) is None


def test_a_tag_in_a_meta_element_is_read() -> None:
    head = "<meta name='date' content='<time datetime=&quot;2026-11-12T08:00:00+01:00&quot;>12 Nov</time>'>"
    assert published(PROSE * 4, head) == "2026-11-12T08:00:00+01:00"


def test_a_script_says_it_where_nothing_else_does() -> None:
    script = (
        '<script>window.page = {"title": "x", "publishedAt": "2026-11-12T08:00:00+01:00"}</script>'
    )
    assert published(PROSE * 4, script) == "2026-11-12T08:00:00+01:00"
    assert published("<p>10 November 2026</p>" + PROSE * 4, script) == "2026-11-10"


def test_what_the_endpoint_announced_goes_before_what_is_only_shown() -> None:
    page = HtmlPage.parse(
        f"<html lang='en'><body><h1>{TITLE}</h1><p>12 November 2026</p>{PROSE * 4}</body></html>"
    )
    announced = "2026-11-11T07:00:00+00:00"
    assert published_time(page, announced, (), NOW, "en") == announced
    assert published_time(page, "1970-01-01T00:00:00+00:00", (), NOW, "en") == "2026-11-12"


@pytest.mark.parametrize(
    ("changed", "published_at", "expected"),
    [
        ("2026-11-15T08:00:00Z", "2026-11-12", "2026-11-15T08:00:00+00:00"),
        ("2020-01-15T08:00:00Z", "2026-11-12", None),
        ("2026-11-11T23:00:00Z", "2026-11-12T00:30:00+01:00", "2026-11-11T23:00:00+00:00"),
        ("2036-11-15T08:00:00Z", "2026-11-12", None),
    ],
)
def test_a_change_is_not_days_before_the_publication(
    changed: str, published_at: str, expected: str | None
) -> None:
    page = HtmlPage.parse(f'<meta property="article:modified_time" content="{changed}">')
    assert modified_time(page, NOW, published_at) == expected


def test_an_articles_own_object_may_say_that_it_changed_before() -> None:
    node = '{"@type": "Article", "headline": "x", "datePublished": "2026-11-12", "dateModified": "2020-01-15"}'
    page = HtmlPage.parse(f'<script type="application/ld+json">{node}</script>')
    assert modified_time(page, NOW, "2026-11-12") == "2020-01-15"


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ("<html lang='de-AT'><body>", "de"),
        ("<html xml:lang='fr'><body>", "fr"),
        ("<html><body lang='it'>", "it"),
        ("<html><body><main lang='pl'></main>", "pl"),
        ("<html><body><article xml:lang='cs'></article>", "cs"),
        ("<html lang=''><head><meta property='og:locale' content='pt_BR'></head><body>", "pt"),
        ("<html lang='default'><body>", None),
        ("<html><body>", None),
    ],
)
def test_the_declared_language_is_found_where_pages_declare_it(
    markup: str, language: str | None
) -> None:
    assert HtmlPage.parse(markup).language == language


def test_why_a_day_was_chosen_can_be_said() -> None:
    page = HtmlPage.parse(
        f"<html lang='en'><body><h1>{TITLE}</h1><p>Published 12 November 2026</p>{PROSE * 4}</body></html>"
    )
    chosen = choose(page, NOW, "en", reasons=True)
    assert chosen is not None
    assert (chosen.stated, chosen.where) == ("2026-11-12", "shown: Published 12 November 2026")
    assert 0.5 < chosen.likely <= 1
    assert {name for name, _ in chosen.because} <= set(COLUMNS)


def test_an_explanation_names_the_place_of_the_time() -> None:
    body = f"<html lang='en'><body><h1>{TITLE}</h1><p>Published 12 November 2026</p>{PROSE * 4}</body></html>".encode()
    article = extract_bytes(body, url="https://riverpost.example/lock")
    assert isinstance(article, Article)
    line = explain_time(body, None, article)
    assert line is not None
    assert line.startswith("published 2026-11-12: shown: Published 12 November 2026 (")
    assert explain_time(body, None, replace(article, extractor="text")) is None
    by_hand = explain_time(body, None, replace(article, published_at="2026-11-10"))
    assert by_hand is not None
    assert "selector or the endpoint" in by_hand


def test_an_explanation_names_the_places_of_title_and_authors_too() -> None:
    said = f"<h1>{TITLE}</h1><p>By Anna Berg</p><p>12 November 2026</p>"
    body = f"<html lang='en'><body>{said}{PROSE * 4}</body></html>".encode()
    article = extract_bytes(body, url="https://riverpost.example/lock")
    assert isinstance(article, Article)
    title, authors, published = explain_fields(body, None, article)
    assert title.startswith(f"title: {TITLE} (from h1")
    assert authors.startswith("authors: Anna Berg (from ")
    assert published.startswith("published 2026-11-12: ")
    assert explain_fields(body, None, replace(article, extractor="text")) == ()
