"""What the text of a block is made of, counted the short way and the long one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.body.wording import digits_and_capitals, words_of
from ingest.extract.page.prose import weighted_size

TEXTS = st.text(st.sampled_from("aZé9²Ж़ß İ.-_漢かナ한…") | st.characters(), max_size=60)


@given(TEXTS)
def test_digits_and_capitals_of_any_script_are_counted(text: str) -> None:
    assert digits_and_capitals(text) == (
        sum(sign.isdigit() for sign in text),
        sum(sign.isupper() for sign in text),
    )


@given(TEXTS)
def test_the_words_of_a_text_are_the_same_whether_its_size_is_known_or_not(text: str) -> None:
    assert words_of(text, weighted_size(text)) == words_of(text)


def test_words_are_long_ones_and_pairs_of_signs() -> None:
    assert words_of("The Harbour at dawn") == {"harbour", "dawn"}
    assert words_of("港の朝 at") == {"港の"}
