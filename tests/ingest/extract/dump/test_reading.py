"""What is read of a text dump: title, text, who, when, and why each other line is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes, extract_text
from ingest.extract.chrome.site_lines import SiteLines, line_keys
from ingest.extract.page_context import PageContext
from sources.source import ExtractRules, Source
from storage.article import Article

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = [
    "The ferry at Elmsworth will stop at the mill again from Monday, since the harbour office has mended the "
    "pier that the ice broke in February.",
    "Nobody had expected it before summer. The boatman says that he was asked on a Monday and began on the "
    "Tuesday, with two planks that were left of the old bridge.",
    "“I paid for the rope myself,” said the miller, who has sold his flour on both banks for thirty years and "
    "has had to drive around by the upper bridge since the winter.",
    "The harbour office will ask for a coin a crossing, half of what it was, and nothing of children who go to "
    "school on the other bank.",
    "In the evening the ferry stays where it is. The last crossing is at six, in winter at four, and whoever "
    "comes later has to ring the bell and wait.",
]
MENU = ["Home", "News", "Sport", "Culture", "Weather", "Contact", "Subscribe"]
FOOTER = ["Related articles", "Market moves to the square behind the church", "Privacy Policy", "Terms of Use", "© 2026 The Elmsworth Courier"]  # fmt: skip


def read(*lines: str, join: str = "\n\n", **about: Any) -> Article:
    found = extract_text(join.join(lines), PageContext(now=NOW, **about))
    assert isinstance(found, Article)
    return found


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


@pytest.mark.parametrize("join", ["\n\n", "\n", "\r\n", "\n\n\n"])
def test_of_a_whole_page_the_article_is_left(join: str) -> None:
    found = read("top of page", *MENU, "The Ferry Sails Again", "By Odile Marchetti", "2 November 2026", "3 min read", *TEXT, "Share", "Tweet", *FOOTER, "bottom of page", join=join)  # fmt: skip
    assert found.title == "The Ferry Sails Again"
    assert texts(found) == TEXT
    assert (found.authors, found.published_at) == (("Odile Marchetti",), "2026-11-02")
    assert (found.language, found.extractor, found.complete) == ("en", "text", True)


def test_every_line_that_is_no_text_is_told_with_its_reason() -> None:
    lines = ["top of page", *MENU, "The Ferry Sails Again", "The Ferry Sails Again", "By Odile Marchetti", *TEXT, "----------", *FOOTER]  # fmt: skip
    found = read(*lines)
    told = [line.text for line in found.struck]
    assert sorted([*told, *texts(found), found.title or ""]) == sorted(lines)
    reasons = {line.text: line.reason for line in found.struck}
    assert reasons["top of page"] == "page_anchor"
    assert reasons["Weather"] == "menu"
    assert reasons["The Ferry Sails Again"] == "doubled_title"
    assert reasons["By Odile Marchetti"] == "byline"
    assert reasons["----------"] == "ornament"
    assert reasons["© 2026 The Elmsworth Courier"] == "legal"


def test_an_article_copied_by_hand_is_left_whole() -> None:
    found = read("The Ferry Sails Again", *TEXT)
    assert (found.title, texts(found), found.struck) == ("The Ferry Sails Again", TEXT, ())


def test_share_words_amid_the_text_do_not_end_it() -> None:
    found = read("The Ferry Sails Again", *TEXT[:3], "Tweet", "Share", "Email", *TEXT[3:])
    assert texts(found) == TEXT


def test_without_a_headline_none_is_invented() -> None:
    assert read(*TEXT).title is None
    assert texts(read(*TEXT)) == TEXT


@pytest.mark.parametrize(
    "first", ["Home", "All Posts", "Главная", "الرئيسية", "首页", "Գլխավոր", "ホーム"]
)
def test_a_word_of_menus_is_no_headline(first: str) -> None:
    assert read(first, "The Ferry Sails Again", *TEXT).title == "The Ferry Sails Again"


def test_the_name_of_the_site_is_no_headline() -> None:
    found = read(
        "elmsworth-courier",
        "The Ferry Sails Again",
        *TEXT,
        url="https://www.elmsworth-courier.example/ferry",
    )
    assert found.title == "The Ferry Sails Again"


def test_a_headline_of_few_signs_is_one() -> None:
    text = [
        "渡口的旧码头在二月被冰撞坏以后一直停用，港务处本周宣布修缮已经完成，渡船将从星期一起重新停靠磨坊。",
        "船夫说他星期二就开工了，用的是旧桥剩下的两块木板，绳子是磨坊主自己出钱买的。",
        "磨坊主说：“我在两岸卖了三十年面粉，冬天以来只能绕道上游的大桥。”",
    ]
    found = read("渡船复航", *text)
    assert (found.title, texts(found)) == ("渡船复航", text)


def test_a_header_is_read_and_is_no_text() -> None:
    found = read(
        "Title: The Ferry Sails Again\nAuthor: Odile Marchetti\nDate: 2026-11-02T08:00:00+01:00\nSource: The River Post\n"
        "URL: https://elmsworth.example/2026/ferry\nTags: river, mill\nSection: Town",
        *TEXT,
    )
    assert (found.title, found.authors) == ("The Ferry Sails Again", ("Odile Marchetti",))
    assert found.published_at == "2026-11-02T08:00:00+01:00"
    assert (found.url, found.section, found.tags) == (
        "https://elmsworth.example/2026/ferry",
        "Town",
        ("river", "mill"),
    )
    assert [credit.name for credit in found.credits] == ["The River Post"]
    assert texts(found) == TEXT
    assert {line.reason for line in found.struck} == {"header"}


def test_an_address_that_a_dump_states_counts_on_its_own_site_only() -> None:
    header = "Title: The Ferry Sails Again\nURL: https://other.example/2026/ferry"
    assert (
        read(header, *TEXT, url="https://elmsworth.example/a").url == "https://elmsworth.example/a"
    )
    assert read(header, *TEXT).url == "https://other.example/2026/ferry"


def test_credits_are_read_around_the_text() -> None:
    found = read(
        "The Ferry Sails Again", "This article was originally reported by The River Post", *TEXT
    )
    assert [(c.role, c.name) for c in found.credits] == [("original_publisher", "The River Post")]
    assert [(line.text, line.reason) for line in found.struck] == [
        ("This article was originally reported by The River Post", "credit")
    ]


def test_markdown_becomes_headings_and_quotations() -> None:
    found = read("# The Ferry Sails Again", "*By Odile Marchetti*", *TEXT[:2], "## What it costs", TEXT[3], "> “I paid for the rope myself,” said the miller.", "![The pier](https://img.example/p.jpg)", TEXT[4])  # fmt: skip
    assert (found.title, found.authors) == ("The Ferry Sails Again", ("Odile Marchetti",))
    assert [block.type for block in found.blocks] == [
        "paragraph", "paragraph", "heading", "paragraph", "quote", "paragraph",
    ]  # fmt: skip


def test_of_two_articles_in_a_file_the_first_is_read() -> None:
    found = read(
        "The Ferry Sails Again",
        *TEXT,
        "----------",
        "Market Moves to the Square",
        "By Sam Rowe",
        *TEXT[1:4],
    )
    assert (found.title, texts(found)) == ("The Ferry Sails Again", TEXT)
    assert [line.text for line in found.struck if line.reason == "next_article"][1:3] == [
        "Market Moves to the Square", "By Sam Rowe",
    ]  # fmt: skip


def test_a_cut_text_is_not_complete() -> None:
    assert not read("The Ferry Sails Again", *TEXT, "The boatman, who has sailed for longer than anybody else in the town, was […]").complete  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (MENU, "no_text"),
        (["404 Not Found", "Home", "News"], "error_page"),
        (["The Elmsworth Courier", "We use cookies to keep the site running. You may accept all cookies or look at the cookie settings."], "cookie_wall"),
        (["----"], "no_text"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused(lines: list[str], reason: str) -> None:
    found = extract_text("\n".join(lines), PageContext(now=NOW))
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_too_many_lines_are_refused() -> None:
    found = extract_text("word\n" * 100_000)
    assert isinstance(found, Refusal)
    assert found.reason == "too_costly"


def test_lines_that_the_sources_other_dumps_hold_are_the_sites() -> None:
    box = "Whoever wants the Courier at the door each morning may leave a note with the baker on the quay."
    site = SiteLines()
    for number in range(4):
        own = [f"{text} Of week {number} more is told on the next page." for text in TEXT]
        site = site.with_article(
            line_keys(read(f"News of Week {number} From the River", *own, box))
        )
    found = read("The Ferry Sails Again", *TEXT, box, site=site)
    assert texts(found) == TEXT


@settings(max_examples=60, deadline=None)
@given(st.text("aB.\n #*>-|:[]()!\"'0_`=©…。文\r\f", max_size=400))
def test_any_text_is_an_article_or_a_refusal(text: str) -> None:
    found = extract_text(text, PageContext(now=NOW))
    assert isinstance(found, (Article, Refusal))
    assert isinstance(extract_bytes(text.encode(), now=NOW), (Article, Refusal))


@pytest.mark.parametrize(("entry", "filed"), [("/notices/*", False), ("/sport/*", True)])
def test_what_the_source_file_refuses_is_not_filed_from_a_dump_either(
    entry: str, filed: bool
) -> None:
    source = Source(
        "elmsworth",
        "https://www.elmsworth.example",
        "The Elmsworth Courier",
        extract=ExtractRules(refuse=(entry,)),
    )
    about = PageContext("https://www.elmsworth.example/notices/ferry", source=source, now=NOW)
    found = extract_text("\n\n".join(["The Ferry Sails Again", *TEXT]), about)
    assert isinstance(found, Article) is filed
    assert filed or (isinstance(found, Refusal) and found.reason == "by_source")
