"""What a page leaves behind is let go at once: workers look for circular garbage so rarely that it would pile up."""

from __future__ import annotations

import gc

import pytest

from ingest.extract.extraction import extract_bytes
from storage.article import Article

SENTENCE = "The harbour council moved the fish market to the old quay, and the traders followed by spring. "


def page(number: int, extra: str) -> bytes:
    text = "".join(f"<p>{SENTENCE * 2} Part {n} of {number}.</p>" for n in range(12))
    return (
        "<html lang='en'><head><title>Fish market moves</title>"
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Fish market moves",'
        '"author":{"@type":"Person","name":"Ada Lund"}}</script></head>'
        "<body><nav><a href='/'>Home</a></nav><article><h1>Fish market moves</h1>"
        f"<p class='byline'>By Ada Lund, 3 May 2026</p>{text}{extra}</article></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "extra",
    [
        "<p>Reporting by Ada Lund. Translated by Jane Doe.</p>",
        "<form><input type='email'><p>Our newsletter</p></form>",
        f"<div hidden id='a'>{SENTENCE}</div><button aria-controls='a'>More</button>",
    ],
)
def test_no_page_leaves_circles_behind(extra: str) -> None:
    # What is made once, tables and models, is made by the first.
    for number in range(3):
        assert isinstance(extract_bytes(page(number, extra)), Article)
    gc.collect()
    gc.disable()
    try:
        for number in range(3, 8):
            extract_bytes(page(number, extra))
        assert gc.collect() < 50
    finally:
        gc.enable()
