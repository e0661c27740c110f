"""The same text kept twice on a page is filed once; what returns by right stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes
from ingest.extract.chrome.repeats import strike_repeats
from ingest.extract.page.blocks import page_blocks
from ingest.extract.page.copies import copied_runs, later_copies, without_copies
from ingest.extract.page.html_page import HtmlPage
from storage.article import Block

SENTENCES = [
    "The ferry to the outer skerries sailed again on Tuesday after nine days in which nobody could cross.",
    "Its skipper said that the new rudder holds, and that the old one will hang above the ticket window.",
    "The school on the largest island had kept its lessons by radio while the strait was closed to boats.",
    "A nurse who had been there for a visit stayed the nine days and opened the surgery twice a day.",
    "The county pays for the rudder, the company for the yard, and both say that it is the last time.",
    "Bread was baked in the church kitchen, which has the only oven that does not run on bottled gas.",
    "On Sunday the choir will sing on the quay, as it has done after each winter since the war ended.",
]


def paragraphs(texts: list[str] = SENTENCES, tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


def page_of(body: str) -> str:
    return (
        "<html lang='en'><head><title>Ferry sails again</title><meta property='og:type' content='article'>"
        f"</head><body><main><h1>Ferry sails again</h1>{body}</main></body></html>"
    )


def filed(markup: str) -> list[str]:
    article = extract_bytes(markup.encode(), url="https://www.skerries.example/news/ferry-sails")
    assert not isinstance(article, Refusal)
    return [block.text for block in article.blocks]


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='wide'>{paragraphs()}</div><div class='narrow'>{paragraphs()}</div>",
        f"<figure><ul>{paragraphs(tag='li')}</ul></figure>{paragraphs()}",
        f"<div>{paragraphs(SENTENCES[:4])}</div><section>{paragraphs()}</section>",
        f"<div>{paragraphs()}</div><aside class='print'>{paragraphs()}</aside>",
        f"<div>{paragraphs()}</div>" * 3,
        "".join(
            f"<p class='d-none d-md-block'>{text}</p><p class='d-md-none'>{text}</p>"
            for text in SENTENCES
        ),
    ],
    ids=["two screens", "transcript", "beginning and whole", "print", "three times", "in turn"],
)
def test_each_paragraph_is_filed_once(body: str) -> None:
    assert filed(page_of(body)) == SENTENCES


def test_the_copy_in_the_player_is_the_one_left_out() -> None:
    markup = page_of(f"<figure><ul>{paragraphs(tag='li')}</ul></figure>{paragraphs()}")
    read = without_copies(page_blocks(HtmlPage.parse(markup).tree))
    assert {block.type for block in read.page.blocks} == {"heading", "paragraph"}
    assert read.left_out == ((SENTENCES[0], len(SENTENCES)),)


def test_a_beginning_that_breaks_off_goes_with_its_copy() -> None:
    cut = SENTENCES[4][:50] + "…"
    body = f"<div>{paragraphs(SENTENCES[:4])}<p>{cut}</p></div><section>{paragraphs()}</section>"
    assert filed(page_of(body)) == SENTENCES


def test_what_was_left_out_is_told() -> None:
    markup = page_of(f"<div>{paragraphs()}</div><div class='narrow'>{paragraphs()}</div>")
    article = extract_bytes(markup.encode(), url="https://www.skerries.example/news/ferry-sails")
    assert not isinstance(article, Refusal)
    assert "doubled_line" in {line.reason for line in article.struck}


def test_a_list_that_returns_in_a_long_text_stays() -> None:
    menu = [
        f"{dish} with boiled potatoes, dill butter and a salad of cucumbers, for two persons"
        for dish in ("Cod", "Herring", "Saithe")
    ]
    rest = [f"{text} So it was on day {n}." for n in range(6) for text in SENTENCES]
    texts = [*rest[:20], *menu, *rest[20:], *menu]
    assert not later_copies(texts)
    blocks = page_blocks(HtmlPage.parse(page_of(paragraphs(texts))).tree)
    assert without_copies(blocks).page is blocks


def test_one_sentence_that_stands_all_over_a_page_is_no_copy() -> None:
    texts = [text for sentence in SENTENCES for text in (sentence, SENTENCES[0])]
    assert not later_copies(texts)


def test_a_text_that_any_layer_read_twice_is_struck_once() -> None:
    blocks = [Block("paragraph", text) for text in (*SENTENCES, *SENTENCES)]
    kept, struck = strike_repeats(blocks, ())
    assert [block.text for block in kept] == SENTENCES
    assert [line.reason for line in struck] == ["doubled_line"] * len(SENTENCES)


@given(st.lists(st.sampled_from([*SENTENCES, "Short.", ""]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_text_is_lost_altogether(texts: list[str]) -> None:
    left = [text for n, text in enumerate(texts) if n not in later_copies(texts)]
    assert set(left) == set(texts)
    for run in copied_runs(texts):
        assert all(one < other and texts[one] == texts[other] for one, other in run)
    blocks = page_blocks(HtmlPage.parse(page_of(paragraphs(texts))).tree)
    read = without_copies(blocks).page
    assert {block.text for block in read.blocks} == {block.text for block in blocks.blocks}
