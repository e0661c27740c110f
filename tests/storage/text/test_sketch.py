"""What two texts share, against the plain way: sets and lists of words."""

from hypothesis import given
from hypothesis import strategies as st

from storage.text.sketch import RUN, SHINGLE, SketchedText, overlap, shared_in_runs

WORDS = [f"word{number}" for number in range(12)]
texts = st.lists(st.sampled_from(WORDS), max_size=120)


@st.composite
def pairs(draw):
    """Two texts, the second of which repeats stretches of the first."""
    one = draw(texts)
    other = []
    for _ in range(draw(st.integers(0, 4))):
        start, length = draw(st.integers(0, 100)), draw(st.integers(0, 60))
        other += one[start : start + length] + draw(st.lists(st.sampled_from(WORDS), max_size=6))
    return one, other


def plainly(one, other):
    """Of the shorter text, the share of its words in stretches of RUN that stand in the other."""
    if len(one) > len(other):
        one, other = other, one
    there = {tuple(other[at : at + SHINGLE]) for at in range(len(other) - SHINGLE + 1)}
    found = [tuple(one[at : at + SHINGLE]) in there for at in range(len(one) - SHINGLE + 1)]
    covered = run = 0
    for each in [*found, False]:
        if each:
            run += 1
        else:
            length = run + SHINGLE - 1
            covered += length if run and length >= RUN else 0
            run = 0
    return covered / len(one) if found else 0.0


@given(pairs())
def test_what_is_shared_is_what_sets_of_words_say(pair):
    one, other = (SketchedText(words) for words in pair)
    assert shared_in_runs(one, other) == plainly(*pair)
    assert overlap(one, other).in_runs == plainly(*pair)


@given(pairs(), st.sampled_from([0.2, 0.55]))
def test_no_more_than_is_asked_for_decides_alike(pair, least):
    one, other = (SketchedText(words) for words in pair)
    exact = plainly(*pair)
    assert shared_in_runs(one, other, least) in ((exact,) if exact >= least else (exact, 0.0))


@given(pairs())
def test_a_sketch_says_all_that_its_text_does(pair):
    one, other = (SketchedText(words) for words in pair)
    again = SketchedText(sketch=one.sketch, marks=one.marks)
    assert again.length == (one.length if len(one.tokens) >= SHINGLE else 0)
    assert shared_in_runs(again, other) == shared_in_runs(one, other)


@given(texts)
def test_marks_are_the_smallest_of_a_text_and_do_not_depend_on_its_order(words):
    marks = SketchedText(words).marks
    assert list(marks) == sorted(set(marks))
    different = {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
    assert len(marks) == (10 if len(different) >= 24 else 0)
    # Written twice, a text has the same shingles, and those where its end meets its beginning.
    twice = SketchedText([*words, *words]).marks
    assert not marks or set(marks[:3]) & set(twice)
