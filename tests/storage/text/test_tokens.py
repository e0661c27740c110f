from hypothesis import given
from hypothesis import strategies as st

from storage.text.tokens import fold, tokens_of


def test_case_and_accents_do_not_count():
    assert tokens_of("Über CAFÉ, naïve; Ёлка") == ["uber", "cafe", "naive", "елка"]


def test_where_a_word_may_be_divided_is_no_part_of_it():
    assert tokens_of("Rail\u00adway cross\u200bing\ufeff 3") == tokens_of("railway crossing 3")
    assert fold("Rail\u00adway") == "railway"


def test_a_script_without_blanks_gives_one_token_a_sign():
    assert tokens_of("東京タワー 2026") == [*"東京タワー", "2026"]
    assert tokens_of("ข่าว")[0] == "ข"


def test_vowel_signs_stay_in_the_words_of_indian_scripts():
    assert len(tokens_of("हिन्दी समाचार")) == 2


@given(st.text(max_size=60))
def test_tokens_are_folded_and_hold_no_blank(text):
    for token in tokens_of(text):
        assert token
        assert token == fold(token) or not token.isascii()
        assert not any(sign.isspace() for sign in token)


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=60))
def test_tokens_of_tokens_are_themselves(text):
    tokens = tokens_of(text)
    assert tokens_of(" ".join(tokens)) == tokens
