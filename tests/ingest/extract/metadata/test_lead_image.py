"""The lead image: its address, what stands under it, and who made it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.extract.metadata.lead_image import LeadImage, credit_in, lead_image_of
from ingest.extract.page.html_page import HtmlPage

URL = "https://riverpost.example/lock"


def image(
    body: str = "", og: str | None = "/media/lock-1200x630.jpg", data: Any = None
) -> LeadImage | None:
    head = f'<meta property="og:image" content="{og}">' if og else ""
    if data is not None:
        node = {"@type": "NewsArticle", "headline": "The lock", "image": data}
        head += f'<script type="application/ld+json">{json.dumps(node)}</script>'
    page = HtmlPage.parse(f"<html><head>{head}</head><body><article>{body}</article></body></html>")
    return lead_image_of(page, URL)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("A barge at dusk. Photo: Jane Roe / AFP", "A barge at dusk.", "Jane Roe / AFP"),
        ("Ein Kahn. Foto: dpa", "Ein Kahn.", "dpa"),
        ("Ein Kahn. Bildquelle: Jane Roe", "Ein Kahn.", "Jane Roe"),
        ("A barge (AP Photo/Jane Roe)", "A barge", "AP Photo/Jane Roe"),
        ("A barge. © Jane Roe", "A barge.", "Jane Roe"),
        ("A barge | Jane Roe/PA Images via Getty Images", "A barge", "Jane Roe/PA Images via Getty Images"),
        ("A barge — Picture by Jane Roe", "A barge", "Jane Roe"),
        ("船と水門 写真：王小明", "船と水門", "王小明"),
        ("Фото: ТАСС", "", "ТАСС"),
        ("A barge (left) waits for the photo", "A barge (left) waits for the photo", None),
    ],
)  # fmt: skip
def test_credits_are_told_from_captions(text: str, caption: str, credit: str | None) -> None:
    assert credit_in(text) == (caption, credit)


def test_the_figure_that_shows_the_image_says_what_it_is() -> None:
    body = (
        '<figure><img src="/media/other.jpg"><figcaption>Another picture</figcaption></figure>'
        '<figure><img srcset="/media/lock-640x480.jpg 640w"><figcaption>The upper gate. '
        '<span class="credit">Photo: Jane Roe</span></figcaption></figure>'
    )
    address = "https://riverpost.example/media/lock-1200x630.jpg"
    assert image(body) == LeadImage(address, "The upper gate.", "Jane Roe")


def test_another_figures_caption_is_not_taken() -> None:
    found = image('<figure><img src="/a/other.jpg"><figcaption>Another</figcaption></figure>')
    assert found is not None
    assert (found.caption, found.credit) == (None, None)


def test_json_ld_names_caption_and_maker() -> None:
    data = {
        "@type": "ImageObject",
        "url": "/media/gate.jpg",
        "caption": "The upper gate",
        "creditText": "Jane Roe",
    }
    assert image(og=None, data=data) == LeadImage(
        "https://riverpost.example/media/gate.jpg", "The upper gate", "Jane Roe"
    )
    data = {"url": "/media/gate.jpg", "creator": {"@type": "Person", "name": "Jane Roe"}}
    found = image(og=None, data=[data])
    assert found is not None
    assert found.credit == "Jane Roe"


def test_a_logo_is_no_lead_image_where_there_is_another() -> None:
    found = image(og="/static/logo.png", data="/media/gate.jpg")
    assert found is not None
    assert found.url == "https://riverpost.example/media/gate.jpg"


def test_a_page_may_have_none() -> None:
    assert image(og=None) is None
    assert image(og="javascript:alert(1)") is None
