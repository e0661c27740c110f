"""The database and its disk: each fault with its remedy, on a file and on a server."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.app import run
from ingest.doctor.database import check_database_file, check_held, check_opening
from ingest.doctor.disk import check_folder, check_growth
from ingest.settings import Settings, load_settings
from storage.alerts import ChannelPosition, keep_position
from storage.articles.saving import save_article
from storage.database import Database
from storage.engine.location import locate
from storage.leases import DAEMON, take_lease
from storage.runs import start_run, start_source


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings_of(database: str, text: str = "") -> Settings:
    Path("copydesk.toml").write_text(text)
    return load_settings(database=database)


def states(found: Any) -> set[tuple[str, str]]:
    return {(each.about, each.state) for each in found}


def test_a_database_that_is_well(database: Database) -> None:
    settings = settings_of(database.reopening.url)
    time = datetime.now(UTC)
    database.write(lambda c: take_lease(c, DAEMON, time))
    found = [*check_opening(settings), *check_held(database, settings, time)]
    assert states(found) == {("database", "ok"), ("daemon", "ok")}


def test_nobody_at_work_is_noted(database: Database) -> None:
    settings = settings_of(database.reopening.url)
    assert ("daemon", "note") in states(check_held(database, settings, datetime.now(UTC)))


def test_rows_from_the_future_speak_of_a_clock(database: Database) -> None:
    settings = settings_of(database.reopening.url)
    time = datetime.now(UTC)

    def note(connection: Any) -> None:
        run_id = start_run(connection, "run", time)
        start_source(connection, run_id, "gazette", time + timedelta(days=1))

    database.write(note)
    (wrong,) = [e for e in check_held(database, settings, time) if e.state == "wrong"]
    assert wrong.about == "clock"
    assert f"{time + timedelta(days=1):%Y-%m-%d %H:%M}" in wrong.said


def test_a_channel_that_failed_last_is_told(database: Database) -> None:
    text = '[[alerts.channel]]\nname = "ops"\nkind = "command"\ncommand = ["true"]\n'
    settings = settings_of(database.reopening.url, text)
    time = datetime.now(UTC)
    failed = ChannelPosition("ops", 0, attempts=2, error="answered 401")
    database.write(lambda c: keep_position(c, failed))
    found = [e for e in check_held(database, settings, time) if e.about == "alerts"]
    assert [each.state for each in found] == ["wrong"]
    assert "answered 401" in found[0].said
    database.write(lambda c: keep_position(c, replace(failed, attempts=0, error=None)))
    found = [e for e in check_held(database, settings, time) if e.about == "alerts"]
    assert [each.said for each in found] == ["1 channels, none of which failed last"]


def test_growth_and_the_days_that_are_left(
    database: Database,
    make_article: Any,
    tmp_path: Path,
) -> None:
    settings = settings_of(database.reopening.url)
    time = datetime.now(UTC)
    for number in range(20):
        article = make_article(f"Of the {number}th part of the bridge. " * 30, source="gazette")
        filed = time - timedelta(days=10 - number / 2)
        database.write(
            lambda c, n=number, a=article, f=filed: save_article(
                c, None, a, key=f"g.example/{n}", fetched_key=None, now=f
            )
        )
    (found,) = check_growth(database, settings, None, time)
    assert found.state == "ok"
    assert "grows by" in found.said
    assert "(2 articles)" in found.said
    (found,) = check_growth(database, settings, tmp_path / "x", time)
    assert "GB are free" in found.said


def test_a_file_that_is_missing_or_of_another_release(folder: Path) -> None:
    settings = settings_of("copydesk.sqlite3")
    assert states(check_opening(settings)) == {("database", "note")}
    Database.open("copydesk.sqlite3").close()
    with sqlite3.connect("copydesk.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
    connection.close()
    (found,) = check_opening(settings)
    assert (found.state, found.remedy) == ("wrong", "`copydesk db upgrade`, after a backup")
    assert states(check_folder(folder / "none" / "x.sqlite3")) == {("disk", "wrong")}


def test_a_file_that_is_damaged(filled_sqlite: Path, folder: Path) -> None:
    shutil.copy(filled_sqlite, "copydesk.sqlite3")
    path = folder / "copydesk.sqlite3"
    assert ("integrity", "ok") in states(check_database_file(locate(path)))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\x55" * 4096 * 20)
    (found,) = check_database_file(locate(path))
    assert (found.about, found.state) == ("integrity", "wrong")
    assert "db restore" in (found.remedy or "")


def test_a_server_that_is_away_and_a_password_that_everybody_reads() -> None:
    text = 'database = "postgresql+psycopg://me:T0PSECRET@127.0.0.1:9/news"\n'
    Path("copydesk.toml").write_text(text)
    Path("copydesk.toml").chmod(0o644)
    found = list(check_opening(load_settings()))
    assert states(found) == {("secrets", "wrong"), ("database", "wrong")}
    assert "T0PSECRET" not in str(found)


def test_the_command_says_all_of_it_and_its_code_whether_something_is_wrong(capsys: Any) -> None:
    Path("copydesk.toml").write_text(
        '[select]\nnames = ["kicker"]\n[client]\ncontact = "ops@example.org"\n'
    )
    Database.open("copydesk.sqlite3").close()
    assert run(["doctor", "--offline"]) == 0
    out = capsys.readouterr().out
    for about in ("versions", "time zones", "cache", "open files", "settings", "source files"):
        assert f"ok     {about}:" in out
    for about in ("permissions", "database", "integrity", "disk"):
        assert f"ok     {about}:" in out
    assert "note   daemon:        no daemon runs" in out
    assert out.endswith("nothing wrong, 2 to know\n")
    assert run(["doctor", "--offline", "-q"]) == 0
    assert "ok " not in capsys.readouterr().out
    assert run(["doctor", "--offline", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(set(each) == {"about", "state", "said", "remedy"} for each in told)
    assert all((each["remedy"] is None) == (each["state"] == "ok") for each in told)
