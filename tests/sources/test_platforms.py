"""Presets of platforms: how they are recognised, what they point at, what they add to a source."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from sources.platforms import (
    apply_platform,
    detect_platform,
    load_platform,
    platform_endpoints,
    platform_names,
)
from sources.source import ExtractRules
from sources.source_file import parse_source

SMALLEST = 'name = "paper"\nhome = "https://paper.example"\n'

# Pages of our own in each platform's markup: "text" must stay, "chrome" must go.
PAGES = {
    "wix": """<html><head><meta name="generator" content="Wix.com Website Builder"></head><body>
        <span id="SCROLL_TO_TOP" tabindex="-1">chrome: top of page</span>
        <article data-hook="post"><span data-hook="user-name">R. Porter</span>
        <h1 data-hook="post-title"><span>Ferry adds a sailing</span></h1>
        <span data-hook="time-to-read">chrome: 2 min read</span>
        <section data-hook="post-description"><div><p>text one</p>
        <form><p>chrome: subscribe</p></form><p>text two</p></div></section>
        <footer data-hook="post-footer">chrome: share</footer></article>
        <section data-hook="recent-posts">chrome: more</section></body></html>""",
    "wordpress": """<html><head><link href="/wp-content/themes/x/style.css"></head><body>
        <nav>chrome: menu</nav><article><header class="entry-header">
        <h1 class="entry-title">Ferry adds a sailing</h1></header>
        <div class="entry-content"><p>text one</p><div class="code-block">chrome: ad</div>
        <p>text two</p><div class="sharedaddy">chrome: share</div>
        <div id="jp-relatedposts" class="jp-relatedposts">chrome: related</div></div></article>
        <div id="comments">chrome: comments</div></body></html>""",
    "ghost": """<html><head><meta name="generator" content="Ghost 5.8"></head><body>
        <article class="gh-article"><header class="gh-article-header">
        <h1 class="gh-article-title">Ferry adds a sailing</h1></header>
        <section class="gh-content"><p>text one</p>
        <div class="kg-card kg-signup-card">chrome: sign up</div><p>text two</p>
        <div class="kg-card kg-bookmark-card">chrome: bookmark</div></section></article>
        <section class="gh-comments">chrome: comments</section></body></html>""",
}


def test_a_platform_gives_endpoints_and_selectors_behind_the_sources_own() -> None:
    source = parse_source(
        SMALLEST + 'platform = "wix"\n[extract]\nbody = "#mine"\nchrome = ["Own line"]'
    )
    assert source.endpoints[0].url == "https://paper.example/blog-feed.xml"
    assert source.extract.body[0] == "#mine"
    assert '[data-hook="post-description"]' in source.extract.body
    assert {"Own line", "top of page", "bottom of page"} <= set(source.extract.chrome)


def test_a_source_knows_which_of_its_rules_are_its_own() -> None:
    preset = load_platform("wix").extract
    bare = parse_source(SMALLEST + 'platform = "wix"')
    assert (bare.extract, bare.own) == (preset, ExtractRules())
    written = parse_source(
        SMALLEST
        + f'platform = "wix"\n[extract]\nbody = \'{preset.body[0]}\'\nchrome = ["Own line"]'
    )
    # Also where they are the platform's words too.
    assert written.own == ExtractRules(body=preset.body[:1], chrome=("Own line",))
    assert written.extract.body == preset.body
    assert apply_platform(written) == written


def test_own_endpoints_replace_the_platforms() -> None:
    source = parse_source(
        SMALLEST + 'platform = "wix"\n[[endpoint]]\nkind = "feed"\nurl = "/mine.xml"'
    )
    assert [endpoint.url for endpoint in source.endpoints] == ["https://paper.example/mine.xml"]


def test_own_link_rules_replace_what_is_taken_and_add_to_what_is_left() -> None:
    rules = '\n[links]\ninclude = "*/story/*"\nexclude = "*/quiz/*"'
    wix = parse_source(SMALLEST + 'platform = "wix"' + rules).links
    assert wix.include == ("*/story/*",)
    wordpress = parse_source(SMALLEST + 'platform = "wordpress"' + rules).links
    assert wordpress.exclude[0] == "*/quiz/*"
    assert "*/tag/*" in wordpress.exclude


@pytest.mark.parametrize(
    ("platform", "feed", "archive"),
    [
        ("wix", "/blog-feed.xml", "/sitemap.xml"),
        ("wordpress", "/feed/", "/wp-sitemap.xml"),
        ("ghost", "/rss/", "/sitemap.xml"),
    ],
)
def test_each_platform_has_a_feed_to_poll_and_an_archive(
    platform: str, feed: str, archive: str
) -> None:
    first, second = platform_endpoints(platform, "https://paper.example")
    assert (first.kind, first.url, first.archive) == ("feed", f"https://paper.example{feed}", False)
    assert (second.kind, second.url) == ("sitemap", f"https://paper.example{archive}")
    assert second.archive


@pytest.mark.parametrize(
    ("home", "feed"),
    [
        ("https://paper.example/", "https://paper.example/blog-feed.xml"),
        # Wix gives free sites, WordPress and Ghost give blogs, a folder of a host.
        ("https://us.wixsite.example/paper", "https://us.wixsite.example/paper/blog-feed.xml"),
        ("https://paper.example/blog/", "https://paper.example/blog/blog-feed.xml"),
        ("https://paper.example/blog/index.html?x=1#top", "https://paper.example/blog/blog-feed.xml"),
        ("https://paper.example:8443", "https://paper.example:8443/blog-feed.xml"),
    ],
)  # fmt: skip
def test_a_platforms_endpoints_lie_beneath_the_home(home: str, feed: str) -> None:
    assert platform_endpoints("wix", home)[0].url == feed


def test_no_platform_has_no_endpoints() -> None:
    assert platform_endpoints(None, "https://paper.example") == []


def test_there_is_a_page_for_each_platform_here() -> None:
    assert set(PAGES) == set(platform_names())


@pytest.mark.parametrize("name", PAGES)
def test_a_platform_is_known_by_its_marks(name: str) -> None:
    assert detect_platform(PAGES[name]) == name
    assert detect_platform(PAGES[name].upper()) == name


def test_a_page_of_no_platform_is_of_none() -> None:
    assert detect_platform("<html><head><title>plain</title></head></html>") is None
    assert detect_platform("") is None


@pytest.mark.parametrize("name", PAGES)
def test_a_presets_selectors_find_the_text_and_leave_the_chrome(name: str) -> None:
    rules = load_platform(name).extract
    page = LexborHTMLParser(PAGES[name])
    title = next(found for selector in rules.title if (found := page.css_first(selector)))
    assert title.text(strip=True) == "Ferry adds a sailing"
    body = next(found for selector in rules.body if (found := page.css_first(selector)))
    for selector in rules.remove:
        for node in body.css(selector):
            node.decompose()
    assert body.text(separator=" ").split() == ["text", "one", "text", "two"]


@pytest.mark.parametrize("name", PAGES)
def test_every_selector_of_a_preset_is_valid(name: str) -> None:
    rules = load_platform(name).extract
    page = LexborHTMLParser("<p></p>")
    for part in set(ExtractRules.__dataclass_fields__) - {"chrome"}:
        for selector in getattr(rules, part):
            page.css(selector)


def test_a_preset_that_does_not_ship_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_platform("../publishers/abc")
