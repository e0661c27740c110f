"""What the decision weighs, what overrides it, and what is told of it."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes
from ingest.extract.explain import explain_verdict
from ingest.extract.extraction import weigh_parsed
from ingest.extract.page.html_page import HtmlPage
from ingest.extract.page_context import PageContext
from ingest.extract.verdict.cheap import refuse_fitting_page
from ingest.extract.verdict.columns import NAMES
from ingest.views.explanation import verdict_lines
from sources.link import Link
from sources.source import REFUSABLE, ExtractRules, Source
from storage.article import Article, ArticleKind, Block
from tests.ingest.extract.verdict.sites import (
    SENTENCES,
    article,
    card,
    cards,
    page,
    paragraphs,
)

URL = "https://www.river-post.example/2026/11/14/the-drawbridge-opens-again"
SECTION = "https://www.river-post.example/town/"
FRONT = page(f"<main><h1>Town</h1>{cards(24)}</main>", title="Town | The River Post")
#: The same with a text of its own above them.
INDEX = page(
    f"<main><h1>Town</h1><div class='intro'>{paragraphs(1)}</div>{cards(24)}</main>",
    title="Town | The River Post",
)
#: A brief among teasers, which says nothing of itself.
BRIEF = page(
    article("Drawbridge opens again", paragraphs(1, 1), byline=False, around=cards(9)),
    title="Drawbridge opens again",
)
STORY = page(article("Drawbridge opens again", paragraphs(5)), title="Drawbridge opens again")


def source(**rules: tuple[str, ...]) -> Source:
    return Source(
        "river-post",
        "https://www.river-post.example",
        "The River Post",
        extract=ExtractRules(**rules),
    )


def announced(title: str, published: str | None) -> Link:
    return Link(url=URL, key="k", title=title, published=published)


def test_the_evidence_is_the_columns_that_the_model_names() -> None:
    evidence = weigh_parsed(HtmlPage.parse(STORY.decode()), PageContext(url=URL))
    assert evidence is not None
    assert tuple(evidence) == NAMES


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_any_page_at_any_address_has_evidence(text: str, url: str | None) -> None:
    markup = f"<html><body><h1>{text[:40]}</h1><div class='post'>{text}</div><a href='/'>{text}</a></body></html>"
    evidence = weigh_parsed(HtmlPage.parse(markup), PageContext(url=url))
    assert evidence is not None
    assert all(math.isfinite(value) for value in evidence.values())


def test_a_page_that_a_feed_announced_under_its_title_is_judged_more_gently() -> None:
    def announcement(link: Link | None) -> float:
        verdict = explain_verdict(INDEX, PageContext(url=SECTION, link=link))
        assert verdict is not None
        return sum(by for name, _, by in verdict.because if name == "announced_title")

    by_feed = announcement(announced("Town | The River Post", "2026-11-14"))
    by_listing = announcement(announced("Town | The River Post", None))
    assert by_feed > by_listing > announcement(None) == 0
    assert announcement(announced("Quite another headline", "2026-11-14")) == 0
    feed = announced("Drawbridge opens again", "2026-11-14")
    gently, alone = (extract_bytes(BRIEF, url=None, link=link).probability for link in (feed, None))
    assert gently is not None
    assert alone is not None
    assert gently > alone


@pytest.mark.parametrize("entry", ["listing", "/town/*", "*town*"])
def test_what_the_source_file_accepts_is_filed(entry: str) -> None:
    assert isinstance(extract_bytes(INDEX, url=SECTION, source=source()), Refusal)
    found = extract_bytes(INDEX, url=SECTION, source=source(accept=(entry,)))
    assert isinstance(found, Article), found


@pytest.mark.parametrize("entry", ["forum", "/sport/*"])
def test_what_it_accepts_elsewhere_changes_nothing(entry: str) -> None:
    found = extract_bytes(INDEX, url=SECTION, source=source(accept=(entry,)))
    assert isinstance(found, Refusal)
    assert found.reason == "listing"


def test_an_error_page_is_not_accepted() -> None:
    body = page("<main><h1>Page not found</h1>" + paragraphs(1) + "</main>", title="Page not found")
    found = extract_bytes(body, url=URL, source=source(accept=("*",)))
    assert isinstance(found, Refusal)
    assert found.reason == "error_page"


@pytest.mark.parametrize("entry", ["/2026/11/14/*", "live_blog"])
def test_what_the_source_file_refuses_is_not_filed(entry: str) -> None:
    live = (
        '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Flood"}</script>'
    )
    body = page(article("The flood, hour by hour", paragraphs(6)), title="The flood", head=live)
    found = extract_bytes(body, url=URL, source=source(refuse=(entry,), accept=("*",)))
    assert isinstance(found, Refusal)
    assert found.reason == "by_source"
    assert entry in found.detail
    assert isinstance(extract_bytes(body, url=URL, source=source()), Article)


def test_kinds_that_a_source_file_may_refuse_are_kinds_of_articles() -> None:
    assert set(REFUSABLE) == set(get_args(ArticleKind)) - {"article"}


def test_a_text_that_the_operators_selectors_pick_is_not_weighed() -> None:
    found = extract_bytes(INDEX, url=SECTION, source=source(body=("main",)))
    assert isinstance(found, Article), found
    assert (found.extractor, found.probability) == ("source", None)


def test_an_address_behind_a_hash_is_no_front_page() -> None:
    home = "https://www.river-post.example/"
    assert isinstance(extract_bytes(STORY, url=home), Refusal)
    assert isinstance(extract_bytes(STORY, url=home + "#!copydesk-file/0a1b"), Article)
    assert isinstance(extract_bytes(STORY, url=home + "#main"), Refusal)


@pytest.mark.parametrize(
    "text",
    [
        "市议会周一决定重新开放旧吊桥。修理工作用了十一个星期，费用比预计少。船只从今天起可以通过。",
        "市議会は月曜日、古い跳ね橋を再び開くことを決めた。修理には十一週間かかった。船は今日から通れる。",
        "시의회는 월요일 낡은 도개교를 다시 열기로 했다. 수리에는 열한 주가 걸렸다. 배는 오늘부터 다닌다.",
    ],
)
def test_three_sentences_of_a_script_without_blanks_are_an_article(text: str) -> None:
    body = page(
        article(text[:12], f"<p>{text}</p><p>{text[::-1]}</p>", byline=False), title=text[:12]
    )
    assert isinstance(
        extract_bytes(body, url="https://news.example.cn/2026/1114/c1-238812.html"), Article
    )


def test_refused_and_filed_pages_say_what_moved_the_decision() -> None:
    for body, url, said in ((FRONT, SECTION, "listing"), (STORY, URL, "article")):
        verdict = explain_verdict(body, PageContext(url=url))
        assert verdict is not None
        assert verdict.verdict == said
        assert {name for name, _, _ in verdict.because} <= {*NAMES, "address_of_lists"}
        moved = [abs(by) for _, _, by in verdict.because]
        assert moved == sorted(moved, reverse=True)
        lines = list(verdict_lines(verdict))
        assert lines[0] == f"verdict: {said}; an article to {verdict.probability:.3f}"
        assert len(lines) > 1


def test_what_announced_a_page_is_among_what_moved_the_decision() -> None:
    about = PageContext(url=URL, link=announced("Drawbridge opens again", "2026-11-14"))
    verdict = explain_verdict(STORY, about)
    assert verdict is not None
    assert ("announced_title", 1.0, 2.0) in verdict.because


def test_a_text_dump_has_no_verdict_to_explain() -> None:
    assert explain_verdict("\n\n".join(SENTENCES).encode(), PageContext()) is None


def test_a_page_that_a_template_fits_is_asked_for_errors_lists_and_the_front_page() -> None:
    def reason(markup: bytes, url: str, texts: list[str], **rules: tuple[str, ...]) -> str | None:
        blocks = [Block("paragraph", text) for text in texts]
        parsed = HtmlPage.parse(markup.decode())
        found = refuse_fitting_page(parsed, url, blocks, ExtractRules(**rules), "article")
        return found.reason if found else None

    story = list(SENTENCES[:6])
    assert reason(STORY, URL, story) is None
    assert reason(STORY, "https://www.river-post.example/", story) == "front_page"
    assert reason(STORY, URL, story, refuse=("/2026/*",)) == "by_source"
    assert reason(STORY, URL, ["Too short."]) == "no_text"
    error = page(article("404 Not Found", paragraphs(1)), title="404 Not Found")
    assert reason(error, URL, story[:2]) == "error_page"
    headlines = page("".join(card(n, standfirst=False) for n in range(12)), title="Town")
    lines = [line.text for line in HtmlPage.parse(headlines.decode()).lines if line.linked]
    assert reason(headlines, URL, lines) == "listing"
