"""What processes keep for each other in the user's cache folder, and that nothing depends on it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from ingest.extract import data
from ingest.extract.data import keep_parsed, load_data
from ingest.extract.user_cache import cached_file, write_whole

TABLES = sorted(path.stem for path in Path(data.__file__).parent.glob("*.toml"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    start_anew(monkeypatch)
    return tmp_path


def start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has read no table."""
    monkeypatch.setattr(data, "_parsed", {})
    data._kept.cache_clear()


def load(name: str) -> object:
    return load_data.__wrapped__(name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_was_kept_is_the_table(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tomllib.loads(Path(data.__file__).with_name(f"{name}.toml").read_text("utf-8"))
    assert load(name) == written
    keep_parsed()
    start_anew(monkeypatch)
    assert load(name) == written
    # Read from what was kept: there was nothing to parse.
    assert not data._parsed


def test_tables_that_are_kept_later_join_those_before(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in TABLES[:2]:
        start_anew(monkeypatch)
        load(name)
        keep_parsed()
    kept = json.loads((cache / "copydesk" / "tables-1.json").read_bytes())
    assert sorted(kept) == TABLES[:2]


def test_a_table_that_has_changed_is_parsed_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = TABLES[0]
    load(name)
    keep_parsed()
    file = cache / "copydesk" / "tables-1.json"
    kept = json.loads(file.read_bytes())
    kept[name] = [[kept[name][0][0], 1, 1], {"other": 1}]
    file.write_text(json.dumps(kept))
    start_anew(monkeypatch)
    assert load(name) != {"other": 1}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', '{"a": [1, 2]}', "\x00\xff"])
def test_a_damaged_file_is_as_none(
    content: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "copydesk").mkdir()
    (cache / "copydesk" / "tables-1.json").write_text(content, "latin-1")
    assert load(TABLES[0])
    keep_parsed()
    start_anew(monkeypatch)
    assert load(TABLES[0])
    assert not data._parsed


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert cached_file("x") is None
    assert load(TABLES[0])
    keep_parsed()


def test_a_relative_folder_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cached_file("x") == tmp_path / ".cache" / "copydesk" / "x"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "kept" / "file"
    write_whole(place, [b"one", memoryview(b" two")])
    assert place.read_bytes() == b"one two"
    assert place.stat().st_mode & 0o077 == 0

    def broken() -> object:
        yield b"three"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(place, broken())  # type: ignore[arg-type]
    assert place.read_bytes() == b"one two"
    assert [path.name for path in place.parent.iterdir()] == ["file"]
