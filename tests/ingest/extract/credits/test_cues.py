"""The cues as data, and how they are found in a line."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.credits.grammar.cues import (
    find_phrases,
    has_words,
    may_announce,
    may_open,
    phrase_words,
)
from ingest.extract.credits.grammar.phrases import read_phrase
from ingest.extract.credits.grammar.tokens import flat, folded_letters, pieces_of, tokens_of
from ingest.extract.data import load_data

ENTRIES = load_data("credit_cues")["cue"]
#: Phrases that need no other word behind the name.
ALONE = [
    text
    for entry in ENTRIES
    if not entry.get("close")
    for line in entry["phrases"].splitlines()
    for text in line[4:].split("; ")
    if "…" not in text
]
#: (kind, language, phrase) of all the data.
WRITTEN = [
    (entry["kind"], line[:2], text)
    for entry in ENTRIES
    for line in entry["phrases"].splitlines()
    for text in line[4:].split("; ")
]


def found(line: str) -> set[tuple[str, str]]:
    """(kind, the words among which the names stand) of the phrases in ``line``."""
    tokens = tokens_of(line)
    opening = next((n for n, token in enumerate(tokens) if token.text[0].isalnum()), 0)
    return {
        (hit.rule.kind, line[tokens[first].start : tokens[last - 1].end] if first < last else "")
        for hit in find_phrases(tokens, opening)
        for first, last in [hit.names]
    }


@pytest.mark.parametrize(
    ("line", "kind", "names"),
    [
        ("Provided by Harbour University", "provided_by", "Harbour University"),
        ("This story was originally published in The Wire", "first_published_in", "The Wire"),
        ("Աղբյուրը՝ Արմենպրես", "source_label", "Արմենպրես"),
        ("ԱՂԲՅՈՒՐ` Արմենպրես", "source_label", "Արմենպրես"),
        ("Источник – ТАСС", "source_label", "ТАСС"),
        ("Перевёл с армянского Иван Петров", "translated_by", "Иван Петров"),
        ("İlk yayın: Agos", "first_published_in", "Agos"),
        ("KATKIDA BULUNAN: Ayşe Yılmaz", "additional_reporting_by", "Ayşe Yılmaz"),
        ("منبع: خبرگزاری مهر", "source_label", "خبرگزاری مهر"),
        ("برگردان: رضا کریمی", "translated_by", "رضا کریمی"),
        ("Jane Doe contributed to this report", "contributed", "Jane Doe"),
        ("読売新聞より転載", "republished_from", "読売新聞"),
        ("연합뉴스 제공", "provided_by", "연합뉴스"),
        ("Agos gazetesinden alınmıştır", "republished_from", "Agos"),
        ("Bu makale ilk olarak Agos gazetesinde yayımlanmıştır", "first_published_in", "Agos"),
        ("Ez a cikk eredetileg a Példa oldalán jelent meg", "first_published_in", "Példa"),
        ("本文转载自新华社", "republished_from", "新华社"),
        ("पत्रिका से साभार", "republished_from", "पत्रिका"),
    ],
)
def test_a_cue_says_its_kind_and_where_the_names_stand(line: str, kind: str, names: str) -> None:
    assert may_announce(line)
    assert (kind, names) in found(line)


@pytest.mark.parametrize(
    "line",
    [
        "The mayor provided no figures",
        "Der Bürgermeister stellte nichts zur Verfügung",
        "読売新聞より転載された記事の数は増えている",
        "The source of the river lies above the village",
    ],
)
def test_words_of_a_cue_in_another_order_are_none(line: str) -> None:
    assert found(line) == set()


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ПЕРЕВЁЛ", "перевел"),
        ("KATKIDA", "katkıda"),
        ("İLK", "ilk"),
        ("منبعی", "منبعي"),
        ("ＳＯＵＲＣＥ：", "source:"),
        ("Πηγές", "ΠΗΓΕΣ"),
    ],
)
def test_ways_to_set_a_letter_do_not_count(written: str, same: str) -> None:
    assert len(flat(written)) == len(written)
    # An accent is a letter of its own.
    assert flat(written).replace("έ", "ε") == flat(same).replace("έ", "ε")


def test_the_data_is_well_formed() -> None:
    for entry in ENTRIES:
        assert entry["role"] in (
            "agency",
            "original_publisher",
            "source",
            "contributor",
            "translator",
        )
        assert entry["at"] in ("start", "inside", "end", "around", "opening")
        assert re.fullmatch(r"[a-z_]+", entry["kind"])
        for line in entry["phrases"].splitlines():
            assert re.match(r"[a-z]{2}: \S", line), line
            assert folded_letters(line) == flat(line), f"write it folded: {flat(line)!r}"
            assert unicodedata.normalize("NFC", line) == line, line


@pytest.mark.parametrize("kind", sorted({kind for kind, _, _ in WRITTEN}))
def test_a_phrase_stands_for_its_choices_and_can_be_noticed(kind: str) -> None:
    for text in sorted({text for other, _, text in WRITTEN if other == kind}):
        _check(text)


def test_what_opens_a_sentence_begins_with_a_word() -> None:
    for entry in ENTRIES:
        if entry["at"] in ("start", "opening"):
            for line in entry["phrases"].splitlines():
                for text in line[4:].split("; "):
                    phrase = read_phrase(folded_letters(text))
                    assert all(word[0].isalnum() for word in phrase.first), text


def _check(text: str) -> None:
    phrase = read_phrase(folded_letters(text))
    assert phrase.elements
    assert phrase.first
    # By a word that every text with the phrase has; signs alone would never be looked for.
    assert phrase.needed or any(re.match(r"\w", word) for word in phrase.first), text
    assert ("…" in text) == bool(phrase.closing), text
    rows = [
        [words for choices in element.choices.values() for words in choices]
        for element in phrase.elements
    ]
    for chosen in islice(product(*rows), 40):
        words = [word for row in chosen for word in row]
        if not phrase.closing:
            assert phrase.end(words, 0)[2] == len(words), (text, words)
        # A choice must not be glued to what stands beside it.
        assert pieces_of(" ".join(words)) == words


def test_every_language_of_the_custom_has_its_labels() -> None:
    asked = (
        "en de fr es pt it nl sv no da fi is pl cs sk hu ro bg ru uk be sr hr sl mk sq el tr az kk uz "
        "hy ka ar fa he ur hi bn ta th vi id ms ja ko zh et lv lt ca"
    ).split()
    for kind in ("source_label", "translated_by", "first_published_in"):
        have = {language for k, language, _ in WRITTEN if k == kind}
        missing = (
            set(asked) - have - ({"ta", "ur", "bn"} if kind == "first_published_in" else set())
        )
        assert not missing, (kind, sorted(missing))


@given(st.text(max_size=200))
def test_folding_keeps_positions_and_reading_holds(text: str) -> None:
    assert len(flat(text)) == len(text)
    tokens = tokens_of(text)
    assert all(text[t.start : t.end] and len(t.text) == t.end - t.start for t in tokens)
    for hit in find_phrases(tokens, 0):
        assert 0 <= hit.first < hit.last <= len(tokens)
        assert 0 <= hit.names[0] <= hit.names[1] <= len(tokens)


@given(
    st.sampled_from(ALONE),
    st.sampled_from(["", " Example Gazette", " Jane Doe."]),
    st.randoms(use_true_random=False),
)
def test_no_phrase_is_overlooked_at_a_glance(text: str, behind: str, random: object) -> None:
    phrase = read_phrase(folded_letters(text))
    words = [
        word
        for element in phrase.elements
        for word in random.choice(  # type: ignore[attr-defined]
            [row for rows in element.choices.values() for row in rows]
        )
    ]
    line = " ".join(words) + behind
    if list(find_phrases(tokens_of(line), 0)):
        assert may_announce(line)


def test_a_line_that_opens_with_a_cue_may_be_read() -> None:
    assert may_open("Quelle: Example")
    assert may_open("(Reporting by Jane Doe)")
    assert not may_open("Xylophone music was heard")


def test_a_hostile_line_costs_no_more_than_its_words() -> None:
    line = "bu makale ilk olarak " * 60
    assert len(list(find_phrases(tokens_of(line), 0))) <= 60 * 4


def test_lists_have_entries_of_several_words() -> None:
    assert "editing by" in phrase_words("editing")
    assert has_words(["story", "editing", "by", "jane"], "editing")
    assert not has_words(["by", "jane"], "editing")
    assert has_words([t.text for t in tokens_of("写真提供")], "not_a_text_source")
