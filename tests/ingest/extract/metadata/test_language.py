"""The language of a text, and the model of py3langid read from a file that all processes share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import py3langid
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.metadata import language_model as held
from ingest.extract.metadata.language import language_of
from ingest.extract.metadata.language_model import language_model, read_model, written_model

TEXTS = {
    "en": "The harbour council moved the fish market to the old quay, and the traders were asked to follow. ",
    "de": "Der Hafenrat hat den Fischmarkt an den alten Kai verlegt, und die Händler sind ihm nicht gefolgt. ",
    "fr": "Le conseil du port a déplacé le marché aux poissons, et les marchands ne sont pas venus avec lui. ",
    "es": "El consejo del puerto trasladó el mercado de pescado, y los vendedores no fueron con él por la lluvia. ",
    "ru": "Портовый совет перенёс рыбный рынок на старую набережную, и торговцы не пошли за ним из-за дождя. ",
    "tr": "Liman meclisi balık pazarını eski rıhtıma taşıdı ve satıcılar yağmur için daha sonra geldi. ",
}


@pytest.mark.parametrize(("language", "sentence"), TEXTS.items())
def test_a_text_is_in_the_language_that_it_declares(language: str, sentence: str) -> None:
    assert language_of(sentence * 4, language) == language
    assert language_of(sentence * 4, None) == language


@pytest.mark.parametrize("declared", ["en", "fr", "pl", "el"])
def test_a_wrong_declaration_is_not_believed(declared: str) -> None:
    assert language_of(TEXTS["de"] * 4, declared) == "de"


def test_a_short_text_is_believed() -> None:
    assert language_of("Der Hafenrat", "en") == "en"
    assert language_of("Kurz", None) is None


def test_a_text_full_of_the_words_of_its_language_asks_no_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unwanted() -> None:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("ingest.extract.metadata.language.language_model", unwanted)
    assert language_of(TEXTS["en"] * 4, "en") == "en"


@settings(max_examples=300)
@given(st.text(max_size=120) | st.sampled_from(sorted(TEXTS.values())).map(lambda text: text[7:61]))
def test_the_model_says_what_py3langid_says(text: str) -> None:
    assert language_model().language_of(text) == py3langid.classify(text)[0]


def test_the_model_is_unpacked_once_and_mapped_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(held, "_held", [])
    assert held.map_if_there() is None
    made = held.language_model.__wrapped__()
    (file,) = tmp_path.rglob("*.model")
    monkeypatch.setattr(held, "_held", [])
    again = held.map_if_there()
    assert again is not None
    for text in TEXTS.values():
        assert again.language_of(text) == made.language_of(text) == language_of(text * 4, None)
    assert not list(tmp_path.rglob(".language-*"))
    assert file.stat().st_mode & 0o077 == 0


def test_where_no_file_can_be_written_the_model_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file stands where the folder would be made.
    (tmp_path / "copydesk").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(held, "_held", [])
    made = held.language_model.__wrapped__()
    assert made.language_of(TEXTS["ru"]) == "ru"


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "header"])
def test_a_damaged_file_is_told(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "small.model"
    arrays = {
        "next": np.zeros(256, np.uint32),
        "rows": np.zeros(1, np.uint32),
        "features": np.zeros(1, np.int32),
        "weights": np.array([[1.0, 2.0]], np.float16),
        "priors": np.zeros(2, np.float32),
    }
    written_model(file, arrays, ("aa", "bb"))
    assert read_model(file).language_of("x") == "bb"
    data = file.read_bytes()
    file.write_bytes(
        {
            "cut": data[:-64],
            "other": b"another file" + data[12:],
            "empty": b"",
            "header": data.replace(b'{"languages"', b'["languages"', 1),
        }[damage]
    )
    with pytest.raises((ValueError, OSError)):
        read_model(file)
