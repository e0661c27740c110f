"""A second look makes no article worse, and misses no correction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.articles.looks import judge_look

TITLE = "Ferry to the islands runs again"
PARTS = (
    "The ferry to the islands runs again from Monday, after its engine was taken out and repaired in "
    "the yard at Norhaven. The island council had waited for nine weeks.",
    "Captain Berit Solheim said that the crew had used the time to paint the saloon. The first trip "
    "leaves at six in the morning and takes the school children of both islands to the mainland.",
    "Farmers had brought their milk across in fishing boats, which cost them a third of the price. "
    "The council wants to pay them back from the fund for emergencies, if the county agrees.",
    "A second ferry, which the county promised two years ago, is still being built. Its engine was "
    "delivered to Norhaven last week, and the yard expects to launch it before the summer.",
)
TEXT = "\n\n".join(PARTS)


def judged(new_text, *, new_title=TITLE, text=TEXT, **more):
    found = judge_look(title=TITLE, text=text, new_title=new_title, new_text=new_text, **more)
    return found.reason if found is not None else None


@pytest.mark.parametrize(
    "new_text",
    [
        TEXT.replace("nine weeks", "eight weeks"),
        "Correction: we first gave a wrong name for the captain.\n\n" + TEXT,
        "\n\n".join((*PARTS, *(part.replace("ferry", "boat")[::-1] for part in PARTS * 4))),
        "\n\n".join((PARTS[0], PARTS[2], PARTS[3])),
        "\n\n".join(reversed(PARTS)),
    ],
    ids=["a word", "a note", "four times as long", "a paragraph out", "another order"],
)
def test_a_correction_however_long_is_the_article_still(new_text):
    assert judged(new_text) is None
    assert judged(new_text, new_title="Norhaven: the ferry is back") is None


def test_a_first_report_that_grows_is_the_article_still():
    assert judged(TEXT, text=PARTS[0]) is None


def test_a_report_that_is_written_anew_under_a_like_title_is_the_article_still():
    anew = (
        "From Monday the islands have their ferry back. Its engine, repaired at the Norhaven yard, ran "
        "for a whole day without trouble, Captain Solheim reports.\n\nSchool children will be the first "
        "passengers, on the early trip to the mainland. The county has not said when the second ferry, "
        "promised long ago, comes from the yard; the council of the islands hopes for the summer. "
        "Farmers who paid fishing boats to take their milk across may get their money back."
    )
    assert judged(anew, new_title="Islands: ferry runs again from Monday") is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Scheduled maintenance",
            "We are replacing our servers tonight. Please come back tomorrow.",
        ),
        (
            "This domain is for sale",
            "Buy it now or pay by the month. Our specialists take you through.",
        ),
        (
            "Your privacy",
            "We and our 843 partners store and read data on your device for advertising.",
        ),
        (
            TITLE,
            "This article was removed at the request of a person who was named in it. We are sorry.",
        ),
        ("Seite nicht verf\u00fcgbar", "Der Beitrag wurde aus rechtlichen Gr\u00fcnden entfernt."),
    ],
)
@pytest.mark.parametrize("times", [1, 6])
def test_a_notice_in_the_articles_place_is_another_text(title, text, times):
    assert judged("\n\n".join([text] * times), new_title=title) == "other_text"


def test_another_article_is_another_text():
    other = (
        "Voters of the valley decide on Sunday whether the old hospital is closed. The cantonal doctor "
        "had advised against two small wards that lie an hour apart.\n\nOpponents collected nine "
        "thousand signatures within a month. They fear that expectant mothers will have to cross the "
        "pass in winter, and point to the avalanche that shut the road for days in February.\n\n"
        "Polls close at noon; the result is expected early in the afternoon, said the chancellery."
    )
    assert judged(other, new_title="Valley votes on its hospital") == "other_text"


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_the_beginning_alone_is_no_correction(parts):
    beginning = "\n\n".join(PARTS[:parts])
    assert judged(beginning) == "only_beginning"
    assert judged(f"{beginning}\n\nSubscribe to go on reading. Sign in.") == "only_beginning"


def test_a_page_that_says_that_it_shows_a_part_does_not_shorten_an_article():
    shortened = "\n\n".join(PARTS[1:])
    assert judged(shortened) is None
    assert judged(shortened, loses_part=True) == "only_beginning"


def test_where_the_first_look_met_the_wrong_page_the_announced_one_takes_its_place():
    notice = "We are replacing our servers tonight, and everything will be back before breakfast."
    found = judge_look(
        title="Scheduled maintenance",
        text="\n\n".join([notice] * 3),
        new_title=TITLE,
        new_text=TEXT,
        announced=TITLE,
    )
    assert found is None


def test_the_reason_is_said_with_figures():
    found = judge_look(title=TITLE, text=TEXT, new_title=TITLE, new_text=PARTS[0])
    assert found.detail == "the page shows only a part of the article now, 30 of 130 words"


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_are_judged_and_a_text_is_itself(title, new_title, text, new_text):
    judge_look(title=title, text=text, new_title=new_title, new_text=new_text, announced=title)
    assert judge_look(title=title, text=text, new_title=title, new_text=text) is None
