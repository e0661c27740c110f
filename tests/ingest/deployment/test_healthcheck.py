"""``copydesk healthcheck``: 0 where a daemon lives that the database knows of, else 1 with a line."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.cli.app import run
from storage.database import Database
from storage.leases import DAEMON, LEASE_FOR, take_lease
from storage.schema import leases


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(capsys: Any) -> tuple[int, str]:
    code = run(["healthcheck"])
    return code, capsys.readouterr().out.strip()


def test_alive_is_who_holds_the_lease_and_said_so_lately(capsys: Any) -> None:
    now = datetime.now(UTC)
    with Database.open("copydesk.sqlite3") as database:
        assert checked(capsys) == (1, "no daemon runs")
        database.write(lambda c: take_lease(c, DAEMON, now))
        code, said = checked(capsys)
        assert code == 0
        assert said.startswith("the daemon on ")
        assert " lives: for " in said
        before = now - 2 * LEASE_FOR
        late = {"beat_at": before, "expires_at": before + LEASE_FOR}
        database.write(lambda c: c.execute(sa.update(leases).values(late)))
        code, said = checked(capsys)
        assert code == 1
        assert said.endswith("it last said so 2 min ago")


def test_one_that_was_killed_is_not_alive_though_its_lease_goes_on(capsys: Any) -> None:
    code = (
        "import os\nfrom datetime import UTC, datetime\n"
        "from storage.database import Database\nfrom storage.leases import DAEMON, take_lease\n"
        "database = Database.open('copydesk.sqlite3')\n"
        "database.write(lambda c: take_lease(c, DAEMON, datetime.now(UTC)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(root)}, check=False)
    code_, said = checked(capsys)
    assert code_ == 1
    assert "does not live any more" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('database = "missing.sqlite3"', "no database at"),
        ('database = "postgresql://me:T0PSECRET@127.0.0.1:9/x"', "127.0.0.1"),
        ("daemon = 1", "daemon"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_the_one_code(
    capsys: Any, settings: str, said: str
) -> None:
    Path("copydesk.toml").write_text(settings)
    code, line = checked(capsys)
    assert code == 1
    assert said in line
    assert "T0PSECRET" not in line
    assert "\n" not in line


def test_it_writes_nothing(capsys: Any, folder: Path) -> None:
    Database.open("copydesk.sqlite3").close()
    (folder / "copydesk.sqlite3").chmod(0o444)
    before = (folder / "copydesk.sqlite3").read_bytes()
    assert checked(capsys)[0] == 1
    assert (folder / "copydesk.sqlite3").read_bytes() == before
