"""``bench.credits.labels``: both sets of labels as values, and what the labels that ship hold to."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.credits.labels import (
    FURTHER,
    LabelledCredit,
    attribution_pages,
    further_pages,
    labelled_pages,
    main,
)

AGENCY = {"role": "agency", "name": "Press Trust of India", "where": "byline", "accept": ["PTI"]}
HOUSE = {
    "role": "original_publisher",
    "name": "The Harbour Times",
    "where": "tail",
    "optional": True,
    "accept_role": ["source"],
}


def _lines(file: Path, *entries: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return file


def _page(file: Path, text: str = "<p>A page.") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode()))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two attribution pages and three of another folder, of which one was never saved."""
    folder = tmp_path / "corpus"
    _lines(
        folder / "attribution" / "labels.jsonl",
        {
            "id": "x/one",
            "url": "https://news.one.example/a",
            "lang": "en",
            "credits": [AGENCY],
            "key": "one.example",
            "page": "pages/one.html.gz",
        },
        {
            "id": "x/two",
            "url": None,
            "lang": "de",
            "credits": [],
            "key": "two",
            "page": "pages/two.html.gz",
        },
    )
    for name in ("one", "two"):
        _page(folder / "attribution" / "pages" / f"{name}.html.gz", f"<p>Page {name}.")
    _lines(
        folder / "evaldata" / "truth.jsonl",
        {"id": "three", "url": "https://www.three.co.uk/b"},
        {"id": "four", "url": "file::four"},
        {"id": "unsaved", "url": "https://five.example/"},
    )
    for name in ("three", "four"):
        _page(folder / "evaldata" / "pages" / f"{name}.html.gz")
    return folder


@pytest.fixture
def further(tmp_path: Path) -> Path:
    return _lines(
        tmp_path / "further.jsonl",
        {
            "id": "evaldata/four",
            "key": "four.example",
            "lang": "es",
            "url": "https://four.example/c",
            "credits": [HOUSE],
        },
        {"folder": "evaldata", "lang": "en", "none": ["three", "unsaved"]},
        {"folder": "wcxb", "lang": "en", "none": ["elsewhere"]},
    )


def test_attribution_pages_carry_their_credits_site_and_bytes(corpus: Path) -> None:
    one, two = attribution_pages(corpus, lines=None)
    assert (one.id, one.site, one.language) == ("x/one", "one.example", "en")
    assert one.credits == (
        LabelledCredit("agency", "Press Trust of India", "byline", accept=("PTI",)),
    )
    assert one.raw() == b"<p>Page one."
    assert (two.site, two.url, two.credits) == ("two", None, ())


def test_labels_beyond_the_lines_asked_for_are_not_read(corpus: Path) -> None:
    with (corpus / "attribution" / "labels.jsonl").open("a", encoding="utf-8") as labels:
        labels.write("kept back: not even JSON\n")
    assert [page.id for page in attribution_pages(corpus, lines=1)] == ["x/one"]
    assert len(list(attribution_pages(corpus, lines=2))) == 2


def test_further_pages_are_those_that_are_there(corpus: Path, further: Path) -> None:
    found = {page.id: page for page in further_pages(corpus, further)}
    assert list(found) == ["evaldata/four", "evaldata/three"]
    four = found["evaldata/four"]
    assert (four.url, four.site, four.dataset) == (
        "https://four.example/c",
        "four.example",
        "evaldata",
    )
    assert four.credits[0].optional
    assert found["evaldata/three"].credits == ()
    assert found["evaldata/three"].site == "three.co.uk"


def test_readings_are_every_pair_of_an_accepted_role_and_name() -> None:
    credit = LabelledCredit("source", "Unica.md", "head", False, ("Unica",), ("agency",))
    assert credit.readings == {
        ("source", "Unica.md"),
        ("source", "Unica"),
        ("agency", "Unica.md"),
        ("agency", "Unica"),
    }


def test_pages_of_one_site_are_of_one_part(corpus: Path, further: Path) -> None:
    parts: dict[str, set[int]] = {}
    for page in [*attribution_pages(corpus, lines=None), *further_pages(corpus, further)]:
        parts.setdefault(page.site, set()).add(page.part)
    assert all(len(found) == 1 for found in parts.values())


def test_an_empty_corpus_has_no_pages(tmp_path: Path) -> None:
    assert labelled_pages(tmp_path, attribution_lines=None) == []


def test_the_command_counts(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["labels", "--corpus", str(corpus)])
    main()
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["credit_labels"]["attribution"] == {
        "pages": 2,
        "sites": 2,
        "with_credits": 1,
        "only_optional": 0,
    }
    assert figures["required_by_role"] == {"agency": 1}


def test_the_command_names_the_folder_without_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["labels", "--corpus", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert f"{tmp_path}: no labelled pages; name the corpus with --corpus" in (
        capsys.readouterr().err
    )


def _shipped() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FURTHER.read_text(encoding="utf-8").splitlines()]


def test_each_page_is_judged_once() -> None:
    ids = [
        page
        for entry in _shipped()
        for page in (
            [entry["id"]]
            if "none" not in entry
            else [f"{entry['folder']}/{name}" for name in entry["none"]]
        )
    ]
    assert len(ids) == len(set(ids)) == 816


def test_shipped_labels_hold_names_and_no_words_of_a_page() -> None:
    fields = {"role", "name", "where", "optional", "accept", "accept_role"}
    roles = {"agency", "original_publisher", "contributor", "translator", "source"}
    places = {"byline", "dateline", "head", "body", "tail", "meta"}
    found = [credit for entry in _shipped() for credit in entry.get("credits", ())]
    assert len(found) > 90
    for credit in found:
        assert set(credit) <= fields
        assert {credit["role"], *credit.get("accept_role", ())} <= roles
        assert credit["where"] in places
        for name in (credit["name"], *credit.get("accept", ())):
            assert 2 <= len(name) <= 80
            assert not name.endswith((".", ":")) or name.endswith("Inc.")
