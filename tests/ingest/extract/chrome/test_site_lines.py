"""Chrome by contrast: what a site's articles have in common is not theirs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.chrome.repeats import strike_repeats
from ingest.extract.chrome.site_lines import (
    SiteLines,
    clean_again,
    fewest_of_a_site,
    line_key,
    line_keys,
    strike_site_lines,
)
from storage.article import Article, Block


def article(number: int, *extra: str) -> Article:
    own = tuple(
        Block(
            "paragraph",
            f"Story {number}, paragraph {part}, which no other article of the site holds.",
        )
        for part in range(4)
    )
    return Article(
        url=f"https://paper.example/{number}",
        title=f"Story {number}",
        blocks=(*own, *(Block("paragraph", line) for line in extra)),
    )


def site_of(*articles: Article) -> SiteLines:
    site = SiteLines()
    for each in articles:
        site = site.with_article(line_keys(each))
    return site


APPEAL = "The Paper lives by its readers: become one of them today"


def test_the_fifth_article_is_cleaner_than_the_first_and_cleaning_again_cleans_the_first_four() -> (
    None
):
    articles = [article(number, APPEAL) for number in range(5)]
    site = SiteLines()
    sizes = []
    for each in articles:
        blocks, struck = strike_site_lines(each.blocks, site)
        sizes.append(len(blocks))
        assert len(blocks) + len(struck) == 5
        site = site.with_article(line_keys(each))
    assert sizes == [5, 5, 4, 4, 4]
    again = [clean_again(each, site) for each in articles]
    assert [len(each.blocks) for each in again] == [4] * 5
    assert again[0].struck[-1].reason == "site_line"
    assert again[0].struck[-1].rule == "in 4 of 4 other articles"


def test_a_headline_within_the_text_returns_by_right() -> None:
    def with_heading(number: int) -> Article:
        each = article(number)
        return Article(
            url=each.url,
            title=each.title,
            blocks=(*each.blocks[:2], Block("heading", "Background"), *each.blocks[2:]),
        )

    site = site_of(*(with_heading(number) for number in range(6)))
    assert clean_again(with_heading(0), site).blocks == with_heading(0).blocks


def test_short_answers_and_figures_are_not_counted() -> None:
    site = site_of(*(article(number, "Yes.", "2026") for number in range(9)))
    assert len(clean_again(article(0, "Yes.", "2026"), site).blocks) == 6


def test_background_of_a_running_story_takes_more_to_be_the_sites() -> None:
    background = "The two councils have argued over the bridge since the flood. " * 5
    site = site_of(*(article(number, background.strip()) for number in range(3)))
    assert len(clean_again(article(0, background.strip()), site).blocks) == 5


def test_what_the_operators_selectors_pick_is_left_alone() -> None:
    site = site_of(*(article(number, APPEAL) for number in range(5)))
    picked = replace(article(0, APPEAL), extractor="source")
    assert clean_again(picked, site) is picked


def test_an_article_that_is_read_again_does_not_count_against_itself() -> None:
    pages = [article(0, APPEAL), article(1, APPEAL), article(2)]
    again = replace(site_of(*pages), includes_this=True)
    assert strike_site_lines(pages[0].blocks, again) == (pages[0].blocks, ())
    new = strike_site_lines(article(3, APPEAL).blocks, site_of(*pages))
    assert [line.text for line in new[1]] == [APPEAL]


def test_an_article_is_never_emptied() -> None:
    page = Article(url=None, title=None, blocks=(Block("paragraph", APPEAL),))
    assert clean_again(page, site_of(page, page, page)).blocks == page.blocks


@given(
    st.lists(
        st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5), min_size=1, max_size=8
    )
)
def test_nothing_is_lost_and_order_of_counting_does_not_matter(texts: list[list[str]]) -> None:
    articles = [
        Article(url=None, title=None, blocks=tuple(Block("paragraph", line) for line in lines))
        for lines in texts
    ]
    site = site_of(*articles)
    assert site_of(*reversed(articles)).counts == site.counts
    for each in articles:
        cleaned = clean_again(each, site)
        assert sorted(b.text for b in (*cleaned.blocks, *cleaned.struck)) == sorted(
            b.text for b in each.blocks
        )


PARAGRAPH = "“We have waited for this bridge for eleven years,” the mayor said, and nobody in the hall contradicted her."


def test_a_pull_quote_is_struck_and_its_paragraph_stays() -> None:
    quote = Block("quote", "We have waited for this bridge for eleven years")
    kept, struck = strike_repeats((Block("paragraph", PARAGRAPH), quote), ())
    assert [block.text for block in kept] == [PARAGRAPH]
    assert [line.reason for line in struck] == ["pull_quote"]


def test_a_quotation_of_its_own_and_a_repeated_heading_stay() -> None:
    blocks = (
        Block("heading", "We have waited for this bridge"),
        Block("paragraph", PARAGRAPH),
        Block("quote", "Nobody asked the ferrymen what they think of it all."),
    )
    assert strike_repeats(blocks, ()) == (blocks, ())


def test_the_authors_notice_at_the_end_is_struck_and_a_mention_is_not() -> None:
    blocks = (
        Block(
            "paragraph",
            "Ada Lund is the mayor’s name, and she has a namesake who writes for this paper.",
        ),
        *(Block("paragraph", f"{PARAGRAPH} {n}") for n in range(4)),
        Block("paragraph", "Ada Lund writes on harbours and bridges."),
    )
    kept, struck = strike_repeats(blocks, ("Ada Lund",))
    assert len(kept) == 5
    assert [line.reason for line in struck] == ["author_box"]


@given(st.integers(1, 5000), st.integers(0, 5000), st.booleans())
def test_what_is_left_unread_of_a_source_s_lines_could_not_be_the_site_s(articles, count, included):
    count = min(count, articles)
    blocks = tuple(Block("paragraph", text) for text in ("Own text here.", "A line.", "And more."))
    key = line_key("A line.")
    site = SiteLines(articles, {key: count}, includes_this=included)
    if strike_site_lines(blocks, site)[1]:
        assert count >= fewest_of_a_site(articles)
