"""What ``extract --explain`` says of credits: every candidate, kept or turned down, and why."""

from __future__ import annotations

from ingest.extract import Refusal, extract_bytes
from ingest.extract.explained_credits import explain_credits

PAGE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A bridge for the river</title>
<meta property="og:site_name" content="Harbour Gazette"></head><body><article><h1>A bridge for the river</h1>
<p>NORTHFIELD (Reuters) - The council of the small town voted on Monday for a new bridge across the river, after years of
debate about its cost and its place on the bank.</p>
<p>Residents had asked for it since the flood of 2011, when the old one was swept away within hours.</p>
<p>Work is to begin next spring and will take two years, the mayor told the meeting in the town hall.</p>
<p>Source: Harbour Gazette</p></article></body></html>"""
URL = "https://www.harbourgazette.example/news/a-bridge-for-the-river-12345"


def test_what_is_kept_is_told_with_what_spoke_for_it() -> None:
    article = extract_bytes(PAGE, url=URL)
    assert not isinstance(article, Refusal)
    kept = [line for line in explain_credits(PAGE, None, article) if "kept" in line]
    assert len(kept) == len(article.credits) == 1
    assert kept[0].startswith(
        "credit kept: agency Reuters (dateline, dateline): 'NORTHFIELD (Reuters)"
    )
    assert "convention" in kept[0]


def test_what_is_turned_down_is_told_with_its_reason() -> None:
    article = extract_bytes(PAGE, url=URL)
    assert not isinstance(article, Refusal)
    told = explain_credits(PAGE, None, article)
    assert any(
        line.startswith("credit turned down (own_house): source Harbour Gazette") for line in told
    )


def test_a_page_without_a_candidate_has_nothing_to_tell() -> None:
    page = PAGE.replace(b"NORTHFIELD (Reuters) - ", b"").replace(
        b"<p>Source: Harbour Gazette</p>", b""
    )
    article = extract_bytes(page, url=URL)
    assert not isinstance(article, Refusal)
    assert article.credits == ()
    assert all("kept" not in line for line in explain_credits(page, None, article))


def test_a_dump_tells_its_credits() -> None:
    dump = "\n\n".join(
        [
            "A bridge for the river",
            "By Ada Lund, 12 November 2026",
            "The council of the small town voted on Monday for a new bridge across the river, after years of debate.",
            "Residents had asked for it since the flood of 2011, when the old one was swept away within hours.",
            "Work is to begin next spring and will take two years, the mayor told the meeting in the town hall.",
            "Additional reporting by Jane Doe",
        ]
    ).encode()
    article = extract_bytes(dump)
    assert not isinstance(article, Refusal)
    [line] = explain_credits(dump, "text/plain", article)
    assert line.startswith("credit kept: contributor Jane Doe (additional_reporting_by, tail): ")
