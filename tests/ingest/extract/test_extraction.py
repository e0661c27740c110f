"""What extraction makes of pages: text, metadata, refusals, hostile input."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes, extract_page, extract_text
from ingest.extract.page_context import PageContext
from sources.link import Link
from sources.source import ExtractRules, Source
from storage.article import Article

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://www.river-post.example/2026/11/20/the-lock-keeper"
PARAGRAPHS = (
    "The lock keeper of Elsmere has opened the gates by hand every morning for thirty-one years.",
    "On Friday he will hand the crank to his niece, who grew up in the cottage beside the basin.",
    "The canal trust says that no motor has ever kept the water as level as the family has.",
    "Barges wait in the evening light while children count them from the footbridge above.",
)


def page(**parts: Any) -> str:
    """A page in the markup of a plain CMS; each part may be replaced."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The lock keeper",
        "datePublished": "2026-11-20T08:00:00+01:00",
        "dateModified": "2026-11-20T09:30:00+01:00",
        "author": [{"@type": "Person", "name": "Anna Berg"}, {"@type": "Person", "name": "Tom Reed"}],
        "articleSection": "Region",
        "keywords": "canal, lock",
        "image": {"@type": "ImageObject", "url": "/lock.jpg"},
        "publisher": {"@type": "Organization", "name": "The River Post"},
        **parts.get("data", {}),
    }  # fmt: skip
    script = (
        ""
        if parts.get("bare")
        else f'<script type="application/ld+json">{json.dumps(data)}</script>'
    )
    body = parts.get("body", "".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    return (
        f'<!doctype html><html lang="{parts.get("lang", "en")}"><head><meta charset="utf-8">'
        f"<title>{parts.get('title', 'The lock keeper - The River Post')}</title>"
        f'<meta property="og:site_name" content="The River Post">{script}{parts.get("head", "")}</head>'
        "<body><header><a href=/>The River Post</a><nav><ul><li><a href=/region>Region</a></li>"
        "<li><a href=/sport>Sport</a></li></ul></nav></header>"
        f"<main><article><h1>{parts.get('h1', 'The lock keeper')}</h1>{parts.get('under', '')}"
        f'<div class="text">{body}</div></article>{parts.get("below", "")}</main>'
        "<footer><p>Copyright 2026 The River Post</p></footer></body></html>"
    )


def article(text: str | None = None, **options: Any) -> Article:
    found = extract_page(text if text is not None else page(), PageContext(URL, now=NOW, **options))
    assert isinstance(found, Article), found
    return found


def refusal(body: str | bytes, url: str | None = URL, **options: Any) -> Refusal:
    raw = body.encode() if isinstance(body, str) else body
    found = extract_bytes(raw, url=url, now=NOW, **options)
    assert isinstance(found, Refusal), found
    return found


# Text


def test_the_text_is_the_articles_paragraphs_and_nothing_else() -> None:
    assert article().text == "\n\n".join(PARAGRAPHS)


def test_blocks_keep_their_kind() -> None:
    body = (
        f"<p>{PARAGRAPHS[0]}</p><h2>At the gates</h2><p>{PARAGRAPHS[1]}</p>"
        "<ul><li>The upper gate weighs four tonnes.</li><li>The lower gate weighs five.</li></ul>"
        f"<blockquote><p>We never needed a motor here.</p></blockquote><p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p>"
    )
    types = {block.text: block.type for block in article(page(body=body)).blocks}
    assert types["At the gates"] == "heading"
    assert types["The upper gate weighs four tonnes."] == "list_item"
    assert types["We never needed a motor here."] == "quote"
    assert types[PARAGRAPHS[3]] == "paragraph"


def test_a_source_files_selectors_come_first() -> None:
    source = Source(
        "river-post",
        "https://www.river-post.example",
        "The River Post",
        extract=ExtractRules(title=("h2.real",), body=("div.mine",), remove=(".ad",)),
    )
    mine = "".join(f"<p>Mine: {text}</p>" for text in PARAGRAPHS)
    text = page(
        below=f'<h2 class="real">The real title</h2><div class="mine">{mine}<div class="ad">Buy a boat</div></div>'
    )
    found = article(text, source=source)
    assert found.extractor == "source"
    assert found.title == "The real title"
    assert found.text == "\n\n".join(f"Mine: {text}" for text in PARAGRAPHS)
    assert ("Buy a boat", "removed_element") in {(s.text, s.reason) for s in found.struck}
    assert found.source == "river-post"


def test_a_feeds_full_text_is_taken_only_where_the_page_has_none() -> None:
    content = "".join(f"<p>Feed: {text}</p>" for text in PARAGRAPHS)
    link = Link(URL, key=URL, title="From the feed", content=content)
    assert article(link=link).extractor == "generic"
    shell = "<html><head><title>River Post</title></head><body><div id=root></div><script>draw()</script></body></html>"
    found = article(shell, link=link)
    assert (found.extractor, found.title) == ("feed", "From the feed")
    assert found.text.startswith("Feed: The lock keeper")


# Metadata


def test_metadata_is_what_the_page_says() -> None:
    found = article()
    assert found.url == URL
    assert found.title == "The lock keeper"
    assert found.authors == ("Anna Berg", "Tom Reed")
    assert found.published_at == "2026-11-20T08:00:00+01:00"
    assert found.modified_at == "2026-11-20T09:30:00+01:00"
    assert found.section == "Region"
    assert found.tags == ("canal", "lock")
    assert found.image == "https://www.river-post.example/lock.jpg"
    assert found.language == "en"
    assert found.kind == "article"
    assert found.complete


@pytest.mark.parametrize(
    "title",
    [
        "The lock keeper - The River Post",
        "The lock keeper | The River Post",
        "The River Post | The lock keeper",
        "The lock keeper — River-Post.example | The River Post",
    ],
)
def test_the_sites_name_is_no_part_of_the_title(title: str) -> None:
    assert article(page(bare=True, title=title)).title == "The lock keeper"


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00.000Z", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20 08:00:00 +0400", "2026-11-20T08:00:00+04:00"),
        ("Fri, 20 Nov 2026 08:00:00 GMT", "2026-11-20T08:00:00+00:00"),
        ("20261120", "2026-11-20"),
        ("2036-11-20T08:00:00Z", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_as_precise_as_stated_and_never_from_the_future(
    stated: str, published: str | None
) -> None:
    found = article(page(data={"datePublished": stated, "dateModified": None}))
    if published is None:
        assert found.published_at is None or found.published_at < "2026-11-24"
    else:
        assert found.published_at == published


def test_a_visible_date_is_read_where_nothing_else_says_one() -> None:
    found = article(page(bare=True, under="<p class=date>12 November 2026</p>"))
    assert found.published_at == "2026-11-12"


def test_the_endpoints_time_stands_in_for_a_missing_one() -> None:
    link = Link(URL, key=URL, published="2026-11-19T07:00:00+00:00")
    assert article(page(bare=True), link=link).published_at == "2026-11-19T07:00:00+00:00"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("By Anna Berg", ("Anna Berg",)),
        ("Anna Berg and Tom Reed", ("Anna Berg", "Tom Reed")),
        ("Von Anna Berg", ("Anna Berg",)),
        (["Anna Berg", "Tom Reed"], ("Anna Berg", "Tom Reed")),
        ({"@type": "Person", "name": "Anna Berg, Senior Reporter"}, ("Anna Berg",)),
        ({"@type": "Organization", "name": "The River Post"}, ("The River Post",)),
        ("staff", ()),
        ("anna@river-post.example (Anna Berg)", ("Anna Berg",)),
        ("https://www.river-post.example/people/anna", ()),
    ],
)
def test_authors_are_separate_clean_names(author: Any, names: tuple[str, ...]) -> None:
    assert article(page(data={"author": author})).authors == names


def test_a_canonical_address_of_the_same_house_is_the_articles() -> None:
    link = '<link rel="canonical" href="https://www.river-post.example/lock">'
    assert article(page(head=link)).url == "https://www.river-post.example/lock"


@pytest.mark.parametrize(
    "href",
    [
        "https://www.river-post.example/",
        "https://elsewhere.test/lock",
        "http://[bad",
        "",
        "/{{slug}}",
        "/news/{% url %}",
        "/undefined",
        "/news/null?x=1",
        "/story?id=undefined",
        "/[object Object]",
        "/news/",
        "/author/anna-berg",
        "/2026/11/",
        "https://staging.river-post.example/lock",
        "https://dev2.river-post.example/lock",
        "https://www-test.river-post.example/lock",
    ],
)
def test_a_canonical_address_that_cannot_be_is_not_believed(href: str) -> None:
    assert article(page(head=f'<link rel="canonical" href="{href}">')).url == URL


def test_a_language_that_the_text_contradicts_is_corrected() -> None:
    german = (
        "Der Schleusenwärter von Elsmere öffnet die Tore seit einunddreißig Jahren jeden Morgen von Hand.",
        "Am Freitag übergibt er die Kurbel seiner Nichte, die im Haus neben dem Becken aufgewachsen ist.",
        "Kein Motor habe das Wasser je so eben gehalten wie die Familie, sagt der Verein der Kanalfreunde.",
        "Abends warten die Kähne im letzten Licht, und Kinder zählen sie vom Steg über dem Wasser aus.",
    )
    assert article(page(lang="en", body="".join(f"<p>{t}</p>" for t in german))).language == "de"


@pytest.mark.parametrize(
    ("data", "head", "url", "kind"),
    [
        ({"@type": "LiveBlogPosting"}, "", URL, "live_blog"),
        ({"@type": "OpinionNewsArticle"}, "", URL, "opinion"),
        ({}, "", URL.replace("/2026", "/opinion/2026"), "opinion"),
        ({}, "", URL.replace("/2026", "/gallery/2026"), "gallery"),
        ({}, '<meta property="og:type" content="video.other">', URL, "video"),
    ],
)
def test_the_kind_is_what_the_page_says(data: Any, head: str, url: str, kind: str) -> None:
    found = extract_page(page(data=data, head=head), PageContext(url, now=NOW))
    assert isinstance(found, Article)
    assert found.kind == kind


def test_a_live_blog_is_known_by_the_classes_of_its_template_and_not_by_a_menus() -> None:
    for classes, kind in (("page liveblog-page", "live_blog"), ("page", "article")):
        markup = page().replace(
            "<body>", f'<body class="{classes}"><nav class="liveblog-nav"></nav>'
        )
        assert 'class="liveblog-nav"' in markup
        assert article(markup).kind == kind


def test_the_same_page_gives_the_same_article_saved_or_live_gzipped_or_not() -> None:
    body = page().encode()
    first = extract_bytes(body, url=URL, content_type="text/html; charset=utf-8", now=NOW)
    for again in (body, gzip.compress(body), body):
        assert extract_bytes(again, url=URL, now=NOW) == first


def test_a_paid_teaser_is_marked_incomplete() -> None:
    short = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert not article(page(body=short, data={"isAccessibleForFree": False})).complete


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "The lock keeper", "author": "Anna Berg",}',
        '<!-- {"@type": "NewsArticle", "headline": "The lock keeper", "author": "Anna Berg"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "The lock keeper", "author": "Anna Berg"}\n//]]>',
        '{"@graph": [{"@type": "Organization", "name": "x"}, {"@type": ["NewsArticle"], "headline": "The lock keeper", "author": {"@id": "#a"}}, {"@id": "#a", "@type": "Person", "name": "Anna Berg"}]}',
        '[{"@type": "http://schema.org/NewsArticle", "headline": "The lock\nkeeper", "author": [{"name": "Anna Berg"}]}]',
    ],
    ids=["trailing comma", "comment", "cdata", "graph", "address as type, raw line break"],
)  # fmt: skip
def test_json_ld_is_read_as_sites_write_it(script: str) -> None:
    found = article(page(bare=True, head=f'<script type="application/ld+json">{script}</script>'))
    assert (found.title, found.authors) == ("The lock keeper", ("Anna Berg",))


# Refusals


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Page not found", "error_page"),
        ("404 - The River Post", "error_page"),
        ("Seite nicht gefunden | Rheinbote", "error_page"),
        ("ページが見つかりません", "error_page"),
        ("Страница не найдена", "error_page"),
    ],
)
def test_an_error_page_with_status_200_is_refused(title: str, reason: str) -> None:
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>Sorry. Try the search, or go back to where you came from and tell us.</p></body></html>"
    assert refusal(body).reason == reason


def test_a_story_about_an_error_is_no_error_page() -> None:
    title = "Error in the accounts of the harbour costs the town a million"
    assert article(page(title=title, h1=title, data={"headline": title})).title == title


def test_walls_shells_and_listings_are_refused() -> None:
    cookie = "<html><head><title>Before you continue</title></head><body><p>We use cookies and other technologies. We value your privacy. You may accept all cookies or manage your cookie settings with our partners.</p><button>Accept all cookies</button></body></html>"
    login = "<html><head><title>Log in</title></head><body><form><p>Please sign in to continue reading. Forgot your password? Create a free account to read on.</p></form></body></html>"
    shell = "<html><head><title>River Post</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=x.js></script></body></html>"
    links = "".join(
        f'<li><a href="/s/{n}">The council of village number {n} meets about its bridge again</a></li>'
        for n in range(40)
    )
    listing = f"<html><head><title>Region - River Post</title><meta property=og:type content=website></head><body><h1>Region</h1><ul>{links}</ul></body></html>"
    found = {
        name: refusal(body).reason
        for name, body in {
            "cookie": cookie,
            "login": login,
            "shell": shell,
            "listing": listing,
        }.items()
    }
    assert found == {
        "cookie": "cookie_wall",
        "login": "login_wall",
        "shell": "script_shell",
        "listing": "listing",
    }


def test_a_front_page_is_refused_by_its_address() -> None:
    body = page(bare=True)
    for url in ("https://www.river-post.example/", "https://www.river-post.example/en/"):
        assert refusal(body, url).reason == "front_page"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"%PDF-1.7 ...", None, "not_html"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "not_html"),
        (b"{}", "application/json", "not_html"),
        (b"", None, "empty"),
        (b"   \n ", "text/html", "empty"),
        (gzip.compress(b"<html>" * 1000)[:40], None, "not_html"),
        (b"<html>" + b"x" * 21_000_000, "text/html", "too_large"),
        (gzip.compress(b"<html>" + b"x" * 200_000_000, 9), "text/html", "too_large"),
        (b"<html><body></body></html>", "text/html", "empty"),
    ],
    ids=["pdf", "png", "json", "nothing", "blanks", "broken gzip", "large", "bomb", "empty page"],
)
def test_what_is_no_page_is_refused(body: bytes, content_type: str | None, reason: str) -> None:
    assert refusal(body, content_type=content_type).reason == reason


def test_gzipped_pages_are_read() -> None:
    found = extract_bytes(gzip.compress(page().encode()), url=URL, now=NOW)
    assert isinstance(found, Article)
    assert found.title == "The lock keeper"


# Text dumps


def test_a_plain_text_is_an_article_too() -> None:
    found = extract_text("The lock keeper\n\n" + "\n\n".join(PARAGRAPHS) + "\n")
    assert isinstance(found, Article)
    assert (found.title, found.text) == ("The lock keeper", "\n\n".join(PARAGRAPHS))
    assert found.extractor == "text"


def test_lines_that_were_broken_to_a_width_are_joined() -> None:
    import textwrap

    wrapped = "\n\n".join(textwrap.fill(f"{PARAGRAPHS[0]} {text}", 60) for text in PARAGRAPHS)
    found = extract_text("The lock keeper\n\n" + wrapped)
    assert isinstance(found, Article)
    assert found.blocks[0].text == f"{PARAGRAPHS[0]} {PARAGRAPHS[0]}"


# Hostile input


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 10_000 + "x" + "</div>" * 10_000,
        "<p>" * 200_000,
        "<b>" * 100_000 + "x",
        "<table><tr><td>" * 5_000,
        "<a href=" + "x" * 3_000_000,
        "<p>" + "word " * 1_000_000,
        "<!--" * 100_000,
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        "<p>" + "\u202e\u0000\ufffe" * 1000,
        "&lt;" * 100_000,
    ],
    ids=["deep", "many p", "deep inline", "tables", "long attribute", "one line", "comments", "deep json", "odd characters", "entities"],
)  # fmt: skip
def test_hostile_markup_is_read_or_refused(body: str) -> None:
    text = f"<html><head><title>x</title></head><body>{body}</body></html>"
    assert isinstance(extract_bytes(text.encode(), url=URL, now=NOW), (Article, Refusal))


@settings(max_examples=60)
@given(st.binary(max_size=600) | st.text("<>/abp \"'=&;!-[]{}:,\n", max_size=400).map(str.encode))
def test_any_bytes_are_an_article_or_a_refusal(body: bytes) -> None:
    for dress in (body, b"<html><body><article>" + body):
        assert isinstance(extract_bytes(dress, url=URL, now=NOW), (Article, Refusal))


def test_the_same_page_gives_the_same_article() -> None:
    assert article() == article()
