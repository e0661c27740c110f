"""Text that was encoded twice is read as it was meant, and no other text is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import Refusal, extract_bytes
from ingest.extract.encoded_twice import may_be_encoded_twice, read_once

MEANT = "The council’s “market” moves — in March, from München’s quay to Orléans; it’s old. "


@pytest.mark.parametrize("taken_for", ["latin-1", "cp1252"])
def test_text_encoded_twice_is_read_as_it_was_meant(taken_for: str) -> None:
    data = MEANT.encode()
    twice = "".join(bytes([byte]).decode(taken_for, "ignore") or chr(byte) for byte in data)
    assert twice != MEANT
    assert read_once(twice) == MEANT


@pytest.mark.parametrize(
    "text",
    [
        MEANT,
        "NÃO É VERDADE: SÃO PAULO ÂNGULO, AÇÃO",
        "A page about â€™ in a text of Köln, Zürich, Orléans and Besançon, where ü and é stand alone.",
        "Plain words.",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert read_once(text) == text


@given(st.text(max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    assert isinstance(read_once(text), str)


def test_a_page_encoded_twice_gives_a_clean_article() -> None:
    head = "<title>The council’s market moves</title><meta property=og:type content=article>"
    text = f"<p>{MEANT}{MEANT}</p><p>{MEANT}Forty stalls stand there by the end of May, the master said.</p>"
    page = f"<html><head>{head}</head><body><article><h1>The council’s market moves</h1>{text}"
    found = extract_bytes(
        page.encode().decode("latin-1").encode(), url="https://a.example/2026/1/market"
    )
    assert not isinstance(found, Refusal)
    assert (found.title, found.blocks[0].text) == (
        "The council’s market moves",
        (MEANT * 2).strip(),
    )


@given(
    st.text(st.sampled_from("aé â\u20ac\u0080Ã©\u00a2\u00e2 x"), max_size=60), st.integers(0, 600)
)
def test_what_is_read_otherwise_was_told_by_its_bytes_before(text, accents):
    """More accents than are looked at one by one are looked at together."""
    whole = "é" * accents + text
    if not may_be_encoded_twice(whole.encode()):
        assert read_once(whole) is whole
    assert may_be_encoded_twice(whole.encode()) == ("â" in whole or "Ã" in whole)
