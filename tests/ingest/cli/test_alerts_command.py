"""``copydesk alerts``: who is told, how far, and whether a channel works."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from storage.alerts import ChannelPosition, keep_position
from storage.database import Database
from storage.publishers import ensure_source
from storage.schema import health_changes
from tests.ingest.alerts.conftest import NOW
from tests.ingest.conftest import HOST, article_page, feed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declare(**commands: str) -> None:
    Path("copydesk.toml").write_text(
        "".join(
            f'[[alerts.channel]]\nname = "{name}"\nkind = "command"\ncommand = ["{command}"]\n'
            for name, command in commands.items()
        )
    )


def test_a_test_message_goes_through_each_channel_and_says_what_came_of_it(capsys: Any) -> None:
    declare(ops="true", pager="false")
    assert run(["alerts", "test", "--json"]) == 1
    tried = {
        each["channel"]: each for each in map(json.loads, capsys.readouterr().out.splitlines())
    }
    assert tried["ops"]["sent"]
    assert tried["pager"]["said"] == "false ended with 1"
    assert run(["alerts", "test", "ops"]) == 0
    assert capsys.readouterr().out.startswith("ops (command): sent: ended with 0")


def test_a_channel_that_there_is_not_is_told_with_those_that_there_are(capsys: Any) -> None:
    declare(ops="true")
    assert run(["alerts", "test", "opps"]) == 3
    assert "no channel 'opps'; did you mean ops?" in capsys.readouterr().err
    declare()
    assert run(["alerts", "test"]) == 3
    assert "[[alerts.channel]]" in capsys.readouterr().err


def test_the_list_says_what_waits_and_what_failed(capsys: Any) -> None:
    declare(ops="true", night="true")
    with Database.open("copydesk.sqlite3") as database:
        database.write(lambda c: ensure_source(c, "gazette", NOW))
        failed = ChannelPosition("ops", 0, attempts=3, error="connection refused")
        database.write(lambda c: keep_position(c, failed))
        row = {"source": "gazette", "at": datetime.now(UTC), "before": "healthy", "state": "broken"}
        database.write(lambda c: c.execute(sa.insert(health_changes).values(row)))
    assert run(["alerts"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "log: has not begun; it does when a daemon or a run is next at work",
        "ops (command): 1 change waits; failed 3 times: connection refused",
        "night (command): has not begun; it does when a daemon or a run is next at work",
    ]
    assert run(["alerts", "--json"]) == 1
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (listed[1]["name"], listed[1]["waiting"], listed[1]["attempts"]) == ("ops", 1, 3)


def test_a_run_tells_at_its_end_and_says_where_it_could_not(site: Any, capsys: Any) -> None:
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    Path("publishers").mkdir()
    Path("publishers/mill-lane.toml").write_text(
        f'name = "mill-lane"\nhome = "{HOST}"\n[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n'
        "[fetch]\ndelay = 0\n"
    )
    declare(ops="tee", pager="false")
    told = Path("copydesk.toml").read_text().replace('["tee"]', '["tee", "told.json"]')
    targets = "".join(f"{json.dumps(h)} = {json.dumps(t)}\n" for h, t in site.connect_to.items())
    Path("copydesk.toml").write_text(
        f'[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n[client.connect_to]\n{targets}'
        + told
    )
    assert run(["run"]) == 0
    assert not Path("told.json").exists(), "nothing has changed"
    with Database.open("copydesk.sqlite3") as database:
        row = {"source": "mill-lane", "at": datetime.now(UTC), "before": "healthy"}
        row |= {"state": "broken", "why": "a wall"}
        database.write(lambda c: c.execute(sa.insert(health_changes).values(row)))
    capsys.readouterr()
    assert run(["run", "--json"]) == 0
    assert json.loads(Path("told.json").read_text())["changes"][0]["why"] == "a wall"
    told = capsys.readouterr()
    assert "copydesk: alerts not sent on pager: false ended with 1" in told.err
    assert all(json.loads(line) for line in told.out.splitlines())
