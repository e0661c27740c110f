from hypothesis import given
from hypothesis import strategies as st

from ingest.views.word_diff import compare_paragraphs

PARAGRAPHS = st.lists(st.text("abc de.", min_size=1, max_size=30), max_size=8)


def shown(old, new):
    signs = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return [
        "".join(signs[part.op].format(part.text) for part in paragraph.parts)
        for paragraph in compare_paragraphs(old, new)
    ]


def test_words_within_a_paragraph():
    assert shown(["one two three"], ["one four three"]) == ["one [-two -]{+four +}three"]


def test_paragraphs_that_came_and_went():
    old = ["the bridge opens today", "nothing else is known"]
    new = ["the bridge opens today", "a ferry sinks", "nothing else is known"]
    assert shown(old, new) == [old[0], "{+a ferry sinks+}", old[1]]
    assert shown(new, old) == [old[0], "[-a ferry sinks-]", old[1]]


def test_signs_of_a_script_without_blanks_are_compared_one_by_one():
    assert shown(["東京は晴れです"], ["東京は雨です"]) == ["東京は[-晴れ-]{+雨+}です"]


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_texts_can_be_read_from_it(old, new):
    found = compare_paragraphs(old, new)

    def text(leave_out):
        return [
            "".join("".join(p.text for p in each.parts if p.op != leave_out).split())
            for each in found
            if each.op != leave_out
        ]

    def squeezed(paragraphs):
        return ["".join(each.split()) for each in paragraphs]

    assert text("new") == squeezed(old)
    assert text("gone") == squeezed(new)
