"""Lines of an article's text that are not its own: beside others in one block, and above entries."""

from __future__ import annotations

import pytest

from ingest.extract import Refusal, extract_bytes
from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.chrome.entry_times import strike_entry_times
from ingest.extract.chrome.lines_apart import lines_apart
from ingest.extract.metadata.capitals import without_capitals
from storage.article import Block

PROSE = (
    "The harbour council decided on Monday to move the fish market to the old rope works, because "
    "the quay under it has to be renewed before the winter storms, the harbour master said."
)


def blocks(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def test_a_title_and_a_byline_in_the_block_of_the_text_are_divided_from_it() -> None:
    found = lines_apart(
        blocks(f"Fish market moves\nBy ADA LUND\n{PROSE}\nAnd so on.", PROSE),
        ["Fish market moves"],
        (),
    )
    assert [block.text for block in found] == [
        "Fish market moves",
        "By ADA LUND",
        f"{PROSE}\nAnd so on.",
        PROSE,
    ]


def test_lines_of_a_verse_and_of_the_middle_stay_together() -> None:
    verse = blocks("Roses are red\nViolets are blue", *[PROSE] * 3, "One\nBy the sea", *[PROSE] * 3)
    assert lines_apart(verse, ["Fish market moves"], ()) == tuple(verse)


def clocked(*times: str) -> list[Block]:
    return [block for time in times for block in blocks(time, PROSE)]


@pytest.mark.parametrize(
    "times",
    [
        ("14:32", "13:05", "12:50"),
        ("14.32 Uhr", "13.05 Uhr", "12.50 Uhr"),
        ("2:32 p.m.", "1:05pm GMT", "11:50 a.m."),
        ("14h32", "13h05", "12h50"),
        ("Updated 14:32", "Posted at 13:05", "12:50 (UTC)"),
        ("3 March, 14:32", "3 March, 13:05", "2 March, 22:50"),
        ("14:32 • 03.03.2025", "13:05 • 03.03.2025", "12:50 • 03.03.2025"),
        ("0:10", "23:50", "22:40", "21:00"),
    ],
)
def test_times_that_run_backwards_are_a_live_blogs_and_are_struck(times: tuple[str, ...]) -> None:
    kept, struck = strike_entry_times(clocked(*times), live=False)
    assert {block.text for block in kept} == {PROSE}
    assert [line.text for line in struck] == list(times)
    assert {line.reason for line in struck} == {"timestamp"}


def test_a_page_that_says_it_is_live_may_run_forwards_and_count_minutes() -> None:
    assert len(strike_entry_times(clocked("12:50", "13:05"), live=True)[1]) == 2
    assert len(strike_entry_times(clocked("5 minutes ago", "vor 2 Stunden"), live=True)[1]) == 2


def test_hours_of_a_programme_and_single_times_stay() -> None:
    for times in (
        ("9:00", "10:30", "12:00"),
        ("14:32",),
        ("1998", "1997", "1996"),
        ("3:2", "2:1", "1:0"),
    ):
        kept, struck = strike_entry_times(clocked(*times), live=False)
        assert len(kept) == 2 * len(times)
        assert not struck


def test_a_heading_that_begins_with_a_time_stays_whole() -> None:
    entries = clocked("14:32 Council votes", "13:05 Sellers arrive", "12:50 Doors open")
    assert strike_entry_times(entries, live=True) == (tuple(entries), ())


@pytest.mark.parametrize(
    "line",
    [
        "© 2003 The Brook Gazette. Mail",
        "Copyright 1999 Brook Gazette",
        "(c) 2021 Brook Media",
        "Copyright © 2024 by Brook",
    ],
)
def test_whose_a_page_is_stands_at_its_edge_and_is_struck(line: str) -> None:
    assert chrome_kind(line, edge=True) == "legal"
    assert chrome_kind(line, edge=False) != "legal" or "copyright" in line.lower()


def test_a_sentence_about_copyright_is_text() -> None:
    assert chrome_kind("Copyright in the works expired in 2003.", edge=True) is None


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ILKA SORENSEN", "Ilka Sorensen"),
        ("LUDWIG VAN DER LUND", "Ludwig van der Lund"),
        ("SEAN O'BRIEN", "Sean O'Brien"),
        ("JEAN-PAUL MCDONALD", "Jean-Paul McDonald"),
        ("JP MORLEY III", "JP Morley III"),
        ("J.K. ROWAN", "J.K. Rowan"),
        ("ИВАН ПЕТРОВ", "Иван Петров"),
        ("Ada LUND", "Ada LUND"),
        ("BBC", "BBC"),
        ("AFP DPA", "AFP DPA"),
    ],
)
def test_a_name_in_capitals_is_written_as_people_write_it(name: str, written: str) -> None:
    assert without_capitals(name) == written


LEADERS = {
    "styles": "<style>" + "p{color:red}\n" * 900 + "</style>",
    "a comment": "<!-- " + "cached by a plug-in, " * 400 + "-->",
    "scripts": "<script>" + "var a = '<p>' + 1;\n" * 400 + "</script>\n" * 1,
    "a declaration": "<?xml version='1.0'?>\n<!-- a --><STYLE>" + "b{}" * 2000 + "</STYLE>",
}


@pytest.mark.parametrize("leader", LEADERS)
def test_a_page_behind_kilobytes_for_machines_is_a_page(leader: str) -> None:
    page = (
        f"{LEADERS[leader]}<!doctype html><html lang=en><head><title>Fish market moves to the works</title></head>"
        f"<body><article><h1>Fish market moves to the works</h1><p>{PROSE}</p><p>{PROSE[::-1]}</p></article>"
        + "<p>a</p>"
        * 100
    )
    found = extract_bytes(page.encode(), url="https://harbour-post.example/2026/11/market")
    assert not isinstance(found, Refusal)
    assert (found.extractor, found.title) == ("generic", "Fish market moves to the works")


def test_a_text_that_speaks_of_styles_is_a_text() -> None:
    dump = f"How to style a page\n\nWrite <style> first.\n\n{PROSE}\n\n{PROSE[::-1]}"
    found = extract_bytes(dump.encode())
    assert not isinstance(found, Refusal)
    assert found.extractor == "text"


def test_an_old_page_gives_its_text_without_title_byline_and_caption() -> None:
    page = (
        "<html><head><title>Harbour Post - Fish market moves to the old rope works</title></head><body>"
        "<table><tr><td><a href=a.htm>News</a><br><a href=b.htm>Sport</a></td><td>"
        "<font size=5><b>Fish market moves to the old rope works</b></font><br><i>By ADA LUND</i><p>"
        f"<font size=3>{PROSE}<p><table align=right><tr><td><img src=q.jpg><br><font size=1>The quay in May</font>"
        f"</td></tr></table>{PROSE.replace('Monday', 'Friday')} It will cost three millions.<p>"
        "Forty stalls are to stand under the long roof by the end of March, and the sellers asked for a well."
        "<p>© 2003 Harbour Post. Mail</font></td></tr></table></body></html>"
    )
    found = extract_bytes(page.encode(), url="https://harbour-post.example/2003/market.htm")
    assert not isinstance(found, Refusal)
    assert found.authors == ("Ada Lund",)
    assert [block.text[:12] for block in found.blocks] == [
        "The harbour ",
        "The harbour ",
        "Forty stalls",
    ]
