import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text.fingerprint import fingerprint, normalised

WORDS = st.lists(
    st.text(
        st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x58F), min_size=1, max_size=8
    ),
    min_size=1,
    max_size=12,
)


@given(WORDS, st.sampled_from([" ", "\n\n", "\u00a0", "\t ", " \u200b ", ", ", " — ", " «", "… "]))
def test_blanks_and_punctuation_between_words_do_not_count(words, gap):
    assert fingerprint(gap.join(words)) == fingerprint(" ".join(words))


@given(WORDS)
def test_case_does_not_count(words):
    text = " ".join(words)
    assert fingerprint(text.casefold()) == fingerprint(text)


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(st.characters(codec="utf-8")))
def test_the_unicode_form_does_not_count(text):
    assert fingerprint(unicodedata.normalize("NFD", text)) == fingerprint(
        unicodedata.normalize("NFC", text)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“We don’t know,” she said.", '"We don\'t know", she said'),
        ("п’ять", "пʼять"),  # U+02BC, the apostrophe that Ukrainian standards ask for
        ("co\u00adoperate", "cooperate"),  # soft hyphens of typesetters
        ("STRASSE", "straße"),
        ("ﬁle", "file"),
        ("ԵՐԵՎԱՆ", "Երևան".replace("և", "եվ")),
        ("１２３", "123"),
    ],
)
def test_one_text_set_in_two_ways_has_one_fingerprint(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The toll is 12", "The toll is 13"),
        ("It costs $5", "It costs €5"),
        ("कि", "का"),  # vowel signs are marks, not letters; they still tell words apart
        ("man bites dog", "dog bites man"),
    ],
)
def test_two_texts_have_two_fingerprints(one, other):
    assert fingerprint(one) != fingerprint(other)
