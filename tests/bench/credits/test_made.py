"""Made pages: what they say, that the same seed makes the same, and how they are counted."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from bench.credits.__main__ import main
from bench.credits.made import FORMS, Expected, MadePage, languages, made_pages
from bench.credits.made_figures import Cell, Figures, by_language, compare, measure
from bench.credits.made_html import LAYOUTS
from bench.extraction.tables import as_text
from ingest.extract.credits.gazetteer import gazetteer

ASKED = (
    "en de fr es pt it nl sv no da fi is pl cs sk hu ro bg ru uk be sr hr sl mk sq el tr az kk uz hy ka "
    "ar fa he ur hi bn ta th vi id ms ja ko zh et lv lt ca"
).split()


def test_pages_are_made_in_every_language_asked_for() -> None:
    assert set(languages()) == set(ASKED)
    for language in ASKED:
        forms = {page.form for page in made_pages(language, per_form=1)}
        assert {"source_label", "agency_label", "translated", "sign_off", "none"} <= forms
        assert forms <= {*FORMS, "none"}


@pytest.mark.parametrize("language", ["hy", "fa", "ja", "en"])
def test_a_page_says_what_is_expected_of_it(language: str) -> None:
    pages = list(made_pages(language, per_form=4))
    assert {page.layout for page in pages} <= set(LAYOUTS)
    for page in pages:
        assert (
            page.line.replace("'", "&#x27;").split()[:1] == [] or page.line.split()[0] in page.html
        )
        assert bool(page.expected) == (page.form != "none")
        for each in page.expected:
            house = gazetteer().find(each.name, weak=True)
            assert each.name in page.html or house is not None
        assert languages()[language]["title"] in page.html


def test_the_same_seed_makes_the_same_pages() -> None:
    assert list(made_pages("ru", seed=4)) == list(made_pages("ru", seed=4))
    assert list(made_pages("ru", seed=4)) != list(made_pages("ru", seed=5))


def test_names_of_houses_that_do_not_exist_are_in_no_table() -> None:
    for language, data in languages().items():
        for name in data["outlets"].split("; "):
            assert gazetteer().find(name, weak=True) is None, (language, name)


def test_a_name_counts_under_each_role_that_is_right() -> None:
    either = Expected(("source", "original_publisher"), "The Hillside Courier")
    assert compare([either], [("original_publisher", "Hillside Courier")]) == Cell(right=1)
    both = [("original_publisher", "Hillside Courier"), ("source", "The Hillside Courier")]
    assert compare([either], both) == Cell(right=1)
    assert compare([either], [("agency", "Hillside Courier")]) == Cell(missed=1, wrong=1)
    assert compare([], [("agency", "Reuters")]) == Cell(wrong=1)
    assert Cell(right=1, wrong=1).f1 == pytest.approx(2 / 3)
    assert Cell().f1 is None


def test_what_is_read_is_told_by_form_and_language(tmp_path: Path) -> None:
    every = {page.form: page for page in made_pages("de", per_form=1)}
    pages = [every["translated"], every["contributed"]]
    lying = MadePage("de", "none", "", (), pages[0].layout, pages[0].url, pages[0].html)
    figures = measure([*pages, lying], tmp_path)
    assert figures.pages == 3
    assert figures.form("translated") == Cell(right=1)
    assert figures.language("de") == Cell(right=2)
    assert figures.without["de"] == [1, 1]
    assert [miss.page for miss in figures.misses] == [lying]
    text = as_text(by_language(figures))
    assert "1/1" in text
    assert "nothing here replaces it" in text


def test_a_page_that_is_no_article_is_counted_as_refused(tmp_path: Path) -> None:
    [page, *_] = made_pages("de", per_form=1)
    broken = MadePage(
        "de", page.form, page.line, page.expected, page.layout, page.url, "<p>404</p>"
    )
    figures = measure([broken], tmp_path)
    assert figures.refused == 1
    assert figures.language("de") == Cell(missed=1)


def test_nothing_measured_makes_a_table_without_figures() -> None:
    assert "–" in as_text(by_language(Figures()))


def test_the_command_prints_its_figures_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["made", "--language", "hy", "--per-form", "1", "--misses", "1"]) == 0
    out = capsys.readouterr().out
    figures = json.loads(out.splitlines()[-1])["made"]
    assert figures["replaces_labelled_figure"] is False
    assert set(figures["f1"]) == {"hy"}
    assert main(["made", "--language", "xx"]) == 2
    assert "'xx'" in capsys.readouterr().err
