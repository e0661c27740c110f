"""The operator's settings: file, environment, defaults, and how their mistakes are told."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import Selection, Settings, _File, load_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    path = Path("copydesk.toml")
    path.write_text(text)
    return path


def test_a_fresh_installation_collects_nothing_that_the_operator_did_not_choose() -> None:
    settings = load_settings()
    assert settings.path is None
    assert settings.select == Selection((), (), (), ())
    assert settings.database == "copydesk.sqlite3"


def test_the_file_in_the_working_folder_is_read() -> None:
    written('[select]\nlanguages = ["DE"]\n[daemon]\njitter = "5s"\n[client]\ndelay = 2\n')
    settings = load_settings()
    assert settings.select.names == ()
    assert settings.select.languages == ("de",)
    assert settings.daemon.jitter == timedelta(seconds=5)
    assert settings.client.delay == 2


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "my.toml").write_text('database = "news.sqlite3"')
    settings = load_settings(folder / "my.toml")
    assert settings.database == str(folder / "news.sqlite3")
    assert settings.sources_folder == folder / "publishers"


def test_an_sqlalchemy_address_is_left_as_it_is() -> None:
    written('database = "postgresql+psycopg://u@h/d"')
    assert load_settings().database == "postgresql+psycopg://u@h/d"


def test_environment_wins_over_the_file_and_the_option_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written('database = "file.sqlite3"\n[client]\ndelay = 2\n')
    monkeypatch.setenv("COPYDESK_DATABASE", "env.sqlite3")
    monkeypatch.setenv("COPYDESK_CLIENT__DELAY", "3")
    settings = load_settings()
    assert settings.database == "env.sqlite3"
    assert settings.client.delay == 3
    assert load_settings(database="option.sqlite3").database == "option.sqlite3"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("databse = 'x'", ["databse", "unknown key"]),
        ("[client]\ndelay = -1", ["client.delay", "greater than or equal to 0", "-1"]),
        ("[client]\ndelai = 1", ["client.delai", "unknown key"]),
        ("[daemon]\njitter = 'soon'", ["daemon.jitter", "15m"]),
        ("[collect]\nmax_pages = 'all'", ["collect.max_pages", "all"]),
        ("x = ", ["not valid TOML"]),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_remedy(text: str, parts: list[str]) -> None:
    path = written(text)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    message = str(raised.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_a_file_that_was_named_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(Path("missing.toml"))
    monkeypatch.setenv("COPYDESK_CONFIG", "missing.toml")
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings()


def test_every_setting_is_documented_with_its_default() -> None:
    guide = (ROOT / "docs" / "operators-guide.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z0-9_.]+)` \|", guide, re.MULTILINE))
    keys = {"database", "sources_folder"}
    for table in ("select", "client", "collect", "daemon"):
        model = _File.model_fields[table].annotation
        assert model is not None
        keys |= {f"{table}.{key}" for key in model.model_fields}
    assert keys <= documented
    assert isinstance(load_settings(), Settings)


def test_every_key_of_a_source_file_is_documented() -> None:
    from sources import source_file

    guide = (ROOT / "docs" / "source-files.md").read_text(encoding="utf-8")
    tables = {
        "endpoint": "_Endpoint",
        "schedule": "_Schedule",
        "links": "_Links",
        "fetch": "_Fetch",
    }
    for table, model in tables.items():
        for key in getattr(source_file, model).model_fields:
            assert f"`{table}.{key}`" in guide
    for key in source_file._Extract.model_fields:
        assert re.search(rf"`(?:extract\.)?{key}`", guide)
