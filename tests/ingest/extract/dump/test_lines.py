"""What the lines of a dump are, however it was written."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.dump.lines import MOST_LINES, TooLong, lines_of, rows_of

FERRY = (
    "The ferry at Elmsworth will stop at the mill again, since the harbour office has mended the pier "
    "that the ice broke in February, and the miller has paid for the rope."
)
RIVER = (
    "Nobody had expected it before summer. The boatman says that he was asked on Monday and began on "
    "Tuesday, with two planks that were left of the old bridge."
)


def texts(dump: str) -> list[str]:
    return [line.text for line in lines_of(rows_of(dump))]


@pytest.mark.parametrize(
    "end",
    ["\n", "\r\n", "\r", "\u2028", "\f", "\v", "\x85"],
    ids=["lf", "crlf", "cr", "ls", "ff", "vt", "nel"],
)
def test_a_line_ends_as_any_system_ends_it(end: str) -> None:
    assert texts(f"Home{end}{FERRY}{end}{RIVER}") == ["Home", FERRY, RIVER]


def test_a_byte_order_mark_and_soft_hyphens_are_no_text() -> None:
    assert texts("\ufeffThe fer\u00adry") == ["The ferry"]


def test_blank_lines_are_told_and_make_no_lines() -> None:
    lines = lines_of(rows_of(f"News\nSport\n\n  \n{FERRY}"))
    assert [(line.text, line.apart) for line in lines] == [
        ("News", False),
        ("Sport", False),
        (FERRY, True),
    ]


@pytest.mark.parametrize("width", [40, 66, 78, 100])
def test_text_broken_to_a_width_is_one_line_a_paragraph(width: int) -> None:
    wrapped = "\n\n".join(
        textwrap.fill(text, width) for text in (FERRY, RIVER, FERRY + " " + RIVER)
    )
    assert texts(wrapped) == [FERRY, RIVER, f"{FERRY} {RIVER}"]


def test_short_lines_above_wrapped_text_stay_apart() -> None:
    wrapped = "\n\n".join(textwrap.fill(text, 70) for text in (FERRY, RIVER, FERRY))
    assert texts(f"Home\nNews\nSport\n\n{wrapped}")[:3] == ["Home", "News", "Sport"]


def test_an_indented_row_begins_a_paragraph_of_wrapped_text() -> None:
    paragraphs = [textwrap.fill(t, 60, initial_indent="    ") for t in (FERRY, RIVER, FERRY)]
    assert texts("\n".join(paragraphs)) == [FERRY, RIVER, FERRY]


def test_paragraphs_on_single_lines_are_not_joined() -> None:
    short = ["The pier is mended.", "The rope is new, says the miller.", "He paid for it himself."]
    assert texts("\n".join(short * 3)) == short * 3


def test_a_word_divided_at_the_end_of_a_row_is_whole_where_the_text_knows_it() -> None:
    text = (
        "The harbourmaster came on Monday and looked at every plank, and the har-\n"
        "bourmaster said that the pier would hold for twenty years, or twenty-\n"
        "five, unless somebody drove a cart on it, as the miller had done that\n"
        "winter without a word to anybody in the harbour office or on the river.\n"
    )
    [line] = texts(text)
    assert "the harbourmaster said" in line
    assert "twenty-five" in line


def test_chinese_text_broken_to_a_width_is_joined_without_blanks() -> None:
    text = "渡口的旧码头在二月被冰撞坏以后一直停用港务处本周宣布修缮已经完成渡船将从星期一起重新停靠磨坊船夫说他星期二就开工了用的是旧桥剩下的两块木板"
    rows = "\n".join(text[n : n + 20] for n in range(0, len(text), 20))
    assert texts(rows) == [text]


def test_markdown_is_read_as_what_it_says() -> None:
    dump = f"""# The Ferry Sails Again

*By Odile Marchetti*

{FERRY} See [the plan](https://harbour.example/plan_(new).pdf) and **the costs**.

## What it costs

> “I paid for the rope,” said the miller.
> He did not say how much.

![The pier in March](https://img.example/pier.jpg)

- two planks
- one rope

| what | price |
|------|------:|
| rope | 40 |

---

```
tide 04:10
```

Written \\*by hand\\* &amp; printed.
"""
    lines = lines_of(rows_of(dump))
    assert [(line.type, line.text) for line in lines] == [
        ("heading", "The Ferry Sails Again"),
        ("paragraph", "By Odile Marchetti"),
        ("paragraph", f"{FERRY} See the plan and the costs."),
        ("heading", "What it costs"),
        ("quote", "“I paid for the rope,” said the miller. He did not say how much."),
        ("caption", "The pier in March"),
        ("list_item", "two planks"),
        ("list_item", "one rope"),
        ("table", "what | price"),
        ("table", "rope | 40"),
        ("paragraph", "---"),
        ("code", "tide 04:10"),
        ("paragraph", "Written *by hand* & printed."),
    ]
    assert [line.level for line in lines if line.type == "heading"] == [1, 2]
    assert [line.mark for line in lines if line.mark] == ["caption", "ornament"]


def test_headings_underlined_are_headings() -> None:
    lines = lines_of(
        rows_of(
            f"The Ferry Sails Again\n=====================\n\n{FERRY}\n\nCosts\n-----\n\n{RIVER}"
        )
    )
    assert [(line.text, line.level) for line in lines if line.type == "heading"] == [
        ("The Ferry Sails Again", 1),
        ("Costs", 2),
    ]


def test_a_list_item_that_goes_on_in_the_next_row_is_one_item() -> None:
    lines = lines_of(
        rows_of(f"# Ferry\n\n- two planks that were\n  left of the bridge\n- one rope\n\n{FERRY}")
    )
    assert [line.text for line in lines if line.type == "list_item"] == [
        "two planks that were left of the bridge",
        "one rope",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "#ferry #pier",
        "2 * 3 * 4 = 24",
        "a_b_c and d_e_f",
        "> News > Sport",
        "see [1] and [2]",
        "C# and F#",
    ],
)
def test_plain_text_with_signs_stays_as_it_is(text: str) -> None:
    assert texts(f"{FERRY}\n\n{text}\n\n{RIVER}")[1] == text


def test_a_dump_of_too_many_lines_is_told() -> None:
    with pytest.raises(TooLong):
        lines_of(rows_of("x\n" * (3 * MOST_LINES + 2)))
    with pytest.raises(TooLong):
        lines_of(rows_of("x\n" * (MOST_LINES + 2)))


@given(st.text("ab#*_[]()!>`|-=~\\:. \n\t\r&;<br/>", max_size=300))
def test_letters_of_any_text_are_kept(dump: str) -> None:
    rows = rows_of(dump)
    kept = "".join(line.text for line in lines_of(rows))
    assert kept.count("a") <= dump.count("a")
    if not any(sign in dump for sign in "[]()<&`~|"):
        assert kept.count("a") == dump.count("a")
