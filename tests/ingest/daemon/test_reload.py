"""Settings and source files that are changed while the daemon runs, and nobody sends a signal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.daemon.changed_files import Stillness, state_of
from ingest.daemon.loading import Loading, changes_between
from ingest.errors import SettingsError
from tests.ingest.daemon.conftest import polls, second_source, wait_for

SOURCE = 'name = "{name}"\nhome = "https://{name}.example"\n'


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A settings file, with two sources of the operator's own."""
    (tmp_path / "publishers").mkdir()
    for name in ("courier", "herald"):
        (tmp_path / "publishers" / f"{name}.toml").write_text(SOURCE.format(name=name))
    path = tmp_path / "copydesk.toml"
    path.write_text('[select]\nnames = ["courier", "herald"]\n')
    return path


def test_a_change_is_told_once_when_the_files_have_come_to_rest(files: Path) -> None:
    folder = files.with_name("publishers")

    def look() -> Any:
        return state_of(files, folder)

    still = Stillness(look())
    assert not still.look(look())
    new = folder / "later.toml"
    new.write_text("name")
    assert not still.look(look())  # it may be being written
    new.write_text('name = "later"')
    assert not still.look(look())
    assert still.look(look())
    assert not still.look(look())
    new.unlink()
    assert not still.look(look())
    assert still.look(look())


def test_a_file_that_is_put_in_place_by_renaming_is_another_even_with_its_size_and_time(
    files: Path,
) -> None:
    source = files.with_name("publishers") / "courier.toml"
    before = state_of(files, source.parent)
    seen = source.stat()
    beside = source.with_name("courier.toml.new")
    beside.write_text(source.read_text().replace("courier", "couriet"))
    os.utime(beside, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    beside.replace(source)
    assert state_of(files, source.parent) != before


@pytest.mark.parametrize(
    "name", [".courier.toml.swp", "courier.toml~", "#courier.toml#", ".#courier.toml", "4913"]
)
def test_what_editors_put_beside_a_file_is_no_change(files: Path, name: str) -> None:
    folder = files.with_name("publishers")
    before = state_of(files, folder)
    (folder / name).write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "courier.toml").write_text("x")
    assert state_of(files, folder) == before


def test_what_has_changed_is_known_by_name_and_key(files: Path) -> None:
    loading = Loading(files, None)
    settings, sources = loading.first()
    folder = files.with_name("publishers")
    (folder / "herald.toml").write_text(SOURCE.format(name="herald") + 'title = "The Herald"\n')
    (folder / "later.toml").write_text(SOURCE.format(name="later"))
    files.write_text(
        '[select]\nnames = ["herald", "later"]\n[daemon]\nslowest = "1h"\n[client]\ndelay = 2\n'
        '[[alerts.channel]]\nname = "desk"\nkind = "command"\ncommand = ["true"]\n'
    )
    before = {source.name: source for source in sources}
    changes = changes_between((settings, before), loading())
    assert (changes.added, changes.removed, changes.changed) == (
        ("later",),
        ("courier",),
        ("herald",),
    )
    assert changes.settings == ("alerts.channels", "daemon.slowest", "select.names")
    assert changes.at_next_start == ("client.delay",)
    again, now = loading()
    assert not changes_between((again, {source.name: source for source in now}), loading())


def test_a_settings_file_or_folder_that_is_gone_switches_nothing_off(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files.parent)
    by_default = Loading(None, None)
    by_default.first()
    named = Loading(files, None)
    named.first()
    files.rename("elsewhere")
    for loading in (by_default, named):
        with pytest.raises(SettingsError, match="copydesk"):
            loading()
    Path("elsewhere").rename(files)
    files.with_name("publishers").rename("away")
    for loading in (by_default, named):
        with pytest.raises(SettingsError, match="publishers"):
            loading()


@pytest.mark.long
def test_a_running_daemon_takes_up_files_by_itself_and_tells_a_broken_one_once(
    site: Any, config: Path, daemon_of: Callable[..., Any]
) -> None:
    daemon = daemon_of()
    wait_for(lambda: polls(config) == 1)
    config.write_text("[select\n")
    wait_for(lambda: bool(daemon.told("settings not reloaded")))
    second = second_source(site, config)
    config.write_text(
        f"database = {str(config.with_name('copydesk.sqlite3'))!r}\n"
        + '[select]\nnames = ["mill-lane", "mill-lane-sport"]\n[client]\nretries = 0\n'
        f"[client.connect_to]\n'www.mill-lane.example' = '127.0.0.1:{site.port}'\n"
        "'www.mill-lane.example:80' = '127.0.0.1:1'\n"
    )
    wait_for(lambda: bool(daemon.told("settings reloaded", added=["mill-lane-sport"])))
    wait_for(lambda: polls(config, "mill-lane-sport") == 1)
    (late,) = daemon.told("some changes take effect at the next start")
    assert "client.connect_to" in late["keys"]
    assert "collect.workers" in late["keys"]
    # A file that cannot be used leaves its source as it was, and is told once, whatever else changes.
    second.write_text("name = 7\n")
    wait_for(lambda: bool(daemon.told("source file or name not used")))
    third = config.with_name("publishers") / "unused.toml"
    third.write_text(SOURCE.format(name="unused"))
    config.write_text(config.read_text() + '[daemon]\nslowest = "2h"\n')
    wait_for(lambda: bool(daemon.told("settings reloaded", settings=["daemon.slowest"])))
    assert len(daemon.told("source file or name not used")) == 1
    second.unlink()
    wait_for(lambda: bool(daemon.told("settings reloaded", removed=["mill-lane-sport"])))
    said = daemon.stop()
    assert daemon.process.returncode == 0
    assert said.count("settings not reloaded") == 1
    assert "Traceback" not in said
